"""A reading as conditions and order over the offers."""

from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.expressions import CombinedExpression, RawSQL
from django.db.models.functions import Coalesce

from offers.search.layers import Reading, Sql

PART_COUNTS = 0.6  # of a hit: a part in the title still comes before a whole word among the topic's synonyms
WEAK_COUNTS = 0.15  # only sorts what is else alike


class _Holds(Func):
    template, arg_joiner, output_field = "%(expressions)s", " @@ ", models.BooleanField()


def holds(reading: Reading) -> Func:
    """True for offers that the reading finds."""
    return _Holds(F("search_row__document"), _query(reading.match))


def relevance(reading: Reading) -> CombinedExpression:
    """How well an offer fits: whole words count full, parts of compounds and other words for the same a part."""
    fits = _rank(reading.rank) + _rank(reading.part) * Value(PART_COUNTS) + _rank(reading.weak) * Value(WEAK_COUNTS)
    if not reading.first.values:
        return fits
    first = Case(When(_Holds(F("search_row__document"), _query(reading.first)), then=Value(1.0)), default=Value(0.0))
    return fits + first


def _rank(sql: Sql) -> Coalesce:
    ranked = Func(F("search_row__document"), _query(sql), function="ts_rank", output_field=models.FloatField())
    return Coalesce(ranked, Value(0.0))


def _query(sql: Sql) -> RawSQL:
    return RawSQL(sql.text, sql.values)  # noqa: S611  # our own functions, values apart
