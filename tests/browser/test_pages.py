"""What must hold on every page of tests/pages.py."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site
from tests.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

NODE_MODULES = Path(settings.BASE_DIR) / "node_modules"
NAMES = [page.name for page in PAGES]
STATUS = {page.name: page.status for page in PAGES}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  const where = nodes => nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ');
  return found.violations.map(v => `${v.id}: ${where(v.nodes)}`);
}"""
AXE = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "forced colours": {"forced_colors": "active", "viewport": {"width": 1280, "height": 900}},
    "200 % text": {"viewport": {"width": 640, "height": 900}},
}
# Boxes that hide text which does not fit into them. A field can be scrolled; what is for screen readers only has 1 px.
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg, input'))
  .filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && e.clientWidth > 1)
  .filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
  .map(e => e.outerHTML.slice(0, 120))"""
WATCH_POLICY = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
OpenTab = Callable[..., Tab]


class Outline(HTMLParser):
    """Headings, language, title and duplicate ids of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.lang = ""
        self.title = ""
        self.links: set[str] = set()
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.levels.append(int(tag[1]))
        elif tag == "html":
            self.lang = given.get("lang") or ""
        elif tag == "title" and not self.title:
            self._in_title = True
        elif tag == "a":
            self.links.add(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


@pytest.mark.parametrize("name", NAMES)
def test_answers_with_its_status_and_a_sound_outline(site: Site, name: str) -> None:
    answer = site.answer(name)
    outline = Outline(answer.html)

    assert answer.status == STATUS[name]
    assert outline.lang == "de"
    assert outline.levels.count(1) == 1
    skipped = [pair for pair in zip(outline.levels, outline.levels[1:], strict=False) if pair[1] > pair[0] + 1]
    assert outline.levels[0] == 1
    assert not skipped
    assert "/soforthilfe/" in outline.links


@pytest.mark.parametrize("name", NAMES)
def test_sets_no_cookie_and_sends_a_strict_policy(site: Site, name: str) -> None:
    headers = site.answer(name).headers

    assert headers.get_all("Set-Cookie") is None
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_titles_are_unique(site: Site) -> None:
    titles = Counter(Outline(site.answer(name).html).title.strip() for name in NAMES if STATUS[name] == 200)

    assert [title for title, times in titles.items() if times > 1] == []
    assert all(titles)


def test_html_is_valid(site: Site, node: str, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.html").write_text(site.answer(name).html)
    validator = NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"
    rules = Path(settings.BASE_DIR) / ".htmlvalidate.json"
    report = tmp_path / "report.json"
    with report.open("w") as file:  # a file, because node cuts off what does not fit into a pipe
        command = [node, str(validator), "--config", str(rules), "--formatter", "json", str(tmp_path / "*.html")]
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=False, cwd=settings.BASE_DIR)
    assert report.read_text(), done.stderr
    found = [
        f"{Path(page['filePath']).stem}:{message['line']} {message['ruleId']}: {message['message']}"
        for page in json.loads(report.read_text())
        for message in page["messages"]
    ]

    assert found == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_is_cut_off(site: Site, tab: OpenTab, name: str, look: str) -> None:
    page = tab(**LOOKS[look])
    if look == "200 % text":
        _larger_text(page)
    page.goto(site.address(name))
    page.evaluate(AXE)

    assert page.evaluate(RUN_AXE, AXE_TAGS) == []
    assert page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth") <= 0
    assert page.evaluate(CUT_OFF) == []


def _larger_text(page: Tab) -> None:
    """The browser's own setting for larger text: twice the 16 px of `font-size: 100%`."""
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})


@pytest.mark.parametrize("name", NAMES)
def test_says_the_same_without_javascript(site: Site, tab: OpenTab, name: str) -> None:
    page = tab(java_script_enabled=False)
    page.goto(site.address(name))

    assert page.locator("h1").is_visible()
    assert page.get_by_role("link", name="Soforthilfe").first.is_visible()
    assert page.locator("main").inner_text().strip().count("\n") >= 1


@pytest.mark.parametrize("name", NAMES)
def test_breaks_no_policy_and_asks_no_foreign_host(site: Site, browser: Browser, name: str) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH_POLICY)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.address(name))
    page.evaluate("document.fonts.ready.then(() => true)")

    expected = "Failed to load resource" if STATUS[name] >= 400 else None  # Chromium's note about the page itself
    assert [text for text in said if not (expected and text.startswith(expected))] == []
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert hosts == {urlsplit(site.url).netloc}
    assert page.context.cookies() == []
    page.close()


@pytest.mark.parametrize("name", ["help"])
def test_focus_starts_with_the_skip_link(site: Site, tab: OpenTab, name: str) -> None:
    page = tab(viewport={"width": 1280, "height": 900})
    page.goto(site.address(name))
    page.keyboard.press("Tab")
    focused = page.locator(":focus")

    assert focused.get_attribute("href") == "#inhalt"
    box = focused.bounding_box()
    assert box
    assert box["x"] >= 0
