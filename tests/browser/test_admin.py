"""The admin in a real browser: no breach of the CSP, no axe findings, usable on a phone and in the dark."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from networks.models import Network
from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import open_task
from offers.models import CaseMessage, Offer
from offers.proposals import snapshot
from partners.accounts.actions import claim
from partners.models import Partner
from tests.browser.traces import WATCH
from tests.networks.factories import (
    AttendanceFactory,
    DecisionFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkDocumentFactory,
    SelfReviewFactory,
)
from tests.offers.factories import (
    ErrorReportFactory,
    FundingFactory,
    OfferFactory,
    ProposalFactory,
    ScheduleFactory,
    TopicFactory,
)
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.factories import PostcodeFactory, quarter
from tests.portal.staff import PASSWORD, code_now, staff, with_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Look = Callable[[str], None]


@pytest.fixture
def data() -> dict[str, int]:
    """One of everything, so that no part of a page is empty."""
    district = quarter("Osterfeld")
    place = PlaceFactory.create(district=district)
    ContactFactory.create(partner=place.partner)
    offer = OfferFactory.create(
        title="Krabbelgruppe",
        provider=place.partner,
        topics=[TopicFactory.create()],
        places=[place],
        catchment=[district],
    )
    ScheduleFactory.create(offer=offer)
    FundingFactory.create(offer=offer)
    Offer.objects.update(title="Spielgruppe")
    postcode = PostcodeFactory.create()
    postcode.districts.add(district)
    network = MembershipFactory.create(partner=place.partner).network
    double = PartnerFactory.create(name="Verein Sonnenschein e.V.", website="https://verein.example/")
    return {
        "double": double.pk,
        "offer": offer.pk,
        "partner": place.partner_id,
        "network": network.pk,
        "postcode": postcode.pk,
        **cases(offer),
    }


def cases(offer: Offer) -> dict[str, int]:
    """One of each kind that waits for the Büro; of the change, one field has moved and a question is answered."""
    offer.refresh_from_db()
    base = snapshot(offer)
    change = ProposalFactory.create(
        offer=offer,
        base={**base, "phone": "0208 1"},
        base_version=1,
        payload={
            "title": "Krabbelgruppe am Nachmittag",
            "phone": "0208 999",
            "summary": "Spielen und Singen für alle.",
        },
        status="waiting",
        confirmed_at=timezone.now() - timedelta(days=12),
    )
    question = CaseMessage.objects.create(proposal=change, kind="frage", text="An welchen Tagen?")
    CaseMessage.objects.create(proposal=change, kind="antwort", text="Immer mittwochs.", question=question)
    new = ProposalFactory.create(
        payload={"title": "Elterncafé", "summary": "Kaffee und Rat."},
        sender_organisation="Verein Neu",
        status="waiting",
        confirmed_at=timezone.now(),
    )
    task = open_task(
        kind=TaskKind.BROKEN_LINK, subject="Seite kaputt", partner=offer.provider, concerns="https://x.org"
    )
    asked = claim(email="neu@example.org", name="Kim", organisation="Haus", partner=None, reference="7KQ4-M2XD")
    report = ErrorReportFactory.create(offer=offer)
    return {"change": change.pk, "new": new.pk, "task": task.pk, "claim": asked.pk, "report": report.pk}


@pytest.fixture(params=[(1280, "light"), (320, "dark")], ids=str)
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="de-DE")
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def addresses(data: dict[str, int]) -> list[str]:
    def at(view: str, *args: Any) -> str:
        return reverse(f"admin:{view}", args=args)

    user = User.objects.get(username="chefin")
    return [
        at("index"),
        at("app_list", "offers"),
        at("offers_offer_changelist"),
        at("offers_offer_changelist") + "?aktualitaet=oeffentlich&q=spiel",
        at("offers_offer_change", data["offer"]),
        at("offers_offer_add"),
        at("offers_offer_history", data["offer"]),
        at("offers_offer_restore", data["offer"], 1),
        at("offers_offer_take_back", data["offer"], Offer.objects.get().version),
        at("partners_partner_merge") + f"?nr={data['partner']}&nr={data['double']}",
        at("portal_merge_changelist"),
        at("offers_offer_delete", data["offer"]),
        at("offers_offer_deleted"),
        at("partners_partner_change", data["partner"]),
        at("partners_place_changelist"),
        at("networks_network_change", data["network"]),
        at("offers_wave"),
        at("offers_wave_partner", data["partner"]),
        at("offers_task_changelist"),
        at("offers_queue"),
        at("offers_queue") + "?sicht=antworten",
        at("offers_proposal_change", data["change"]) + "?eingang=alle",
        at("offers_proposal_change", data["new"]) + "?eingang=alle",
        at("offers_errorreport_change", data["report"]) + "?eingang=alle",
        at("partners_claim_change", data["claim"]) + "?eingang=alle",
        at("offers_task_change", data["task"]) + "?eingang=alle",
        at("offers_textblock_changelist"),
        at("portal_mails"),
        at("portal_mail", "mail/offers/review_reminder.txt"),
        at("procrastinate_procrastinatejob_changelist") + "?stand=alle",
        at("portal_postcode_change", data["postcode"]),
        at("portal_schoolholiday_add"),
        at("offers_topic_add"),
        at("auth_user_change", user.pk),
        at("auth_user_log", user.pk),
        at("auth_group_add"),
        at("password_change"),
    ]


def addresses_of_networks(data: dict[str, int]) -> list[str]:
    """With a meeting, what was decided there and a paper."""
    network = Network.objects.get(pk=data["network"])
    meeting = MeetingFactory.create(network=network)
    AttendanceFactory.create(meeting=meeting, partner_id=data["partner"])
    DecisionFactory.create(meeting=meeting)
    NetworkDocumentFactory.create(network=network)
    SelfReviewFactory.create(network=network)
    models = ("network", "meeting", "membership", "decision", "networkdocument", "selfreview")
    lists = [*(f"networks_{model}" for model in models), "partners_affiliation", "partners_invitation"]
    return [
        reverse("admin:networks_meeting_change", args=[meeting.pk]),
        *(reverse(f"admin:{name}_changelist") for name in lists),
    ]


def check(tab: Page, address: str) -> None:
    """Breaches first: axe puts style sheets of its own into a page where one style sheet imports another."""
    tab.wait_for_load_state("networkidle")
    assert tab.evaluate("window.breaches") == [], address
    assert tab.locator("h1").count() == 1, address
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not tab.evaluate(wide), f"{address} scrolls sideways"
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)["violations"]
    assert not found, [(address, rule["id"], rule["nodes"][0]["html"]) for rule in found]


def sign_in(tab: Page, live_server: LiveServer, look: Callable[[Page, str], None] = lambda tab, address: None) -> None:
    """Through the real door: password, then the code of the app on the phone."""
    with_phone(staff(name="chefin", superuser=True))
    tab.goto(f"{live_server.url}/admin/")
    look(tab, "password")
    tab.get_by_label("Benutzername").fill("chefin")
    tab.get_by_label("Passwort", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Weiter").click()
    tab.get_by_label("Code").wait_for()
    look(tab, "second factor")
    tab.get_by_label("Code").fill(code_now())
    tab.get_by_role("button", name="Anmelden").click()
    tab.wait_for_url("**/admin/")


def test_every_kind_of_admin_page(tab: Page, live_server: LiveServer, data: dict[str, int]) -> None:
    sign_in(tab, live_server, look=check)
    for address in [*addresses(data), *addresses_of_networks(data)]:
        answer = tab.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, address
        check(tab, address)


def test_merging_and_changing_many_with_the_keyboard(tab: Page, live_server: LiveServer, data: dict[str, int]) -> None:
    """From the list over the preview to the end; each page between is checked, too."""
    sign_in(tab, live_server)
    partners = live_server.url + reverse("admin:partners_partner_changelist")
    tab.goto(partners)
    tab.locator("#action-toggle").press("Space")
    tab.locator("select[name=action]").select_option(label="Doppelte zusammenführen")
    tab.get_by_role("button", name="Ausführen").press("Enter")
    tab.get_by_role("button", name="Ansehen, was geschieht").wait_for()
    check(tab, "merge")
    tab.get_by_role("button", name="Ansehen, was geschieht").press("Enter")
    tab.get_by_role("heading", name="Das zieht um").wait_for()
    check(tab, "merge preview")
    tab.get_by_role("button", name="Jetzt zusammenführen").press("Enter")
    tab.get_by_text("Zusammengeführt:").wait_for()
    assert Partner.objects.filter(pk__in=[data["partner"], data["double"]]).count() == 1
    tab.get_by_role("link", name="Zusammenführung rückgängig machen").press("Enter")
    tab.get_by_role("button", name="Jetzt rückgängig machen").wait_for()
    check(tab, "undo of a merge")
    tab.get_by_role("button", name="Jetzt rückgängig machen").press("Enter")
    tab.get_by_text("gibt es wieder neben").wait_for()
    check(tab, "merge")
    assert Partner.objects.filter(pk__in=[data["partner"], data["double"]]).count() == 2

    tab.goto(live_server.url + reverse("admin:offers_offer_changelist"))
    tab.locator("#action-toggle").press("Space")
    tab.locator("select[name=action]").select_option(label="Prüfrhythmus setzen")
    tab.get_by_role("button", name="Ausführen").press("Enter")
    tab.get_by_label("Prüfrhythmus in Monaten").wait_for()
    check(tab, "bulk question")
    tab.get_by_label("Prüfrhythmus in Monaten").select_option("3")
    tab.get_by_role("button", name="Ansehen, was sich ändert").press("Enter")
    tab.get_by_role("button", name="1 Eintrag ändern").wait_for()
    check(tab, "bulk preview")
    tab.get_by_role("button", name="1 Eintrag ändern").press("Enter")
    tab.get_by_text("1 Eintrag ist geändert.").wait_for()
    assert Offer.objects.get().review_months == 3
    tab.goto(live_server.url + reverse("admin:auth_user_log", args=[User.objects.get(username="chefin").pk]))
    check(tab, "what a person did")


def press_until(tab: Page, name: str, limit: int = 90) -> None:
    """Go on with the Tab key to the button or link of this name."""
    for _number in range(limit):
        tab.keyboard.press("Tab")
        focused = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''"
        if name in " ".join(str(tab.evaluate(focused)).split()):
            return
    raise AssertionError(f"no way to {name} with the Tab key")


def test_the_queue_is_worked_through_with_the_keyboard_alone(
    browser: Browser, live_server: LiveServer, data: dict[str, int]
) -> None:
    """Oldest case first: take two fields, give one back with a text block, and stand at the next case."""
    context = browser.new_context(locale="de-DE", reduced_motion="reduce")
    context.add_init_script(WATCH)
    tab = context.new_page()
    sign_in(tab, live_server)
    press_until(tab, "Fälle im Eingang")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/eingang/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent.trim()") == "Zum Hauptinhalt springen"
    tab.keyboard.press("Enter")
    press_until(tab, "Mit dem ältesten Fall beginnen")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/change/?eingang=alle")
    press_until(tab, "Kurztext")
    tab.keyboard.press("Space")
    press_until(tab, "der Vorschlag gilt")
    tab.keyboard.press("Space")
    press_until(tab, "Textbaustein")
    tab.keyboard.press("ArrowDown")
    press_until(tab, "Einfügen")
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('textarea').value.length > 20")
    assert tab.evaluate("document.activeElement.tagName") == "TEXTAREA", "there one goes on writing"
    assert not tab.get_by_label("Kurztext").is_checked()
    assert tab.get_by_label("der Vorschlag gilt").is_checked()
    press_until(tab, "Ausgewählte Felder annehmen")
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: f"/{data['change']}/" not in url)
    assert "Zum Teil veröffentlicht" in tab.inner_text(".messagelist")
    offer = Offer.objects.get()
    assert (offer.title, offer.phone, offer.summary) == (
        "Krabbelgruppe am Nachmittag", "0208 999", "Spielen und Singen für die Kleinsten.",
    )  # fmt: skip
    assert tab.evaluate("window.breaches") == []
    context.close()


def test_the_search_box_finds_a_partner_and_the_form_is_saved(
    browser: Browser, live_server: LiveServer, data: dict[str, int]
) -> None:
    context = browser.new_context(locale="de-DE")
    context.add_init_script(WATCH)
    tab = context.new_page()
    sign_in(tab, live_server)
    tab.goto(live_server.url + reverse("admin:offers_offer_change", args=[data["offer"]]))
    tab.click("#id_provider + .select2")
    tab.wait_for_selector(".select2-results__option--highlighted")
    assert tab.evaluate("window.breaches") == []
    tab.keyboard.press("Enter")
    tab.fill("#id_title", "Babytreff")
    tab.click("input[name=_save]")
    tab.wait_for_url("**/admin/offers/offer/")
    assert Offer.objects.get().title == "Babytreff"
    context.close()
