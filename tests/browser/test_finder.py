"""A parent on a small phone finds an offer in three taps, without script, and comes back."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

OpenTab = Callable[..., Tab]
PHONE = {"width": 320, "height": 640}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone(request: pytest.FixtureRequest, tab: OpenTab) -> Tab:
    return tab(viewport=PHONE, java_script_enabled=request.param, has_touch=True)


def test_a_parent_finds_an_offer_in_three_taps_and_goes_back(site: Site, phone: Tab) -> None:
    phone.goto(site.address("start"))

    phone.get_by_text("1 Jahr", exact=True).tap()
    phone.get_by_label("Wo wohnen Sie?").select_option(label="Osterfeld-Mitte")
    phone.get_by_role("button", name="Angebote zeigen").tap()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Angebote für Kinder mit 1 Jahr in Osterfeld-Mitte")
    query = parse_qs(urlsplit(phone.url).query)
    assert (query["alter"], query["ort"]) == (["1j"], ["osterfeld-mitte"])
    first = phone.locator(".offer h2 a").first
    title = first.inner_text()
    first.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(title)

    phone.go_back()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Angebote für Kinder mit 1 Jahr in Osterfeld-Mitte")
    phone.go_back()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Was hilft Ihrem Kind")


def test_filters_unfold_narrow_and_are_taken_away_one_by_one(site: Site, phone: Tab) -> None:
    phone.goto(site.url + "/angebote/?alter=1j&ort=osterfeld-mitte")
    before = phone.locator(".count").inner_text()

    phone.locator(".filters > summary").tap()
    phone.locator("#weitere > summary").tap()
    phone.get_by_label("Beratung nach Termin").check()
    phone.locator(".apply button").tap()

    expect(phone.locator(".chips")).to_contain_text("Beratung nach Termin")
    assert phone.locator(".count").inner_text() != before
    phone.get_by_role("link", name="Filter entfernen: Beratung nach Termin").tap()
    expect(phone.locator(".count")).to_have_text(before)


def test_the_start_form_works_by_keyboard(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address("start"))

    page.locator("#alter-egal").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="In meiner Nähe").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Jugend")
    page.keyboard.press("Enter")

    page.wait_for_url("**/angebote/?*alter=18-27j*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Angebote zu „Jugend“ für Menschen von 18 bis 27 Jahren")


def test_filters_stand_open_beside_the_results_on_a_wide_screen(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page.goto(site.address("offers"))

    expect(page.get_by_label("Alter des Kindes")).to_be_visible()
    expect(page.get_by_role("button", name="Filter anwenden")).to_be_visible()


def test_an_error_leads_to_its_field(site: Site, phone: Tab) -> None:
    phone.goto(site.address("offers-bad-values"))

    expect(phone.get_by_role("alert")).to_contain_text("verstehen wir nicht")
    phone.get_by_role("alert").get_by_role("link", name="Wohnort").tap()
    expect(phone.get_by_label("Wohnort")).to_be_in_viewport()
