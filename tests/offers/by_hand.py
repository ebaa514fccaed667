"""The rules of a search in plain Python, one offer at a time: what all counts are held against."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange

from offers.enums import Day, Daytime, Format
from offers.finder import Catalogue, Search
from offers.finder.ages import LISTED, Age
from offers.finder.search import RADII, SEVERAL, WHEELCHAIR
from offers.models import Schedule
from partners.enums import AccessFeature
from partners.models import Place
from portal.enums import Language
from portal.models import District

FLAGS = ("kostenlos", "kosten_unklar", "ohne_anmeldung", "dolmetschen", "regelangebot")


@dataclass(frozen=True)
class Facts:
    """One offer as it was made up; `values` are columns, the rest hangs on it."""

    values: dict[str, Any]
    topics: tuple[str, ...] = ()
    catchment: tuple[District, ...] = ()
    places: tuple[Place, ...] = ()
    schedules: tuple[dict[str, Any], ...] = ()
    holidays: tuple[tuple[date, date], ...] = field(default=(), compare=False)

    def is_public(self, today: date) -> bool:
        ends, due = self.values["ends_on"], self.values["review_due"]
        is_on: bool = self.values["status"] == "published" and self.values["lifecycle"] != "beendet"
        return is_on and bool(ends is None or ends >= today) and bool(today <= due + timedelta(days=60))

    def fits(self, search: Search, today: date) -> bool:
        return all(self._checks(search, today))

    def _checks(self, search: Search, today: date) -> Iterable[bool]:
        values = self.values
        yield self.is_public(today)
        yield not search.alter or any(self._fits_age(age.ages) for age in search.alter)
        if search.phase:
            by_audience = search.phase.ages is None
            yield search.phase.audience in values["audiences"] if by_audience else self._fits_age(search.phase.ages)
        yield not search.ort or any(related(own, one) for own in self.catchment for one in search.ort.districts)
        yield not search.thema or bool({*search.thema} & {*self.topics})
        yield not search.form or values["format"] in search.form
        yield not search.zugang or bool({*search.zugang} & {*values["access"]})
        yield not search.sprache or bool({*search.sprache} & {*values["languages"]})
        yield not search.fuer or bool({*search.fuer} & {*values["audiences"]})
        yield not search.kostenlos or values["cost"] == "free"
        yield not search.kosten_unklar or values["cost"] == ""
        yield not search.ohne_anmeldung or values["registration"] == "none"
        yield not search.dolmetschen or values["interpreting"] is True
        yield not search.regelangebot or values["lifecycle"] == "regel"
        yield not search.barrierefrei or any({*search.barrierefrei} <= features(place) for place in self._open_places())
        if search.umkreis and search.centre:
            furthest = (search.umkreis * 1000) ** 2
            spots = [spot for spot in map(spot_of, self._open_places()) if spot]
            yield any(search.centre.square_metres_to(*spot) <= furthest for spot in spots)
        if search.tag or search.zeit:
            yield any(
                (not search.tag or day in search.tag) and (not search.zeit or part in search.zeit)
                for day, part in self.times(today)
            )
        yield not search.wann or bool({*search.wann.days} & self.days(today))

    def _fits_age(self, ages: NumericRange | None) -> bool:
        own: NumericRange | None = self.values["ages"]
        return own is None if ages is None else own is not None and overlap(own, ages)

    def _open_places(self) -> list[Place]:
        return [place for place in self.places if not place.is_confidential]

    def times(self, today: date) -> set[tuple[str, str]]:
        """Weekday and part of the day of each schedule that is not over."""
        found = set()
        for schedule in self.schedules:
            first = max(filter(None, (today, schedule["valid_from"], self.values["starts_on"])))
            last = min(filter(None, (date.max, schedule["valid_until"], self.values["ends_on"])))
            weekdays = {day.weekday() for day in schedule["dates"] if first <= day <= last}
            if schedule["kind"] != "dates" and first <= last:
                weekdays = {*schedule["weekdays"]}
            found |= {(Day.values[weekday], part_of_day(schedule["start_time"])) for weekday in weekdays}
        return found

    def days(self, today: date) -> set[date]:
        """The days of the next months on which it really takes place; the world has no public holidays."""
        first = max(filter(None, (today, self.values["starts_on"])))
        last = min(filter(None, (today + timedelta(days=60), self.values["ends_on"])))
        return {
            occurrence.day
            for schedule in self.schedules
            for occurrence in Schedule(**schedule).occurrences(
                first, last, school_holidays=self.holidays, public_holidays=()
            )
        }


def overlap(one: NumericRange, other: NumericRange) -> bool:
    """Whether two half-open ranges of months share one; None is an open end."""
    begins_before = one.lower is None or other.upper is None or one.lower < other.upper
    return begins_before and (other.lower is None or one.upper is None or other.lower < one.upper)


def related(one: District, other: District) -> bool:
    """Design rule 2: the same district, or one lies in the other; found by walking up."""
    return one in above(other) or other in above(one)


def above(district: District) -> list[District]:
    found = [district]
    while found[-1].parent:
        found.append(found[-1].parent)
    return found


def features(place: Place) -> set[str]:
    return {*place.access_features, *([WHEELCHAIR] if place.wheelchair == "ja" else [])}


def spot_of(place: Place) -> tuple[float, float] | None:
    """Where a place counts: itself, else the middle of its Stadtteil."""
    for one in (place, place.district):
        if one and one.latitude is not None and one.longitude is not None:
            return one.latitude, one.longitude
    return None


def part_of_day(start: time | None) -> str:
    if start is None:
        return ""
    return "vormittag" if start < time(12) else "nachmittag" if start < time(17) else "abend"


def counts(world: list[Facts], search: Search, catalogue: Catalogue, today: date) -> dict[str, dict[str, int]]:
    """For each facet and choice how many offers picking it would give; choices without any are left out."""

    def number(asked: Search) -> int:
        return sum(facts.fits(asked, today) for facts in world)

    choices: dict[str, dict[str, Any]] = {
        "alter": {age.value: (age,) for age in (*LISTED, *search.alter)},
        "phase": catalogue.phases,
        "ort": catalogue.areas,
        "wann": catalogue.periods,
        "umkreis": {str(radius): radius for radius in RADII} if search.centre else {},
        "thema": {slug: (slug,) for slug in catalogue.topics},
        "form": {value: (value,) for value in Format.values},
        "zugang": {value: (value,) for value in ("komm", "geh", "digital")},
        "tag": {value: (value,) for value in Day.values},
        "zeit": {value: (value,) for value in Daytime.values},
        "sprache": {value: (value,) for value in Language.values},
        "fuer": {value: (value,) for value in ("kinder", "eltern", "alleinerziehende")},
        "barrierefrei": {value: (*search.barrierefrei, value) for value in (WHEELCHAIR, *AccessFeature.values)},
        **{name: {"1": True} for name in FLAGS},
    }
    found = {
        name: {value: number(replace(search, **{name: picked})) for value, picked in values.items()}
        for name, values in choices.items()
    }
    for name in SEVERAL:
        if picked := getattr(search, name):
            for value in {*choices[name]} - {*picked}:
                found[name][value] = number(search.changed(**{name: (*picked, value)})) - number(search)
    return without_zeros(found)


def without_zeros(facets: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {name: kept for name, values in facets.items() if (kept := {v: n for v, n in values.items() if n})}


def without_age(world: list[Facts], search: Search, today: date) -> int:
    if not search.alter or any(age.ages is None for age in search.alter):
        return 0
    ageless = replace(search, alter=(Age.parse("ohne"),))
    return sum(facts.fits(ageless, today) for facts in world)


def unknown_cost(world: list[Facts], search: Search, today: date) -> int:
    return sum(facts.fits(search.with_unknown_cost(), today) for facts in world) if search.kostenlos else 0
