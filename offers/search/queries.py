"""What an offer has to hold, as a tree that the database and the process's sets are both asked with.

The marks before the stems of `SearchRow.document` say where an offer holds a word; see there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TITLE, LIST, PROVIDER, SUMMARY, TEXT = "^", "+", "@", "", "."  # whole words; SUMMARY is the title's words, too
CALLED = "!"  # a short name or acronym of the provider; such a word has the provider's mark as well
PART_OF = {TITLE: "~", LIST: "+=", PROVIDER: "@=", SUMMARY: "=", TEXT: ".="}
WHOLE = (SUMMARY, LIST, PROVIDER, TEXT)
WIDE = (*WHOLE, *(PART_OF[mark] for mark in WHOLE))
MARKS = (TITLE, PART_OF[TITLE], CALLED, *WIDE)


@dataclass(frozen=True, slots=True)
class Held:
    """The stem of a folded word, with one of the marks before it."""

    word: str
    marks: tuple[str, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Query", ...] = ()


Query = Held | Every | Some
NOTHING = Some()
# Of these the first that holds counts, with its points.
Levels = tuple[tuple[int, Query], ...]


def every(parts: Iterable[Query]) -> Query:
    """All of them; no part finds nothing."""
    given = tuple(parts)
    return given[0] if len(given) == 1 else Every(given)


def some(parts: Iterable[Query]) -> Query:
    given = tuple(part for part in parts if part != NOTHING)
    return given[0] if len(given) == 1 else Some(given)


def as_sql(query: Query) -> tuple[str, Sequence[object]]:
    """A tsquery expression with its values."""
    if isinstance(query, Held):
        return "search_term(%s, %s)", (query.word, list(query.marks))
    parts = [as_sql(part) for part in query.parts]
    values = [value for _sql, given in parts for value in given]
    if not parts:
        return "NULL::tsquery", ()
    texts = [sql for sql, _values in parts]
    return (f"({' && '.join(texts)})" if isinstance(query, Every) else f"search_any({', '.join(texts)})"), values
