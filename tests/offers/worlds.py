"""Random small cities: a fixed ground of districts, places, topics and phases, and made-up offers on it."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from hypothesis import strategies as st

from offers.enums import Access, Audience, Cost, Day, Daytime, Format, Lifecycle, Registration
from offers.finder import Catalogue, Search
from offers.finder.ages import Age, in_order
from offers.finder.search import RADII, WHEELCHAIR
from offers.models import LifePhase, Offer, Schedule, Topic
from partners.enums import AccessFeature, WheelchairAccess
from partners.models import Partner, Place
from portal.models import District, PublicHoliday
from portal.positions import Position
from tests.offers.by_hand import Facts
from tests.offers.factories import LifePhaseFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import PostcodeFactory, SchoolHolidayFactory, borough, city, quarter, social_area

HERE = (51.49, 6.86)
AGES = ["schwanger", "0j", "14", "2j", "5j", "9j", "18-27j", "ohne"]
FEATURES = [AccessFeature.STEP_FREE, AccessFeature.LIFT, AccessFeature.PRAM]
TIMES = [None, time(9), time(11, 59), time(12), time(16, 59), time(17)]


@dataclass(frozen=True)
class Ground:
    """What every example stands on."""

    today: date
    provider: Partner
    topics: list[Topic]
    phases: list[LifePhase]
    districts: list[District]
    places: list[Place]
    holidays: tuple[tuple[date, date], ...]


def ground() -> Ground:
    """Two Stadtbezirke with two Sozialräume each, postcodes across them, places of every kind."""
    today = timezone.localdate()
    PublicHoliday.objects.all().delete()
    quarters, areas, boroughs = [], [], []
    for east, name in enumerate(("Nord", "Süd")):
        boroughs.append(_placed(borough(name), east, 0))
        for north in range(2):
            areas.append(_placed(social_area(f"{name} {north}", boroughs[-1]), east, north))
            quarters += [
                _placed(quarter(f"{name} {north} {half}", areas[-1]), east + half / 3, north) for half in (0, 1)
            ]
    root = _placed(city(), 0.5, 0.5)
    districts = [root, *boroughs, *areas, *quarters]
    PostcodeFactory.create(code="46001", latitude=HERE[0], longitude=HERE[1]).districts.set(quarters[1:3])
    PostcodeFactory.create(code="46002").districts.set([quarters[0], quarters[-1]])
    provider = PartnerFactory.create()
    places = _places(provider, quarters)
    break_ = (today + timedelta(days=3), today + timedelta(days=16))
    SchoolHolidayFactory.create(name="Ferien", first_day=break_[0], last_day=break_[1])
    return Ground(
        today,
        provider,
        [TopicFactory.create(slug=slug) for slug in ("sport", "musik", "rat")],
        [
            LifePhaseFactory.create(slug="klein", ages=NumericRange(0, 36)),
            LifePhaseFactory.create(slug="beruf", ages=NumericRange(192, None)),
            LifePhaseFactory.create(slug="eltern", ages=None, audience=Audience.PARENTS),
        ],
        districts,
        places,
        (break_,),
    )


def _places(provider: Partner, quarters: list[District]) -> list[Place]:
    """With coordinates and without, open and confidential, with and without access features."""
    return [
        PlaceFactory.create(partner=provider, district=quarters[0], latitude=51.494, longitude=6.861, wheelchair="ja"),
        PlaceFactory.create(partner=provider, district=quarters[1], access_features=FEATURES[:2]),
        PlaceFactory.create(
            partner=provider,
            district=quarters[5],
            latitude=51.53,
            longitude=6.9,
            access_features=FEATURES,
            wheelchair="ja",
        ),
        PlaceFactory.create(partner=provider, wheelchair=WheelchairAccess.PARTLY, access_features=FEATURES[1:]),
        PlaceFactory.create(
            partner=provider,
            street="",
            postcode="",
            city="",
            is_confidential=True,
            wheelchair="ja",
            access_features=FEATURES,
        ),
    ]


def _placed(district: District, east: float, north: float) -> District:
    district.latitude, district.longitude = HERE[0] + north * 0.04, HERE[1] + east * 0.05
    district.save()
    return district


def subsets(values: Any, most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(list(values)), max_size=most, unique=True)


def ages() -> st.SearchStrategy[NumericRange | None]:
    bounds = [(low, high) for low in (None, -9, 0, 12, 14, 15, 60, 216) for high in (None, 0, 14, 15, 24, 72, 324)]
    spans = [NumericRange(low, high) for low, high in bounds if low is None or high is None or low < high]
    return st.sampled_from([None, *spans])


@st.composite
def schedules(draw: st.DrawFn, today: date) -> dict[str, Any]:
    near = st.integers(-9, 20).map(lambda days: today + timedelta(days=days))
    kind = draw(st.sampled_from(["weekly", "weekly", "interval", "monthly", "dates"]))
    first = draw(st.one_of(st.none(), near)) if kind != "interval" else draw(near)
    return {
        "kind": kind,
        "weekdays": sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3))) if kind != "dates" else [],
        "interval_weeks": 2 if kind == "interval" else None,
        "week_of_month": draw(st.sampled_from([1, 2, 5, -1])) if kind == "monthly" else None,
        "dates": draw(st.lists(near, min_size=1, max_size=3)) if kind == "dates" else [],
        "start_time": draw(st.sampled_from(TIMES)),
        "valid_from": first,
        "valid_until": draw(
            st.one_of(st.none(), st.integers(0, 20).map(lambda days: (first or today) + timedelta(days)))
        ),
        "pauses_in_school_holidays": draw(st.booleans()),
    }


@st.composite
def offers(draw: st.DrawFn, world: Ground) -> Facts:
    today = world.today
    days = st.sampled_from([None, None, None, today - timedelta(days=1), today, today + timedelta(days=5)])
    starts, ends = draw(days), draw(days)
    values = {
        "status": draw(st.sampled_from(["published"] * 5 + ["draft", "withdrawn"])),
        "lifecycle": draw(st.sampled_from([*Lifecycle.values, "", "regel"])),
        "starts_on": min(starts, ends) if starts and ends else starts,
        "ends_on": max(starts, ends) if starts and ends else ends,
        "review_due": today + timedelta(days=draw(st.sampled_from([-61, -60, -1, 0, 200]))),
        "ages": draw(ages()),
        "audiences": draw(subsets(["kinder", "eltern", "alleinerziehende"])),
        "format": draw(st.sampled_from(["", "kurs", "gruppe", "beratung"])),
        "access": draw(subsets(Access.values)),
        "cost": draw(st.sampled_from(["", *Cost.values])),
        "registration": draw(st.sampled_from(["", *Registration.values])),
        "languages": draw(subsets(["de", "tr", "ar"])),
        "interpreting": draw(st.sampled_from([None, True, False])),
    }
    return Facts(
        values,
        tuple(topic.slug for topic in draw(subsets(world.topics))),
        tuple(draw(subsets(world.districts))),
        tuple(draw(subsets(world.places, 3))),
        tuple(draw(st.lists(schedules(today), max_size=2))),
        world.holidays,
    )


def store(world: Ground, made_up: list[Facts]) -> list[Offer]:
    """Write the offers in a few statements."""
    rows = [
        Offer(
            title=f"Angebot {number:02}",
            slug=f"angebot-{number}",
            provider=world.provider,
            review_months=12,
            **facts.values,
        )
        for number, facts in enumerate(made_up)
    ]
    Offer.objects.bulk_create(rows)
    by_slug = {topic.slug: topic for topic in world.topics}
    links: dict[Any, list[Any]] = {Offer.topics.through: [], Offer.catchment.through: [], Offer.places.through: []}
    for offer, facts in zip(rows, made_up, strict=True):
        links[Offer.topics.through] += [Offer.topics.through(offer=offer, topic=by_slug[slug]) for slug in facts.topics]
        links[Offer.catchment.through] += [
            Offer.catchment.through(offer=offer, district=district) for district in facts.catchment
        ]
        links[Offer.places.through] += [Offer.places.through(offer=offer, place=place) for place in facts.places]
    for through, made in links.items():
        through.objects.bulk_create(made)
    Schedule.objects.bulk_create(
        Schedule(offer=offer, **schedule)
        for offer, facts in zip(rows, made_up, strict=True)
        for schedule in facts.schedules
    )
    return rows


@st.composite
def searches(draw: st.DrawFn, catalogue: Catalogue) -> Search:
    """Some filters of each kind, most of them open."""
    seldom = st.sampled_from([True, False, False, False, False])

    def some(values: Any, most: int = 2) -> tuple[Any, ...]:
        return tuple(draw(subsets(values, most))) if draw(seldom) else ()

    def one(values: Any) -> Any:
        return draw(st.sampled_from(list(values))) if draw(seldom) else None

    found = Search(
        alter=in_order(Age.parse(value) for value in some(AGES, 3)),
        phase=one(catalogue.phases.values()),
        ort=one(catalogue.areas.values()),
        naehe=one([Position(*HERE).on_grid(), Position(51.53, 6.9).on_grid()]),
        umkreis=one(RADII) or 0,
        thema=some(catalogue.topics),
        form=some(["kurs", "gruppe", *Format.values]),
        zugang=some(Access.values),
        tag=some(Day.values, 3),
        zeit=some(Daytime.values),
        wann=one(catalogue.periods.values()),
        sprache=some(["de", "tr", "ar"]),
        barrierefrei=some([WHEELCHAIR, *FEATURES]),
        fuer=some(["kinder", "eltern", "alleinerziehende"]),
        kostenlos=draw(seldom),
        ohne_anmeldung=draw(seldom),
        dolmetschen=draw(seldom),
        regelangebot=draw(seldom),
    )
    return found.without() if not found.centre else found
