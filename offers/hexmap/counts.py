"""How many offers each district has, counted in one statement after design rule 2."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from offers.models import OfferQuerySet
from portal.models import District

_BY_CATCHMENT = """
WITH hits AS MATERIALIZED ({hits})
SELECT districts, count(*) FROM (
    SELECT array_agg(link.district_id ORDER BY link.district_id) AS districts
    FROM hits JOIN offers_offer_catchment AS link ON link.offer_id = hits.id GROUP BY hits.id
) AS catchments GROUP BY districts
"""


def count_by_district(offers: OfferQuerySet, districts: Iterable[District]) -> dict[int, int]:
    """For each district's id the offers whose catchment contains it, an ancestor or a descendant of it.

    The database groups the offers by their whole catchment; the few different catchments are laid out here.
    """
    known = list(districts)
    sql, values = offers.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_BY_CATCHMENT.format(hits=sql), values)
        rows: list[tuple[list[int], int]] = cursor.fetchall()
    reach = _reach(known)
    counts: Counter[int] = Counter()
    for catchment, count in rows:
        for pk in set().union(*(reach.get(pk, {pk}) for pk in catchment)):
            counts[pk] += count
    return {district.pk: counts[district.pk] for district in known}


def _reach(districts: list[District]) -> dict[int, set[int]]:
    """Each district's id with those of its ancestors, itself and its descendants."""
    reach: dict[int, set[int]] = {district.pk: set(district.lineage) for district in districts}
    for district in districts:
        for ancestor in district.lineage:
            reach.setdefault(ancestor, {ancestor}).add(district.pk)
    return reach
