"""Which pages are measured, each with many addresses that are asked in turn."""

import random
from typing import Any
from urllib.parse import quote_plus

import psycopg

WORDS = (
    "Sprachförderung",
    "Krabbelgruppe",
    "Elterncafé",
    "Beratung",
    "Hausaufgaben",
    "schwimmen",
    "Väter",
    "Fachkraft",
)
AGES = ("14", "30", "0j", "2j", "5j", "7j", "9j", "13j", "16j", "schwanger")
FILTERED = "Ergebnisse, gefiltert"
COMMON = ("Kinder", "Eltern", "Gruppe", "Beratung", "Musik")  # in a fifth of all texts and more
RARE = 40  # words of few texts, taken from what the database holds
SAMPLE = 240  # addresses of a kind, so that no short memory holds them all


def known_words(connection: psycopg.Connection[Any]) -> list[str]:
    """Words that the offers use, in no order."""
    rows = connection.execute("SELECT folded FROM offers_searchword WHERE folded ~ '^[a-z]{6,}$' ORDER BY md5(folded)")
    return [row[0] for row in rows.fetchall()]


def addresses(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Addresses by kind of page, taken from what the database holds."""

    def column(statement: str) -> list[str]:
        return [row[0] for row in connection.execute(statement).fetchall()]

    quarters = column("SELECT slug FROM portal_district WHERE kind = 'quarter' ORDER BY slug")
    topics = column("SELECT slug FROM offers_topic ORDER BY position, id")
    slugs = column(
        "SELECT slug FROM offers_offer WHERE status = 'published' AND lifecycle <> 'beendet'"
        " AND (ends_on IS NULL OR ends_on >= current_date) AND review_due >= current_date ORDER BY md5(slug) LIMIT 240"
    )
    rng = random.Random(1)
    filtered = {
        f"/angebote/?alter={rng.choice(AGES)}&ort={rng.choice(quarters)}&thema={rng.choice(topics)}"
        for _number in range(4 * SAMPLE)
    }
    words = [*WORDS, *COMMON, *known_words(connection)[:RARE]]
    texts = {
        f"/angebote/?alter={rng.choice(AGES)}&ort={rng.choice(quarters)}&q={quote_plus(rng.choice(words))}"
        for _number in range(4 * SAMPLE)
    }
    plain = {f"/angebote/?q={quote_plus(word)}" for word in words}
    return {
        "Startseite": ["/"],
        "Ergebnisse, alle": ["/angebote/", *(f"/angebote/?seite={page}" for page in range(2, 11))],
        FILTERED: sorted(filtered)[:SAMPLE],
        "Ergebnisse, Text, erneut": sorted(plain) + sorted(texts)[: SAMPLE - len(plain)],
        "Angebot": [f"/angebote/{slug}/" for slug in slugs],
        "Vorschläge": [f"/angebote/vorschlaege/?q={quote_plus(word[:end])}" for word in words for end in (2, 3, 5)],
    }
