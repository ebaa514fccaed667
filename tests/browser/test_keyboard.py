"""By keyboard and by finger, on every page: order, visible focus, size of targets."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site
from tests.browser.test_pages import NAMES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
OpenTab = Callable[..., Tab]

# What Tab reaches, in order: links, buttons, fields, open folds; of a radio group the chosen button.
STOPS = """
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}))
    .filter(e => e.type !== 'radio' || e.checked
      || !document.querySelector(`input[type=radio][name="${e.name}"]:checked`))
    .filter(e => !e.matches('.skip') && !e.closest('.honey'));
"""
# A radio or checkbox that is drawn by its label counts as its label.
SHOWN = """
  const shown = e => e.getBoundingClientRect().width < 2 && e.labels?.length ? e.labels[0] : e;
  const name = e => (e.textContent.trim() || e.getAttribute('aria-label') || e.id).replace(/\\s+/g, ' ').slice(0, 40);
"""
# A stop must not lie wholly above the one before it, unless it begins a column to the right of it, nor left in its row
# (two share a row when they overlap by more than half their height: hexagons interlock).
OUT_OF_ORDER = f"""() => {{ {STOPS} {SHOWN}
  const wrong = stops.filter(e => e.tabIndex > 0).map(e => 'tabindex: ' + name(e));
  const box = e => shown(e).getClientRects()[0] ?? shown(e).getBoundingClientRect();
  const floats = e => e && (['sticky', 'fixed'].includes(getComputedStyle(e).position) || floats(e.parentElement));
  for (let i = 1; i < stops.length; i++) {{
    if (floats(stops[i]) || floats(stops[i - 1])) continue; // where it is depends on how far the page is scrolled
    const [a, b] = [box(stops[i - 1]), box(stops[i])];
    const above = b.bottom <= a.top + 2 && b.left + b.right <= a.left + a.right;
    const overlap = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const left = b.right <= a.left + 2 && overlap > Math.min(a.height, b.height) / 2;
    if (above || left) wrong.push(`${{name(stops[i])}} after ${{name(stops[i - 1])}}`);
  }}
  return wrong; }}"""
# Each stop shows where the focus is: an outline of at least 2 px on what draws it, in a drawing a stronger line.
INVISIBLE_FOCUS = f"""() => {{ {STOPS} {SHOWN}
  return stops.filter(e => {{
    const drawn = [e, ...(e.labels ?? []), e.parentElement, ...e.querySelectorAll('*')];
    const look = s => [s.outlineStyle, s.outlineWidth, s.strokeWidth];
    const lines = () => drawn.map(one => look(getComputedStyle(one)));
    const before = lines();
    e.focus();
    return !lines().some(([style, width, stroke], i) => (style !== 'none' && parseFloat(width) >= 2)
      || (e.closest('svg') && parseFloat(stroke) >= 2 * parseFloat(before[i][2])));
  }}).map(name); }}"""
# WCAG 2.5.8: 24 px wide and high, but for links inside a line of text.
SMALL_TARGETS = f"""() => {{ {STOPS} {SHOWN}
  const inText = e => e.matches('a') && getComputedStyle(e).display === 'inline'
    && e.parentElement.textContent.trim().length > e.textContent.trim().length;
  return stops.filter(e => !inText(e)).map(e => {{
    const own = shown(e).getBoundingClientRect();
    const label = e.labels?.[0]?.getBoundingClientRect();
    const box = ['radio', 'checkbox'].includes(e.type) && label && label.height > own.height ? label : own;
    return [name(e), Math.round(box.width), Math.round(box.height)];
  }}).filter(([, width, height]) => width < 24 || height < 24).map(String); }}"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_keyboard_order_is_reading_order_and_targets_are_large(site: Site, tab: OpenTab, name: str, width: int) -> None:
    page = tab(viewport={"width": width, "height": 900})
    page.goto(site.address(name))

    assert page.evaluate(OUT_OF_ORDER) == []
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("colours", ["none", "active"], ids=["light", "forced colours"])
@pytest.mark.parametrize("name", NAMES)
def test_the_focus_is_visible(site: Site, tab: OpenTab, name: str, colours: str) -> None:
    page = tab(viewport={"width": 1280, "height": 900}, forced_colors=colours)
    page.goto(site.address(name))
    page.keyboard.press("Tab")  # from here on the browser shows the focus

    assert page.evaluate(INVISIBLE_FOCUS) == []
