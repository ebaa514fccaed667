"""What script adds to the finder: suggestions, counts that follow, the position; and that all of it works without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Geolocation, Locator, ViewportSize, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
OpenTab = Callable[..., Tab]
WIDE: ViewportSize = {"width": 1280, "height": 900}
POSITION: Geolocation = {"latitude": 51.498531, "longitude": 6.883113}
# Options that something else covers or cuts off, brought into view one by one, and whether the list has left its field.
NOT_SEEN = """(options) => {
    const list = options[0].parentElement.closest("[role=listbox]");
    const field = document.activeElement.getBoundingClientRect();
    if (list.getBoundingClientRect().top - field.bottom > 8) return ["the list is not below the field"];
    return options.filter((option) => {
        option.scrollIntoView({ block: "nearest" });
        const box = option.getBoundingClientRect();
        const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !option.contains(seen);
    }).map((option) => option.textContent);
}"""


def count(page: Tab) -> int:
    found = re.match(r"[0-9]+", page.locator("#ergebnisse").inner_text())
    assert found
    return int(found[0])


def number(page: Tab, name: str) -> int:
    return int((page.locator(f"#n-{name}").text_content() or "").strip("()"))


@pytest.fixture
def results(site: Site, tab: OpenTab) -> Tab:
    page = tab(viewport=WIDE)
    page.goto(site.url + "/angebote/")
    return page


def test_a_filter_swaps_hits_and_counts_and_leaves_the_focus(results: Tab) -> None:
    before, promised = count(results), number(results, "form-beratung")
    results.evaluate("window.stayed = true")
    results.locator("#weitere > summary").click()
    box = results.locator("#f-form-beratung")

    box.focus()
    results.keyboard.press("Space")
    results.wait_for_url("**/angebote/?form=beratung")

    expect(results.locator("#ansage")).to_have_text(re.compile(rf"^{promised} Angebot"))
    assert count(results) == promised < before
    expect(box).to_be_focused()
    assert results.evaluate("window.stayed")
    expect(results.locator("#filter > summary")).to_have_text("Filter (1 aktiv)")
    topic = results.locator("#f-thema .number").first
    promised = int(topic.inner_text().strip("()"))
    results.locator("#f-thema input").first.check()
    results.wait_for_url("**thema=**")
    expect(results.locator("#ansage")).to_have_text(re.compile(rf"^{promised} Angebot"))
    assert results.locator("#weitere").get_attribute("open") is not None


def test_back_brings_hits_and_filters_back(results: Tab) -> None:
    everything = count(results)
    results.locator("#f-alter-1").select_option("3j")
    results.wait_for_url("**/angebote/?alter=3j")
    expect(results.get_by_role("heading", level=1)).to_have_text("Angebote für Kinder mit 3 Jahren")
    with_age = count(results)

    results.go_back()
    expect(results.get_by_role("heading", level=1)).to_have_text("Angebote")
    expect(results.locator("#f-alter-1")).to_have_value("")
    assert count(results) == everything
    results.go_forward()
    expect(results.locator("#f-alter-1")).to_have_value("3j")
    assert count(results) == with_age


def test_a_page_link_leads_the_focus_to_the_hits(results: Tab) -> None:
    results.evaluate("window.stayed = true")
    link = results.get_by_role("link", name="Weiter", exact=True)
    link.focus()
    results.wait_for_function("window.htmx")  # until it is there the link is an ordinary one
    link.click()

    results.wait_for_url("**/angebote/?seite=2")
    expect(results.locator("#ergebnisse")).to_be_focused()
    expect(results.locator("#ergebnisse")).to_contain_text("Seite 2 von")
    assert results.evaluate("window.stayed")


def test_a_chip_takes_its_filter_out_of_the_panel_too(site: Site, results: Tab) -> None:
    results.goto(site.url + "/angebote/?alter=3j&kostenlos=1")
    results.get_by_role("link", name="Filter entfernen: kostenlos").click()

    results.wait_for_url("**/angebote/?alter=3j")
    expect(results.locator("#f-kostenlos-1")).not_to_be_checked()
    expect(results.locator("#f-alter-1")).to_have_value("3j")


def test_sorting_keeps_the_focus(results: Tab) -> None:
    results.locator("#f-sortierung").focus()
    results.locator("#f-sortierung").select_option("neu")

    results.wait_for_url("**/angebote/?sortierung=neu")
    expect(results.locator("#f-sortierung")).to_be_focused()
    expect(results.locator("#f-sortierung")).to_have_value("neu")


def suggest(page: Tab, field: Locator, text: str) -> Locator:
    field.focus()
    page.keyboard.type(text)
    options = page.locator(".suggest [role=option]")
    expect(options.first).to_be_visible()
    return options


@pytest.mark.parametrize(
    ("page_name", "label"),
    [("start", "Was suchen Sie?"), ("offers", "Was suchen Sie?"), ("partners", "Angebote durchsuchen")],
)
def test_suggestions_by_keyboard(site: Site, tab: OpenTab, page_name: str, label: str) -> None:
    page = tab(viewport=WIDE)
    page.goto(site.address(page_name))
    field = page.get_by_label(label)
    options = suggest(page, field, "osterf")
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert options.evaluate_all(NOT_SEEN) == []

    page.keyboard.press("ArrowDown")
    first = options.first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "none")
    page.keyboard.press("ArrowUp")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile(""))
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("osterf")
    page.keyboard.press("ArrowDown")
    expect(first).to_be_visible()
    address = first.get_attribute("data-url")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_enter_without_a_suggestion_searches(site: Site, results: Tab) -> None:
    suggest(results, results.get_by_label("Was suchen Sie?"), "Hebamme")
    results.keyboard.press("Enter")

    results.wait_for_url("**/angebote/?q=Hebamme")
    expect(results.locator(".suggest")).to_be_hidden()
    expect(results.locator("#ergebnisse")).to_be_focused()
    suggest(results, results.get_by_label("Was suchen Sie?"), "n")  # the field has not been swapped away


def test_near_me_sends_a_rough_position_only(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=WIDE, geolocation=POSITION, permissions=["geolocation"])
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(site.url + "/angebote/?ort=osterfeld&fuer=eltern")
    page.get_by_role("button", name="In meiner Nähe").click()

    page.wait_for_url("**naehe=51.4996,6.8837**")
    assert "fuer=eltern" in page.url
    assert "ort=" not in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("in Ihrer Nähe")
    expect(page.locator("#f-sortierung")).to_have_value("nah")
    expect(page.get_by_label("Umkreis")).to_be_visible()
    assert not [url for url in sent if "51.4985" in url or "6.8831" in url]
    context.close()


def test_near_me_says_when_the_position_is_not_given(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(site.address("start"))
    page.get_by_role("button", name="In meiner Nähe").click()

    expect(page.locator(".near [role=status]")).to_contain_text("gibt den Standort nicht frei")
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_several_children(site: Site, tab: OpenTab, script: bool) -> None:
    page = tab(viewport=WIDE, java_script_enabled=script)
    page.goto(site.address("start"))
    page.get_by_text("Mehrere Kinder oder genaues Alter").click()
    page.get_by_label("Zum Beispiel: 3 und 7").fill("3 und 7")
    page.get_by_role("button", name="Angebote zeigen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Angebote für Kinder mit 3 und 7 Jahren")
    assert page.url.endswith("/angebote/?alter=3j&alter=7j")
    expect(page.get_by_label("Alter des Kindes")).to_have_value("3j")
    page.get_by_label("noch ein Kind").last.select_option("12j")
    if not script:
        page.get_by_role("button", name="Filter anwenden").click()
    page.wait_for_url("**alter=3j&alter=7j&alter=12j")
    expect(page.locator(".chips")).to_contain_text("12 Jahre")


def test_everything_works_without_script(site: Site, tab: OpenTab) -> None:
    page = tab(viewport=WIDE, java_script_enabled=False)
    page.goto(site.url + "/angebote/")
    expect(page.get_by_role("button", name="In meiner Nähe")).to_be_hidden()
    page.get_by_label("Wohnort").select_option("osterfeld-mitte")
    page.locator("#weitere > summary").click()
    page.get_by_label("feste Einrichtung").check()
    page.locator("label[for=f-tag-mo]").click()
    page.locator("label[for=f-tag-mo]").click()
    page.get_by_role("button", name="Filter anwenden").click()

    page.wait_for_url("**/angebote/?ort=osterfeld-mitte&form=einrichtung")
    page.get_by_label("Umkreis").select_option("5")
    page.locator("#f-sortierung").select_option("nah")
    page.get_by_role("button", name="Sortieren").click()
    page.wait_for_url("**/angebote/?ort=osterfeld-mitte&umkreis=5&form=einrichtung&sortierung=nah")
    expect(page.locator("#weitere")).to_have_attribute("open", "")
    page.get_by_role("link", name="Filter entfernen: Osterfeld-Mitte").click()
    page.wait_for_url("**/angebote/?form=einrichtung")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_menu_folds_on_a_phone(site: Site, tab: OpenTab, script: bool) -> None:
    page = tab(viewport={"width": 320, "height": 640}, java_script_enabled=script)
    page.goto(site.address("partners"))
    link = page.get_by_role("navigation", name="Hauptnavigation").get_by_role("link", name="Themen")
    expect(link).to_be_hidden()
    header = page.locator("header.top").bounding_box()
    assert header
    assert header["height"] <= 170

    page.locator(".main-nav summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Themen")
