"""What is counted of a search, never who searches (design rule 9): subject, place, language and how much was found.

The results page notes beside its answer what was asked; the outermost middleware (`demand_count`) counts the note, and
the page cache keeps it with the page, so that ready pages count, too. No address, cookie or identifier comes near it.
"""

import hashlib
import hmac
import json
import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http.response import HttpResponseBase

from offers.finder import Search
from offers.steering.enums import ResultBucket
from portal.clock import today

_LONGEST_TERM = 60
_as_text = json.JSONEncoder(separators=(",", ":")).encode


class Asked(NamedTuple):
    """A search as plain values: the first child's age in months, slugs of phase, topic and districts, folded words."""

    day: str
    phase: str
    months: int | None
    areas: tuple[int, ...]
    topic: str
    language: str
    words: str
    bucket: int


def asked(search: Search, results: int) -> Asked:
    """What is counted of a search that found so many offers."""
    ages = search.alter[0].ages if search.alter else None
    return Asked(
        day=today().isoformat(),
        phase=search.phase.slug if search.phase else "",
        months=ages.lower if ages is not None else None,
        areas=tuple(district.pk for district in search.ort.districts) if search.ort else (),
        topic=search.thema[0] if search.thema else "",
        language=search.sprache[0] if search.sprache else "",
        words=_plain(search.q),
        bucket=ResultBucket.of(results).value,
    )


def note_search(response: HttpResponseBase, search: Search, results: int) -> None:
    """Say beside a results page what was asked, for the middleware to count; nothing when nothing was asked."""
    if search:
        response.note = _as_text(asked(search, results))  # type: ignore[attr-defined]  # as portal.page_cache reads it


@lru_cache(maxsize=2_000)
def read_note(note: str) -> Asked:
    day, phase, months, areas, *rest = json.loads(note)
    return Asked(day, phase, months, tuple(areas), *rest)


def digest(term: str) -> bytes:
    """What is kept of a word before it may be shown: the same for the same word, unreadable without the secret key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"search term {term}".encode(), hashlib.sha256).digest()[:16]


def may_be_kept(words: str) -> bool:
    """Short words only: nothing with digits in a row, an @ or more than four words can name a person's number."""
    return bool(words) and len(words) <= _LONGEST_TERM and not re.search(r"\d{3}|@|(?:\S+ ){4}", words)


def day_of(what: Asked) -> date:
    return date.fromisoformat(what.day)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())[:200]
