"""Must hold 9: invited by mail, signed in by code, a table with two mistakes, one field taken and one not, and a month
later one click in a mail. Real pages, real mails through the real queue.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Download, expect
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from offers.freshness.tasks import remind_partners
from offers.models import Offer, Proposal, ReviewAnswer
from offers.proposals import snapshot
from partners.enums import Role
from partners.models import Partner
from portal.management.commands.worker import run_worker
from portal.models import District
from tests.browser.conftest import OpenTab
from tests.browser.test_story import deliver
from tests.browser.test_workspace import check
from tests.offers.factories import OfferFactory
from tests.partners.people import CODE
from tests.portal.staff import PASSWORD, code_now, staff, with_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EMAIL = "kaethe@example.org"


@pytest.fixture
def portal(transactional_db: None) -> Iterator[str]:
    """With the whole pack, and an organisation whose two offers the Büro has typed in."""
    call_command("load_pack", str(settings.PACK_DIR), verbosity=0)
    partner = Partner.objects.create(name="Verein Nestwärme", kind="verein", email="buero@nest.example")
    for number in (1, 2):
        OfferFactory.create(
            title=f"Nestgruppe {number}", provider=partner, catchment=list(District.objects.quarters()[:2]),
            format="gruppe", access=["komm"], cost="free", registration="none", phone="0208 111111",
            source="Flyer", source_year=2025,
        )  # fmt: skip
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


def letters() -> dict[str, str]:
    """What the real worker mails now, by recipient."""
    return dict(deliver())


def link_in(letter: str, path: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/{path}\S*)", letter)
    assert found, letter
    return found[1]


def press(tab: Tab, name: str) -> None:
    tab.get_by_role("button", name=name).click()


def changed_table(download: Download, rows: dict[str, dict[str, str]], folder: Path) -> Path:
    """The downloaded table with other words in some cells, by title and by the column's head."""
    book = load_workbook(BytesIO(Path(download.path()).read_bytes()))
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for head, value in rows.get(str(sheet.cell(row, heads["Name des Angebots"]).value), {}).items():
            sheet.cell(row, heads[head]).value = value
    file = folder / "angebote.xlsx"
    book.save(file)
    return file


def upload(partner: Tab, file: Path) -> None:
    partner.get_by_label("Ihre Tabelle").set_input_files(file)
    press(partner, "Hochladen und prüfen")
    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop runs in this one
        thread.submit(run_worker, wait=False).result()
    partner.reload()


