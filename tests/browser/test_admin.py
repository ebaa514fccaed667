"""The admin in a real browser: no breach of the CSP, no axe findings, usable on a phone and in the dark."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from offers.models import Offer
from partners.models import Partner
from tests.networks.factories import MembershipFactory
from tests.offers.factories import FundingFactory, OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.factories import PostcodeFactory, quarter
from tests.portal.staff import PASSWORD, code_now, staff, with_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH = """
    window.breaches = [];
    document.addEventListener('securitypolicyviolation', (event) =>
        window.breaches.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));
"""
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
    }


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

    user = User.objects.get()
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


def check(tab: Page, address: str) -> None:
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
    look(tab, "second factor")
    tab.get_by_label("Code").fill(code_now())
    tab.get_by_role("button", name="Anmelden").click()
    tab.wait_for_url("**/admin/")


def test_every_kind_of_admin_page(tab: Page, live_server: LiveServer, data: dict[str, int]) -> None:
    sign_in(tab, live_server, look=check)
    for address in addresses(data):
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
    check(tab, "merge")
    tab.get_by_role("button", name="Ansehen, was geschieht").press("Enter")
    tab.get_by_role("heading", name="Das zieht um").wait_for()
    check(tab, "merge preview")
    tab.get_by_role("button", name="Jetzt zusammenführen").press("Enter")
    tab.get_by_text("Zusammengeführt:").wait_for()
    assert Partner.objects.filter(pk__in=[data["partner"], data["double"]]).count() == 1

    tab.goto(live_server.url + reverse("admin:offers_offer_changelist"))
    tab.locator("#action-toggle").press("Space")
    tab.locator("select[name=action]").select_option(label="Prüfrhythmus setzen")
    tab.get_by_role("button", name="Ausführen").press("Enter")
    check(tab, "bulk question")
    tab.get_by_label("Prüfrhythmus in Monaten").select_option("3")
    tab.get_by_role("button", name="Ansehen, was sich ändert").press("Enter")
    check(tab, "bulk preview")
    tab.get_by_role("button", name="1 Eintrag ändern").press("Enter")
    tab.get_by_text("1 Eintrag ist geändert.").wait_for()
    assert Offer.objects.get().review_months == 3
    tab.goto(live_server.url + reverse("admin:auth_user_log", args=[User.objects.get().pk]))
    check(tab, "what a person did")


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
