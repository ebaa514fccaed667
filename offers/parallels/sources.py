"""Where the offers compared with stand: in the rows of the search, or narrow and prepared, to compare many with all."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from offers.enums import Audience
from offers.parallels import weights

NOT_FAMILIES = (Audience.PROFESSIONALS.value, Audience.VOLUNTEERS.value)
# The ends of an age range as felt, see `weights.STRETCH`.
_LOW = f"ln((least(greatest(coalesce(lower(row.ages), {weights.YOUNGEST}), {weights.YOUNGEST}), {weights.OLDEST - 1}) \
+ {weights.STRETCH})::float8)"
_HIGH = f"ln((least(coalesce(upper(row.ages), {weights.OLDEST}), {weights.OLDEST}) + {weights.STRETCH})::float8)"
_LEAVES = "%(leaves)s::bigint[]"  # a constant in the statement: PostgreSQL looks it up by hash
_QUARTERS = f"SELECT id FROM unnest(row.districts) AS id WHERE id = ANY ({_LEAVES})"  # noqa: S608  # our own constant
_STEMS = """SELECT DISTINCT hashtextextended(ltrim(word, '='), 0) AS id
FROM unnest(tsvector_to_array(ts_filter(row.document, '{a,d}'))) AS word"""

_FOR_PROFESSIONALS = f"(row.audiences <> '{{}}' AND row.audiences <@ '{{{','.join(NOT_FAMILIES)}}}'::text[])"
_HOW_MANY = """SELECT count(*) AS count, count(*) FILTER (WHERE id = ANY (asked.{own})) AS both FROM ({ids}) AS ids"""


@dataclass(frozen=True)
class Source:
    """SQL about a `row` of `table` and `asked`: the ends of its age range; whether the two meet in a quarter; whether
    it is for professionals only; who provides it; of how many quarters (`area`) and stems (`text`) how many are in
    both. `bits` are quarters as a bit string, `meaning` what its text means (`embedding`), NULL when not known.
    """

    table: str
    low: str
    high: str
    bits: str
    meets: str
    for_professionals: str
    provider: str
    area: str
    text: str
    meaning: str


ROWS = Source(
    table="offers_searchrow",
    low=_LOW,
    high=_HIGH,
    bits="NULL::varbit",
    meets="row.districts && asked.catchment",
    for_professionals=_FOR_PROFESSIONALS,
    provider="(SELECT provider_id FROM offers_offer WHERE id = row.offer_id)",
    area=_HOW_MANY.format(ids=_QUARTERS, own="quarters"),
    text=_HOW_MANY.format(ids=_STEMS, own="words"),
    meaning="(SELECT bits FROM offers_offermeaning AS meaning WHERE meaning.offer_id = row.offer_id)",
)
_BITS = """(SELECT string_agg((id = ANY (row.{own}))::int::text, '' ORDER BY id)::varbit
FROM unnest({leaves}) AS id)"""
_STOCK = "offers_compared_stock"
STOCK = Source(
    table=_STOCK,
    low="row.low",
    high="row.high",
    bits=_BITS.format(own="quarters", leaves=_LEAVES),
    meets="row.low < asked.high AND row.high > asked.low AND bit_count(row.bits & asked.bits) > 0",
    for_professionals="row.for_professionals",
    provider="row.provider",
    area="SELECT bit_count(row.bits) AS count, bit_count(row.bits & asked.bits) AS both",
    text="""SELECT cardinality(row.stems) AS count,
    (SELECT count(*) FROM unnest(row.stems) AS id WHERE id = ANY (asked.words)) AS both""",
    meaning="row.means",
)
_PREPARE = f"""
    CREATE TEMPORARY TABLE {_STOCK} AS
    WITH leaves AS (
        SELECT array_agg(id) AS ids FROM portal_district AS leaf
        WHERE NOT EXISTS (SELECT FROM portal_district WHERE parent_id = leaf.id)
    )
    SELECT row.offer_id, published, last_day, ages, {_LOW} AS low, {_HIGH} AS high, topics, format, slots, districts,
           {_FOR_PROFESSIONALS} AS for_professionals, {_BITS.format(own="districts", leaves="leaves.ids")} AS bits,
           ARRAY({_STEMS}) AS stems, meaning.bits AS means,
           (SELECT provider_id FROM offers_offer WHERE id = row.offer_id) AS provider
    FROM offers_searchrow AS row LEFT JOIN offers_offermeaning AS meaning USING (offer_id) CROSS JOIN leaves
    WHERE published ORDER BY topics, offer_id;
    CREATE UNIQUE INDEX ON {_STOCK} (offer_id);
    CREATE INDEX ON {_STOCK} USING gin (topics);
    ANALYZE {_STOCK};
"""  # noqa: S608  # our own constants


@contextlib.contextmanager
def prepared_stock() -> Iterator[Source]:
    """All public offers as they are now, narrow: takes some seconds and makes each comparison many times quicker."""
    with connection.cursor() as cursor:
        with contextlib.suppress(DatabaseError), transaction.atomic():
            cursor.execute("SET temp_buffers = '64MB'")  # only before the connection's first temporary table
        cursor.execute(_PREPARE)
    try:
        yield STOCK
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_STOCK}")
