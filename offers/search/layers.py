"""The layers of a search: the next is asked only when the one before finds too little.

1. the words as they are (German stems), 2. parts of compounds, other words for the same, words written apart,
3. words that are nearly the same, 4. any of the words. Which layer answers depends on the text alone, never on the
other filters, so that counts and facets of one text belong together.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Protocol

from offers.search.likeness import Likeness, likeness
from offers.search.queries import (
    CALLED,
    LIST,
    NOTHING,
    PART_OF,
    PROVIDER,
    SUMMARY,
    TEXT,
    TITLE,
    WIDE,
    Held,
    Levels,
    Query,
    every,
    some,
)
from offers.search.words import Question, fold, folded_words, question

ENOUGH = 20  # offers with the words in their title: a page full, nobody needs a wider search
# Points for a word by where an offer holds it; those of several places add up. Parts of compounds and other words for
# the same count less, but in the title still more than a whole word among the topic's synonyms.
POINTS = {TITLE: 200, LIST: 80, PROVIDER: 40, SUMMARY: 20, TEXT: 5}
POINTS_OF_PARTS = {TITLE: 120, LIST: 48, PROVIDER: 24, SUMMARY: 12, TEXT: 3}
# What only sorts: words that most offers share, and names of places.
POINTS_OF_WEAK_WORDS = {TITLE: 30, LIST: 12, PROVIDER: 6, SUMMARY: 3, TEXT: 1}
POINTS_OF_PLACES = {TITLE: 150, PROVIDER: 40, SUMMARY: 20, TEXT: 5}
POINTS_OF_CALLED = 150  # who types nothing but a provider wants its offers, not those on a topic that names it
FIRST = 10_000  # before all others


class Layer(StrEnum):
    WORDS = "words"
    PARTS = "parts"
    ALIKE = "alike"
    ANY = "any"


class Index(Protocol):
    """What is there to be found."""

    def learn(self, words: Iterable[str]) -> None:
        """Says which folded words will be asked for next."""

    def hits(self, query: Query) -> Sized:
        """The public offers that a query finds."""

    def meanings(self, phrase: str) -> Sequence[str]:
        """The German words that staff gave for a folded word or phrase."""


@dataclass(frozen=True)
class Reading:
    """How a text is understood: what an offer has to match, what ranks it, and what to say about it.

    The points of `order` add up. `instead` is the text with the words that were searched for in place of unknown
    ones, `meant` the German words that stand for the asked.
    """

    text: str
    question: Question
    layer: Layer = Layer.WORDS
    match: Query = NOTHING
    order: tuple[Levels, ...] = ()
    instead: str = ""
    meant: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """False when the text holds no word to look for."""
        return bool(self.question)


def read(text: str, places: Collection[str] = ()) -> Reading:
    """The first layer; asks nobody. `places` are folded words that name a part of the city.

    A place only sorts: what is there for the whole city need not name a part of it.
    """
    asked = question(text, places)
    order = [_called_points(asked), *(levels for word in asked.words for levels in _points(word))]
    order += [_weak_points(word, word in asked.places) for word in asked.weak]
    return Reading(text, asked, match=every(Held(word) for word in asked.words), order=tuple(order))


def widen(reading: Reading, index: Index) -> Reading:
    """The first layer that finds enough; `reading` itself when its words fill a page of titles or nothing helps."""
    return _Widening(index).widen(reading) if reading else reading


class _Widening:
    def __init__(self, index: Index) -> None:
        self._index = index

    def widen(self, reading: Reading) -> Reading:
        found = self._parts(reading)
        if found:
            return found
        known = {word: len(self._index.hits(self._wide(word))) for word in reading.question.words}
        alike = likeness([word for word, hits in known.items() if not hits])
        nearest = self._nearest(alike)
        if nearest:
            instead = _instead(reading, {word: alike[word].near[near] for word, near in nearest.items()})
            corrected = replace(reading, question=reading.question.instead(nearest), instead=instead)
            found = self._asked(corrected, Layer.ALIKE)
            if found:
                return found
            reading = corrected
        used = {**known, **{near: len(self._index.hits(self._wide(near))) for near in nearest.values()}}
        pieces = [alike[word].pieces for word in alike if word not in nearest]
        return self._any_of(reading, used, pieces) or reading

    def _parts(self, reading: Reading) -> Reading | None:
        """The words themselves when enough titles hold them, else parts and other words as well."""
        words = reading.question.words
        self._index.learn(self._all_words(reading.question))
        titles = every(Held(word, (TITLE,)) for word in words)
        if len(self._index.hits(titles)) >= ENOUGH:
            return reading
        found = self._asked(reading, Layer.PARTS)
        return replace(found, layer=Layer.WORDS) if found and self._index.hits(reading.match) else found

    def _asked(self, reading: Reading, layer: Layer) -> Reading | None:
        asked = reading.question
        terms = [self._wide(word) for word in asked.words]
        matches = [every(terms)]
        for words in asked.phrases():
            together = some([Held("".join(words), WIDE), self._meaning(" ".join(words))])
            others = [term for word, term in zip(asked.words, terms, strict=True) if word not in words]
            matches.append(every([*others, together]))
        return self._found(reading, layer, some(matches))

    def _any_of(self, reading: Reading, used: Mapping[str, int], pieces: Sequence[list[str]]) -> Reading | None:
        """The words that offers use, of unknown ones the longest known word in them; the rarest comes first,
        and one that was asked for before a piece of another.
        """
        asked = reading.question
        others = [piece for found in pieces for piece in found]
        self._index.learn(word for found in pieces for word in found)
        counts = {word: (False, used.get(word, 0)) for word in asked.words}
        for piece in (found[0] for found in pieces if found):
            counts.setdefault(piece, (True, len(self._index.hits(self._wide(piece)))))
        words = tuple(sorted((word for word, (_piece, hits) in counts.items() if hits), key=lambda word: counts[word]))
        said = [self._meaning(" ".join(phrase)) for phrase in asked.phrases()]
        known = [query for query in said if self._index.hits(query)]
        words = words or (asked.words if known else asked.weak)
        if not words:
            return None
        weak = tuple(dict.fromkeys(word for word in (*asked.weak, *others) if word not in words))
        terms = [*known, *(self._wide(word) for word in words)]
        wider = replace(reading, question=replace(asked, words=words, weak=weak))
        return self._found(wider, Layer.ANY, some(terms), first=terms[0] if len(terms) > 1 else NOTHING)

    def _found(self, reading: Reading, layer: Layer, match: Query, first: Query = NOTHING) -> Reading | None:
        if not self._index.hits(match):
            return None
        asked = reading.question
        phrases = asked.phrases()
        order: list[Levels] = [((FIRST, first),)] if first != NOTHING else []
        order.append(_called_points(asked))
        for word in asked.words:
            order += _points(word, self._meant_words(word))
        for words in phrases:
            order += _points("".join(words), self._meant_words(" ".join(words)), counts=len(words))
        order += [_weak_points(word, word in asked.places) for word in asked.weak]
        spoken = [*asked.words, *(" ".join(words) for words in phrases)]
        meant = tuple(sorted({means for phrase in spoken for means in self._index.meanings(phrase)}))
        return replace(reading, layer=layer, match=match, order=tuple(order), meant=meant)

    def _nearest(self, alike: Mapping[str, Likeness]) -> dict[str, str]:
        """For each word the one most like it that an offer uses."""
        self._index.learn(
            used for found in alike.values() for near in found.near for used in chain([near], *self._meant_words(near))
        )
        nearest = {}
        for word, found in alike.items():
            used = (near for near in found.near if self._index.hits(self._wide(near)))
            if near := next(used, ""):
                nearest[word] = near
        return nearest

    def _wide(self, word: str) -> Query:
        return some([Held(word, WIDE), self._meaning(word)])

    def _meaning(self, phrase: str) -> Query:
        return some(every(Held(word, WIDE) for word in folded_words(means)) for means in self._index.meanings(phrase))

    def _meant_words(self, phrase: str) -> list[list[str]]:
        return [folded_words(means) for means in self._index.meanings(phrase)]

    def _all_words(self, asked: Question) -> list[str]:
        """Everything that the first two layers may ask for."""
        phrases = asked.phrases()
        spoken = [*asked.words, *(" ".join(words) for words in phrases)]
        meant = [word for phrase in spoken for words in self._meant_words(phrase) for word in words]
        return [*asked.words, *asked.weak, *("".join(words) for words in phrases), *meant]


def _points(word: str, meanings: Iterable[Sequence[str]] = (), *, counts: int = 1) -> list[Levels]:
    """`meanings` are words that together stand for this one, which `counts` as several when it is a phrase."""
    order: list[Levels] = [((counts * worth, Held(word, (place,))),) for place, worth in POINTS.items()]
    others, here_or_better = [*meanings], tuple[str, ...]()
    for place, worth in POINTS_OF_PARTS.items():
        here_or_better += (place, PART_OF[place])
        together = [
            every(Held(other, here_or_better if len(meaning) > 1 else here_or_better[-2:]) for other in meaning)
            for meaning in others
        ]
        order.append(((counts * worth, some([Held(word, (PART_OF[place],)), *together])),))
    return order


def _called_points(asked: Question) -> Levels:
    """For offers whose provider goes by just these words. One word has to be what it is called for short."""
    mark = CALLED if len(asked.words) == 1 else PROVIDER
    return ((len(asked.words) * POINTS_OF_CALLED, every(Held(word, (mark,)) for word in asked.words)),)


def _weak_points(word: str, is_place: bool) -> Levels:
    points = POINTS_OF_PLACES if is_place else POINTS_OF_WEAK_WORDS
    return tuple((worth, Held(word, (place, PART_OF[place]))) for place, worth in points.items())


def _instead(reading: Reading, written: Mapping[str, str]) -> str:
    """The asked words as they would be written right, for "Meinten Sie …"."""
    said = {fold(word): word for word in re.findall(r"[^\W_]+", reading.text)} | dict(written)
    return " ".join(said.get(word, word) for word in reading.question.spoken)
