"""Lighthouse 12 as on a phone: what depends on the page alone is 100. Performance: `make lighthouse`."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lighthouse import BROWSERS, LIGHTHOUSE, PAGES, look
from tests.running import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def running(scratch: Path) -> Iterator[Portal]:
    with Portal(scratch) as portal:
        yield portal


@pytest.fixture(scope="module")
def chromium(browser_type_launch_args: dict[str, Any], playwright: Any) -> str:
    given = browser_type_launch_args.get("executable_path") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return str(given or playwright.chromium.executable_path)


@pytest.mark.parametrize("name", PAGES)
def test_accessibility_best_practices_and_seo_are_100(running: Portal, node: str, chromium: str, name: str) -> None:
    if not LIGHTHOUSE.is_file():
        pytest.skip("no Lighthouse: run make test")

    report = look(running.address + PAGES[name], node=node, chromium=chromium)

    assert report.failed == ()
    assert {score for category, score in report.scores.items() if category != "performance"} == {100}
    assert report.cls == 0
