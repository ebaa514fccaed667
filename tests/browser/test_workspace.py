"""Signing in and „Mein Bereich“ in a real browser: sound on every screen, with and without script, by keyboard."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import open_task
from offers.models import ChangeDraft, Offer, Proposal
from offers.workspace.following import follow
from partners.accounts.actions import claim, invitation_token, invite
from partners.accounts.admission import token_for
from partners.enums import Role
from partners.models import Affiliation
from tests.browser.conftest import OpenTab
from tests.browser.test_pages import AXE_TAGS, NODE_MODULES, RUN_AXE
from tests.browser.test_story import deliver
from tests.offers.factories import ErrorReportFactory, OfferFactory, ProposalFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.partners.people import CODE, member
from tests.portal.factories import quarter
from tests.portal.staff import PASSWORD, code_now, staff, with_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(name="Verein Sonne"), email="kaethe@example.org")


@pytest.fixture
def offer(own: Affiliation) -> Offer:
    made = OfferFactory.create(
        title="Krabbelgruppe", provider=own.partner, topics=[TopicFactory.create()], format="gruppe",
        access=["digital"], cost="free", registration="none", languages=["de"], catchment=[quarter("Osterfeld")],
    )  # fmt: skip
    ScheduleFactory.create(offer=made)
    return made


def code_mailed() -> str:
    found = CODE.search(deliver()[-1][1])
    assert found
    return found[0]


def sign_in(page: Tab, server: LiveServer) -> None:
    """A partner's way: address, mail, code."""
    page.goto(f"{server.url}/mein-bereich/")
    page.get_by_label("E-Mail-Adresse").fill("kaethe@example.org")
    page.get_by_role("button", name="Code schicken").click()
    page.get_by_label("Code aus der E-Mail").fill(code_mailed())
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Bereich")


def check(page: Tab, name: str) -> None:
    """0 axe findings, nothing against the policy, no sideways scroll."""
    expect(page.locator("h1")).to_have_count(1)
    page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text())
    assert page.evaluate(RUN_AXE, AXE_TAGS) == [], name
    assert page.evaluate("window.breaches") == [], name
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide), f"{name} scrolls sideways"


def validate(node: str, folder: Path) -> list[str]:
    rules = Path(settings.BASE_DIR) / ".htmlvalidate.json"
    validator = NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"
    report = folder / "report.json"
    with report.open("w") as file:
        command = [node, str(validator), "--config", str(rules), "--formatter", "json", str(folder / "*.html")]
        subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=False, cwd=settings.BASE_DIR)
    return [
        f"{Path(found['filePath']).stem}:{message['line']} {message['ruleId']}: {message['message']}"
        for found in json.loads(report.read_text())
        for message in found["messages"]
    ]


def partner_pages(own: Affiliation, offer: Offer) -> dict[str, str]:
    invite(partner=own.partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    returned = ProposalFactory.create(offer=offer, partner=own.partner, base_version=1, payload={"title": "Neu"})
    ChangeDraft.objects.create(person=own.person, offer=offer, values={})
    at = [own.partner.slug, offer.slug]
    follower = much_to_do(own, offer)
    return {
        "home": reverse("accounts:home"),
        "mails": reverse("accounts:mails"),
        "team": reverse("accounts:team", args=at[:1]),
        "invite": reverse("accounts:invite", args=at[:1]),
        "colleague": reverse("accounts:colleague", args=[own.partner.slug, own.public_id]),
        "end-colleague": reverse("accounts:end", args=[own.partner.slug, own.public_id]),
        "offers": reverse("workspace:offers", args=at[:1]),
        **{view: reverse(f"workspace:{view}", args=at) for view in ("offer", "edit", "end", "copy", "template")},
        "follower": reverse("workspace:template", args=[own.partner.slug, follower.slug]),
        "following": reverse("workspace:offer", args=[own.partner.slug, follower.slug]),
        "proposal": reverse("workspace:proposal", args=[own.partner.slug, returned.reference]),
        "logout": reverse("account_logout"),
    }


def much_to_do(own: Affiliation, offer: Offer) -> Offer:
    """One of everything that can wait for an organisation; returns an offer that follows a template."""
    Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate() - timedelta(days=3))
    sent = {"partner": own.partner, "base_version": 1, "confirmed_at": timezone.now(), "payload": {"title": "Neu"}}
    ProposalFactory.create(**sent, offer=offer, status="returned", reason="Warum?", decided_at=timezone.now())
    ErrorReportFactory.create(offer=offer, field="phone", correction="0208 1", message="Es klingelt ins Leere.")
    ErrorReportFactory.create(offer=offer, field="lifecycle")
    open_task(
        kind=TaskKind.BROKEN_LINK, subject="Ihre Internetseite ist nicht erreichbar", partner=own.partner, offer=offer,
        concerns="https://example.org/" + "langeadresse" * 8,
    )  # fmt: skip
    places = [PlaceFactory.create(partner=own.partner, name=name) for name in ("Hier", "Dort")]
    follower = OfferFactory.create(title="Krabbelgruppe Ost", provider=own.partner, places=places)
    follow(offers=[follower], template=offer)
    Offer.objects.filter(pk=offer.pk).update(cost_note="2 Euro", when_note="ab März neu")
    return follower


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_of_the_workspace_is_sound(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, offer: Offer, node: str, tmp_path: Path,
    width: int, scheme: str,
) -> None:  # fmt: skip
    page = open_tab(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, live_server)
    for name, path in partner_pages(own, offer).items():
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status == 200, name
        (tmp_path / f"{name}.html").write_text(answer.text())
        check(page, name)
    assert validate(node, tmp_path) == []


