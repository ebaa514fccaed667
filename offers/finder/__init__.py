"""The finder: `find(search)` is all that views, the API and the bench call."""

from offers.finder.catalogue import Area, Catalogue
from offers.finder.results import PER_PAGE, Results, Tally, Wider, count_each, find, tally
from offers.finder.search import Age, Search

__all__ = [
    "PER_PAGE",
    "Age",
    "Area",
    "Catalogue",
    "Results",
    "Search",
    "Tally",
    "Wider",
    "count_each",
    "find",
    "tally",
]
