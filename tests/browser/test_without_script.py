"""Every way through the portal without JavaScript, by what people see: from the question to the paper in the hand."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Site
from tests.offers.papers import Paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    context = browser.new_context(
        locale="de-DE", java_script_enabled=False, viewport={"width": 390, "height": 844}, has_touch=True
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def file_at(tab: Tab, address: str) -> bytes:
    answer = tab.context.request.get(address)
    assert answer.status == 200
    return answer.body()


def test_from_the_search_box_in_the_header_to_an_offer(site: Site, tab: Tab) -> None:
    tab.goto(site.address("topics"))
    tab.locator("header input[name=q]").fill("Hebamme")
    tab.locator("header button[type=submit]").click()

    expect(tab).to_have_url(re.compile(r"/angebote/\?q=Hebamme"))
    title = tab.locator(".offer h2 a").first.inner_text()
    tab.locator(".offer h2 a").first.click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(title)


def test_from_the_chain_to_the_offers_of_a_phase(site: Site, tab: Tab) -> None:
    tab.goto(site.address("chain"))
    tab.locator(".link__head a").nth(2).click()

    expect(tab).to_have_url(re.compile(r"/angebote/\?"))
    expect(tab.locator(".offer").first).to_be_visible()


def test_from_the_map_to_the_offers_of_a_quarter(site: Site, tab: Tab) -> None:
    tab.goto(site.address("hexmap"))
    tab.locator(".hexlist").get_by_role("link", name=re.compile("^Vondern ")).click()

    expect(tab).to_have_url(re.compile(r"/angebote/\?ort=vondern"))
    expect(tab.locator(".offer").first).to_be_visible()


def test_from_an_offer_to_its_paper_its_code_and_its_dates(site: Site, tab: Tab) -> None:
    tab.goto(site.address("offer-with-dates"))
    links = {str(link.get_attribute("href")) for link in tab.locator("main a").all()}
    papers = sorted(link for link in links if link.endswith(".pdf"))

    assert len(papers) == 2  # A4 and large print
    for link in papers:
        paper = Paper(file_at(tab, site.url + link))
        assert paper.is_tagged
        assert "Cityknirpse" in paper.text
        assert [code for code in paper.codes if code.endswith("/angebote/cityknirpse/")]
    (dates,) = [link for link in links if link.endswith(".ics")]
    assert b"BEGIN:VEVENT" in file_at(tab, site.url + dates)


def test_from_the_list_to_the_comparison_and_to_paper(site: Site, tab: Tab) -> None:
    tab.goto(site.address("shortlist"))
    (paper, large) = sorted(
        str(link.get_attribute("href"))
        for link in tab.locator("main a").all()
        if ".pdf" in str(link.get_attribute("href"))
    )
    for link in (paper, large):
        made = Paper(file_at(tab, site.url + link))
        assert made.is_tagged
        assert "Cityknirpse" in made.text
        assert any("/merkliste/?o=" in code for code in made.codes)
    form = tab.locator("form[action*=vergleich]")
    for box in form.locator("input[type=checkbox]").all()[:2]:
        box.check()
    form.locator("button[type=submit]").click()

    expect(tab.get_by_role("heading", level=1)).to_have_text("Angebote vergleichen")
    expect(tab.locator("thead th a").nth(1)).to_be_visible()


def test_from_the_footer_to_the_booklets(site: Site, tab: Tab) -> None:
    tab.goto(site.address("start"))
    tab.get_by_role("link", name="Wegweiser zum Ausdrucken").click()

    expect(tab.get_by_role("heading", level=1)).to_contain_text("Wegweiser")
    expect(tab.get_by_text("Sozialraum").first).to_be_visible()


def test_from_any_page_to_a_number_that_can_be_tapped(site: Site, tab: Tab) -> None:
    tab.goto(site.address("network"))
    tab.get_by_role("link", name="Soforthilfe").first.click()

    expect(tab).to_have_url(re.compile("/soforthilfe/$"))
    expect(tab.locator("main a[href='tel:112']").first).to_be_visible()


def test_from_the_footer_to_a_report_of_a_barrier(site: Site, tab: Tab) -> None:
    tab.goto(site.address("start"))
    tab.get_by_role("link", name="Barrierefreiheit", exact=True).click()
    tab.get_by_label("Was geht nicht?").fill("Die Karte ist mir zu klein.")
    tab.get_by_role("button", name="Barriere melden").click()
    too_quick = tab.get_by_text("Das ging sehr schnell")
    thanks = tab.get_by_role("heading", level=1, name="Danke, Ihre Meldung ist angekommen")
    expect(too_quick.or_(thanks).first).to_be_visible()
    if too_quick.count():
        tab.wait_for_timeout(3_000)  # the guard takes whoever is faster for a program
        tab.get_by_role("button", name="Barriere melden").click()

    expect(thanks).to_be_visible()
