"""The overview: what is missing topic by topic, and the figures that lead to the other pages."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.models import CoverageDecision, LifePhase, SearchCount
from offers.steering.enums import State
from offers.steering.matrix import Matrix
from offers.steering.stock import Question
from offers.steering.topic_gaps import TopicGaps
from portal.models import District
from tests.networks.factories import NetworkFactory
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
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
        LifePhaseFactory.create(label=label, slug=label.lower(), ages=NumericRange(low, high))
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
    found = TopicGaps()
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


def test_the_figures_lead_to_their_pages(lead: Client, areas: list[District], phases: list[LifePhase]) -> None:
    today = timezone.localdate()
    OfferFactory.create(catchment=[areas[0]], confirmed_on=today, ends_on=today + timedelta(days=50))
    OfferFactory.create(topics=[TopicFactory.create(label="Turnen", slug="turnen")])
    SearchCount.objects.create(day=today, phase=phases[0], area=areas[0], bucket=0, count=23)
    SearchCount.objects.create(day=today, phase=phases[0], area=areas[0], bucket=4, count=99)
    NetworkFactory.create(name="Still")
    page = " ".join(lead.get(PAGE).content.decode().split())
    for figure in (
        "<strong>1</strong> Angebote enden", "<strong>23</strong> Suchen ohne Treffer",
        "<strong>1</strong> von 2 Angeboten", "<strong>1</strong> Netzwerke, von denen",
        'href="/steuerung/abdeckung/?thema=turnen">Turnen</a>',
    ):  # fmt: skip
        assert figure in page


def test_the_overview_asks_as_often_for_many_topics_as_for_one(
    lead: Client, areas: list[District], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create(topics=[TopicFactory.create()])
    with django_assert_num_queries(23) as few:
        lead.get(PAGE)
    for _number in range(3):
        OfferFactory.create(topics=[TopicFactory.create()])
    with django_assert_num_queries(len(few.captured_queries)):
        lead.get(PAGE)
