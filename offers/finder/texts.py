"""What a text finds, kept ready in the process: how it is understood, the hits and their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from pyroaring import BitMap

from offers.finder.catalogue import Catalogue
from offers.finder.common import Reader
from offers.finder.postings import Postings
from offers.finder.stock import Stock
from offers.search.layers import Reading, read, widen
from portal.shelf import Shelf
from portal.watch import watch

ROOM = 2_500_000  # bytes of kept hits
ROOM_OF_READINGS = 1_000_000
MOST_GROUPS = 400  # of hits that fit equally well; enough is told apart then


@dataclass(frozen=True)
class Matches:
    """The hits of a text; `order` holds them in groups that fit equally well, the best first."""

    hits: BitMap
    order: Sequence[BitMap]

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 1_000 + 150 * len(self.order) + 3 * len(self.hits)


class Texts:
    """The texts that were asked for lately, for one state of what is public."""

    def __init__(self) -> None:
        self._readings: Shelf[Reading] = Shelf(ROOM_OF_READINGS)
        self._matches: Shelf[Matches] = Shelf(ROOM)
        self._now: tuple[Postings, str | None] = Postings(Stock()), None
        self._reader = Reader()

    def understand(self, text: str, catalogue: Catalogue, stock: Stock) -> Reading:
        """The first layer that finds enough. Inside a transaction it is found anew: words for the same may be new."""
        if connection.in_atomic_block:
            self._now = self._now[0], None
        postings = self.postings(stock)
        reading = self._readings.get(text)
        if reading is None:
            reading = widen(read(text, catalogue.place_words), postings)
            if postings is self._now[0]:
                self._readings.put(text, reading, 2_000)
        return reading

    def matches(self, reading: Reading, stock: Stock) -> Matches:
        postings = self.postings(stock)
        key = reading.text, reading.match
        matches = self._matches.get(key)
        if matches is None:
            matches = find_matches(reading, postings)
            if postings is self._now[0]:
                self._matches.put(key, matches, matches.size)
        return matches

    def postings(self, stock: Stock) -> Postings:
        """The words of the stock; staff's words for the same may change without it."""
        inside = connection.in_atomic_block
        state = "" if inside else watch.state()
        kept, known = self._now
        same = kept.stock is stock and known == state
        if same and kept.common is not None:
            return kept
        common = None if inside else self._reader.common(stock)
        if not same:
            self._readings.clear()
            self._matches.clear()
        elif common is None:
            return kept
        self._now = fresh, _state = Postings(stock, common), state
        return fresh


texts = Texts()


def find_matches(reading: Reading, postings: Postings) -> Matches:
    """The hits of a reading, in groups of the same points."""
    hits = postings.stock.alive & postings.of(reading.match)
    groups = {0: hits}
    for levels in reading.order:
        having = [(worth, found) for worth, query in levels if (found := hits & postings.of(query))]
        if not having:
            continue
        finer: dict[int, BitMap] = {}
        for points, group in groups.items():
            rest = group
            for worth, found in having:
                if part := rest & found:
                    _add(finer, points + worth, part)
                    rest = rest - part
            if rest:
                _add(finer, points, rest)
        groups = finer
        if len(groups) > MOST_GROUPS:
            break
    return Matches(hits, [groups[points] for points in sorted(groups, reverse=True)])


def _add(groups: dict[int, BitMap], points: int, part: BitMap) -> None:
    groups[points] = groups[points] | part if points in groups else part
