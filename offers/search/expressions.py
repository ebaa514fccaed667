"""A reading as conditions and order over the offers."""

import operator
from functools import reduce

from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.expressions import CombinedExpression, RawSQL

from offers.search.layers import Reading
from offers.search.queries import Query, as_sql


class _Holds(Func):
    template, arg_joiner, output_field = "%(expressions)s", " @@ ", models.BooleanField()


def holds(reading: Reading) -> Func:
    """True for offers that the reading finds."""
    return _holds(reading.match)


def relevance(reading: Reading) -> CombinedExpression:
    """How well an offer fits: the points of `reading.order`."""
    points = [
        Case(*(When(_holds(query), then=Value(worth)) for worth, query in levels), default=Value(0))
        for levels in reading.order
    ]
    return reduce(operator.add, points[1:], Value(0) + points[0])


def _holds(query: Query) -> Func:
    sql, values = as_sql(query)
    return _Holds(F("search_row__document"), RawSQL(sql, tuple(values)))  # noqa: S611  # our own functions, values apart
