"""The whole story: a family looks, a partner submits, a mail confirms, the Büro publishes, the family finds it."""

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from offers.models import Proposal
from portal.management.commands.worker import run_worker
from tests.browser.conftest import OpenTab, Site
from tests.browser.test_pages import AXE_TAGS, NODE_MODULES, RUN_AXE
from tests.offers.steps import confirm_path
from tests.portal.staff import PASSWORD, code_now, with_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 320, "height": 640}
TITLE = "Babymassage am Abend"
A_PERSON_READS = 3_200  # milliseconds on the preview; the guard takes whoever is faster for a program


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """The portal with the whole pack; test, server and worker see the same committed rows."""
    call_command("load_pack", str(settings.PACK_DIR), verbosity=0)
    server = LiveServer("127.0.0.1")
    yield Site(server.url, {"start": reverse("offers:start"), "submit": reverse("offers:submit")})
    server.stop()


def deliver() -> list[tuple[str, str]]:
    """Recipient and text of the mails the real worker sends now."""
    mail.outbox.clear()
    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop runs in this one
        thread.submit(run_worker, wait=False).result()
    return [(message.to[0], str(message.body)) for message in mail.outbox]


def heading(tab: Tab, words: str) -> None:
    expect(tab.get_by_role("heading", level=1)).to_have_text(words)


def go_on(tab: Tab, button: str = "Weiter") -> None:
    tab.get_by_role("button", name=re.compile(rf"^\s*{button}\b")).click()  # not "Weiteren Ort hinzufügen"


def fill_what(tab: Tab, title: str = TITLE) -> None:
    tab.get_by_label("Name des Angebots").fill(title)
    tab.get_by_label("In ein bis zwei Sätzen").fill("Ruhe und Nähe für Babys und ihre Eltern.")
    tab.get_by_label("Frühe Hilfen").check()
    tab.get_by_label("In welcher Form?").select_option(label="Kurs oder Training")


def fill_whom(tab: Tab) -> None:
    tab.get_by_label("Alter von").fill("0")
    tab.get_by_label("Alter bis").fill("2")
    tab.get_by_label("nur für bestimmte Gebiete").check()
    tab.get_by_text("Stadtteile", exact=True).click()
    tab.get_by_role("checkbox", name="Osterfeld-Mitte").check()
    tab.get_by_label("Familien kommen zu uns").check()
    tab.get_by_label("Straße und Hausnummer").fill("Beispielweg 1")


def fill_when(tab: Tab) -> None:
    tab.get_by_label("jede Woche").check()
    tab.get_by_role("checkbox", name="Mittwoch").check()
    tab.get_by_label("Uhrzeit von").fill("18:00")
    tab.get_by_label("kostenlos").check()
    tab.get_by_label("ohne Anmeldung").check()


def fill_who(tab: Tab) -> None:
    tab.get_by_label("Organisation", exact=True).fill("Verein Nestwärme")
    tab.get_by_label("Was für eine Organisation ist das?").select_option(label="Verein")
    tab.get_by_label("Ihre E-Mail-Adresse").fill("nest@example.org")


def to_the_preview(tab: Tab, site: Site, title: str = TITLE) -> None:
    tab.goto(site.address("submit"))
    for fill in (lambda page: fill_what(page, title), fill_whom, fill_when, fill_who):
        fill(tab)
        go_on(tab)
    heading(tab, "Stimmt alles?")


def search(parent: Tab, site: Site) -> None:
    """Three taps from the start page to the results."""
    parent.goto(site.address("start"))
    parent.get_by_text("1 Jahr", exact=True).click()
    parent.get_by_label("Wo wohnen Sie?").select_option(label="Osterfeld-Mitte")
    parent.get_by_role("button", name="Angebote zeigen").click()
    expect(parent.get_by_role("heading", level=1)).to_contain_text("Osterfeld-Mitte")


def test_from_the_first_search_to_the_new_offer(site: Site, open_tab: OpenTab, browser: Browser) -> None:
    parent, partner = open_tab(viewport=PHONE), open_tab(viewport={"width": 768, "height": 900})
    search(parent, site)
    expect(parent.locator(".offer").first).to_be_visible()
    parent.goto(f"{site.url}/angebote/?q=Babymassage")
    assert TITLE not in parent.locator("main").inner_text()

    to_the_preview(partner, site)
    expect(partner.locator("main")).to_contain_text("mittwochs 18 Uhr")
    partner.wait_for_timeout(A_PERSON_READS)
    for answer in partner.get_by_label("Unser Angebot ergänzt es.").all():
        answer.check()
    go_on(partner, "Angebot senden")
    heading(partner, "Danke für Ihr Angebot")
    reference = partner.locator(".reference").inner_text()

    [(recipient, letter)] = deliver()
    assert recipient == "nest@example.org"
    assert reference in letter
    partner.goto(site.url + confirm_path(letter))
    go_on(partner, "Ja, das ist meine Adresse")
    heading(partner, "Ihre Adresse ist bestätigt")
    [(_office, notice)] = deliver()
    assert reference in notice

    publish(browser, site)
    [(recipient, letter)] = deliver()
    assert recipient == "nest@example.org"
    assert "steht jetzt im Portal" in letter

    parent.goto(f"{site.url}/angebote/?q=Babymassage&alter=1j&ort=osterfeld-mitte")
    parent.get_by_role("link", name=TITLE).click()
    heading(parent, TITLE)
    expect(parent.locator("main")).to_contain_text("Verein Nestwärme")
    expect(parent.locator("main")).to_contain_text("Beispielweg 1")
    assert parent.context.cookies() == partner.context.cookies() == []


