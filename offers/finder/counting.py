"""Counting a search in the process's stock: what `plain` asks the database for, some hundred times as fast."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pyroaring import BitMap

from offers.enums import Day, Daytime, Sorting
from offers.finder.ages import LISTED, Age
from offers.finder.catalogue import Area, Catalogue
from offers.finder.plain import Tally
from offers.finder.search import RADII, SEVERAL, WHEELCHAIR, Search
from offers.finder.stock import Stock
from offers.finder.texts import Matches
from offers.models import LifePhase
from partners.enums import AccessFeature
from portal.clock import today

_VALUES = {"form": "format", "zugang": "access", "sprache": "languages", "fuer": "audiences"}  # columns of filters
FLAGS = {
    "kostenlos": "free",
    "kosten_unklar": "unknown_cost",
    "ohne_anmeldung": "no_registration",
    "dolmetschen": "interpreting",
    "regelangebot": "regular",
}
_FEATURES = (WHEELCHAIR, *AccessFeature.values)
_TIMES = "times"  # `tag` and `zeit` filter together
_LEFT_OUT = {"tag": (_TIMES,), "zeit": (_TIMES,), "barrierefrei": ()}  # filters a facet leaves out, if not its own


@dataclass(frozen=True)
class Counted:
    """A search over one stock: the set of each of its filters, and of what fits all of them."""

    search: Search
    catalogue: Catalogue
    stock: Stock
    day: date
    filters: Mapping[str, BitMap]
    hits: BitMap
    matches: Matches | None

    @classmethod
    def of(cls, search: Search, catalogue: Catalogue, stock: Stock, matches: Matches | None = None) -> "Counted":
        """`matches` are the hits of the search's text."""
        day = today()
        filters = dict(_filters(search, catalogue, stock))
        if matches is not None:
            filters["q"] = matches.hits
        hits = _all(stock.public(day), filters.values())
        return cls(search, catalogue, stock, day, filters, hits, matches)

    def without(self, *names: str) -> BitMap:
        """What fits all filters but these."""
        if self.filters.keys().isdisjoint(names):
            return self.hits
        return _all(self.stock.public(self.day), [found for name, found in self.filters.items() if name not in names])

    def tally(self) -> Tally:
        """All counts of the results page."""
        facets: dict[str, dict[str, int]] = {}
        for name, choices in self._choices():
            fitting = self.without(*_LEFT_OUT.get(name, (name,)))
            picked = getattr(self.search, name) if name in SEVERAL else ()
            more = fitting - self.hits if picked else fitting
            alone, added = fitting.intersection_cardinality, more.intersection_cardinality
            facets[name] = (
                {value: found for value, having in choices if (found := (alone if value in picked else added)(having))}
                if fitting
                else {}
            )
        if self.search.umkreis and not self.search.naehe:
            facets["ort"] = self._around_each()
        return Tally(len(self.hits), facets, self._without_age(), self._unknown_cost())

    def page(self, first: int, count: int) -> list[int]:
        """Numbers in the stock of some of the hits, in the order the search asks for."""
        return self.stock.page(self.hits, self._order(), first, count)

    def _order(self) -> Iterator[BitMap]:
        """As `Search.in_order`."""
        search, stock = self.search, self.stock
        if search.sortierung == Sorting.NEAREST and search.centre:
            return iter(stock.by_distance(search.centre))
        if search.sortierung == Sorting.NEXT_DATE:
            return iter(stock.by_next_date((search.wann and search.wann.first) or self.day))
        if search.sortierung == Sorting.NEWEST:
            return iter(stock.by_newness())
        return self._best_first()

    def _best_first(self) -> Iterator[BitMap]:
        groups: Sequence[BitMap] = (self.hits,)
        if self.matches is not None:
            groups = self.matches.order
        elif self.search.alter or self.search.phase:
            groups = self.stock.by_narrowness()
        if len(self.search.alter) < 2:
            return iter(groups)
        fitting = _most_first([_of_age(age, self.stock) for age in self.search.alter], self.hits)
        return (most & group for most in fitting for group in groups)

    def _choices(self) -> Iterator[tuple[str, list[tuple[str, BitMap]]]]:
        """The choices of each facet that gives anything, with the offers each stands for."""
        search, stock, catalogue = self.search, self.stock, self.catalogue
        yield from stock.remember(("choices", catalogue), lambda: _steady_choices(catalogue, stock))
        others = [(age.value, _of_age(age, stock)) for age in search.alter if age not in LISTED]
        ages = stock.remember(("ages",), lambda: [(age.value, _of_age(age, stock)) for age in LISTED])
        yield "alter", [*ages, *others] if others else ages
        days = stock.remember(("days", search.zeit), lambda: _slots(stock, "tag", Day.values, search))
        times = stock.remember(("times", search.tag), lambda: _slots(stock, "zeit", Daytime.values, search))
        yield from (("tag", days), ("zeit", times))
        asked = frozenset(search.barrierefrei)
        features = _FEATURES
        yield (
            "barrierefrei",
            stock.remember(
                ("features", asked), lambda: [(value, stock.with_features(asked | {value})) for value in features]
            ),
        )
        centre = search.centre
        near = [(str(far), stock.within(centre, far * 1000)) for far in RADII] if centre else []
        yield "umkreis", near

    def _around_each(self) -> dict[str, int]:
        """The circle lies around the place that is picked."""
        base = self.without("ort", "umkreis")
        counts = {}
        for value, area in self.catalogue.areas.items():
            having = _of_area(area, self.stock)
            if area.centre:
                having = having & self.stock.within(area.centre, self.search.umkreis * 1000)
            counts[value] = base.intersection_cardinality(having)
        return {value: count for value, count in counts.items() if count}

    def _without_age(self) -> int:
        ages = self.search.alter
        if not ages or any(age.ages is None for age in ages):
            return 0
        return self.without("alter").intersection_cardinality(self.stock.without_age())

    def _unknown_cost(self) -> int:
        if not self.search.kostenlos:
            return 0
        return self.without("kostenlos").intersection_cardinality(self.stock.having("flags", [FLAGS["kosten_unklar"]]))


