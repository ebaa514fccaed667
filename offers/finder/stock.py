"""All offers as sets of small numbers, held in the process: hits and counts are a few set operations.

Offers are numbered in the order of their titles. For each value of each column of SearchRow there is one set (a
roaring bitmap) of the numbers that have it. A stock never changes: `changed` makes a new one that shares what it can,
so a request works on one state from beginning to end.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from pyroaring import BitMap

from portal.positions import Position

Thing = TypeVar("Thing")
Sets = Mapping[Any, BitMap]
MEMORY = 300  # sets that were put together for one stock: ages, days, circles


@dataclass(frozen=True, slots=True)
class Titles:
    """The sort keys of the numbered offers, in order; one long text takes a fifth of the room of many."""

    text: bytes = b""
    ends: "array[int]" = field(default_factory=lambda: array("I"))

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> "Titles":
        kept, ends, end = list(keys), array("I"), 0
        for key in kept:
            end += len(key)
            ends.append(end)
        return cls(b"".join(kept), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> bytes:
        return self.text[self.ends[number - 1] if number else 0 : self.ends[number]]


@dataclass(frozen=True)
class Late:
    """An offer that came after the numbers were given: `place` is the first number whose title stands behind it."""

    key: bytes
    offer: int
    place: int
    number: int


@dataclass(frozen=True)
class Stock:
    """`sets` by column and value: dates are days, ages are (first, end) in months or None, features are the set of one
    place, points are (latitude, longitude). `ids` and `stamps` by number.
    """

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    stamps: "array[int]" = field(default_factory=lambda: array("q"))
    titles: Titles = field(default_factory=Titles)
    late: tuple[Late, ...] = ()
    alive: BitMap = field(default_factory=BitMap)
    sets: Mapping[str, Sets] = field(default_factory=dict)
    _memory: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        return len(self.alive)

    def public(self, day: date) -> BitMap:
        """Design rule 3 on a day."""
        return self.remember(("public", day), lambda: self._public(day))

    def having(self, column: str, values: Iterable[Any]) -> BitMap:
        """The offers with one of the values."""
        known = self.sets[column]
        found = [known[value] for value in values if value in known]
        return found[0] if len(found) == 1 else BitMap.union(*found) if found else BitMap()

    def fitting(self, first: int | None, end: int | None) -> BitMap:
        """The offers whose ages have a month in common with those from `first` to before `end` (design rule 1)."""
        return self.remember(("ages", first, end), lambda: self._fitting(first, end))

    def numbers(self, offers: Iterable[int]) -> BitMap:
        """The numbers of some of the offers; those that are not published have none."""
        places: _Places = self.remember("places", lambda: _Places(self.ids))
        return self.alive & places.of(offers)

    def beginning(self, keys: Iterable[bytes]) -> BitMap:
        """The offers whose sort key begins with one of the keys."""
        wanted = tuple(keys)
        found = BitMap(one.number for one in self.late if one.key.startswith(wanted))
        for key in wanted:
            found.add_range(bisect_left(self.titles, key), bisect_left(self.titles, key + b"\xff"))
        return found

    def without_age(self) -> BitMap:
        return self.having("ages", [None])

    def with_features(self, asked: Collection[str]) -> BitMap:
        """The offers with one place that has all of the features."""
        wanted = frozenset(asked)
        return self.having("features", [found for found in self.sets["features"] if wanted <= found])

    def within(self, position: Position, metres: int) -> BitMap:
        """The offers whose nearest place is at most so far away."""
        limit = metres * metres
        return self.remember(
            ("within", position, metres),
            lambda: self.having("points", [point for far, point in self._by_distance(position) if far <= limit]),
        )

    # Orders: sets in the order in which their offers come; within a set the order of titles counts. -----------------

    def by_narrowness(self) -> list[BitMap]:
        """What is made for few months first; open ends last."""
        return self.remember("narrowness", self._by_narrowness)

    def by_newness(self) -> list[BitMap]:
        days = self.sets["added_on"]
        return self.remember("newness", lambda: [days[day] for day in sorted(days, reverse=True)])

    def by_next_date(self, today: date) -> list[BitMap]:
        days = self.sets["dates"]
        return self.remember(
            ("next", today), lambda: self._each_once(days[day] for day in sorted(days) if day >= today)
        )

    def by_distance(self, position: Position) -> list[BitMap]:
        points = self.sets["points"]
        return self.remember(
            ("distance", position),
            lambda: self._each_once(points[point] for _far, point in self._by_distance(position)),
        )

    def distances(self, position: Position, numbers: Iterable[int]) -> dict[int, float]:
        """Metres to the nearest place of each offer that has one."""
        found, rest, points = dict[int, float](), BitMap(numbers), self.sets["points"]
        for far, point in self._by_distance(position):
            if not rest:
                break
            here = rest & points[point]
            found.update(dict.fromkeys(here, math.sqrt(far)))
            rest -= here
        return found

    def page(self, hits: BitMap, order: Iterable[BitMap], first: int, count: int) -> list[int]:
        """The numbers of `count` hits from place `first` on."""
        page: list[int] = []
        for group in order:
            size = hits.intersection_cardinality(group)
            if first >= size:
                first -= size
                continue
            page += self.in_title_order(hits & group, first, count - len(page))
            first = 0
            if len(page) == count:
                break
        return page

    def in_title_order(self, hits: BitMap, first: int, count: int) -> list[int]:
        late = [one for one in self.late if one.number in hits]
        if not late:
            return list(hits[first : first + count])
        spots = {(hits.rank(one.place - 1) if one.place else 0) + index: one.number for index, one in enumerate(late)}
        window = range(first, min(first + count, len(hits)))
        before = sum(spot < first for spot in spots)
        others = iter(hits[first - before : first - before + count])
        return [spots[spot] if spot in spots else next(others) for spot in window]

    # Changes --------------------------------------------------------------------------------------------------------

    def changed(self, offers: Collection[int], rows: "Rows") -> "Stock":
        """The stock after these offers changed; `rows` holds those of them that are still there."""
        gone = set(offers)
        old = BitMap(number for number, offer in enumerate(self.ids) if offer in gone)
        first = len(self.ids)
        added = [
            Late(key, offer, bisect_left(_Keys(self), (key, offer)), first + index)
            for index, (key, offer) in enumerate(zip(rows.keys, rows.ids, strict=True))
        ]
        late = [one for one in self.late if one.offer not in gone] + added
        return replace(
            self,
            ids=self.ids + rows.ids,
            stamps=self.stamps + rows.stamps,
            late=tuple(sorted(late, key=lambda one: (one.key, one.offer))),
            alive=(self.alive - old) | BitMap(range(first, first + len(rows.ids))),
            sets={column: _joined(known, rows.sets(column, first)) for column, known in self.sets.items()},
            _memory={},
        )

    # ------------------------------------------------------------------------------------------------------------------

    def remember(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What `make` makes of this stock; kept for the next time."""
        found: Thing | None = self._memory.get(key)
        if found is None:
            found = make()
            if len(self._memory) >= MEMORY:
                self._memory.pop(next(iter(self._memory)), None)
            self._memory[key] = found
        return found

    def _public(self, day: date) -> BitMap:
        days = self.sets["last_day"]
        return self.alive & self.having("last_day", [last for last in days if last >= day])

    def _fitting(self, first: int | None, end: int | None) -> BitMap:
        def overlaps(ages: tuple[int | None, int | None] | None) -> bool:
            return (
                ages is not None
                and (ages[0] is None or end is None or ages[0] < end)
                and (ages[1] is None or first is None or ages[1] > first)
            )

        return self.having("ages", [ages for ages in self.sets["ages"] if overlaps(ages)])

    def _by_narrowness(self) -> list[BitMap]:
        widths: dict[float, list[Any]] = {}
        for ages in self.sets["ages"]:
            open_end = ages is None or ages[0] is None or ages[1] is None
            widths.setdefault(float("inf") if open_end else ages[1] - ages[0], []).append(ages)
        return [self.having("ages", widths[width]) for width in sorted(widths)]

    def _by_distance(self, position: Position) -> list[tuple[float, Any]]:
        """Each point with its square metres from the position, the nearest first."""
        points = self.sets["points"]
        return self.remember(
            ("points", position), lambda: sorted((position.square_metres_to(*point), point) for point in points)
        )

    def _each_once(self, groups: Iterable[BitMap]) -> list[BitMap]:
        """Each offer in the first of the groups that has it, the others in a last one."""
        order, rest = [], self.alive.copy()
        for group in groups:
            part = rest & group
            if part:
                order.append(part)
                rest -= part
        return [*order, rest]