def pages_at_the_door(own: Affiliation) -> dict[str, str]:
    """What people see who are not signed in yet."""
    letter = invite(partner=own.partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    asked = ProposalFactory.create(status="waiting", confirmed_at=letter.created_at, sender_organisation="Neu")
    claim(email="b@example.org", name="", organisation="Neu", partner=None, reference="7KQ4-M2XD")
    return {
        "invitation": reverse("accounts:invitation", args=[invitation_token(letter)]),
        "claim": reverse("workspace:claim", args=[asked.confirm_token]),
        "inactive": reverse("account_inactive"),
        "ask": reverse("account_request_login_code"),
        "ask-admission": reverse("account_ask_admission"),
        "admission-sent": reverse("account_ask_admission") + "?gesendet=1",
        "admission": reverse("account_admit", args=[token_for(own.person)]),
        "admission-unusable": reverse("account_admit", args=["gibt-es-nicht"]),
        "login": reverse("account_login"),
    }


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (320, "light")])
def test_every_page_at_the_door_is_sound(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, node: str, tmp_path: Path, width: int, scheme: str
) -> None:
    page = open_tab(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name, path in pages_at_the_door(own).items():
        answer = page.goto(live_server.url + path)
        assert answer is not None
        (tmp_path / f"{name}.html").write_text(answer.text())
        check(page, name)
    boss = staff(name="buero", superuser=True)
    boss.set_password(PASSWORD)
    boss.save()
    page.get_by_label("Benutzername").fill("buero")
    page.get_by_role("button", name="Weiter").click()
    expect(page).to_have_title(re.compile("^Bitte prüfen"))
    check(page, "login with an error")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_role("link", name="App einrichten")).to_be_visible()
    check(page, "choose a factor")
    page.get_by_role("link", name="App einrichten").click()
    expect(page.get_by_label("Code aus der App")).to_be_visible()
    check(page, "set up the app")
    (tmp_path / "app.html").write_text(page.content())
    page.get_by_text("Ohne Kamera").click()
    secret = page.locator("code").inner_text()
    page.get_by_label("Code aus der App").fill(code_now(secret))
    page.get_by_role("button", name="Einrichten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ersatz-Codes")
    check(page, "recovery codes")
    for name in ("mfa_index", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_generate_recovery_codes",
                 "mfa_deactivate_totp", "account_change_password"):  # fmt: skip
        page.goto(live_server.url + reverse(name))
        check(page, name)
    page.goto(live_server.url + reverse("admin:partners_claim_changelist"))
    check(page, "claims")
    assert [entry for entry in validate(node, tmp_path) if not entry.startswith("app:")] == []


def with_passkey(page: Tab, site: str) -> None:
    """Anna, signed in with her app, sets up the browser's own virtual authenticator."""
    with_phone(staff("Redaktion", "anna"))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter(page, site)
    page.get_by_label("Code").fill(code_now())
    page.get_by_role("button", name="Anmelden").click()
    expect(page.locator("#site-name")).to_be_visible()
    page.goto(site + reverse("mfa_add_webauthn"))
    page.get_by_label("Name des Passkeys").fill("Dienst-Laptop")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ersatz-Codes")


def test_a_passkey_is_set_up_and_opens_the_door(live_server: LiveServer, open_tab: OpenTab) -> None:
    """WebAuthn wants a name, not an address."""
    page, site = open_tab(), live_server.url.replace("127.0.0.1", "localhost")
    with_passkey(page, site)
    assert page.evaluate("window.breaches") == []
    page.context.clear_cookies()
    enter(page, site)
    page.get_by_role("button", name="Passkey benutzen").click()
    expect(page.locator("#site-name")).to_be_visible()