def publish(browser: Browser, site: Site) -> None:
    """A member of the Büro signs in, reads the proposal and approves it."""
    user = with_phone(User.objects.create_user("redaktion", is_staff=True))
    rights = ["view_proposal", "decide_proposal", "view_offer", "change_offer"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    staff = browser.new_page(locale="de-DE")
    staff.goto(f"{site.url}/admin/offers/proposal/")
    staff.get_by_label("Benutzername").fill("redaktion")
    staff.get_by_label("Passwort").fill(PASSWORD)
    staff.get_by_role("button", name="Weiter").click()
    staff.get_by_label("Code").fill(code_now())
    staff.get_by_role("button", name="Anmelden").click()
    staff.get_by_role("link", name=TITLE).click()
    expect(staff.locator("#content")).to_contain_text("Verein Nestwärme (neu, Verein)")
    staff.get_by_role("button", name="Annehmen und veröffentlichen").click()
    expect(staff.locator(".messagelist")).to_contain_text("Veröffentlicht")
    staff.close()


def test_submitting_works_on_a_small_phone_without_script(site: Site, open_tab: OpenTab) -> None:
    phone = open_tab(viewport=PHONE, java_script_enabled=False)
    phone.goto(site.address("submit"))
    go_on(phone)
    expect(phone.locator(".error-summary")).to_contain_text("Name des Angebots")
    fill_what(phone, "Stilltreff")
    go_on(phone)
    fill_whom(phone)
    go_on(phone, "Zurück")
    expect(phone.get_by_label("Name des Angebots")).to_have_value("Stilltreff")
    go_on(phone)
    expect(phone.get_by_role("checkbox", name="Osterfeld-Mitte")).to_be_checked()
    go_on(phone)
    expect(phone.get_by_role("group", name="Wann?")).to_be_visible()  # the browser has arrived before it turns round
    phone.go_back()
    expect(phone.get_by_role("checkbox", name="Osterfeld-Mitte")).to_be_checked()
    go_on(phone)
    fill_when(phone)
    go_on(phone)
    fill_who(phone)
    go_on(phone)
    heading(phone, "Stimmt alles?")
    go_on(phone, "Ändern: Was bieten Sie an?")
    phone.get_by_label("Name des Angebots").fill("Stillcafé")
    go_on(phone, "Zur Vorschau")
    phone.wait_for_timeout(A_PERSON_READS)
    for answer in phone.get_by_label("Wir arbeiten damit zusammen.").all():
        answer.check()
    go_on(phone, "Angebot senden")
    heading(phone, "Danke für Ihr Angebot")
    assert [proposal.payload["title"] for proposal in Proposal.objects.all()] == ["Stillcafé"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_and_its_errors_are_sound(
    site: Site, open_tab: OpenTab, node: str, tmp_path: Path, scheme: str
) -> None:
    page = open_tab(viewport=PHONE, color_scheme=scheme)
    page.goto(site.address("submit"))
    for number, fill in enumerate((fill_what, fill_whom, fill_when, fill_who), start=1):
        look_at(page, f"step-{number}")
        with page.expect_navigation() as answer:
            go_on(page)
        (tmp_path / f"error-{number}.html").write_text(answer.value.text())
        look_at(page, f"error-{number}")
        fill(page)
        with page.expect_navigation() as answer:
            go_on(page)
        (tmp_path / f"after-{number}.html").write_text(answer.value.text())
    look_at(page, "preview")
    with page.expect_navigation() as answer:
        go_on(page, "Angebot senden")  # at once: too fast
    (tmp_path / "refused.html").write_text(answer.value.text())
    look_at(page, "refused")
    done = subprocess.run(
        [node, str(NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"), "--config",
         str(Path(settings.BASE_DIR) / ".htmlvalidate.json"), "--formatter", "json", str(tmp_path / "*.html")],
        capture_output=True, text=True, check=False, cwd=settings.BASE_DIR,
    )  # fmt: skip
    found = [
        f"{Path(file['filePath']).stem}:{message['line']} {message['ruleId']}: {message['message']}"
        for file in json.loads(done.stdout)
        for message in file["messages"]
    ]
    assert found == []


def look_at(page: Tab, name: str) -> None:
    """0 axe findings, no horizontal scroll."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text())
    assert page.evaluate(RUN_AXE, AXE_TAGS) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
