"""Finding: a page of offers with true counts, facets and the nearest wider searches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from offers.finder.catalogue import Catalogue
from offers.finder.plain import Tally, count_each, tally
from offers.finder.search import Search
from offers.finder.wider import Wider, wider
from offers.models import Offer
from offers.search.layers import read, widen

__all__ = ["PER_PAGE", "Results", "Tally", "Wider", "count_each", "find", "tally"]
PER_PAGE = 20


@dataclass(frozen=True)
class Results:
    """One page of a search. `number` is the page shown: the last one when a higher one was asked for."""

    search: Search
    tally: Tally
    offers: Sequence[Offer]
    number: int
    wider: Sequence[Wider] = ()

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


def find(search: Search, catalogue: Catalogue, *, page: int = 1) -> Results:
    """A page of the public offers that fit: 4 queries with hits, 2 without; a few more when words find too little."""
    search, counted = _understand(search, catalogue)
    around = wider(search, catalogue, counted.count, count_each)
    if not counted.count:
        return Results(search, counted, (), 1, around)
    number = min(page, math.ceil(counted.count / PER_PAGE))
    listed = search.in_order(search.offers().with_card_relations())
    first = (number - 1) * PER_PAGE
    return Results(search, counted, list(listed[first : first + PER_PAGE]), number, around)


def _understand(search: Search, catalogue: Catalogue) -> tuple[Search, Tally]:
    """The search with its text understood, wider when too few titles hold its words, and what it finds."""
    if not search.q:
        return search, tally(search, catalogue)
    understood = replace(search, reading=widen(read(search.q, catalogue.place_words), _public()))
    return understood, tally(understood, catalogue)


def _public() -> tuple[str, tuple[Any, ...]]:
    return Offer.objects.public().order_by().values("pk").query.sql_with_params()
