"""Which pages are measured, each with many addresses that are asked in turn."""

import itertools
from typing import Any
from urllib.parse import quote

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
AGES = ("14", "2j", "5j", "9j", "13j", "schwanger")
SAMPLE = 40  # addresses of a kind


def addresses(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Addresses by kind of page, taken from what the database holds."""

    def column(statement: str) -> list[str]:
        return [row[0] for row in connection.execute(statement).fetchall()]

    quarters = column("SELECT slug FROM portal_district WHERE kind = 'quarter' ORDER BY slug")
    topics = column("SELECT slug FROM offers_topic ORDER BY position, id")
    slugs = column(
        "SELECT slug FROM offers_offer WHERE status = 'published' AND lifecycle <> 'beendet'"
        " AND (ends_on IS NULL OR ends_on >= current_date) AND review_due >= current_date ORDER BY md5(slug) LIMIT 40"
    )
    mixed = list(zip(itertools.cycle(AGES), itertools.cycle(quarters), itertools.cycle(topics), range(SAMPLE)))
    return {
        "Startseite": ["/"],
        "Ergebnisse, alle": ["/angebote/", *(f"/angebote/?seite={page}" for page in range(2, 11))],
        "Ergebnisse, gefiltert": [
            f"/angebote/?alter={age}&ort={place}&thema={topic}" for age, place, topic, _ in mixed
        ],
        "Ergebnisse, Text": [f"/angebote/?q={quote(word)}" for word in WORDS],
        "Angebot": [f"/angebote/{slug}/" for slug in slugs],
    }
