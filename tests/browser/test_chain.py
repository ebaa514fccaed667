"""Chain, timeline and map in a real browser: order of the keyboard, rows that stand in line, one whole way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

OpenTab = Callable[..., Tab]
# Row and column on the whole page, however far it is scrolled.
PLACE = "e => { const box = e.getBoundingClientRect(); return [box.y + scrollY, box.x + scrollX].map(Math.round); }"


def test_the_keyboard_walks_the_chain_phase_by_phase(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address("chain"))
    first, second = (page.locator(".link").nth(number) for number in (0, 1))
    first.locator("h3 a").focus()
    for _stop in range(first.locator(".dots a").count()):
        page.keyboard.press("Tab")
        assert first.locator("a:focus").count() == 1
    page.keyboard.press("Tab")

    assert second.locator("a:focus").count() == 1


def test_the_keyboard_walks_the_map_row_by_row(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address("hexmap"))
    boxes = []
    page.locator(".hexmap a").first.focus()
    for _stop in range(page.locator(".hexmap a").count()):
        boxes.append(tuple(page.locator(":focus").evaluate(PLACE)))
        page.keyboard.press("Tab")

    assert len(boxes) == 31
    assert boxes == sorted(boxes)


def test_topics_and_counts_stand_in_one_row(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address("chain"))
    rows = page.locator(".rows__list li").evaluate_all("all => all.map(e => Math.round(e.getBoundingClientRect().top))")

    for number in range(page.locator(".link").count()):
        cells = page.locator(".link").nth(number).locator(".dots > li:not(.dots__gap, .dots__tell)")
        assert cells.evaluate_all("all => all.map(e => Math.round(e.getBoundingClientRect().top))") == rows


def test_a_mother_goes_from_birth_month_to_offers_without_script(site: Site, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(site.address("chain"))
    page.get_by_role("link", name="Der Zeitstrahl für Ihr Kind").click()
    page.get_by_label("Monat", exact=True).select_option("9")
    page.get_by_label("Jahr", exact=True).select_option(index=3)
    page.get_by_label("Wo wohnen Sie?").select_option("osterfeld")
    page.get_by_role("button", name="Zeitstrahl zeigen").click()

    expect(page).to_have_url(re.compile("geburt="))
    expect(page.get_by_role("heading", name="Jetzt")).to_be_visible()
    expect(page.get_by_text("Schulanfang", exact=True)).to_be_visible()
    page.get_by_role("link", name="Angebote, die jetzt passen").click()
    page.wait_for_url("**/angebote/**")
    assert "geburt" not in page.url
    assert "ort=osterfeld" in page.url
    assert page.context.cookies() == []
    page.close()


def test_a_hexagon_leads_to_its_offers(site: Site, tab: OpenTab) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address("hexmap-filtered"))
    hexagon = page.locator(".hexmap").get_by_role("link", name="Vondern: ")
    label = hexagon.get_attribute("aria-label") or ""
    hexagon.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/angebote/**")

    assert "alter=14" in page.url
    assert "ort=vondern" in page.url
    assert page.locator(".count").first.inner_text().startswith(label.removeprefix("Vondern: "))


@pytest.mark.parametrize("path", ["/kette/kind/?geburt=2025-09", "/angebote/cityknirpse/"])
def test_a_page_to_take_along_prints_by_a_button(site: Site, tab: OpenTab, path: str) -> None:
    page = tab()
    page.goto(site.url + path)
    page.evaluate("window.print = () => { document.title = 'gedruckt'; }")
    page.get_by_role("button", name=re.compile("drucken")).click()

    expect(page).to_have_title("gedruckt")
