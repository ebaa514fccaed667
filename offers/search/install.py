"""The SQL behind the search rows stands once, in `offers/search/sql/`; a migration brings it into the database.

To change it: edit the file and add a migration with `install_search("<digest>")`, where `digest()` is that of the
new text (a test says it). A migration with an older digest is passed over, so nothing of it has to be kept: a fresh
database gets the present text once, from the newest migration, and one with data builds its rows anew. What stands in
table indexes (`search_fold` and its like) is in migration 0008 and needs a new index when it changes.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, migrations

from portal.text import GermanSortKey

FOLDER = Path(__file__).parent / "sql"
FILES = ("dates", "documents", "facts", "rows", "triggers")
DAYS_AHEAD = 200  # how far a row knows its dates
DORMANT_AFTER_DAYS = 60  # as in offers.models.offer (a test holds them together)
FACTS = (
    "published",
    "last_day",
    "ages",
    "districts",
    "topics",
    "format",
    "access",
    "audiences",
    "languages",
    "flags",
    "features",
    "latitudes",
    "longitudes",
    "title_key",
    "added_on",
)
PER_BATCH = 20_000  # offers; a batch is sorted in memory


@cache
def text() -> str:
    """All of the SQL, ready to run."""
    words = {
        "{facts}": ", ".join(FACTS),
        "{new_facts}": ", ".join(f"EXCLUDED.{name}" for name in FACTS),
        "{found_facts}": ", ".join(f"found.{name}" for name in FACTS),
        "{days_ahead}": str(DAYS_AHEAD),
        "{dormant_after}": str(DORMANT_AFTER_DAYS),
        "{time_zone}": settings.TIME_ZONE,
        "{title_key}": GermanSortKey.template.replace("%(expressions)s", "o.title"),
    }
    sql = "\n".join((FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in FILES)
    for word, meaning in words.items():
        sql = sql.replace(word, meaning)
    return sql


@cache
def digest() -> str:
    """A short name for the present text."""
    return hashlib.sha256(text().encode()).hexdigest()[:12]


def install_search(version: str) -> migrations.RunPython:
    """The operation for a migration: functions and triggers of this version, and all rows anew."""

    def install(apps: Any, schema_editor: Any) -> None:
        if version == digest():
            schema_editor.execute(text(), params=None)
            rebuild()

    return migrations.RunPython(install, migrations.RunPython.noop)


def rebuild() -> None:
    """Write the rows of all offers anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM offers_offer ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        for first in range(0, len(ids), PER_BATCH):
            cursor.execute("SELECT offers_index(%s)", [ids[first : first + PER_BATCH]])
