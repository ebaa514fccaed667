"""What a text finds, kept ready in the process: how it is understood, the hits and their order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from pyroaring import BitMap

from offers.finder.catalogue import Catalogue
from offers.finder.stock import Stock
from offers.models import Offer
from offers.search.expressions import holds, relevance
from offers.search.layers import Reading, read, widen
from portal.shelf import Shelf

MOST_RANKED = 4_000  # hits; of more, only those with all words in their title are put in order
ROOM = 6_000_000  # bytes of kept texts


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
    """The texts that were asked for lately, for one state of the offers."""

    def __init__(self) -> None:
        self._shelf: Shelf[Any] = Shelf(ROOM)
        self._stock: Stock | None = None

    def understand(self, text: str, catalogue: Catalogue, stock: Stock) -> Reading:
        """The first layer that finds enough. Inside a transaction nothing is kept: words for the same may be new."""
        if connection.in_atomic_block:
            return widen(read(text, catalogue.place_words), _public())
        reading: Reading | None = self._kept(text, stock)
        if reading is None:
            reading = widen(read(text, catalogue.place_words), _public())
            self._keep(text, stock, reading, 3_000)
        return reading

    def matches(self, reading: Reading, stock: Stock) -> Matches:
        matches: Matches | None = self._kept(reading, stock)
        if matches is None:
            matches = find_matches(reading, stock)
            self._keep(reading, stock, matches, matches.size)
        return matches

    def _kept(self, key: object, stock: Stock) -> Any:
        if stock is not self._stock:
            self._shelf.clear()
            self._stock = stock
        return self._shelf.get(key)

    def _keep(self, key: object, stock: Stock, found: object, size: int) -> None:
        if stock is self._stock:
            self._shelf.put(key, found, size)


texts = Texts()


def find_matches(reading: Reading, stock: Stock) -> Matches:
    """Ask the database for the hits of a reading and how well they fit."""
    hits = stock.numbers(_hits(reading))
    ranked = _ranked(reading if len(hits) <= MOST_RANKED else replace(reading, match=reading.titles), stock)
    rest = hits.difference(*ranked)
    return Matches(hits, [*ranked, rest] if rest else ranked)


def _hits(reading: Reading) -> list[int]:
    asked = f"published AND document @@ ({reading.match.text})"
    sql = f"SELECT array_agg(offer_id) FROM offers_searchrow WHERE {asked}"  # noqa: S608  # our own functions, values apart
    with connection.cursor() as cursor:
        cursor.execute(sql, reading.match.values)
        found: list[int] | None = cursor.fetchone()[0]
    return found or []


def _ranked(reading: Reading, stock: Stock) -> list[BitMap]:
    """The hits of a reading in groups of the same relevance."""
    groups = (
        Offer.objects.filter(holds(reading), search_row__published=True)
        .order_by()
        .values(fit=relevance(reading))
        .annotate(offers=ArrayAgg("pk"))
        .order_by("-fit")
    )
    return [stock.numbers(offers) for offers in groups.values_list("offers", flat=True)]


def _public() -> tuple[str, tuple[Any, ...]]:
    return Offer.objects.public().order_by().values("pk").query.sql_with_params()
