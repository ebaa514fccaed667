"""Finding: a page of offers with true counts, facets and the nearest wider searches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from offers.enums import Cost
from offers.finder.ages import WITHOUT_AGE, Age
from offers.finder.catalogue import Catalogue
from offers.finder.search import DIMENSIONS, FACETS, Search
from offers.models import Offer
from offers.search.layers import read, widen

PER_PAGE = 20
_FACET_COUNTS = {
    "thema": """SELECT 'thema', topic.slug, count(*) FROM {hits} AS hit
        JOIN offers_offer_topics AS link ON link.offer_id = hit.id
        JOIN offers_topic AS topic ON topic.id = link.topic_id GROUP BY topic.slug""",
    "form": "SELECT 'form', hit.format, count(*) FROM {hits} AS hit GROUP BY hit.format",
    "kostenlos": "SELECT 'kostenlos', hit.cost, count(*) FROM {hits} AS hit GROUP BY hit.cost",
    "sprache": """SELECT 'sprache', code.value, count(*) FROM {hits} AS hit
        CROSS JOIN LATERAL (SELECT DISTINCT value FROM unnest(hit.languages) AS value) AS code GROUP BY code.value""",
}


@dataclass(frozen=True)
class Tally:
    """True counts: of the whole search, and for each choice of a facet what picking it would give."""

    count: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    without_age: int = 0  # fit in all but the age, because they name none


@dataclass(frozen=True)
class Wider:
    """A wider search with what it would give."""

    label: str
    search: Search
    count: int

    @property
    def url(self) -> str:
        return self.search.url()


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
    if not counted.count:
        return Results(search, counted, (), 1, _wider(search, catalogue))
    number = min(page, math.ceil(counted.count / PER_PAGE))
    listed = search.in_order(search.offers().with_card_relations())
    first = (number - 1) * PER_PAGE
    return Results(search, counted, list(listed[first : first + PER_PAGE]), number)


def _understand(search: Search, catalogue: Catalogue) -> tuple[Search, Tally]:
    """The search with its text understood, wider when too few titles hold its words, and what it finds."""
    if not search.q:
        return search, tally(search)
    understood = replace(search, reading=widen(read(search.q, catalogue.place_words), _public()))
    return understood, tally(understood)


def tally(search: Search) -> Tally:
    """All counts in one statement: a facet's counts leave its own filter out."""
    tables = ["hits AS MATERIALIZED ({})"]
    sources = [_hits(search)]
    selects = ["SELECT 'alle', '', count(*) FROM hits"]
    for name in _FACET_COUNTS:
        source = "hits"
        if getattr(search, name):
            source = f"hits_{name}"
            tables.append(source + " AS MATERIALIZED ({})")
            sources.append(_hits(search.without(name)))
        selects.append(_FACET_COUNTS[name].format(hits=source))
    if search.alter and all(age.ages is not None for age in search.alter):
        missing = replace(search, alter=(Age.parse(WITHOUT_AGE),))
        tables.append("missing AS MATERIALIZED ({})")
        sources.append(_hits(missing))
        selects.append("SELECT 'ohne', '', count(*) FROM missing")
    with_query = ", ".join(table.format(sql) for table, (sql, _values) in zip(tables, sources, strict=True))
    parameters = [value for _sql, values in sources for value in values]
    # A statement that begins with SELECT is known to change nothing, so the change history adds nothing to it.
    counts = f"SELECT * FROM (WITH {with_query} {' UNION ALL '.join(selects)}) AS counts"  # noqa: S608  # as below
    return _as_tally(_rows(counts, parameters))


def count_each(searches: Sequence[Search]) -> list[int]:
    """The counts of several searches in one statement."""
    if not searches:
        return []
    counted = [search.offers().order_by().values("pk").query.sql_with_params() for search in searches]
    columns = ", ".join(f"(SELECT count(*) FROM ({sql}) AS hits)" for sql, _values in counted)  # noqa: S608  # SQL made by the ORM, values apart
    rows = _rows(f"SELECT {columns}", [value for _sql, values in counted for value in values])
    return list(rows[0])


def _hits(search: Search) -> tuple[str, tuple[Any, ...]]:
    return search.offers().order_by().values("id", "format", "cost", "languages").query.sql_with_params()


def _public() -> tuple[str, tuple[Any, ...]]:
    return Offer.objects.public().order_by().values("pk").query.sql_with_params()


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _as_tally(rows: list[tuple[Any, ...]]) -> Tally:
    facets: dict[str, dict[str, int]] = {name: {} for name in _FACET_COUNTS}
    single = {"alle": 0, "ohne": 0}
    for name, value, count in rows:
        if name in single:
            single[name] = count
        else:
            facets[name][value] = count
    facets["kostenlos"] = {"1": facets["kostenlos"].get(Cost.FREE, 0)}
    return Tally(single["alle"], facets, single["ohne"])


def _wider(search: Search, catalogue: Catalogue) -> list[Wider]:
    """Searches around an empty one that do find something, nearest first."""
    candidates: dict[str, tuple[str, Search]] = {}
    for label, wider in _candidates(search, catalogue):
        if wider != search:
            candidates.setdefault(wider.url(), (label, wider))
    counts = count_each([wider for _label, wider in candidates.values()])
    found = [
        Wider(label, wider, count) for (label, wider), count in zip(candidates.values(), counts, strict=True) if count
    ]
    return found[:8]


def _candidates(search: Search, catalogue: Catalogue) -> list[tuple[str, Search]]:
    candidates = [(_WITHOUT[name](), search.without(name)) for name in _FACET_COUNTS if getattr(search, name)]
    if search.ort:
        candidates += [(area.phrase, replace(search, ort=area)) for area in catalogue.wider_areas(search.ort)]
        candidates.append((_("in der ganzen Stadt"), search.without("ort")))
    others = [name for name in ("alter", "phase", "q") if getattr(search, name)]
    candidates += [(_WITHOUT[name](), search.without(name)) for name in others]
    if search.alter or search.phase or search.ort:
        candidates.append((_("alle Altersgruppen in der ganzen Stadt"), search.without("alter", "phase", "ort")))
    if search.alter or search.ort:
        candidates.append((_("nur nach Alter und Wohnort"), search.without(*FACETS, "phase", "q")))
    if search.q:
        candidates.append((_("nur mit Ihren Suchwörtern"), search.without(*(set(DIMENSIONS) - {"q"}))))
    candidates.append((_("alle Angebote"), Search()))
    return candidates


_WITHOUT = {
    "alter": lambda: _("für alle Altersgruppen"),
    "phase": lambda: _("für alle Lebensphasen"),
    "thema": lambda: _("zu allen Themen"),
    "form": lambda: _("in jeder Form"),
    "kostenlos": lambda: _("auch mit Kosten"),
    "sprache": lambda: _("in jeder Sprache"),
    "q": lambda: _("ohne Ihre Suchwörter"),
}
