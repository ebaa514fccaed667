"""The words of result cards, kept in the database where there are more than a process can hold.

Where there are few offers, each process soon has all their cards (`offers.ready`) and nothing is kept here. Words hold
for one stamp of the search row, one day and one language, and for the portal's code that wrote them. A job writes them
ahead; a card without words is read and put into words by whoever asks for it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import get_language

from offers.cards import Card, cards
from offers.finder import Catalogue
from offers.finder.results import Hit, offers_in_order
from portal.city import city
from portal.clock import today

FEW = 4_000  # offers whose cards a process can hold
BATCH = 1_000  # offers at a time
_KEPT = """
    SELECT offer_id, words
    FROM offers_cardwords JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (offer_id, stamp) USING (offer_id, stamp)
    WHERE language = %s AND day = %s AND written_by = %s
"""
_MANY = "SELECT count(*) > %s FROM offers_searchrow WHERE published"
_FORGET = """
    DELETE FROM offers_cardwords AS kept
    WHERE NOT %s OR NOT EXISTS (SELECT FROM offers_searchrow WHERE offer_id = kept.offer_id AND published)
"""
_BEHIND = """
    SELECT now.offer_id, now.stamp
    FROM offers_searchrow AS now
    LEFT JOIN offers_cardwords AS kept ON kept.offer_id = now.offer_id AND language = %s
    WHERE now.offer_id > %s AND published
        AND (kept.stamp, kept.day, kept.written_by) IS DISTINCT FROM (now.stamp, %s, %s)
    ORDER BY now.offer_id LIMIT %s
"""
_KEEP = """
    INSERT INTO offers_cardwords (offer_id, stamp, language, day, written_by, words)
    SELECT offer_id, stamp, %s, %s, %s, words
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS new (offer_id, stamp, words)
    WHERE EXISTS (SELECT FROM offers_offer WHERE id = offer_id)
    ON CONFLICT (offer_id, language) DO UPDATE SET
        (stamp, day, written_by, words) = ROW (EXCLUDED.stamp, EXCLUDED.day, EXCLUDED.written_by, EXCLUDED.words)
"""


def are_kept(offers: int) -> bool:
    """Of so many offers."""
    return offers > FEW


def kept_cards(hits: Collection[Hit]) -> Mapping[int, Card]:
    """The cards whose words are kept and true today, by offer: one query."""
    asked = [hit.offer for hit in hits], [hit.stamp for hit in hits]
    rows = _rows(_KEPT, [*asked, get_language(), today(), _writer()])
    return {offer: Card(*json.loads(words)) for offer, words in rows}


def write_card_words() -> int:
    """Put into words what is behind and forget what is not public; how many cards it were."""
    [(many,)] = _rows(_MANY, [FEW])
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [many])
    written = 0
    for language, _name in settings.LANGUAGES if many else ():
        with translation.override(language):
            written += _write_all(language)
    return written


def _write_all(language: str) -> int:
    catalogue, day = Catalogue(), today()
    last = written = 0
    while behind := dict(_rows(_BEHIND, [language, last, day, _writer(), BATCH])):
        offers = offers_in_order(behind)
        words = [json.dumps(astuple(card)) for card in cards(offers, catalogue)]
        ids = [offer.pk for offer in offers]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_KEEP, [language, day, _writer(), ids, [behind[pk] for pk in ids], words])
        last = max(behind)
        written += len(ids)
    return written


@cache
def _writer() -> str:
    """A digest of the portal's code and of the city it speaks of: others may write other words."""
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    sources = [path for folder in own for path in folder.rglob("*.py")]
    texts = [path for folder in settings.LOCALE_PATHS for path in folder.rglob("*.mo")]
    said = hashlib.md5(city()["name"].encode(), usedforsecurity=False)
    for path in sorted([*sources, *texts]):
        said.update(path.read_bytes())
    return said.hexdigest()


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
