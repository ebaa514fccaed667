"""What begins like the words typed so far.

Offers are asked for by the words of their titles, through the index; topics, places and partners, with an offer or
without one, are few enough to be kept in the process.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.finder import Catalogue, Search
from offers.finder.keeper import keeper
from offers.search.words import fold
from partners.models import Partner
from portal.enums import DistrictKind
from portal.watch import watch

MOST = 5  # of a kind
SHORTEST = 2  # letters
_MOST_WORDS = 4
_LOOKED_AT = 200  # offers that begin like this; the best of them are shown
_SURE = 5  # letters of a word with an umlaut that have to stand in the title
_ALIKE = 0.8
_NEAR = 0.35  # likeness by trigrams from which on a word may be meant

# "^" stands before stems of the title, "=" before parts of compounds (A: in the title; see SearchRow).
_OFFERS = """
    SELECT offer.title, partner.name, offer.slug
    FROM (
        SELECT offer_id, title_key FROM offers_searchrow
        WHERE published AND last_day >= %s AND document @@ ({titles}) LIMIT %s
    ) AS found
    JOIN offers_offer AS offer ON offer.id = found.offer_id
    JOIN partners_partner AS partner ON partner.id = offer.provider_id
    ORDER BY found.title_key, offer.id
"""
_NEAREST = """
    SELECT offer.title, partner.name, offer.slug
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
    catalogue = keeper.catalogue()
    offers, partners = _offers(words), _partners(words)
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


def _offers(words: list[str]) -> list[Suggestion]:
    titles = " && ".join("search_any(%s::tsquery, search_term(%s, '{^}'))" for _word in words)
    rows = _rows(
        _OFFERS.format(titles=titles), [timezone.localdate(), *_beginnings(words, "'^{0}':* | '={0}':*A"), _LOOKED_AT]
    )
    typed, umlauts = " ".join(words), [word[:_SURE] for word in words if _short(word) != word]
    ranked = []
    for place, (title, provider, slug) in enumerate(rows):
        folded = fold(title)
        if all(umlaut in folded for umlaut in umlauts):
            ranked.append((not folded.startswith(typed), place, _offer(title, provider, slug)))
    return [offer for _other, _place, offer in sorted(ranked, key=lambda one: one[:2])[:MOST]]


def _partners(words: list[str]) -> list[Suggestion]:
    """Those whose name begins like the text, then those with words in their name that begin like each of its words."""
    typed = " " + " ".join(words)
    found = [one for one in _names() if all(f" {word}" in one.folded for word in words)]
    found.sort(key=lambda one: not one.folded.startswith(typed))
    return [Suggestion(one.name, reverse("partners:detail", args=[one.slug])) for one in found[:MOST]]


class _Name(NamedTuple):
    folded: str  # with a space before each word
    name: str
    slug: str


_kept: tuple[str, list[_Name]] | None = None


def _names() -> list[_Name]:
    """All partners by name, read anew when something public has changed; what is not committed reaches nobody else."""
    global _kept
    state = "" if connection.in_atomic_block else watch.state()
    if _kept is None or not state or _kept[0] != state:
        rows = Partner.objects.in_listing_order().values_list("name", "slug")
        names = [_Name(_spaced(name), name, slug) for name, slug in rows]
        if not state:
            return names
        _kept = state, names
    return _kept[1]


@lru_cache(maxsize=20_000)
def _spaced(name: str) -> str:
    return "".join(f" {word}" for word in re.findall(r"[^\W_]+", fold(name)))


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
    return [_offer(*row) for row in rows]


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
    """Names that begin like the text, then those with a word that begins like each of its words, else nearly so."""
    typed = " ".join(words)
    folded = [(place, name, [_spaced(text) for text in texts]) for place, (name, texts) in enumerate(known)]
    ranked = [
        (not texts[0].startswith(f" {typed}"), place, name)
        for place, name, texts in folded
        if all(any(f" {word}" in text for text in texts) for word in words)
    ]
    if not ranked and min(map(len, words)) > 3:
        ranked = [(True, place, name) for place, name, texts in folded if _nearly(words, texts)]
    return [name for _rank, _place, name in sorted(ranked)[:MOST]]


def _nearly(words: list[str], texts: list[str]) -> bool:
    held = [word for text in texts for word in text.split()]
    return all(difflib.get_close_matches(asked, held, 1, _ALIKE) for asked in words)


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """In a transaction of its own: for the few rows it is asked for, PostgreSQL would rather read the whole table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
