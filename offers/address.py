"""The short way from an address that is written as the portal writes it to its search.

Everything else (other spellings, unknown values, several ways to say the same) takes the long way through
`OfferFilter`, which explains and redirects. A test holds both against each other.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from offers.enums import Access, Audience, Day, Daytime, Format, Sorting
from offers.finder import Age, Catalogue, Search
from offers.finder.search import EVERYTHING, RADII, WHEELCHAIR
from offers.query_fields import LONGEST_TEXT
from partners.enums import AccessFeature
from portal.enums import Language
from portal.positions import Position

_SEVERAL: dict[str, dict[str, int]] = {  # the values of a filter with their places in its list
    name: {value: place for place, value in enumerate(values)}
    for name, values in {
        "form": Format.values,
        "zugang": Access.values,
        "tag": Day.values,
        "zeit": Daytime.values,
        "sprache": Language.values,
        "barrierefrei": [WHEELCHAIR, *AccessFeature.values],
        "fuer": Audience.values,
    }.items()
}
_FLAGS = frozenset({"kostenlos", "kosten_unklar", "ohne_anmeldung", "dolmetschen", "regelangebot"})
_RADII = {str(radius): radius for radius in RADII}
_SORTINGS = {value: value for value in Sorting.values if value}
_LONGEST = 2_000  # characters; nobody picks so much


def read_address(query: str, catalogue: Catalogue) -> tuple[Search, int] | None:
    """Search and page of a query string; None when it takes the long way."""
    if not query:
        return Search(), 1
    if len(query) > _LONGEST:
        return None
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        given.setdefault(name, []).append(value)
    try:
        page = _page(given.pop("seite", ["1"]))
        search = EVERYTHING.changed(**{name: _value(name, values, catalogue) for name, values in given.items()})
    except (KeyError, ValueError):
        return None
    if not search.centre and (search.umkreis or search.sortierung == Sorting.NEAREST):
        return None
    if search.kostenlos and search.kosten_unklar:
        return None
    return (search, page) if search.url(page).partition("?")[2] == query else None


def _value(name: str, values: list[str], catalogue: Catalogue) -> Any:
    """A filter's value; KeyError or ValueError when it is not plainly one."""
    if name == "alter":
        return _ages(tuple(values))
    if name == "thema":
        return _known_topics(values, catalogue)
    if name in _SEVERAL:
        return _in_order(values, _SEVERAL[name])
    [value] = values
    if name in _FLAGS:
        return {"1": True}[value]
    if name == "q":
        return _text(value)
    if name == "naehe":
        return _position(value)
    known: Mapping[str, Mapping[str, Any]] = {
        "phase": catalogue.phases,
        "ort": catalogue.areas,
        "wann": catalogue.periods,
        "umkreis": _RADII,
        "sortierung": _SORTINGS,
    }
    return known[name][value]


def _known_topics(values: list[str], catalogue: Catalogue) -> tuple[str, ...]:
    found = [slug for slug in catalogue.topics if slug in values]
    if len(found) < len(values):
        raise ValueError(values)
    return tuple(found)


def _in_order(values: list[str], places: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(values, key=places.__getitem__))


@lru_cache(maxsize=500)
def _ages(values: tuple[str, ...]) -> tuple[Age, ...]:
    ages = tuple(Age.parse(value) for value in values)
    if len(ages) > 1:
        raise ValueError(values)
    return ages


def _text(value: str) -> str:
    """Printable and without space around it, as the form leaves it."""
    if not value.isprintable() or value != value.strip() or not 0 < len(value) <= LONGEST_TEXT:
        raise ValueError(value)
    return value


def _position(value: str) -> Position:
    position = Position.parse(value)
    if position.on_grid() != position:
        raise ValueError(value)
    return position


def _page(values: list[str]) -> int:
    [value] = values
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise ValueError(value)
    return int(value)
