"""The overview: what is missing topic by topic, and the figures that lead to the other pages."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.models import CoverageDecision, LifePhase, SearchCount, SocialIndex
from offers.steering.enums import State
from offers.steering.matrix import Matrix
from offers.steering.report import Report
from offers.steering.stock import Question
from offers.steering.topic_gaps import TopicGaps
from portal.models import District
from portal.text import german_slug
from tests.networks.factories import NetworkFactory
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.offers.test_steering_lifecycle import in_days, move_history
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
PAGE = "/steuerung/"


@pytest.fixture
def lead() -> Client:
    return signed_in(staff("Leitung"))


@pytest.fixture
def areas() -> list[District]:
    return [social_area(name, borough(f"Bezirk {name}")) for name in ("Nord", "Süd", "Ost")]


@pytest.fixture
def phases() -> list[LifePhase]:
    return [
        LifePhaseFactory.create(label=label, slug=german_slug(label), ages=NumericRange(low, high))
        for label, low, high in (("Früh", 0, 36), ("Kita", 36, 72), ("Schule", 72, 120))
    ]


@pytest.mark.slow
def test_each_topic_is_what_the_matrix_says_for_it_alone(areas: list[District], phases: list[LifePhase]) -> None:
    """Every mix of places, ages, stages and topics; a gap that is meant to be is none."""
    topics = [TopicFactory.create() for _number in range(4)]
    partners = PartnerFactory.create_batch(2)
    inside = quarter("Viertel", areas[0])
    for number, (ages, place) in enumerate(
        [((0, 36), [areas[0]]), ((0, 120), None), ((30, 40), [areas[1], inside]), ((36, None), [inside]),
         ((0, 12), [areas[2].parent]), ((72, 80), None), ((0, 300), [areas[1]]), ((80, 90), None)]
    ):  # fmt: skip
        OfferFactory.create(
            ages=NumericRange(*ages), catchment=place, topics=[topics[number % 3], topics[number % 2]],
            provider=partners[number % 2], lifecycle="projekt" if number % 3 else "regel",
        )  # fmt: skip
    CoverageDecision.objects.create(district=areas[2], phase=phases[0], topic=topics[3], reason="Gibt es nebenan.")
    found = TopicGaps(Matrix(Question()))
    assert {line.topic for line in found.lines} == set(topics)
    for line in found.lines:
        matrix = Matrix(Question(thema=(line.topic.slug,)))
        for cell in line.cells:
            states = [one.state for one in matrix.cells() if one.column.key == cell.column.key]
            assert states.count(cell.state) == cell.areas
            assert cell.state == (State.GAP if State.GAP in states else cell.state)
        assert line.gaps == sum(cell.state == State.GAP for cell in matrix.cells() if cell.column.ages is not None)
    assert found.lines[0].topic == topics[3], "nothing but gaps stands first"
    assert found.lines[0].gaps == len(areas) * len(phases) - 1


def test_gaps_by_topic_of_a_past_day_are_those_that_were_there_then(
    areas: list[District], phases: list[LifePhase]
) -> None:
    """And the report names what opened and closed in between, under the names of the last day."""
    sport, food = (TopicFactory.create(label=label, slug=label.lower()) for label in ("Sport", "Essen"))
    left = OfferFactory.create(ages=phases[0].ages, catchment=[areas[0]], topics=[sport])
    move_history(20)
    saved = TopicGaps(Matrix(Question())).places
    left.topics.set([food])
    move_history(10)
    food.delete()
    LifePhase.objects.filter(pk=phases[1].pk).update(label="Anders")
    then, later = (TopicGaps(Matrix(Question(day=in_days(-days)))) for days in (15, 5))
    assert then.places == saved
    assert then.gaps == 2 * 9 - 1 == later.gaps
    table = Report(in_days(-15), in_days(-5)).table("luecken-nach-thema")
    assert table
    assert [row[:5] for row in table.rows] == [["Sport", "8", "9", "1", "0"], ["Essen", "9", "8", "0", "1"]]
    assert table.rows[1][5] == "Früh (2 von 3); Kita (3 von 3); Schule (3 von 3)"


def test_the_most_urgent_gap_is_where_children_are_poor_and_families_searched_in_vain(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    """Four topics: one is there, one is missing nowhere poor, one is sought in vain, one is meant to be missing."""
    there, missing, sought, meant = (TopicFactory.create(label=name) for name in ("Da", "Fehlt", "Gesucht", "Gewollt"))
    poor = quarter("Armes Viertel", areas[1])
    SocialIndex.objects.create(district=poor, risk="hoch", year=2023, source="Zeitung")
    OfferFactory.create(ages=NumericRange(0, 120), topics=[there])
    for phase in phases:
        for area in areas:
            CoverageDecision.objects.create(district=area, phase=phase, topic=meant, reason="Nebenan.")
    today = timezone.localdate()
    for days, count in ((0, 4), (400, 90)):
        SearchCount.objects.create(
            day=today - timedelta(days=days), phase=phases[2], area=areas[0], topic=sought, bucket=0, count=count
        )
    SearchCount.objects.create(day=today, phase=phases[0], area=areas[0], topic=sought, bucket=4, count=99)
    top = TopicGaps(Matrix(Question())).top
    assert [gap.line.topic for gap in top] == [sought, missing]
    first, second = top
    assert (first.column.key, first.area, first.unmet) == ("schule", areas[0], 4)
    assert first.weight == pytest.approx(3 * (1 + 2 + 1) + 4)  # nine gaps, Süd at risk; four searches for one in Nord
    assert (second.column.key, second.area, second.phases) == ("frueh", areas[1], 3)
    assert (second.risk.at_risk, second.risk.quarters, second.unmet) == (1, 1, 0)
    page = " ".join(lead.get(PAGE).content.decode().split())
    assert "4 × gesucht, nicht da" in page
    assert ">Früh in Süd</a> (1 von 1 Stadtteil mit hohem Armutsrisiko)" in page
    assert lead.get(first.url).context["cell"].state == State.GAP


def test_what_ends_soon_and_who_is_behind_stand_on_the_first_page(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    behind = PartnerFactory.create(name="Träger im Rückstand")
    end = timezone.localdate() + timedelta(days=50)
    OfferFactory.create_batch(2, provider=behind, catchment=[areas[0]])
    OfferFactory.create(title="Läuft aus", confirmed_on=timezone.localdate(), ends_on=end, lifecycle="projekt")
    page = " ".join(lead.get(PAGE).content.decode().split())
    assert ">Läuft aus</a>" in page
    assert "dann reißen" in page
    assert ">Träger im Rückstand</a>" in page
    assert "0 von 2 Angeboten bestätigt" in page
    assert "Bei 2 von 3 Angeboten ist nicht bekannt" in page


def test_the_figures_lead_to_their_pages(lead: Client, areas: list[District], phases: list[LifePhase]) -> None:
    today = timezone.localdate()
    OfferFactory.create(catchment=[areas[0]], confirmed_on=today, ends_on=today + timedelta(days=50))
    OfferFactory.create(topics=[TopicFactory.create(label="Turnen", slug="turnen")])
    SearchCount.objects.create(day=today, phase=phases[0], area=areas[0], bucket=0, count=23)
    SearchCount.objects.create(day=today, phase=phases[0], area=areas[0], bucket=4, count=99)
    NetworkFactory.create(name="Still")
    page = " ".join(lead.get(PAGE).content.decode().split())
    for figure in (
        "<strong>1</strong> Angebot endet", "<strong>23</strong> Suchen ohne Treffer",
        "<strong>1</strong> von 2 Angeboten", "<strong>1</strong> Netzwerk, von dem",
        'href="/steuerung/abdeckung/?thema=turnen">Turnen</a>',
    ):  # fmt: skip
        assert figure in page


def test_the_overview_asks_as_often_for_many_topics_as_for_one(
    lead: Client, areas: list[District], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create(topics=[TopicFactory.create()])
    with django_assert_num_queries(19) as few:
        lead.get(PAGE)
    for _number in range(3):
        OfferFactory.create(topics=[TopicFactory.create()])
    with django_assert_num_queries(len(few.captured_queries)):
        lead.get(PAGE)
