"""A family's list from the first card to the paper, with script and without."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site
from tests.offers.papers import Paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
OpenTab = Callable[..., Tab]


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Tab]:
    """A tab that has kept nothing yet."""
    context = browser.new_context(locale="de-DE")
    yield context.new_page()
    context.close()


def titles(tab: Tab) -> list[str]:
    return [title.strip() for title in tab.locator(".entry h2 a").all_inner_texts()]


def has_entries(tab: Tab, number: int) -> None:
    expect(tab.locator(".entry h2 a")).to_have_count(number)


def test_without_script_forty_offers_go_on_the_list_card_by_card(site: Site, browser: Browser) -> None:
    tab = browser.new_context(locale="de-DE", java_script_enabled=False).new_page()
    tab.goto(site.url + "/angebote/")
    tab.locator("[data-keep] >> text=Merken").first.click()
    expect(tab).to_have_url(re.compile(r"/merkliste/\?o=\w{8}$"))
    tab.get_by_role("link", name="Weitere Angebote suchen").click()
    expect(tab).to_have_url(re.compile(r"merk=\w{8}$"))
    names = []
    for page in (1, 2):
        tab.goto(f"{site.url}/angebote/?seite={page}")
        names += [button.get_attribute("value") or "" for button in tab.locator("button[data-keep]").all()]
    tab.goto(f"{site.url}/angebote/?seite=2&merk={'.'.join(names[:37])}")
    for number in (38, 39, 40):
        tab.locator("button[name=o]").first.click()
        expect(tab.get_by_role("link", name=f"Merkliste ({number})")).to_be_visible()
    tab.locator("button[name=ohne]").first.click()
    tab.get_by_role("link", name="Merkliste (39)").click()
    has_entries(tab, 39)
    assert len(tab.url) < 2_000
    tab.context.close()


def test_without_script_the_list_comes_along_through_filters_and_offers(site: Site, browser: Browser) -> None:
    tab = browser.new_context(locale="de-DE", java_script_enabled=False).new_page()
    tab.goto(site.url + "/angebote/?merk=cityknirpse")
    tab.locator("#f-q").fill("Babymassage Hebamme")
    tab.locator(".filters form button[type=submit]").first.click()
    expect(tab).to_have_url(re.compile(r"q=Babymassage.*merk=cityknirpse|merk=cityknirpse.*q=Babymassage"))
    tab.goto(site.url + "/angebote/?merk=cityknirpse")
    tab.locator(".offer h2 a").nth(3).click()
    expect(tab).to_have_url(re.compile(r"/angebote/[\w-]+/\?merk=cityknirpse"))
    tab.get_by_role("button", name=re.compile("^Merken")).click()
    has_entries(tab, 2)
    tab.context.close()


def test_with_script_cards_fill_the_list_without_leaving_the_page(site: Site, fresh: Tab) -> None:
    fresh.goto(site.url + "/angebote/")
    first, second = (fresh.locator("button[data-keep]").nth(place) for place in (0, 1))
    first.click()
    second.click()
    expect(first).to_contain_text("Gemerkt")
    expect(fresh.locator("[data-shortlist-said]")).to_have_text("Merkliste (2)")
    assert fresh.url == site.url + "/angebote/"
    second.click()
    expect(second).to_contain_text("Merken")
    fresh.reload()
    expect(fresh.locator("button[data-keep]").first).to_contain_text("Gemerkt")
    fresh.get_by_role("link", name="Merkliste (1)").click()
    has_entries(fresh, 1)
    assert fresh.context.cookies() == []


def test_order_changes_by_links_and_the_page_remembers(site: Site, fresh: Tab) -> None:
    fresh.goto(site.url + "/merkliste/?o=cityknirpse&o=frauenhaus")
    before = titles(fresh)
    fresh.get_by_role("link", name=re.compile("^Nach unten")).first.click()
    expect(fresh.locator(".entry h2 a").first).to_have_text(before[1])
    fresh.goto(site.url + "/merkliste/")
    expect(fresh.locator(".entry h2 a").first).to_have_text(before[1])


def test_a_note_stays_in_the_browser_and_goes_on_the_own_print_only(site: Site, fresh: Tab) -> None:
    sent: list[str] = []
    fresh.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    fresh.goto(site.url + "/merkliste/?o=cityknirpse")
    fresh.get_by_label("Ihre Notiz (bleibt auf diesem Gerät)").fill("Dienstag Zwillinge mitbringen")
    fresh.reload()
    expect(fresh.get_by_label("Ihre Notiz (bleibt auf diesem Gerät)")).to_have_value("Dienstag Zwillinge mitbringen")
    paper = Paper(fresh.pdf(format="A4"))
    assert "Dienstag Zwillinge mitbringen" in paper.text
    assert not any("Zwillinge" in request for request in sent)
    fresh.get_by_role("button", name="Liste und Notizen auf diesem Gerät löschen").click()
    expect(fresh.locator("[data-forgotten]")).to_have_text("Auf diesem Gerät ist nichts mehr gespeichert.")
    assert fresh.evaluate("localStorage.length") == 0


def test_the_code_on_the_screen_leads_back_to_the_list(site: Site, fresh: Tab) -> None:
    fresh.goto(site.url + "/merkliste/?o=cityknirpse&o=frauenhaus")
    fresh.locator(".qr img").scroll_into_view_if_needed()
    fresh.wait_for_function("document.querySelector('.qr img').naturalWidth > 0")
    address = fresh.get_by_label("Adresse der Liste zum Kopieren").input_value()
    assert address in [code for page in [Paper(fresh.pdf(format="A4"))] for code in page.all_codes]


def test_a_list_from_elsewhere_replaces_the_own_one_only_when_asked(site: Site, fresh: Tab) -> None:
    fresh.goto(site.url + "/merkliste/?o=cityknirpse")
    fresh.goto("about:blank")
    fresh.goto(site.url + "/merkliste/?o=frauenhaus")
    kept = fresh.evaluate("localStorage.getItem('merkliste')")
    fresh.get_by_role("button", name="Durch diese Liste ersetzen").click()
    fresh.wait_for_function("kept => localStorage.getItem('merkliste') !== kept", arg=kept)