class _Places:
    """The number of each offer. Ids lie close together, so an array takes a tenth of a dictionary's room."""

    def __init__(self, ids: "array[int]") -> None:
        self._first = min(ids, default=0)
        self._places = array("i", [-1]) * (max(ids, default=0) - self._first + 1)
        for number, offer in enumerate(ids):
            self._places[offer - self._first] = number

    def of(self, offers: Iterable[int]) -> BitMap:
        first, places = self._first, self._places
        known = range(first, first + len(places))
        found = [places[offer - first] for offer in offers if offer in known]
        return BitMap([number for number in found if number >= 0])


class _Keys:
    """What `bisect` needs to find a place among the numbered offers."""

    def __init__(self, stock: Stock) -> None:
        self._titles, self._ids = stock.titles, stock.ids

    def __len__(self) -> int:
        return len(self._titles)

    def __getitem__(self, number: int) -> tuple[bytes, int]:
        return self._titles[number], self._ids[number]


def _joined(known: Sets, added: Sets) -> Sets:
    return {**known, **{value: known[value] | one if value in known else one for value, one in added.items()}}


@dataclass
class Rows:
    """Rows of SearchRow as they are read: for each column the numbers of the rows by the column's text.

    Few texts are different, so each is taken apart only once.
    """

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    stamps: "array[int]" = field(default_factory=lambda: array("q"))
    keys: list[bytes] = field(default_factory=list)
    texts: dict[str, dict[bytes, "array[int]"]] = field(default_factory=lambda: {name: {} for name in COLUMNS})

    def read(self, lines: Iterable[bytes]) -> "Rows":
        """Lines as COPY writes them: offer, stamp, title key, then COLUMNS."""
        columns = list(self.texts.values())
        for number, line in enumerate(lines):
            offer, stamp, key, *texts = line.rstrip(b"\n").split(b"\t")
            self.ids.append(int(offer))
            self.stamps.append(int(stamp))
            self.keys.append(key)
            for column, text in zip(columns, texts, strict=True):
                try:
                    column[text].append(number)
                except KeyError:
                    column[text] = array("I", [number])
        return self

    def sets(self, column: str, first: int = 0) -> Sets:
        """The sets of a column, when the first row has the number `first`."""
        parse, found = COLUMNS[column][1], dict[Any, BitMap]()
        for text, numbers in self.texts[column].items():
            part = BitMap(numbers).shift(first) if first else BitMap(numbers)
            for value in parse(text.decode()):
                if value in found:
                    found[value] |= part
                else:
                    found[value] = part.copy()
        return found

    def stock(self) -> Stock:
        sets = {column: self.sets(column) for column in COLUMNS}
        return Stock(self.ids, self.stamps, Titles.of(self.keys), (), BitMap(range(len(self.ids))), sets)


