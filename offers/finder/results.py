"""Finding: a page of offers with true counts, facets and the nearest wider searches.

Counts and order come from the stock held in the process; `plain` and `Search.offers()` say the same in the database
and are what the tests hold it against.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from offers.enums import Sorting
from offers.finder.catalogue import Catalogue
from offers.finder.counting import Counted
from offers.finder.keeper import keeper
from offers.finder.plain import Tally
from offers.finder.search import Search
from offers.finder.stock import Stock
from offers.finder.texts import texts
from offers.finder.wider import Wider, wider
from offers.models import Offer
from offers.search.layers import read

__all__ = ["PER_PAGE", "Hit", "Results", "Tally", "Wider", "count_each", "find", "tally"]
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """An offer of a page; `stamp` changes with anything its card shows, `metres` are known where they decide."""

    offer: int
    stamp: int
    metres: float | None = None


@dataclass(frozen=True)
class Results:
    """One page of a search. `number` is the page shown: the last one when a higher one was asked for.

    `stock` is how many offers there are.
    """

    search: Search
    tally: Tally
    hits: Sequence[Hit]
    number: int
    wider: Sequence[Wider] = ()
    stock: int = 0

    @cached_property
    def offers(self) -> Sequence[Offer]:
        """The page's offers with what a card says of them: three queries, on first use."""
        return offers_in_order(hit.offer for hit in self.hits) if self.hits else ()

    @property
    def count(self) -> int:
        return self.tally.count

    @property
    def instead_url(self) -> str:
        """The same search for the words that were looked for instead of the asked ones; "" when they are the same."""
        reading = self.search.reading
        return replace(self.search, q=reading.instead).url() if reading and reading.instead else ""

    @property
    def ignored_text(self) -> bool:
        """The text holds no word to look for."""
        return bool(self.search.q) and not self.search.reading

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.count / PER_PAGE))


def offers_in_order(ids: Iterable[int]) -> list[Offer]:
    """Offers with what a card says of them, in the order of the ids; what has gone in the meantime is left out."""
    wanted = list(ids)
    found = Offer.objects.with_card_relations().in_bulk(wanted) if wanted else {}
    return [found[pk] for pk in wanted if pk in found]


def find(search: Search, catalogue: Catalogue, *, page: int = 1) -> Results:
    """A page of the public offers that fit."""
    stock = keeper.stock()
    texts.postings(stock)  # so that a process reads common words before the first text asks for them
    if search.q:
        search = replace(search, reading=texts.understand(search.q, catalogue, stock))
    counted = _counted(search, catalogue, stock)
    tally = counted.tally()
    around = wider(search, catalogue, tally.count, lambda other: len(_counted(other, catalogue, stock).hits))
    number = min(page, max(1, math.ceil(tally.count / PER_PAGE)))
    page_of = counted.page((number - 1) * PER_PAGE, PER_PAGE)
    nearest = search.centre if search.sortierung == Sorting.NEAREST else None
    far = stock.distances(nearest, page_of) if nearest else {}
    hits = [Hit(stock.ids[hit], stock.stamps[hit], far.get(hit)) for hit in page_of]
    return Results(search, tally, hits, number, around, len(stock))


def tally(search: Search, catalogue: Catalogue | None = None) -> Tally:
    """All counts of a search."""
    return _counted(search, catalogue or keeper.catalogue(), keeper.stock()).tally()


def count_each(searches: Sequence[Search], catalogue: Catalogue | None = None) -> list[int]:
    """The counts of several searches."""
    if not searches:
        return []
    catalogue, stock = catalogue or keeper.catalogue(), keeper.stock()
    return [len(_counted(search, catalogue, stock).hits) for search in searches]


def _counted(search: Search, catalogue: Catalogue, stock: Stock) -> Counted:
    matches = None
    if search.q:
        reading = search.reading or read(search.q, catalogue.place_words)
        matches = texts.matches(reading, stock) if reading else None
    return Counted.of(search, catalogue, stock, matches)
