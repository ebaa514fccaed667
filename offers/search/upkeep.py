"""What the search rows need without anybody changing an offer: the days go by."""

from collections.abc import Iterator

from django.db import connection, transaction

BATCH = 5000  # rows at a time, so that no transaction holds editors up for long
_BEHIND = """
    SELECT offer_id FROM offers_searchrow
    WHERE offer_id > %s AND dates_until IS DISTINCT FROM search_horizon() ORDER BY offer_id LIMIT %s
"""
_MISSING = """
    SELECT id FROM offers_offer AS o
    WHERE id > %s AND NOT EXISTS (SELECT FROM offers_searchrow WHERE offer_id = o.id) ORDER BY id LIMIT %s
"""


def bring_up_to_date() -> int:
    """Count dates from today on where that has not been done, and make rows that are missing; how many it were."""
    done = 0
    for ids in _batches(_BEHIND):
        _run("SELECT offers_roll_dates(%s)", ids)
        done += len(ids)
    for ids in _batches(_MISSING):
        _run("SELECT offers_index(%s)", ids)
        done += len(ids)
    return done


def _batches(query: str) -> Iterator[list[int]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last, BATCH])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _run(statement: str, ids: list[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [ids])
