"""What begins like the words typed so far: three statements at most, however many offers there are."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.finder import Catalogue, Search
from offers.search.words import fold
from portal.enums import DistrictKind

MOST = 5  # of a kind
SHORTEST = 2  # letters
_MOST_WORDS = 4
_LOOKED_AT = 300  # offers that begin like this; the best of them are shown
_SURE = 5  # letters of a word with an umlaut that have to stand in the title
_ALIKE = 0.8
_NEAR = 0.35  # likeness by trigrams from which on a word may be meant

# "^" stands before stems of the title, "=" before parts of compounds (A: in the title), C is the provider (SearchRow).
_OFFERS = """
    SELECT kind, label, note, slug FROM (
        SELECT 'offer' AS kind, offer.title AS label, partner.name AS note, offer.slug,
               row_number() OVER (
                   ORDER BY starts_with(search_fold(offer.title), %s) DESC, found.title_key, offer.id
               ) AS place
        FROM (
            SELECT offer_id, title_key FROM offers_searchrow
            WHERE published AND last_day >= %s AND document @@ ({titles}) LIMIT %s
        ) AS found
        JOIN offers_offer AS offer ON offer.id = found.offer_id
        JOIN partners_partner AS partner ON partner.id = offer.provider_id
        WHERE search_fold(offer.title) LIKE ALL (%s)
        UNION ALL
        SELECT 'partner', partner.name, '', partner.slug,
               row_number() OVER (ORDER BY starts_with(search_fold(partner.name), %s) DESC, partner.name, partner.id)
        FROM partners_partner AS partner WHERE search_fold(partner.name) LIKE ALL (%s) AND partner.id IN (
            SELECT offer.provider_id FROM (
                SELECT offer_id FROM offers_searchrow
                WHERE published AND last_day >= %s AND document @@ ({providers}) LIMIT %s
            ) AS found JOIN offers_offer AS offer ON offer.id = found.offer_id
        )
    ) AS suggested WHERE place <= %s ORDER BY kind, place
"""
_NEAREST = """
    SELECT 'offer', offer.title, partner.name, offer.slug
    FROM (
        SELECT folded FROM offers_searchword WHERE similarity(folded, %s) >= %s ORDER BY folded <-> %s LIMIT 1
    ) AS meant
    JOIN offers_searchrow AS held ON held.document @@ search_term(meant.folded, '{{^}}')
    JOIN offers_offer AS offer ON offer.id = held.offer_id
    JOIN partners_partner AS partner ON partner.id = offer.provider_id
    WHERE held.published AND held.last_day >= %s ORDER BY held.title_key, offer.id LIMIT %s
"""


@dataclass(frozen=True)
class Suggestion:
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    label: str
    choices: list[Suggestion]


def suggestions(text: str) -> list[Group]:
    """Topics, offers, partners and places whose words begin like the words of `text`; else those nearly like it."""
    words = re.findall(r"[^\W_]+", fold(text))[:_MOST_WORDS]
    if len("".join(words)) < SHORTEST:
        return []
    catalogue = Catalogue()
    offers, partners = _offers_and_partners(words)
    topics, places = _topics(catalogue, words), _places(catalogue, words)
    if not (offers or partners or topics or places):
        offers = _nearest(words[-1])
    groups = [
        Group("themen", _("Themen"), topics),
        Group("angebote", _("Angebote"), offers),
        Group("traeger", _("Anbieter"), partners),
        Group("orte", _("Orte"), places),
    ]
    return [group for group in groups if group.choices]


def _offers_and_partners(words: list[str]) -> tuple[list[Suggestion], list[Suggestion]]:
    titles = " && ".join("search_any(%s::tsquery, search_term(%s, '{^}'))" for _word in words)
    providers = " && ".join(
        "search_any(%s::tsquery, (search_term(%s, '{\"\"}')::text || ':C')::tsquery)" for _word in words
    )
    typed, today = " ".join(words), timezone.localdate()
    beginnings, names = _beginnings(words, "'^{0}':* | '={0}':*A"), _beginnings(words, "'{0}':*C")
    umlauts = [f"%{word[:_SURE]}%" for word in words if _short(word) != word]
    values: list[Any] = [typed, today, *beginnings, _LOOKED_AT, umlauts]
    values += [typed, umlauts, today, *names, _LOOKED_AT, MOST]
    rows = _rows(_OFFERS.format(titles=titles, providers=providers), values)
    offers = [_offer(label, note, slug) for kind, label, note, slug in rows if kind == "offer"]
    return offers, [
        Suggestion(label, reverse("partners:detail", args=[slug]))
        for kind, label, _note, slug in rows
        if kind == "partner"
    ]


def _beginnings(words: list[str], pattern: str) -> list[str]:
    """For each word what may stand in the document: a stem that begins so, and the stem of the whole word."""
    return [
        part
        for word in words
        for part in (" | ".join(pattern.format(form) for form in dict.fromkeys([word, _short(word)])), word)
    ]


def _short(word: str) -> str:
    """As stems write umlauts: "vaeter" is kept as "vat". It finds too much, so the title is compared as well."""
    return re.sub("([aou])e", r"\1", word)


def _nearest(word: str) -> list[Suggestion]:
    """Offers with the known word that is most like this one in their title."""
    rows = _rows(_NEAREST.format(), [word, _NEAR, word, timezone.localdate(), MOST])
    return [_offer(label, note, slug) for _kind, label, note, slug in rows]


def _offer(label: str, note: str, slug: str) -> Suggestion:
    return Suggestion(label, reverse("offers:detail", args=[slug]), note)


def _topics(catalogue: Catalogue, words: list[str]) -> list[Suggestion]:
    known = {slug: (topic.label, *topic.synonyms) for slug, topic in catalogue.topics.items()}
    return [
        Suggestion(catalogue.topics[slug].label, Search(thema=(slug,)).url()) for slug in _like(known.items(), words)
    ]


def _places(catalogue: Catalogue, words: list[str]) -> list[Suggestion]:
    areas = sorted(catalogue.areas.values(), key=lambda area: area.districts[0].kind != DistrictKind.QUARTER)
    known = [(area.value, (area.label,)) for area in areas if area.districts[0].kind != DistrictKind.CITY]
    return [
        Suggestion(catalogue.areas[value].label, Search(ort=catalogue.areas[value]).url())
        for value in _like(known, words)
    ]


def _like(known: Iterable[tuple[str, tuple[str, ...]]], words: list[str]) -> list[str]:
    """Names that begin like the text, then those with a word that begins like each of its words, then nearly so."""
    typed = " ".join(words)
    ranked = []
    for place, (name, texts) in enumerate(known):
        folded = [fold(text) for text in texts]
        held = [word for text in folded for word in re.findall(r"[^\W_]+", text)]
        if folded[0].startswith(typed):
            ranked.append((0, place, name))
        elif all(any(word.startswith(asked) for word in held) for asked in words):
            ranked.append((1, place, name))
        elif all(len(asked) > 3 and difflib.get_close_matches(asked, held, 1, _ALIKE) for asked in words):
            ranked.append((2, place, name))
    exact = [one for one in ranked if one[0] < 2]
    return [name for _rank, _place, name in sorted(exact or ranked)[:MOST]]


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
