"""How many children of an age live somewhere; nobody guesses: without a figure there is none."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from offers.models import Population
from offers.steering.columns import Column
from offers.steering.past import as_of
from offers.steering.stock import Question
from portal.enums import DistrictKind
from portal.models import District

Figures = dict[int, dict[tuple[int, int], int]]  # year → ages in months → people


@dataclass(frozen=True)
class Children:
    """People of an age in a district, with where the figure comes from."""

    people: int
    year: int
    source: str


def children_in(
    tree: Sequence[District], columns: Iterable[Column], question: Question
) -> dict[tuple[int, str], Children]:
    """Figures by district id and column key, of the latest year up to the day that has all ages of the column.

    A past day knows only what was loaded by then. A district without figures of its own has the sum of its Stadtteile
    when all of them have one. Columns without an age, transitions and ages that the figures do not add up to have none.
    """
    figures: dict[int, Figures] = defaultdict(lambda: defaultdict(dict))
    sources: dict[tuple[int, int], str] = {}
    rows: QuerySet[Any] = Population.objects.all() if question.moment is None else as_of(Population, question.moment)
    for figure in rows.filter(ages__isnull=False, year__lte=question.day.year).order_by("id"):
        ages = figure.ages
        if ages is not None and ages.lower is not None and ages.upper is not None:
            figures[figure.district_id][figure.year][ages.lower, ages.upper] = figure.people
            sources[figure.district_id, figure.year] = figure.source
    if not figures:
        return {}
    found: dict[tuple[int, str], Children] = {}
    for column in columns:
        if column.ages is None or column.ages.lower is None or column.ages.upper is None:
            continue
        span = (column.ages.lower, column.ages.upper)
        own = {pk: answer for pk, years in figures.items() if (answer := _latest(years, span))}
        for place in tree:
            people, year, holder = _own_or_quarters(place, tree, own)
            if people is not None:
                found[place.pk, column.key] = Children(people, year, sources[holder, year])
    return found


def _latest(years: Figures, span: tuple[int, int]) -> tuple[int, int] | None:
    """People and year of the latest year whose figures cover the ages without gap and overlap."""
    for year in sorted(years, reverse=True):
        people = _covering(years[year], span)
        if people is not None:
            return people, year
    return None


def _covering(groups: dict[tuple[int, int], int], span: tuple[int, int]) -> int | None:
    """The sum over groups that lie end to end from the first month to the last; the widest step is tried first."""
    first, end = span
    if first == end:
        return 0
    steps = sorted((group for group in groups if group[0] == first and group[1] <= end), reverse=True)
    for step in steps:
        rest = _covering(groups, (step[1], end))
        if rest is not None:
            return groups[step] + rest
    return None


def _own_or_quarters(
    place: District, tree: Sequence[District], own: dict[int, tuple[int, int]]
) -> tuple[int | None, int, int]:
    """People, year and the district whose figure it is; of several Stadtteile the first one."""
    if place.pk in own:
        return *own[place.pk], place.pk
    quarters = [one.pk for one in tree if one.kind == DistrictKind.QUARTER and place.pk in one.lineage]
    answers = [own[pk] for pk in quarters if pk in own]
    if not quarters or len(answers) < len(quarters) or len({year for _people, year in answers}) > 1:
        return None, 0, 0
    return sum(people for people, _year in answers), answers[0][1], quarters[0]
