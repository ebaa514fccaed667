"""The finder: `find(search)` is all that views, the API and the bench call."""

from offers.finder.ages import Age
from offers.finder.catalogue import Area, Catalogue
from offers.finder.periods import Period
from offers.finder.results import PER_PAGE, Results, Tally, Wider, count_each, find, tally
from offers.finder.search import Search

__all__ = [
    "PER_PAGE",
    "Age",
    "Area",
    "Catalogue",
    "Period",
    "Results",
    "Search",
    "Tally",
    "Wider",
    "count_each",
    "find",
    "tally",
]
