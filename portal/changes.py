"""The catalogue's version: it rises in the very transaction that changes anything visitors can see.

Triggers write one row into `portal_publicchange` for every statement that changes a public table (the table and its
trigger are made in migration 0004; the offers' floor, which knows all pages, says in `offers/search/sql/triggers.sql`
which tables are public). Writers only insert, so none waits for another.

A row names the offers whose search rows changed: `{}` for a change elsewhere, NULL for too many to name. Who keeps data
in step remembers `pg_current_snapshot()::text`; new are the rows `WHERE NOT pg_visible_in_snapshot(xid, remembered)`.
Ids alone do not tell: a transaction that began earlier may end later.
"""

from django.db import connection

KEPT_DAYS = 2  # longer than any reader goes without a look
_PRUNE = """
    WITH old AS (DELETE FROM portal_publicchange WHERE noted_at < now() - make_interval(days => %s) RETURNING id)
    INSERT INTO portal_publicchange (offers) SELECT '{}' WHERE EXISTS (SELECT FROM old)
"""


def version() -> str:
    """The newest change and how many are kept; another text after every commit that changed something public."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) || '.' || count(*) FROM portal_publicchange")
        [found] = cursor.fetchone()
    return str(found)


def prune() -> None:
    """Forget changes that every reader has seen. That is a change itself, so that no version comes twice."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [KEPT_DAYS])
