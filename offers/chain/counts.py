"""What there is along the chain, counted in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from offers.models import OfferQuerySet

_COUNTS = """
WITH hits AS MATERIALIZED ({hits}),
stage AS MATERIALIZED (
    SELECT hits.id, phase.id AS phase FROM hits JOIN offers_lifephase AS phase
    ON phase.ages && hits.ages OR (phase.ages IS NULL AND phase.audience = ANY (hits.audiences))
),
across AS MATERIALIZED (
    SELECT hits.id, months FROM hits JOIN unnest(%s::int[]) AS months ON hits.ages @> int4range(months - 1, months + 1)
)
SELECT 'all', 0, 0, count(*) FROM hits
UNION ALL SELECT 'ageless', 0, 0, count(*) FROM hits WHERE ages IS NULL
UNION ALL SELECT 'phase', phase, 0, count(*) FROM stage GROUP BY phase
UNION ALL SELECT 'cell', phase, link.topic_id, count(*)
    FROM stage JOIN offers_offer_topics AS link ON link.offer_id = stage.id GROUP BY phase, link.topic_id
UNION ALL SELECT 'topic', 0, link.topic_id, count(*)
    FROM hits JOIN offers_offer_topics AS link ON link.offer_id = hits.id GROUP BY link.topic_id
UNION ALL SELECT 'across', months, 0, count(*) FROM across GROUP BY months
UNION ALL SELECT 'across', months, link.topic_id, count(*)
    FROM across JOIN offers_offer_topics AS link ON link.offer_id = across.id GROUP BY months, link.topic_id
"""


@dataclass(frozen=True)
class Counts:
    """Numbers of offers; keys are ids of phases and topics, `across` has months and topic (0: any topic)."""

    total: int = 0
    ageless: int = 0
    phases: dict[int, int] = field(default_factory=dict)
    topics: dict[int, int] = field(default_factory=dict)
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    across: dict[tuple[int, int], int] = field(default_factory=dict)


def count_chain(offers: OfferQuerySet, *, months: Iterable[int]) -> Counts:
    """Counts of these offers by phase, topic, both, and across the ages in months."""
    sql, values = offers.order_by().values("id", "ages", "audiences").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(hits=sql), [*values, list(months)])
        return _as_counts(cursor.fetchall())


def _as_counts(rows: list[tuple[Any, ...]]) -> Counts:
    single: dict[str, int] = {}
    counts = Counts()
    for kind, first, topic, count in rows:
        if kind == "phase":
            counts.phases[first] = count
        elif kind == "topic":
            counts.topics[topic] = count
        elif kind == "cell":
            counts.cells[first, topic] = count
        elif kind == "across":
            counts.across[first, topic] = count
        else:
            single[kind] = count
    return Counts(single["all"], single["ageless"], counts.phases, counts.topics, counts.cells, counts.across)
