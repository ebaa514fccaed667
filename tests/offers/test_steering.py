"""The steering pages on coverage: who may see them, what they show, what the Leitung can set."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.enums import Lifecycle
from offers.models import CoverageDecision, CoverageRule, LifePhase, Offer, Population, SearchCount, SocialIndex
from portal.history import event_models
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

PAGES = ["/steuerung/", "/steuerung/abdeckung/", "/steuerung/abdeckung/regel/"]


@pytest.fixture
def lead() -> Client:
    return signed_in(staff("Leitung"))


@pytest.fixture
def area() -> District:
    return social_area("Mitte", borough("Bezirk"))


@pytest.fixture
def phase() -> LifePhase:
    return LifePhaseFactory.create(label="Kita-Zeit", slug="3-6", ages=NumericRange(37, 71))


def cell_path(area: District, phase: LifePhase) -> str:
    return f"/steuerung/abdeckung/zelle/{area.slug}/{phase.slug}/"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.slow
def test_only_the_lead_sees_steering(path: str, client: Client, lead: Client) -> None:
    visitor = client.get(path)
    assert visitor.status_code == 302
    assert visitor["Location"].startswith("/konto/")
    assert signed_in(staff("Redaktion")).get(path).status_code == 403
    assert signed_in(staff()).get(path).status_code == 403
    answer = lead.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_matrix_shows_state_and_numbers_and_leads_to_the_offers(
    lead: Client, area: District, phase: LifePhase
) -> None:
    empty = social_area("Leer", borough("Anderer Bezirk"))
    OfferFactory.create(title="Sprachgruppe", ages=phase.ages, catchment=[area], lifecycle=Lifecycle.PROJECT)
    page = lead.get("/steuerung/abdeckung/").content.decode()
    assert "nur Projekt" in page
    assert "1 Projekt" in page
    assert cell_path(empty, phase) in page

    cell = lead.get(cell_path(area, phase)).content.decode()
    assert "Sprachgruppe" in cell
    assert "keine Angabe" in cell
    assert "Sprachgruppe" not in lead.get(cell_path(empty, phase)).content.decode()


def test_dormant_and_citywide_offers_are_told_apart(lead: Client, area: District, phase: LifePhase) -> None:
    OfferFactory.create(title="Schläft", ages=phase.ages, catchment=[area], review_due=date(2020, 1, 1))
    OfferFactory.create(title="Überall", ages=phase.ages)
    page = lead.get(cell_path(area, phase)).content.decode()

    assert "ruhend, zählt nicht" in page
    assert "dazu 1 ruhend" in page
    assert "ganze Stadt" in page


def test_filters_count_only_what_fits(lead: Client, area: District, phase: LifePhase) -> None:
    sport = TopicFactory.create(slug="sport", label="Sport")
    OfferFactory.create(ages=phase.ages, catchment=[area], topics=[sport], provider=PartnerFactory.create())
    matrix = lead.get("/steuerung/abdeckung/?thema=sport").context["picture"].matrix
    assert matrix.cell(area, "3-6").local.offers == 1
    matrix = lead.get("/steuerung/abdeckung/?thema=sport&kostenlos=1").context["picture"].matrix
    assert matrix.cell(area, "3-6").local.offers == 0


@pytest.mark.parametrize("query", ["raster=quatsch", "thema=quatsch", "am=gestern", "am=2999-01-01", "am=1999-01-01"])
def test_bad_values_are_said_and_left_out(lead: Client, area: District, query: str) -> None:
    OfferFactory.create()
    answer = lead.get(f"/steuerung/abdeckung/?{query}")
    assert answer.status_code == 200
    assert answer.context["filter"].messages
    assert not answer.context["filter"].question.is_past


@pytest.mark.parametrize("raster", ["stadtteil", "sozialraum", "stadtbezirk"])
def test_rows_are_of_the_kind_that_is_asked_for(lead: Client, area: District, phase: LifePhase, raster: str) -> None:
    quarter("Viertel", area)
    lines = lead.get(f"/steuerung/abdeckung/?raster={raster}").context["picture"].lines
    names = {"stadtteil": "Viertel", "sozialraum": "Mitte", "stadtbezirk": "Bezirk"}
    assert [line.district.name for line in lines] == [names[raster]]


def test_the_lead_decides_that_a_gap_is_meant_and_takes_it_back(lead: Client, area: District, phase: LifePhase) -> None:
    path = cell_path(area, phase)
    why = {"reason": "Das macht der Nachbar mit.", "decided_on": "2026-03-01", "scope": "feld"}
    answer = lead.post(path, why, follow=True)
    page = answer.content.decode()
    assert "bewusst nicht" in page
    assert "Das macht der Nachbar mit." in page
    assert "1. März 2026" in page
    [decision] = CoverageDecision.objects.all()
    assert (decision.district, decision.phase, decision.topic) == (area, phase, None)

    OfferFactory.create_batch(3, ages=phase.ages, catchment=[area])
    assert lead.get(path).context["cell"].state == "gedeckt"
    lead.post(path, {"entfernen": str(decision.pk)})
    assert not CoverageDecision.objects.exists()
    recorded = event_models()[CoverageDecision].objects.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(recorded) == ["insert", "delete"]


def test_a_decision_needs_a_reason(lead: Client, area: District, phase: LifePhase) -> None:
    answer = lead.post(cell_path(area, phase), {"reason": " ", "decided_on": "2026-03-01", "scope": "feld"})
    assert answer.status_code == 200
    assert not CoverageDecision.objects.exists()


def test_a_decision_for_a_topic_holds_for_this_topic_only(lead: Client, area: District, phase: LifePhase) -> None:
    sport = TopicFactory.create(slug="sport", label="Sport")
    TopicFactory.create(slug="essen", label="Essen")
    lead.post(
        cell_path(area, phase) + "?thema=sport", {"reason": "Reicht.", "decided_on": "2026-03-01", "scope": "feld"}
    )
    assert CoverageDecision.objects.get().topic == sport
    states = {
        query: lead.get(f"{cell_path(area, phase)}{query}").context["cell"].state
        for query in ("", "?thema=sport", "?thema=essen", "?thema=sport&kostenlos=1")
    }
    assert states == {"": "luecke", "?thema=sport": "bewusst", "?thema=essen": "luecke",
                      "?thema=sport&kostenlos=1": "luecke"}  # fmt: skip


def test_the_rule_can_be_set_and_stands_on_the_page(lead: Client, area: District, phase: LifePhase) -> None:
    OfferFactory.create_batch(3, ages=phase.ages, catchment=[area])
    assert lead.get(cell_path(area, phase)).context["cell"].state == "gedeckt"
    values = {"enough": "5", "local_enough": "0", "per_thousand": "", "citywide_counts": "on"}
    assert lead.post("/steuerung/abdeckung/regel/", values).status_code == 302
    values["enough"] = "4"
    lead.post("/steuerung/abdeckung/regel/", values)
    assert CoverageRule.objects.get().enough == 4
    assert lead.get(cell_path(area, phase)).context["cell"].state == "duenn"
    assert "weniger als 4 Angebote" in lead.get("/steuerung/abdeckung/").content.decode()
    assert lead.post("/steuerung/abdeckung/regel/", {"enough": "0", "local_enough": "0"}).status_code == 200


def test_the_social_index_weighs_gaps_and_stays_inside(
    lead: Client, client: Client, area: District, phase: LifePhase
) -> None:
    poor = social_area("Zett", borough("Anderer Bezirk"))
    SocialIndex.objects.create(district=quarter("Armes Viertel", poor), risk="hoch", year=2023, source="Zeitung")
    quarter("Anderes Viertel", area)
    gaps = lead.get("/steuerung/abdeckung/").context["gaps"]
    assert gaps[0].first.link.cell.district == poor
    assert (gaps[0].first.risk.at_risk, gaps[0].first.risk.quarters) == (1, 1)
    for path in ("/", "/angebote/?ort=armes-viertel", "/kette/", "/kette/karte/"):
        assert "Armutsrisiko" not in client.get(path).content.decode()


def test_children_come_from_loaded_figures_only(lead: Client, area: District) -> None:
    phase = LifePhaseFactory.create(label="Grundschule", slug="6-10", ages=NumericRange(72, 120))
    first, second = quarter("Eins", area), quarter("Zwei", area)
    for place, people in ((first, 300), (second, 100)):
        Population.objects.create(district=place, year=2025, ages=NumericRange(72, 96), people=people, source="Amt")
    OfferFactory.create_batch(2, ages=phase.ages, catchment=[area])
    path = cell_path(area, phase)
    assert lead.get(path).context["cell"].children is None
    for place in (first, second):
        Population.objects.create(district=place, year=2025, ages=NumericRange(96, 120), people=50, source="Amt")
    cell = lead.get(path).context["cell"]
    assert cell.children.people == 500
    assert cell.per_thousand == 4
    page = lead.get(path).content.decode()
    assert "Amt, 2025" in page
    assert "4,0 Angebote je 1.000 Kinder" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_matrix_asks_as_often_for_one_offer_as_for_three(
    lead: Client, area: District, phase: LifePhase, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create_batch(count, ages=phase.ages, catchment=[area])
    lead.get("/steuerung/abdeckung/")
    with django_assert_num_queries(13):
        lead.get("/steuerung/abdeckung/")


@pytest.mark.parametrize("path", ["zelle/nirgends/3-6/", "zelle/mitte/nie/"])
def test_unknown_cells_answer_404(lead: Client, area: District, phase: LifePhase, path: str) -> None:
    assert lead.get(f"/steuerung/abdeckung/{path}").status_code == 404


@pytest.mark.slow
def test_the_selection_comes_as_a_file_with_the_numbers_of_the_page(
    lead: Client, area: District, phase: LifePhase
) -> None:
    topic = TopicFactory.create(label="Sport", slug="sport")
    OfferFactory.create(ages=phase.ages, catchment=[area], topics=[topic], lifecycle=Lifecycle.PROJECT)
    OfferFactory.create_batch(2, ages=phase.ages, catchment=[area])
    answers = [lead.get(f"/steuerung/abdeckung/tabelle.csv{query}") for query in ("", "?thema=sport")]
    found = [list(csv.reader(io.StringIO(one.content.decode("utf-8-sig")), delimiter=";")) for one in answers]
    rows = [next(row for row in rows if row[:2] == ["Mitte", "Kita-Zeit"]) for rows in found]
    assert [row[2:5] for row in rows] == [["gedeckt", "3", "1"], ["nur Projekt", "1", "1"]]
    assert rows[0][-2:] == ["", ""]  # no figure is not 0
    assert "sport" in answers[1]["Content-Disposition"]
    assert "sport" not in answers[0]["Content-Disposition"]
    page = lead.get("/steuerung/abdeckung/?thema=sport").content.decode()
    assert "/steuerung/abdeckung/tabelle.xlsx?thema=sport" in page
    today = timezone.localdate()
    compared = lead.get(f"/steuerung/abdeckung/tabelle.csv?seit={today}").content.decode("utf-8-sig").splitlines()
    assert compared[0].split(";")[3].startswith("Stand am")
    assert lead.get("/steuerung/abdeckung/tabelle.xlsx").content[:2] == b"PK"
    assert lead.get("/steuerung/abdeckung/tabelle.ods").status_code == 404


def test_two_days_the_wrong_way_round_are_turned_and_said(lead: Client, area: District, phase: LifePhase) -> None:
    events = event_models()[Offer].objects
    OfferFactory.create(ages=phase.ages, catchment=[area])
    events.update(pgh_created_at=timezone.now() - timedelta(days=20))
    early, late = (timezone.localdate() - timedelta(days=days) for days in (9, 2))
    page = lead.get(f"/steuerung/abdeckung/?am={early}&seit={late}")
    assert (page.context["filter"].question.day, page.context["since"]) == (late, early)
    assert "getauscht" in page.content.decode()
    assert "getauscht" not in lead.get(f"/steuerung/abdeckung/?am={late}&seit={early}").content.decode()


def test_what_lacks_the_same_is_said_once_for_an_area(lead: Client, area: District, phase: LifePhase) -> None:
    """Each cell that lacks something is named in just one line, and what was searched for in vain stands alone."""
    LifePhaseFactory.create(label="Grundschule", slug="6-10", ages=NumericRange(72, 120))
    SearchCount.objects.create(day=timezone.localdate(), phase=phase, area=area, bucket=0, count=3)
    context = lead.get("/steuerung/abdeckung/").context
    groups = [[gap.link.cell.column.label for gap in group.gaps] for group in context["gaps"]]
    assert groups[0] == ["Kita-Zeit"]
    assert len(groups) == 2
    assert sorted(label for group in groups for label in group) == sorted(
        cell.column.label for cell in context["picture"].matrix.cells()
    )


def test_two_topics_of_an_address_stay_chosen(lead: Client, area: District, phase: LifePhase) -> None:
    topics = [TopicFactory.create(slug=slug) for slug in ("sport", "essen", "sprache")]
    OfferFactory.create(ages=phase.ages, catchment=[area], topics=topics[:1])
    OfferFactory.create(ages=phase.ages, catchment=[area], topics=topics[1:])
    page = lead.get("/steuerung/abdeckung/?thema=sport&thema=essen").content.decode()
    select = page.partition('name="thema"')[2].partition("</select>")[0]
    assert select.startswith(" multiple")
    assert select.count(" selected") == 2
    assert 'value=""' not in select
    one = lead.get("/steuerung/abdeckung/?thema=sport").content.decode().partition('name="thema"')[2]
    assert not one.startswith(" multiple")
