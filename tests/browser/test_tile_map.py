"""The map with streets: only where a city has named a host, and that host is asked only after the click."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.running import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TILES = "http://localhost:1/tiles/{z}/{x}/{y}.png"  # answered by the test, within the browser
DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
OFFER = "/angebote/cityknirpse/"


@pytest.fixture(scope="module")
def mapped(scratch: Path) -> Iterator[Portal]:
    with Portal(scratch, PORTAL_TILES_URL=TILES, PORTAL_TILES_CREDIT="© Probe <b>GmbH</b>") as portal:
        yield portal


def test_the_map_opens_on_a_click_and_asks_its_host_only_then(mapped: Portal, browser: Browser) -> None:
    tab = browser.new_context(locale="de-DE", reduced_motion="reduce").new_page()
    asked: list[str] = []
    broken: list[str] = []

    def picture(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=DOT, content_type="image/gif")

    tab.route("**/tiles/**", picture)
    tab.on("console", lambda message: broken.append(message.text))
    tab.on("pageerror", lambda error: broken.append(str(error)))
    tab.goto(mapped.address + OFFER, wait_until="networkidle")
    assert asked == []
    assert tab.evaluate("typeof L") == "undefined"

    tab.get_by_role("button", name="Karte öffnen").press("Enter")
    room = tab.get_by_role("region", name="Karte mit Straßen")
    expect(room).to_be_focused()
    expect(room.locator("img.leaflet-tile-loaded").first).to_be_visible()
    expect(room.get_by_text("© Probe <b>GmbH</b>")).to_be_visible()
    room.get_by_role("button", name="Näher heran").press("Enter")
    pin = room.locator(".tilemap__pin")
    expect(pin).to_have_count(1)
    pin.press("Enter")
    expect(room.get_by_text("Die genaue Lage kennen wir nicht")).to_be_visible()
    assert asked
    assert broken == []
    tab.context.close()


def test_without_script_the_hexagons_and_the_address_say_where_it_is(mapped: Portal, browser: Browser) -> None:
    tab = browser.new_context(locale="de-DE", java_script_enabled=False).new_page()
    tab.goto(mapped.address + OFFER)

    expect(tab.get_by_role("img", name="Lage in der Stadt")).to_be_visible()
    expect(tab.get_by_role("button", name="Karte öffnen")).to_have_count(0)
    tab.goto(mapped.address + "/datenschutz/")
    expect(tab.get_by_text("lädt er die Bilder der Karte von localhost:1")).to_be_visible()
    tab.context.close()
