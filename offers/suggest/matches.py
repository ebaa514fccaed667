"""What begins like the words typed so far.

Offers stand in the order of their titles, so those that begin like the text are a slice; others are asked for by the
words of their titles. Topics, places and partners, with an offer or without one, are few enough to be kept.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyroaring import BitMap

from offers.finder import Catalogue, Search
from offers.finder.keeper import keeper
from offers.finder.postings import without_umlauts
from offers.finder.stock import Stock
from offers.finder.texts import texts
from offers.search.queries import TITLE, Held
from offers.search.words import fold, folded_words
from partners.models import Partner
from portal.clock import today
from portal.enums import DistrictKind
from portal.shelf import Shelf
from portal.watch import watch

MOST = 5  # of a kind
SHORTEST = 2  # letters
ROOM = 1_000_000  # bytes of kept answers
_MOST_WORDS = 4
_LOOKED_AT = 20  # offers that begin like this; the best of them are shown
_SURE = 5  # letters of a word with an umlaut that have to stand in the title
_ALIKE = 0.8
_NEAR = 0.35  # likeness by trigrams from which on a word may be meant

_OFFERS = """
    SELECT offer.id, offer.title, partner.name, offer.slug
    FROM offers_offer AS offer JOIN partners_partner AS partner ON partner.id = offer.provider_id
    WHERE offer.id = ANY (%s)
"""
_NEAREST = """
    SELECT folded FROM (SELECT folded FROM offers_searchword ORDER BY folded <-> %s LIMIT 1) AS nearest
    WHERE similarity(folded, %s) >= %s
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
    words = folded_words(text)[:_MOST_WORDS]
    if len("".join(words)) < SHORTEST:
        return []
    if connection.in_atomic_block:  # what is not committed reaches nobody else
        return _suggestions(words)
    key = tuple(words), get_language(), watch.state()
    groups = _answers.get(key)
    if groups is None:
        groups = _suggestions(words)
        _answers.put(key, groups, 300 + 700 * sum(len(group.choices) for group in groups))
    return groups


_answers: Shelf[list[Group]] = Shelf(ROOM)


def _suggestions(words: list[str]) -> list[Group]:
    catalogue, stock = keeper.catalogue(), keeper.stock()
    offers, partners = _offers(stock, words), _partners(words)
    topics, places = _topics(catalogue, words), _places(catalogue, words)
    if not (offers or partners or topics or places):
        offers = _nearest(stock, words[-1])
    groups = [
        Group("themen", _("Themen"), topics),
        Group("angebote", _("Angebote"), offers),
        Group("traeger", _("Anbieter"), partners),
        Group("orte", _("Orte"), places),
    ]
    return [group for group in groups if group.choices]


def _offers(stock: Stock, words: list[str]) -> list[Suggestion]:
    """Those whose title begins like the text, then those with words in it that begin like each of its words."""
    typed, public = " ".join(words), stock.public(today())
    begin = public & stock.beginning(form.encode() for form in {typed, without_umlauts(typed)})
    numbers = stock.in_title_order(begin, 0, _LOOKED_AT)
    if len(numbers) < MOST:
        held = [texts.postings(stock).beginning(word) for word in words]
        numbers += stock.in_title_order(BitMap.intersection(public, *held) - begin, 0, _LOOKED_AT)
    umlauts = [word[:_SURE] for word in words if without_umlauts(word) != word]
    found = [one for one in _read(stock, numbers) if all(umlaut in fold(one.label) for umlaut in umlauts)]
    return sorted(found, key=lambda one: not fold(one.label).startswith(typed))[:MOST]


def _nearest(stock: Stock, word: str) -> list[Suggestion]:
    """Offers with the known word that is most like this one in their title."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [word, word, _NEAR])
        known = [Held(folded, (TITLE,)) for (folded,) in cursor.fetchall()]
    hits = [texts.postings(stock).hits(query) for query in known]
    return [one for found in hits for one in _read(stock, stock.in_title_order(found, 0, MOST))]


def _read(stock: Stock, numbers: list[int]) -> list[Suggestion]:
    """The offers of these numbers, in their order."""
    ids = [stock.ids[number] for number in numbers]
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, [ids])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Suggestion(title, reverse("offers:detail", args=[slug]), provider)
        for title, provider, slug in (rows[offer] for offer in ids if offer in rows)
    ]


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
    return "".join(f" {word}" for word in folded_words(name))


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