def _filters(search: Search, catalogue: Catalogue, stock: Stock) -> Iterator[tuple[str, BitMap]]:
    """The set of each filter of a search but its text."""
    asked = search.__dict__
    for name, sets in _SETS.items():
        if asked[name]:
            yield name, sets(search, catalogue, stock)
    if search.umkreis and search.centre:
        yield "umkreis", stock.within(search.centre, search.umkreis * 1000)
    if slots := search.slots:
        yield _TIMES, stock.having("slots", slots)


def _steady_choices(catalogue: Catalogue, stock: Stock) -> list[tuple[str, list[tuple[str, BitMap]]]]:
    """The choices whose offers do not depend on the search."""
    found = {
        "phase": [(slug, _of_phase(phase, stock)) for slug, phase in catalogue.phases.items()],
        "ort": [(value, _of_area(area, stock)) for value, area in catalogue.areas.items()],
        "thema": [(slug, stock.having("topics", [topic.pk])) for slug, topic in catalogue.topics.items()],
        "wann": [(value, stock.having("dates", period.days)) for value, period in catalogue.periods.items()],
    }
    for name, column in _VALUES.items():
        found[name] = [(value, having) for value, having in stock.sets[column].items() if value]
    for name, flag in FLAGS.items():
        found[name] = [("1", stock.having("flags", [flag]))]
    return list(found.items())


def _slots(stock: Stock, name: str, values: list[str], search: Search) -> list[tuple[str, BitMap]]:
    changes: list[tuple[str, dict[str, Any]]] = [(value, {name: (value,)}) for value in values]
    return [(value, stock.having("slots", replace(search, **change).slots)) for value, change in changes]


def _of_age(age: Age, stock: Stock) -> BitMap:
    return stock.without_age() if age.ages is None else stock.fitting(age.ages.lower, age.ages.upper)


def _of_phase(phase: LifePhase, stock: Stock) -> BitMap:
    if phase.ages is None:
        return stock.having("audiences", [phase.audience])
    return stock.fitting(phase.ages.lower, phase.ages.upper)


def _of_area(area: Area, stock: Stock) -> BitMap:
    return stock.having("districts", [district.pk for district in area.districts])


def _most_first(children: list[BitMap], hits: BitMap) -> list[BitMap]:
    """The hits that fit all of the children, then those that fit all but one, and so on."""
    at_least = [hits]  # by number of children
    for child in children:
        fits = hits & child
        at_least = [
            hits,
            *(more | (fits & fewer) for fewer, more in zip(at_least, [*at_least[1:], BitMap()], strict=True)),
        ]
    exactly = [fewer - more for fewer, more in zip(at_least, [*at_least[1:], BitMap()], strict=True)]
    return exactly[::-1]


def _any(sets: list[BitMap]) -> BitMap:
    return sets[0] if len(sets) == 1 else BitMap.union(*sets)


def _all(first: BitMap, others: Iterable[BitMap]) -> BitMap:
    """What is in all of them; the smallest first, so that little is left to compare."""
    found, *more = sorted([first, *others], key=len)
    for other in more:
        found = found & other
    return found


def _of_values(name: str, column: str) -> Callable[[Search, Catalogue, Stock], BitMap]:
    return lambda search, _catalogue, stock: stock.having(column, getattr(search, name))


def _of_flag(flag: str) -> Callable[[Search, Catalogue, Stock], BitMap]:
    return lambda _search, _catalogue, stock: stock.having("flags", [flag])


# The set of each filter that stands for itself.
_SETS: dict[str, Callable[[Any, Catalogue, Stock], BitMap]] = {
    "alter": lambda search, _catalogue, stock: _any([_of_age(age, stock) for age in search.alter]),
    "phase": lambda search, _catalogue, stock: _of_phase(search.phase, stock),
    "ort": lambda search, _catalogue, stock: _of_area(search.ort, stock),
    "thema": lambda search, catalogue, stock: stock.having("topics", [catalogue.topics[s].pk for s in search.thema]),
    "wann": lambda search, _catalogue, stock: stock.having("dates", search.wann.days),
    "barrierefrei": lambda search, _catalogue, stock: stock.with_features(search.barrierefrei),
    **{name: _of_values(name, column) for name, column in _VALUES.items()},
    **{name: _of_flag(flag) for name, flag in FLAGS.items()},
}