def test_a_passkey_proves_again_who_sits_there(live_server: LiveServer, open_tab: OpenTab) -> None:
    """Long after signing in there are new recovery codes only for who shows the passkey once more."""
    page, site = open_tab(), live_server.url.replace("127.0.0.1", "localhost")
    with_passkey(page, site)
    long_ago(page)
    page.goto(site + reverse("mfa_generate_recovery_codes"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bitte bestätigen Sie, dass Sie es sind")
    page.get_by_role("link", name="mit einem Passkey").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Mit dem Passkey")
    check(page, "passkey once more")
    page.locator("[name=credential]").evaluate("(field) => { field.value = '{}'; field.form.submit(); }")
    expect(page.locator(".kern-alert--danger")).to_be_visible()
    page.get_by_role("button", name="Passkey benutzen").click()
    expect(page.get_by_role("button", name="Neue Codes erzeugen")).to_be_visible()
    assert page.url == site + reverse("mfa_generate_recovery_codes")


def long_ago(page: Tab) -> None:
    """The session stays, but nobody has shown anything for an hour."""
    [key] = [entry["value"] for entry in page.context.cookies() if entry["name"] == settings.SESSION_COOKIE_NAME]
    session = SessionStore(key)
    shown = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**way, "at": way["at"] - 3600} for way in shown]
    session.save()


def enter(page: Tab, site: str) -> None:
    page.goto(f"{site}/admin/")
    page.get_by_label("Benutzername").fill("anna")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()


def test_a_partner_changes_an_offer_without_script(live_server: LiveServer, open_tab: OpenTab, offer: Offer) -> None:
    page = open_tab(java_script_enabled=False, viewport={"width": 320, "height": 640})
    sign_in(page, live_server)
    page.get_by_role("link", name="Meine Angebote Verein Sonne").click()
    page.get_by_role("link", name="Krabbelgruppe").click()
    page.get_by_role("link", name="Ändern", exact=True).click()
    page.get_by_label("Name des Angebots").fill("Spielkreis")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert")
    page.wait_for_timeout(3_200)  # the guard takes whoever is faster for a program
    page.get_by_role("button", name="Änderung senden").click()
    expect(page.locator("main")).to_contain_text("wartet auf Prüfung")
    assert Proposal.objects.get().payload == {"title": "Spielkreis"}
    assert User.objects.get(email="kaethe@example.org").last_login


def test_times_are_added_and_taken_out_by_keyboard_without_script(
    live_server: LiveServer, open_tab: OpenTab, offer: Offer
) -> None:
    page = open_tab(java_script_enabled=False, viewport={"width": 320, "height": 640})
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("workspace:edit", args=[offer.provider.slug, offer.slug]))
    page.get_by_label("Name des Angebots").fill("Spielkreis")
    page.get_by_role("button", name="Weitere Zeit hinzufügen").press("Enter")
    assert page.url.endswith("#zeit-2")
    second = page.get_by_role("group", name="Zeit 2")
    expect(second).to_be_in_viewport()
    second.get_by_label("an einzelnen Tagen").check()
    second.get_by_label("Termine").fill("3.3.2027")
    expect(second.get_by_label("Mittwoch")).to_be_hidden()
    page.get_by_label("Name des Angebots").press("Enter")  # saves, and neither adds nor removes a row
    expect(page.get_by_role("group", name="Zeit 2").get_by_label("Termine")).to_have_value("3.3.2027")
    expect(page.get_by_role("group", name="Zeit 3")).to_have_count(0)
    page.get_by_role("button", name="Zeit 1 entfernen").click()
    expect(page.get_by_label("Name des Angebots")).to_have_value("Spielkreis")
    page.wait_for_timeout(3_200)  # the guard takes whoever is faster for a program
    page.get_by_role("button", name="Änderung senden").click()
    expect(page.locator("main")).to_contain_text("am 3. März 2027")
    assert [row["dates"] for row in Proposal.objects.get().payload["schedules"]] == [["2027-03-03"]]


def test_a_draft_saves_itself_and_two_tabs_agree(live_server: LiveServer, open_tab: OpenTab, offer: Offer) -> None:
    one = open_tab()
    sign_in(one, live_server)
    edit = live_server.url + reverse("workspace:edit", args=[offer.provider.slug, offer.slug])
    two = one.context.new_page()
    for page in (one, two):
        page.goto(edit)
    one.get_by_label("Name des Angebots").fill("Erster")
    expect(one.locator("[data-draft-status]")).to_have_text("Entwurf gespeichert.", timeout=15_000)
    two.get_by_role("textbox", name="Telefon").fill("0208 999999")
    expect(two.locator("[data-draft-status]")).to_have_text("Entwurf gespeichert.", timeout=15_000)
    expect(two.get_by_label("Name des Angebots")).to_have_value("Erster")
    one.get_by_label("Name des Angebots").fill("Neuer")
    expect(one.get_by_role("textbox", name="Telefon")).to_have_value("0208 999999", timeout=15_000)
    two.get_by_label("Name des Angebots").fill("Anderer")
    expect(two.locator("[data-draft-status]")).to_contain_text("anderen Fenster", timeout=15_000)
    two.get_by_role("button", name="Entwurf speichern").click()
    expect(two.locator("main")).to_contain_text("aus dem anderen Fenster: Neuer")
    check(two, "conflict")
    two.get_by_label("aus diesem Fenster: Anderer").check()
    two.get_by_role("button", name="So übernehmen").click()
    assert ChangeDraft.objects.get().values["title"] == ["Anderer"]