def test_from_the_invitation_to_the_click_a_month_later(
    portal: str, open_tab: OpenTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, partner, family = (
        open_tab(),
        open_tab(viewport={"width": 768, "height": 900}),
        open_tab(viewport={"width": 320, "height": 640}),
    )
    sign_in_office(office, portal)
    invite(office, portal)
    accept(partner, portal)
    send_table(partner, portal, tmp_path)
    take_one_field(office, portal)
    send_the_rest_again(partner, portal)
    approve_the_rest(office, portal)
    family.goto(f"{portal}/angebote/?q=Nestgruppe+am+Morgen")
    family.locator(".offer h2 a").first.click()
    expect(family.get_by_role("heading", level=1)).to_have_text("Nestgruppe am Morgen, mittwochs", timeout=30_000)
    expect(family.locator("main")).to_contain_text("0208 222222")
    check(family, "what the family reads")
    confirm_a_month_later(partner, family, portal, monkeypatch)


def sign_in_office(office: Tab, portal: str) -> None:
    with_phone(staff(name="chefin", superuser=True))
    office.goto(f"{portal}/admin/")
    office.get_by_label("Benutzername").fill("chefin")
    office.get_by_label("Passwort", exact=True).fill(PASSWORD)
    press(office, "Weiter")
    office.get_by_label("Code").fill(code_now())
    press(office, "Anmelden")
    office.wait_for_url("**/admin/")


def invite(office: Tab, portal: str) -> None:
    office.goto(portal + reverse("admin:partners_invitation_add"))
    office.click("#id_partner + .select2")
    office.locator(".select2-search__field").fill("Nestwärme")
    office.get_by_role("option", name="Verein Nestwärme").click()
    office.get_by_label("E-Mail").fill(EMAIL)
    office.get_by_label("Rolle").select_option(value=Role.EDIT.value)
    office.get_by_role("button", name="Sichern", exact=True).click()
    expect(office.locator(".messagelist")).to_be_visible()


def accept(partner: Tab, portal: str) -> None:
    partner.goto(portal + link_in(letters()[EMAIL], "mein-bereich/einladung/"))
    for field in partner.locator("main input[required]").all():
        field.fill("Käthe")
    press(partner, "Einladung annehmen")
    expect(partner.locator("main")).to_contain_text("Verein Nestwärme", timeout=30_000)
    expect(partner.get_by_role("button", name="Einladung annehmen")).to_have_count(0, timeout=30_000)
    partner.context.clear_cookies()  # another day
    partner.goto(f"{portal}/mein-bereich/")
    partner.get_by_label("E-Mail-Adresse").fill(EMAIL)
    press(partner, "Code schicken")
    expect(partner.get_by_label("Code aus der E-Mail")).to_be_visible(timeout=30_000)
    code = CODE.search(letters()[EMAIL])
    assert code
    partner.get_by_label("Code aus der E-Mail").fill(code[0])
    press(partner, "Anmelden")
    expect(partner.locator("main")).to_contain_text("Verein Nestwärme")
    assert not User.objects.get(email=EMAIL).has_usable_password()


def send_table(partner: Tab, portal: str, folder: Path) -> None:
    """First with two mistakes, each told with its row and column; then without."""
    partner.goto(portal + reverse("sheets:sheets", args=["verein-nestwaerme"]))
    with partner.expect_download() as started:
        partner.get_by_role("link", name="Excel-Tabelle herunterladen").click()
    wanted = {"Nestgruppe 1": {"Name des Angebots": "Nestgruppe am Morgen", "Telefon": "0208 222222"},
              "Nestgruppe 2": {"Kurzbeschreibung": "Für die Kleinsten und ihre Großeltern."}}  # fmt: skip
    wrong = {"Nestgruppe 1": {"Telefon": "rufen Sie an"}, "Nestgruppe 2": {"Kosten": "fast nichts"}}
    before = [snapshot(offer) for offer in Offer.objects.filter(title__startswith="Nestgruppe")]
    upload(partner, changed_table(started.value, wrong, folder))
    told = partner.locator(".errors li")
    expect(told).to_have_count(2)
    expect(told.nth(0)).to_contain_text("Zeile 2")
    expect(told.nth(0)).to_contain_text("Telefon")
    expect(told.nth(1)).to_contain_text("Zeile 3")
    expect(told.nth(1)).to_contain_text("Kosten")
    check(partner, "two mistakes in a table")
    partner.get_by_role("link", name="Noch einmal hochladen").click()
    wanted["Nestgruppe 2"] = {head_of("summary"): wanted["Nestgruppe 2"]["Kurzbeschreibung"]}
    upload(partner, changed_table(started.value, wanted, folder))
    expect(partner.locator(".errors")).to_have_count(0)
    check(partner, "what a table would change")
    press(partner, "2 Vorschläge senden")
    expect(partner.get_by_role("heading", level=1)).to_have_text("Die Vorschläge werden gesendet")
    mailed = letters() | letters()  # the first round sends the rows and may leave the mail about them to the second
    expect(partner.get_by_role("heading", level=1)).to_have_text("Gesendet", timeout=10_000)
    assert Proposal.objects.waiting().count() == 2
    assert [snapshot(offer) for offer in Offer.objects.filter(title__startswith="Nestgruppe")] == before
    assert mailed, "the Büro is told"


def head_of(name: str) -> str:
    from offers.sheets.columns import PARTS

    return next(str(column.head) for part in PARTS if part.name == name for column in part.columns)


def take_one_field(office: Tab, portal: str) -> None:
    """The telephone number is published at once, the new name goes back with a reason."""
    office.goto(portal + reverse("admin:offers_queue"))
    office.get_by_role("link", name="Nestgruppe 1").first.click()
    office.get_by_role("checkbox", name="Titel").uncheck()
    office.get_by_label("Nachricht an den Absender").fill("Bitte sagen Sie im Titel, an welchem Tag.")
    press(office, "Ausgewählte Felder annehmen, Rest zurückgeben")
    expect(office.locator(".messagelist")).to_contain_text("Zum Teil veröffentlicht")
    offer = Offer.objects.get(phone="0208 222222")
    assert offer.title == "Nestgruppe 1"


def send_the_rest_again(partner: Tab, portal: str) -> None:
    letter = letters()[EMAIL]
    assert "Bitte sagen Sie im Titel, an welchem Tag." in letter
    partner.goto(portal + link_in(letter, "mein-bereich/"))
    press(partner, "Überarbeiten und noch einmal senden")
    expect(partner.get_by_label("Name des Angebots")).to_have_value("Nestgruppe am Morgen")
    partner.get_by_label("Name des Angebots").fill("Nestgruppe am Morgen, mittwochs")
    partner.wait_for_timeout(3_200)  # the guard takes whoever is faster for a program
    press(partner, "Änderung senden")
    expect(partner.locator("main")).to_contain_text("wartet auf Prüfung")
    again = Proposal.objects.waiting().latest("pk")
    assert again.payload == {"title": "Nestgruppe am Morgen, mittwochs"}


def approve_the_rest(office: Tab, portal: str) -> None:
    letters()
    for title in ("Nestgruppe 1", "Nestgruppe 2"):
        office.goto(portal + reverse("admin:offers_queue"))
        office.get_by_role("link", name=title).first.click()
        press(office, "Alles annehmen und veröffentlichen")
        expect(office.locator(".messagelist")).to_contain_text("Veröffentlicht")
    assert not Proposal.objects.waiting().exists()
    assert "steht" in letters()[EMAIL]


def confirm_a_month_later(partner: Tab, family: Tab, portal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The offer is due in six weeks; a month passes, the nightly job asks, one click answers."""
    offer = Offer.objects.get(title="Nestgruppe am Morgen, mittwochs")
    Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate() + timedelta(days=42))
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(days=31))
    monkeypatch.setattr("portal.clock._until", 0.0)  # the day is reckoned anew
    remind_partners.defer()
    letter = {**letters(), **letters()}["buero@nest.example"]  # first the job, then the mail it queued
    path = link_in(letter, "angebote/pruefen/stimmt/")
    partner.context.clear_cookies()
    partner.goto(portal + path)
    assert not ReviewAnswer.objects.filter(offer=offer, answer="stimmt").exists(), "looking confirms nothing"
    press(partner, "Ja, alles stimmt noch")
    expect(partner.get_by_role("heading", level=1)).to_have_text("Vielen Dank!")
    check(partner, "thanks for confirming")
    offer.refresh_from_db()
    assert offer.confirmed_on == timezone.localdate()
    assert offer.review_due > timezone.localdate() + timedelta(days=300)
    family.goto(portal + offer.get_absolute_url())
    expect(family.locator("main")).to_contain_text(f"{timezone.localdate():%Y}")
    assert family.context.cookies() == []