def _words(text: str) -> Iterator[str]:
    return iter(text.split(",") if text else ())


def _numbers(text: str) -> Iterator[int]:
    return map(int, _words(text))


def _days(text: str) -> Iterator[date]:
    return map(date.fromisoformat, _words(text))


def _ages(text: str) -> Iterator[tuple[int | None, int | None] | None]:
    if text == "\\N":
        yield None
        return
    first, _comma, end = text.strip("[)").partition(",")
    yield int(first) if first.strip("(") else None, int(end) if end else None


def _features(text: str) -> Iterator[frozenset[str]]:
    """Places are separated by "|", their features by ","."""
    return (frozenset(_words(place)) for place in text.removeprefix("|").split("|")) if text else iter(())


def _points(text: str) -> Iterator[tuple[float, float]]:
    latitudes, _bar, longitudes = text.partition("|")
    return zip(map(float, _words(latitudes)), map(float, _words(longitudes)), strict=True)


# What SELECT says about a column, and the values in the text it writes.
COLUMNS: dict[str, tuple[str, Callable[[str], Iterator[Any]]]] = {
    "last_day": ("coalesce(last_day::text, '')", _days),
    "ages": ("ages", _ages),
    "districts": ("array_to_string(districts, ',')", _numbers),
    "topics": ("array_to_string(topics, ',')", _numbers),
    "format": ("format", _words),
    "access": ("array_to_string(access, ',')", _words),
    "audiences": ("array_to_string(audiences, ',')", _words),
    "languages": ("array_to_string(languages, ',')", _words),
    "flags": ("array_to_string(flags, ',')", _words),
    "features": ("'|' || array_to_string(features, '|')", _features),
    "slots": ("array_to_string(slots, ',')", _numbers),
    "dates": ("array_to_string(dates, ',')", _days),
    "points": ("array_to_string(latitudes, ',') || '|' || array_to_string(longitudes, ',')", _points),
    "added_on": ("added_on::text", _days),
}
