"""The coverage matrix against a count by hand, over random data sets, and on a city with planted gaps."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.template.loader import render_to_string
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.chain.transitions import TRANSITIONS
from offers.enums import Cost, Lifecycle, Status
from offers.models import CoverageRule, LifePhase, Offer, Population, Topic
from offers.steering.columns import Column
from offers.steering.counts import CITYWIDE, Tally
from offers.steering.enums import State
from offers.steering.matrix import Cell, Matrix, state_of
from offers.steering.picture import CellLink
from offers.steering.population import Children
from offers.steering.stock import Question
from partners.models import Partner, Place
from portal.enums import DistrictKind
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import borough, city, quarter, social_area

pytestmark = pytest.mark.django_db

BANDS = [(-9, 3), (0, 36), (36, 72), (72, 120), (216, None)]
LANGUAGES = ["de", "tr", "ar"]
LEVELS = ["", "primaer", "sekundaer"]
FORMATS = ["", "gruppe", "kurs"]


@dataclass
class World:
    districts: list[District]
    topics: list[Topic]
    phases: list[LifePhase]
    partners: list[Partner]
    places: list[Place]


@dataclass(frozen=True)
class Drawn:
    """An offer as the count by hand sees it; `catchment`, `topics` and `provider` are positions in the world."""

    ages: tuple[int | None, int | None] | None
    audiences: tuple[str, ...]
    catchment: tuple[int, ...]
    topics: tuple[int, ...]
    provider: int
    places: int
    status: str
    lifecycle: str
    ends_in: int | None  # days from today
    due_in: int
    format: str
    level: str
    languages: tuple[str, ...]
    cost: str


@pytest.fixture
def world() -> World:
    north, south = borough("Nord"), borough("Süd")
    areas = [social_area("Nordwest", north), social_area("Nordost", north), social_area("Süd", south)]
    quarters = [quarter(f"Viertel {number}", areas[number % 3]) for number in range(5)]
    phases = [
        LifePhaseFactory.create(label=f"Phase {number}", ages=NumericRange(*band), position=number)
        for number, band in enumerate(BANDS)
    ]
    phases.append(LifePhaseFactory.create(label="Eltern", ages=None, audience="eltern", position=9))
    return World(
        [city(), north, south, *areas, *quarters],
        TopicFactory.create_batch(3),
        phases,
        PartnerFactory.create_batch(3),
        PlaceFactory.create_batch(3),
    )


def ages() -> st.SearchStrategy[tuple[int | None, int | None] | None]:
    bounds = st.tuples(st.integers(-9, 230), st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1]))
    open_end: st.SearchStrategy[Any] = st.integers(-9, 230).map(lambda first: (first, None))
    whole: st.SearchStrategy[Any] = st.sampled_from([None, (None, None), (0, 324), (36, 72)])
    return st.one_of(bounds, open_end, whole)


OFFERS = st.lists(
    st.builds(
        Drawn,
        ages=ages(),
        audiences=st.lists(st.sampled_from(["kinder", "eltern"]), unique=True).map(tuple),
        catchment=st.lists(st.integers(0, 10), unique=True, max_size=3).map(tuple),
        topics=st.lists(st.integers(0, 2), unique=True, max_size=3).map(tuple),
        provider=st.integers(0, 2),
        places=st.integers(0, 3),
        status=st.sampled_from([Status.PUBLISHED, Status.PUBLISHED, Status.PUBLISHED, Status.DRAFT]),
        lifecycle=st.sampled_from(["", *Lifecycle.values]),
        ends_in=st.sampled_from([None, None, -1, 0, 40]),
        due_in=st.sampled_from([-61, -60, 0, 100]),
        format=st.sampled_from(FORMATS),
        level=st.sampled_from(LEVELS),
        languages=st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple),
        cost=st.sampled_from(["", *Cost.values]),
    ),
    max_size=12,
)
QUESTIONS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([DistrictKind.QUARTER, DistrictKind.SOCIAL_AREA, DistrictKind.BOROUGH]),
        "topics": st.lists(st.integers(0, 2), unique=True, max_size=2),
        "ebene": st.sampled_from(LEVELS),
        "form": st.sampled_from([(), ("gruppe",), ("gruppe", "kurs")]),
        "sprache": st.sampled_from([(), ("tr",), ("tr", "ar")]),
        "kostenlos": st.booleans(),
    }
)


def put(world: World, drawn: list[Drawn]) -> None:
    """Store them with few statements."""
    today = timezone.localdate()
    offers = Offer.objects.bulk_create(
        Offer(
            slug=f"angebot-{number}", title=f"Angebot {number}", provider=world.partners[one.provider],
            ages=None if one.ages is None else NumericRange(*one.ages), audiences=list(one.audiences),
            status=one.status, lifecycle=one.lifecycle, format=one.format, level=one.level, cost=one.cost,
            languages=list(one.languages), review_months=12, review_due=today + timedelta(days=one.due_in),
            ends_on=None if one.ends_in is None else today + timedelta(days=one.ends_in),
        )
        for number, one in enumerate(drawn)
    )  # fmt: skip
    pairs = list(zip(offers, drawn, strict=True))
    Offer.catchment.through.objects.bulk_create(
        Offer.catchment.through(offer=offer, district=world.districts[at])
        for offer, one in pairs
        for at in one.catchment
    )
    Offer.topics.through.objects.bulk_create(
        Offer.topics.through(offer=offer, topic=world.topics[at]) for offer, one in pairs for at in one.topics
    )
    Offer.places.through.objects.bulk_create(
        Offer.places.through(offer=offer, place=place) for offer, one in pairs for place in world.places[: one.places]
    )


def touches(world: World, one: Drawn, district: District) -> bool:
    return any(
        district.pk in world.districts[at].lineage or world.districts[at].pk in district.lineage for at in one.catchment
    )


def overlaps(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    first, second = [range(-50 if low is None else low, 2000 if high is None else high) for low, high in (one, other)]
    return max(first.start, second.start) < min(first.stop, second.stop)


def fits_column(world: World, one: Drawn, key: str) -> bool:
    for transition in TRANSITIONS:
        if key == f"uebergang-{transition.slug}":
            return one.ages is not None and all(
                overlaps(one.ages, (month, month + 1)) for month in (transition.months - 1, transition.months)
            )
    [phase] = [phase for phase in world.phases if phase.slug == key]
    if phase.ages is None:
        return phase.audience in one.audiences
    return one.ages is not None and overlaps(one.ages, (phase.ages.lower, phase.ages.upper))


def stands(one: Drawn, question: Question, topics: list[int]) -> bool:
    return (
        one.status == Status.PUBLISHED
        and one.lifecycle != Lifecycle.ENDED
        and (one.ends_in is None or one.ends_in >= 0)
        and (not topics or bool(set(topics) & set(one.topics)))
        and (not question.ebene or one.level == question.ebene)
        and (not question.form or one.format in question.form)
        and (not question.sprache or bool(set(question.sprache) & set(one.languages)))
        and (not question.kostenlos or one.cost == Cost.FREE)
    )


RULES = st.fixed_dictionaries(
    {
        "enough": st.integers(1, 4),
        "local_enough": st.integers(0, 3),
        "per_thousand": st.sampled_from([None, 2, 20]),
        "citywide_counts": st.booleans(),
    }
)


def state_by_hand(rule: dict[str, Any], local: list[Drawn], everywhere: list[Drawn], people: int | None) -> State:
    """The words of the page, over lists of offers that are awake."""
    there = [*local, *everywhere] if rule["citywide_counts"] else local
    if not there:
        return State.GAP
    if all(one.lifecycle in (Lifecycle.PROJECT, Lifecycle.EXTENDED) for one in there):
        return State.PROJECT_ONLY
    if len({one.provider for one in there}) == 1:
        return State.ONE_PROVIDER
    few_for_the_children = people is not None and len(there) / people * 1000 < (rule["per_thousand"] or 0)
    if len(there) < rule["enough"] or len(local) < rule["local_enough"] or few_for_the_children:
        return State.THIN
    return State.COVERED


def by_hand(world: World, found: list[Drawn]) -> Tally:
    awake = [one for one in found if one.due_in >= -60]
    providers = [world.partners[one.provider].pk for one in awake]
    return Tally(
        offers=len(awake),
        projects=sum(one.lifecycle in (Lifecycle.PROJECT, Lifecycle.EXTENDED) for one in awake),
        asleep=len(found) - len(awake),
        first_provider=min(providers, default=None),
        last_provider=max(providers, default=None),
    )


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(drawn=OFFERS, asked=QUESTIONS, rule=RULES)
@pytest.mark.slow
def test_the_matrix_is_what_a_count_by_hand_gives(
    world: World, drawn: list[Drawn], asked: dict[str, Any], rule: dict[str, Any]
) -> None:
    """Numbers and states of every cell; some districts have figures for one phase, the others none."""
    topics = asked.pop("topics")
    question = Question(thema=tuple(world.topics[at].slug for at in topics), **asked)
    asked["topics"] = topics
    with transaction.atomic():
        put(world, drawn)
        CoverageRule.objects.update_or_create(defaults=rule)
        people = {district.pk: 100 * number for number, district in enumerate(world.districts) if number % 2}
        Population.objects.bulk_create(
            Population(district_id=pk, year=2020, ages=NumericRange(*BANDS[2]), people=count, source="Amt")
            for pk, count in people.items()
        )
        matrix = Matrix(question)
        lines = matrix.lines
        transaction.set_rollback(True)
    standing = [one for one in drawn if stands(one, question, topics)]
    rows = [district for district in world.districts if district.kind == question.kind]

    assert {line.district.pk for line in lines} == {district.pk for district in rows}
    for line in lines:
        for cell in line.cells:
            fitting = [one for one in standing if fits_column(world, one, cell.column.key)]
            everywhere = [one for one in fitting if 0 in one.catchment]
            local = [one for one in fitting if 0 not in one.catchment and touches(world, one, line.district)]
            assert cell.local == by_hand(world, local), (line.district, cell.column)
            assert cell.citywide == by_hand(world, everywhere), (line.district, cell.column)
            of_age = cell.column.phase_id == world.phases[2].pk
            near, wide = ([one for one in found if one.due_in >= -60] for found in (local, everywhere))
            wanted = state_by_hand(rule, near, wide, people.get(line.district.pk) if of_age else None)
            assert cell.state == wanted, (line.district, cell.column)


# States --------------------------------------------------------------------------------------------------------------


def tally(offers: int, projects: int = 0, providers: tuple[int, int] = (1, 2)) -> Tally:
    return Tally(offers, projects, 0, *(providers if offers else (None, None)))


@pytest.mark.parametrize(
    ("local", "citywide", "change", "expected"),
    [
        (tally(0), tally(0), {}, State.GAP),
        (tally(0), tally(5), {"citywide_counts": False}, State.GAP),
        (tally(2, 2), tally(1, 1), {}, State.PROJECT_ONLY),
        (tally(2, 1, (7, 7)), tally(1, 0, (7, 7)), {}, State.ONE_PROVIDER),
        (tally(1), tally(1), {}, State.THIN),
        (tally(0), tally(50), {}, State.THIN),
        (tally(1), tally(50), {}, State.THIN),
        (tally(2), tally(50), {}, State.THIN),
        (tally(3), tally(0), {}, State.COVERED),
        (tally(0), tally(5), {"local_enough": 0}, State.COVERED),
        (tally(1), tally(2), {"local_enough": 1}, State.COVERED),
        (tally(3), tally(2), {"enough": 6}, State.THIN),
        (tally(3), tally(2), {"per_thousand": 6}, State.THIN),
        (tally(3), tally(2), {"per_thousand": 5}, State.COVERED),
    ],
)
def test_each_state_has_its_rule(local: Tally, citywide: Tally, change: dict[str, Any], expected: State) -> None:
    rule = CoverageRule(**change)
    children = Children(1000, 2025, "Statistik")
    assert state_of(rule, local, citywide, children) == expected


def test_without_a_figure_the_share_of_children_says_nothing() -> None:
    rule = CoverageRule(per_thousand=1000)
    assert state_of(rule, tally(3), tally(2), None) == State.COVERED


def test_a_cell_is_drawn_as_django_draws_it() -> None:
    area, column = social_area("Mitte", borough("Bezirk")), Column("0-3", "Klein", ages=NumericRange(0, 36))
    for numbers, children, unmet in [((0, 0, 0), None, 0), ((9, 1, 2), Children(500, 2025, "Amt"), 3)]:
        cell = Cell(column, area, Tally(*numbers), Tally(), State.THIN, children)
        link = CellLink(cell, "/zelle/?thema=a&form=b", unmet)
        small = ["1 Projekt", "2 ruhend", "3 × gesucht, nicht da", "500 Kinder, 18,0 je 1.000"] if unmet else [""] * 4
        values = dict(zip(["projects", "asleep", "unmet", "children"], small, strict=True))
        values |= {"state": "duenn", "url": link.url, "offers": str(numbers[0]), "label": "dünn"}
        assert link.html == render_to_string("offers/steering/_cell.html", values)


def test_an_offer_at_three_places_counts_once() -> None:
    phase = LifePhaseFactory.create(ages=NumericRange(0, 36))
    area = social_area("Mitte", borough("Bezirk"))
    offer = OfferFactory.create(
        ages=phase.ages, catchment=[area, quarter("A", area)], places=PlaceFactory.create_batch(3)
    )
    offer.topics.set(TopicFactory.create_batch(2))
    matrix = Matrix(replace(Question(), thema=tuple(topic.slug for topic in offer.topics.all())))
    cell = matrix.cell(area, phase.slug)
    assert cell
    assert cell.local.offers == 1
    assert matrix.citywide[0].offers == 0
    assert CITYWIDE == 0
