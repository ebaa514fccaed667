"""What a family's phone has to fetch, measured on the server people run: compressed files, real Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Response, Route

from tests.running import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST_VISIT = 70_000  # bytes over the wire, headers included: page, styles, fonts and script
FROM_THEN_ON = 12_000
SHIFT = """() => new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
    || setTimeout(() => done(0), 500))"""
KERN = Path(settings.BASE_DIR) / "node_modules" / "@kern-ux" / "native" / "dist" / "kern.min.css"
CUT = Path(settings.BASE_DIR) / "node_modules" / ".portal" / "kern" / "kern.min.css"


@pytest.fixture(scope="module")
def running(scratch: Path) -> Iterator[Portal]:
    with Portal(scratch) as portal:
        yield portal


class Visitor:
    """A phone whose downloads are counted."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 390, "height": 844}, locale="de-DE", **options)
        self.tab = self.context.new_page()
        self._session = self.context.new_cdp_session(self.tab)
        self._session.send("Network.enable")
        self._names: dict[str, str] = {}
        self._bytes: dict[str, int] = {}
        self._session.on("Network.requestWillBeSent", self._asked)
        self._session.on("Network.loadingFinished", self._fetched)

    def _asked(self, event: dict[str, Any]) -> None:
        self._names[event["requestId"]] = event["request"]["url"]

    def _fetched(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = int(event["encodedDataLength"])

    def visit(self, address: str) -> dict[str, int]:
        """Bytes over the wire by address; what came from the cache counts nothing."""
        self._bytes.clear()
        self.tab.goto(address, wait_until="networkidle")
        return {self._names[key]: size for key, size in self._bytes.items() if size}


def told(title: str, weights: dict[str, int]) -> int:
    total = sum(weights.values())
    print(f"\n{title}: {total:,} bytes")
    for address, size in sorted(weights.items(), key=lambda pair: -pair[1]):
        print(f"  {size:>7,}  {address.partition('://')[2].partition('/')[2]}")
    return total


@pytest.mark.parametrize("start", ["/", "/angebote/", "/angebote/?alter=14&ort=osterfeld&kostenlos=1"])
def test_pages_are_light_on_the_first_visit_and_nearly_nothing_later(
    running: Portal, browser: Browser, start: str
) -> None:
    visitor = Visitor(browser)
    first = told(f"first visit of {start}", visitor.visit(running.address + start))
    second = told("then the results", visitor.visit(running.address + "/angebote/?alter=3j&ort=sterkrade-mitte"))
    visitor.tab.wait_for_timeout(100)
    third = told("then more results", visitor.visit(running.address + "/angebote/?alter=3j&seite=2"))
    visitor.context.close()

    assert first <= FIRST_VISIT
    assert third <= FROM_THEN_ON
    if start != "/":
        assert second <= FROM_THEN_ON


def test_files_are_compressed_and_kept_for_good(running: Portal, browser: Browser) -> None:
    context = browser.new_context()
    tab = context.new_page()
    answers: list[Response] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.goto(running.address + "/angebote/", wait_until="networkidle")
    files = [answer for answer in answers if "/static/" in answer.url]

    assert len(files) > 5
    assert [file.url for file in files if "immutable" not in file.all_headers()["cache-control"]] == []
    plain = [file.url for file in answers if file.all_headers().get("content-encoding") not in ("br", "gzip", "zstd")]
    assert [url for url in plain if not url.endswith(".woff2") and not url.startswith("data:")] == []
    context.close()


@pytest.mark.parametrize("path", ["/", "/angebote/", "/kette/", "/merkliste/?o=cityknirpse", "/soforthilfe/"])
@pytest.mark.parametrize("slow", [False, True], ids=["quick", "slow"])
def test_nothing_that_stands_moves(running: Portal, browser: Browser, path: str, slow: bool) -> None:
    visitor = Visitor(browser)
    if slow:  # fonts and script come long after the text

        def late(route: Route) -> None:
            visitor.tab.wait_for_timeout(700)
            route.continue_()

        visitor.tab.route(re.compile(r"\.(woff2|js)$"), late)
    visitor.tab.goto(running.address + path, wait_until="networkidle")

    assert visitor.tab.evaluate(SHIFT) == 0
    visitor.context.close()


def test_the_cut_style_has_every_class_that_is_used() -> None:
    """A stale cut would leave a page without a look; `make` renews it when a page changes."""
    known = set(re.findall(r"\.(kern-[\w-]+)", KERN.read_text(encoding="utf-8")))
    kept = set(re.findall(r"\.(kern-[\w-]+)", CUT.read_text(encoding="utf-8")))
    folders = [Path(settings.BASE_DIR) / name for name in ("templates", "portal", "partners", "networks", "offers")]
    pages = [file for folder in folders for kind in ("*.html", "*.py") for file in folder.rglob(kind)]
    used = {word for page in pages for word in re.findall(r"kern-[\w-]+", page.read_text(encoding="utf-8"))}

    assert (known & used) - kept == set()
    assert CUT.stat().st_size < KERN.stat().st_size / 4
