"""The list itself: it lives in the address alone."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

MOST_OFFERS = 60
MOST_COMPARED = 4
_NAME = re.compile(r"[-_0-9A-Za-z]{1,90}")


@dataclass(frozen=True)
class Shortlist:
    """Names of offers (short names or slugs) in the family's order, each once.

    `unreadable` counts what can be no name, `left_out` what was beyond the most a list holds.
    """

    names: tuple[str, ...] = ()
    unreadable: int = 0
    left_out: int = 0

    @classmethod
    def from_query(cls, query: QueryDict, parameter: str = "o") -> "Shortlist":
        """From `?o=a&o=b`; `a.b` or `a,b` in one value means the same. Nothing a visitor can write raises."""
        given = [name for value in query.getlist(parameter) for name in re.split(r"[.,]", value) if name]
        readable = [name for name in dict.fromkeys(given) if _NAME.fullmatch(name)]
        unreadable = len({name for name in given if not _NAME.fullmatch(name)})
        return cls(tuple(readable[:MOST_OFFERS]), unreadable, max(0, len(readable) - MOST_OFFERS))

    def __len__(self) -> int:
        return len(self.names)

    def with_name(self, name: str) -> "Shortlist":
        """With the offer at the end; the same list when it is there already or the list is full."""
        full = name in self.names or len(self) >= MOST_OFFERS
        return self if full or not _NAME.fullmatch(name) else Shortlist((*self.names, name))

    def without(self, name: str) -> "Shortlist":
        return Shortlist(tuple(other for other in self.names if other != name))

    def moved(self, name: str, by: int) -> "Shortlist":
        """With one offer `by` places further down (negative: up), as far as the list goes."""
        place = self.names.index(name)
        others = [other for other in self.names if other != name]
        others.insert(min(max(place + by, 0), len(others)), name)
        return Shortlist(tuple(others))

    @property
    def query(self) -> str:
        """ "?o=…&o=…", or "" for an empty list."""
        return f"?{urlencode([('o', name) for name in self.names])}" if self.names else ""

    def url(self, view: str = "shortlist") -> str:
        """The address of the list, or of something made of it."""
        return reverse(f"offers:{view}") + self.query

    @property
    def carried(self) -> str:
        """The list in one value, for pages that only pass it on."""
        return ".".join(self.names)
