"""Offers as a table in a real browser: sound on every screen, and the whole way without script."""

import uuid
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from offers.models import Offer, Proposal, UploadedSheet
from offers.sheets.actions import run_check
from offers.sheets.words import Words
from offers.sheets.write import as_csv, rows_of
from partners.models import Affiliation
from tests.browser.conftest import OpenTab
from tests.browser.test_story import deliver
from tests.browser.test_workspace import check, offer, own, sign_in, validate

__all__ = ["offer", "own"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def table(own: Affiliation, *changes: tuple[str, str]) -> bytes:
    """The organisation's offers as CSV with words replaced."""
    text = as_csv(rows_of(Offer.objects.filter(provider=own.partner).in_listing_order(), Words())).decode("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def uploaded(own: Affiliation, content: bytes) -> UploadedSheet:
    sheet = UploadedSheet.objects.create(
        person=own.person, partner=own.partner, submission_id=uuid.uuid4(), name="angebote.csv", content=content
    )
    run_check(sheet.pk)
    return sheet


def pages(own: Affiliation, offer: Offer) -> dict[str, str]:
    """One table in each state: to come, checked with everything that can be said, unreadable, sent."""
    twin = Offer.objects.get(pk=offer.pk)
    new = ";".join(f'"{text}"' for text in ("", "Neues für Große", "Singen für die Kleinsten"))
    content = table(own, ("Spielen und Singen", "Toben, Spielen & Singen"), ("0208 123456", "0208 2")) + new.encode()
    Offer.objects.filter(pk=twin.pk).update(phone="0208 1")
    waits = UploadedSheet.objects.create(
        person=own.person, partner=own.partner, submission_id=uuid.uuid4(), name="a.csv", rows=700, done=260
    )
    sent, half = uploaded(own, table(own)), uploaded(own, table(own))
    UploadedSheet.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    UploadedSheet.objects.filter(pk=half.pk).update(answers={}, rows=700, done=350)
    made = {"progress": waits, "checked": uploaded(own, content), "unreadable": uploaded(own, b"PK"), "sent": sent}
    made["stopped"] = half
    return {
        "sheets": reverse("sheets:sheets", args=[own.partner.slug]),
        **{name: reverse("sheets:sheet", args=[own.partner.slug, one.public_id]) for name, one in made.items()},
    }


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_of_the_tables_is_sound(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, offer: Offer, node: str, tmp_path: Path,
    width: int, scheme: str,
) -> None:  # fmt: skip
    Offer.objects.filter(pk=offer.pk).update(phone="0208 123456")
    page = open_tab(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, live_server)
    for name, path in pages(own, offer).items():
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status == 200, name
        (tmp_path / f"{name}.html").write_text(answer.text())
        check(page, name)
    assert validate(node, tmp_path) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_table_goes_up_and_is_sent(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, offer: Offer, script: bool
) -> None:
    """With script the bar moves and the page follows; without, there is a link."""
    page = open_tab(java_script_enabled=script, viewport={"width": 320, "height": 640})
    sign_in(page, live_server)
    page.get_by_role("link", name="Meine Angebote Verein Sonne").click()
    page.get_by_role("link", name="Tabelle", exact=True).click()
    with page.expect_download() as down:
        page.get_by_role("link", name="oder als CSV").click()
    content = Path(down.value.path()).read_bytes().replace(b"Spielen und Singen", b"Toben und Singen")
    page.get_by_label("Ihre Tabelle").set_input_files(
        {"name": "angebote.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Hochladen und prüfen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Tabelle wird geprüft")
    deliver()  # the worker
    if not script:
        page.get_by_role("link", name="Stand ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Das würde sich ändern", timeout=10_000)
    expect(page.locator("del")).to_contain_text("Spielen")
    page.get_by_role("button", name="1 Vorschlag senden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Vorschläge werden gesendet")
    deliver()
    if not script:
        page.get_by_role("link", name="Stand ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gesendet", timeout=10_000)
    expect(page.get_by_role("link", name="Krabbelgruppe")).to_be_visible()
    assert Proposal.objects.get().payload == {"summary": "Toben und Singen für die Kleinsten."}
