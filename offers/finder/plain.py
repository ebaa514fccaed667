"""Counting a search in the database: the rules as they stand, the measure for whatever counts faster."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from offers.enums import Day, Daytime
from offers.finder.ages import LISTED, WITHOUT_AGE, Age
from offers.finder.catalogue import Catalogue
from offers.finder.search import RADII, SEVERAL, WHEELCHAIR, Search
from partners.enums import AccessFeature
from portal.positions import METRES_PER_DEGREE

_Part = tuple[str, tuple[Any, ...]]  # SQL with its values
_HELD = "FROM {hits} AS hit JOIN offers_searchrow AS held ON held.offer_id = hit.id"
_VALUES = (
    f"SELECT '{{name}}', each.value, count(*) {_HELD} "
    "CROSS JOIN LATERAL (SELECT DISTINCT unnest(held.{column}) AS value) AS each GROUP BY each.value"
)
# What each choice of a facet would give; hits are those of the search without the facet's own filter.
_COUNTS = {
    "phase": f"""SELECT 'phase', phase.slug, count(*) {_HELD} JOIN offers_lifephase AS phase
        ON phase.ages && held.ages OR (phase.ages IS NULL AND phase.audience = ANY (held.audiences))
        GROUP BY phase.slug""",
    "ort": f"""SELECT 'ort', district.slug, count(*) {_HELD}
        JOIN portal_district AS district ON district.id = ANY (held.districts) GROUP BY district.slug
        UNION ALL SELECT 'ort', postcode.code, count(DISTINCT hit.id) {_HELD}
        JOIN portal_postcode_districts AS link ON link.district_id = ANY (held.districts)
        JOIN portal_postcode AS postcode ON postcode.id = link.postcode_id GROUP BY postcode.code""",
    "thema": f"""SELECT 'thema', topic.slug, count(*) {_HELD}
        JOIN offers_topic AS topic ON topic.id = ANY (held.topics) GROUP BY topic.slug""",
    "form": f"SELECT 'form', held.format, count(*) {_HELD} GROUP BY held.format",
    "zugang": _VALUES.format(name="zugang", column="access", hits="{hits}"),
    "sprache": _VALUES.format(name="sprache", column="languages", hits="{hits}"),
    "fuer": _VALUES.format(name="fuer", column="audiences", hits="{hits}"),
}
_FLAGS = {
    "kostenlos": "free",
    "kosten_unklar": "unknown_cost",
    "ohne_anmeldung": "no_registration",
    "dolmetschen": "interpreting",
    "regelangebot": "regular",
}


@dataclass(frozen=True)
class Tally:
    """True counts: of the whole search, and for each choice of a facet what picking it would give.

    A facet's own filter is left out ("instead of what is picked there"), but for `barrierefrei`, where more is asked
    for with each choice. Where several may be picked and some are, each other choice counts what it would add. A choice
    that is missing would give nothing. `umkreis` is only counted around a centre.
    """

    count: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    without_age: int = 0  # fit in all but the age, because they name none
    unknown_cost: int = 0  # fit in all but the cost, because nobody knows it


def tally(search: Search, catalogue: Catalogue) -> Tally:
    """All counts in one statement."""
    tables: dict[str, _Part] = {"hits": _ids(search)}
    selects: list[_Part] = [("SELECT 'alle', '', count(*) FROM hits", ())]
    for name, (sql, values) in _facet_counts(search, catalogue).items():
        hits = "hits"
        if name != "barrierefrei" and getattr(search, name, None):
            hits = f"hits_{name}"
            tables[hits] = _ids(search.without(name))
        selects.append((sql.replace("{hits}", hits), values))
        if name in SEVERAL and hits != "hits":
            tables[f"more_{name}"] = (f"SELECT id FROM {hits} EXCEPT SELECT id FROM hits", ())  # noqa: S608  # our own names
            selects.append((sql.replace("{hits}", f"more_{name}").replace(f"'{name}'", f"'more_{name}'"), values))
    for name, other in _beside(search).items():
        tables[name] = _ids(other)
        selects.append((f"SELECT '{name}', '', count(*) FROM {name}", ()))  # noqa: S608  # our own names
    with_query = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, (sql, _values) in tables.items())
    union = " UNION ALL ".join(sql for sql, _values in selects)
    parameters = [value for _sql, values in (*tables.values(), *selects) for value in values]
    # A statement that begins with SELECT is known to change nothing, so the change history adds nothing to it.
    return _as_tally(search, _rows(f"SELECT * FROM (WITH {with_query} {union}) AS counts", parameters))  # noqa: S608  # SQL made by the ORM and above, values apart


def count_each(searches: Sequence[Search]) -> list[int]:
    """The counts of several searches in one statement."""
    if not searches:
        return []
    counted = [_ids(search) for search in searches]
    columns = ", ".join(f"(SELECT count(*) FROM ({sql}) AS hits)" for sql, _values in counted)  # noqa: S608  # SQL made by the ORM, values apart
    rows = _rows(f"SELECT {columns}", [value for _sql, values in counted for value in values])
    return list(rows[0])


def _facet_counts(search: Search, catalogue: Catalogue) -> dict[str, _Part]:
    counts: dict[str, _Part] = {name: (sql, ()) for name, sql in _COUNTS.items()}
    counts["flags"] = (
        f"SELECT 'flags', flag, count(*) {_HELD} CROSS JOIN unnest(held.flags) AS flag GROUP BY flag",
        (),
    )
    days = {value: replace(search, tag=(value,)).slots for value in Day.values}
    times = {value: replace(search, zeit=(value,)).slots for value in Daytime.values}
    dates = {value: period.days for value, period in catalogue.periods.items()}
    features = {value: [*{*search.barrierefrei, value}] for value in (WHEELCHAIR, *AccessFeature.values)}
    ages = {age.value: age.ages for age in (*LISTED, *search.alter)}
    none_named = "(choice.sought IS NULL AND held.ages IS NULL)"
    counts["alter"] = _each("alter", ages, "int4range", f"(held.ages && choice.sought OR {none_named})")
    counts["tag"] = _each("tag", days, "smallint[]", "held.slots && choice.sought")
    counts["zeit"] = _each("zeit", times, "smallint[]", "held.slots && choice.sought")
    counts["wann"] = _each("wann", dates, "date[]", "held.dates && choice.sought")
    one_place = "EXISTS (SELECT FROM unnest(held.features) AS place WHERE string_to_array(place, ',') @> choice.sought)"
    counts["barrierefrei"] = _each("barrierefrei", features, "text[]", one_place)
    if search.umkreis and not search.naehe:  # each place has its own circle
        counts["ort"] = _around_each(search, catalogue)
    if search.centre:
        near = {str(kilometres): (kilometres * 1000) ** 2 for kilometres in RADII}
        place = "unnest(held.latitudes, held.longitudes) AS place (latitude, longitude)"
        east, north = "(longitude - %s) * %s", "(latitude - %s) * %s"
        nearby = f"EXISTS (SELECT FROM {place} WHERE {east} * ({east}) + {north} * ({north}) <= choice.sought)"
        centre = search.centre
        by_east, by_north = (centre.longitude, centre.metres_east), (centre.latitude, METRES_PER_DEGREE)
        sql, values = _each("umkreis", near, "float8", nearby)
        counts["umkreis"] = (sql, (*values, *by_east, *by_east, *by_north, *by_north))
    return counts


def _each(name: str, choices: dict[str, Any], kind: str, condition: str) -> _Part:
    """Counts for choices that are given with what each of them seeks."""
    listed = ", ".join(f"(%s, %s::{kind})" for _choice in choices)
    sql = f"""SELECT '{name}', choice.value, count(*) {_HELD}
        JOIN (VALUES {listed}) AS choice (value, sought) ON {condition} GROUP BY choice.value"""  # our own names
    return sql, tuple(part for choice in choices.items() for part in choice)


def _around_each(search: Search, catalogue: Catalogue) -> _Part:
    counted = [(value, *_ids(replace(search, ort=area))) for value, area in catalogue.areas.items()]
    each = [f"SELECT 'ort', %s, (SELECT count(*) FROM ({ids}) AS hits)" for _value, ids, _given in counted]  # noqa: S608  # as below
    return " UNION ALL ".join(each), tuple(part for value, _sql, given in counted for part in (value, *given))


def _beside(search: Search) -> dict[str, Search]:
    """Searches for what is unknown: it is no hit, but families may want to ask."""
    found = {}
    if search.alter and all(age.ages is not None for age in search.alter):
        found["without_age"] = replace(search, alter=(Age.parse(WITHOUT_AGE),))
    if search.kostenlos:
        found["unknown_cost"] = search.with_unknown_cost()
    return found


def _ids(search: Search) -> _Part:
    return search.offers().order_by().values("id").query.sql_with_params()


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _as_tally(search: Search, rows: list[tuple[Any, ...]]) -> Tally:
    single = {"alle": 0, "without_age": 0, "unknown_cost": 0}
    found: dict[str, dict[str, int]] = {}
    for name, value, count in rows:
        if name in single:
            single[name] = count
        elif value and count:
            found.setdefault(name, {})[value] = count
    for name in SEVERAL:
        if picked := getattr(search, name):
            own = {value: count for value, count in found.get(name, {}).items() if value in picked}
            found[name] = {**found.get(f"more_{name}", {}), **own}
    flags = found.pop("flags", {})
    facets = {
        name: found.get(name, {}) for name in (*_COUNTS, "alter", "tag", "zeit", "wann", "barrierefrei", "umkreis")
    }
    facets |= {name: {"1": flags[flag]} if flag in flags else {} for name, flag in _FLAGS.items()}
    return Tally(single["alle"], facets, single["without_age"], single["unknown_cost"])
