"""The steering pages in a real browser: sound on every screen, in forced colours and without script; fit for A4."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from offers.models import PairDecision, ParallelPair, Population, ReportOrder, SearchCount, SocialIndex
from offers.parallels.compare import Shared
from partners.models import Partner
from portal.models import District
from tests.browser.conftest import OpenTab
from tests.browser.test_workspace import check, validate
from tests.networks.factories import MembershipFactory, NetworkFactory
from tests.offers.factories import FundingFactory, LifePhaseFactory, OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "7d0d6c2e-3c3f-4a57-9a39-0c5d3c0a9b11"
PAGES = {
    "steering": "/steuerung/",
    "coverage": "/steuerung/abdeckung/",
    "coverage-bad": "/steuerung/abdeckung/?thema=quatsch&am=gestern",
    "coverage-since": f"/steuerung/abdeckung/?thema=sport&raster=stadtteil&seit={timezone.localdate()}",
    "cell": "/steuerung/abdeckung/zelle/mitte/kita/",
    "rule": "/steuerung/abdeckung/regel/",
    "map": "/steuerung/karte/?spalte=kita",
    "outlines": "/steuerung/karte/umrisse/",
    "parallels": "/steuerung/parallelen/",
    "parallel-decisions": "/steuerung/parallelen/entscheidungen/",
    "lifecycle": "/steuerung/lebenszyklus/",
    "freshness": "/steuerung/frische/",
    "networks": "/steuerung/netzwerke/",
    "lifecycle-offer": "/steuerung/lebenszyklus/sprachgruppe/",
    "demand": "/steuerung/nachfrage/",
    "demand-none": "/steuerung/nachfrage/?von=2020-01-01&bis=2020-01-02",
    "report": "/steuerung/bericht/",
    "report-waits": f"/steuerung/bericht/auftrag/{KEY}/?halt=1",
    "population": "/steuerung/bevoelkerung/",
}
PAPER = {"width": 1047, "height": 718}  # A4 across, without its margins of 1 cm, at 96 dpi
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark 320 px": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 768, "height": 900}, "forced_colors": "active"},
}
SHARED = asdict(Shared(age_from=0, age_until=36, same_age=True, format="gruppe", words=0.5))
A4 = {(595, 842), (842, 595)}  # points


@pytest.fixture
def city_with_gaps() -> None:
    """A little of everything the pages show."""
    today = timezone.localdate()
    area = social_area("Mitte", borough("Bezirk"))
    District.objects.filter(pk=quarter("Viertel", area).pk).update(hex_q=0, hex_r=0)
    phase = LifePhaseFactory.create(label="Kita-Zeit", slug="kita", ages=NumericRange(36, 72))
    LifePhaseFactory.create(label="Eltern", slug="eltern", ages=None, audience="eltern")
    sport = TopicFactory.create(slug="sport", label="Sport")
    offer = OfferFactory.create(
        title="Sprachgruppe", slug="sprachgruppe", ages=NumericRange(36, 72), catchment=[area], lifecycle="projekt",
        ends_on=today + timedelta(days=40), topics=[sport],
    )  # fmt: skip
    FundingFactory.create(offer=offer, starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=40))
    Population.objects.create(district=area, year=2025, ages=NumericRange(36, 72), people=900, source="Amt")
    SocialIndex.objects.create(district=quarter("Ecke", area), risk="hoch", year=2023, source="Zeitung")
    SearchCount.objects.create(day=today, phase=phase, area=area, topic=sport, bucket=0, count=4)
    ReportOrder.objects.create(key=KEY, first=today, last=today, parts_done=4, parts=10)
    for number in range(2):
        network = NetworkFactory.create(name=f"Arbeitskreis Übergang von der Kita in die Grundschule {number}")
        for name in ("Stadt", "Ein Träger mit einem wirklich langen Namen und vielen Wörtern darin"):
            partner = Partner.objects.filter(name=name).first() or PartnerFactory.create(name=name)
            MembershipFactory.create(network=network, partner=partner, role="chair" if number else "member")
    similar = OfferFactory.create(title="Sprachgruppe am Markt", catchment=[area], topics=[sport])
    pair = ParallelPair.objects.create(first=offer, second=similar, score=0.9, cluster=offer.pk, shared=SHARED)
    PairDecision.objects.create(first=offer, second=similar, answer="kooperiert", fingerprint=pair.fingerprint + "alt")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.usefixtures("city_with_gaps")
def test_every_steering_page_is_sound(
    live_server: LiveServer, open_tab: OpenTab, node: str, tmp_path: Path, look: str
) -> None:
    page = open_tab(signed_in(staff("Leitung")), **LOOKS[look])
    for name, path in PAGES.items():
        answer = page.goto(live_server.url + path)
        assert answer
        assert answer.status == 200, name
        (tmp_path / f"{name}.html").write_text(answer.text())
        check(page, name)
    if look == "wide":
        assert validate(node, tmp_path) == []


@pytest.mark.usefixtures("city_with_gaps")
def test_the_matrix_says_the_same_without_script_and_fits_on_a4(
    live_server: LiveServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    page = open_tab(signed_in(staff("Leitung")), java_script_enabled=False, **LOOKS["wide"])
    page.goto(live_server.url + PAGES["coverage"])
    assert page.get_by_role("table").first.get_by_role("link", name="nur Projekt").is_visible()
    paper = tmp_path / "abdeckung.pdf"
    page.pdf(path=str(paper), prefer_css_page_size=True)
    with pypdfium2.PdfDocument(paper) as found:
        assert {tuple(round(side) for side in sheet.get_size()) for sheet in found} <= A4
        text = found[0].get_textpage().get_text_bounded()
    assert "Eltern" in text
    assert "Anzeigen" not in text


@pytest.mark.usefixtures("city_with_gaps")
def test_every_steering_page_fits_on_a4(live_server: LiveServer, open_tab: OpenTab, tmp_path: Path) -> None:
    """Printed, nothing is wider than the sheet and no table hides a part behind a scroll bar."""
    page = open_tab(signed_in(staff("Leitung")), viewport=PAPER)
    page.emulate_media(media="print")
    for name, path in PAGES.items():
        page.goto(live_server.url + path)
        wide = page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll('.scroll')]
                .filter((part) => part.scrollWidth > part.clientWidth + 1)
                .map((part) => `${part.getAttribute('aria-label') || part.tagName} ${part.scrollWidth}`)"""
        )
        assert wide == [], name
        paper = tmp_path / f"{name}.pdf"
        page.pdf(path=str(paper), prefer_css_page_size=True)
        with pypdfium2.PdfDocument(paper) as found:
            assert {tuple(round(side) for side in sheet.get_size()) for sheet in found} <= A4, name
