"""The job behind the index: learn words that are new, split compounds, index the offers that use them again."""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction

BATCH = 2000  # offers at a time, so that no transaction holds their rows for long
_PENDING = "SELECT offer_id FROM offers_searchrow WHERE pending AND offer_id > %s ORDER BY offer_id LIMIT %s"
_LEARN = """
    INSERT INTO offers_searchword (word, folded, stem, parts)
    SELECT word, search_fold(word), search_stem(search_fold(word)), ARRAY(
        SELECT DISTINCT search_stem(search_fold(part)) FROM jsonb_array_elements_text(parts) AS part
    )
    FROM jsonb_each(%s) AS new (word, parts) ORDER BY word
    ON CONFLICT (word) DO NOTHING
"""


def split_new_words() -> int:
    """Split what is new in the pending search rows and index their offers again; how many words were new."""
    learned = last = 0
    while pending := [row[0] for row in _rows(_PENDING, [last, BATCH])]:
        words = new_words(pending)
        if words:
            learned += _learn(words)
        with transaction.atomic():
            _rows("SELECT offers_index(%s)", [pending])
        last = pending[-1]
    return learned


def _learn(words: Collection[str]) -> int:
    remember(split_elsewhere(words, [*known_words(), *words]))
    return len(words)


def new_words(offers: Collection[int]) -> list[str]:
    """The words of these offers that nobody has tried to split."""
    return [row[0] for row in _rows("SELECT search_new_words(%s)", [list(offers)])]


def known_words() -> list[str]:
    return [row[0] for row in _rows("SELECT word FROM offers_searchword", [])]


def remember(found: Mapping[str, list[str]]) -> None:
    """Keep words with their parts; the parts are words, too."""
    parts: dict[str, list[str]] = {part: [] for stems in found.values() for part in stems}
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [json.dumps({**parts, **found})])


def split_elsewhere(words: Collection[str], known: Collection[str]) -> Mapping[str, list[str]]:
    """The parts of each word, found in a process that takes the library's memory with it when it ends."""
    done = subprocess.run(  # our own module; the words come by its input
        [sys.executable, "-m", "offers.search.compounds"],
        input=json.dumps({"words": sorted(words), "known": sorted(known)}),
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
    )
    parts: Mapping[str, list[str]] = json.loads(done.stdout)
    return parts


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
