"""Which offers hold which word: sets of numbers, read from the database word by word and kept.

A text that nobody has asked for before is nearly always made of words that somebody has: then it costs set operations
only, however many offers there are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from django.db import connection
from pyroaring import BitMap

from offers.finder.common import Common
from offers.finder.stock import Stock
from offers.search.queries import MARKS, PART_OF, TITLE, Every, Held, Query
from offers.search.words import as_asked
from portal.clock import today
from portal.shelf import Shelf

ROOM = 3_000_000  # bytes of kept words
ROOM_OF_BEGINNINGS = 1_000_000
ROOM_OF_STEMS = 1_000_000
_WORDS = """
    WITH asked AS MATERIALIZED (SELECT word, search_stem(word) AS stem FROM unnest(%s::text[]) AS word)
    SELECT word, mark, offers
    FROM asked CROSS JOIN unnest(%s::text[]) AS mark
    CROSS JOIN LATERAL (
        SELECT array_agg(offer_id) AS offers FROM offers_searchrow
        WHERE document @@ format('''%%s%%s''', mark, stem)::tsquery
    ) AS held
    WHERE offers IS NOT NULL
"""
_STEMS = "SELECT word, search_stem(word) FROM unnest(%s::text[]) AS word"
_LEXEMES = """
    SELECT lexeme, offers
    FROM unnest(%s::text[]) AS lexeme
    CROSS JOIN LATERAL (
        SELECT array_agg(offer_id) AS offers FROM offers_searchrow WHERE document @@ format('''%%s''', lexeme)::tsquery
    ) AS held
    WHERE offers IS NOT NULL
"""
_BEGINNING = """
    SELECT array_agg(offer_id) FROM offers_searchrow
    WHERE document @@ search_any(%s::tsquery, search_term(%s, %s))
"""
_MEANINGS = "SELECT word, means FROM offers_searchsynonym ORDER BY means"
IN_TITLE = (TITLE, PART_OF[TITLE])
_ARTICLE = "ال"  # Arabic writes it before the noun, in one word
_NONE = BitMap()

Sets = Mapping[str, BitMap]  # by mark
_stems: Shelf[str] = Shelf(ROOM_OF_STEMS)  # of folded words


class Postings:
    """The words of one stock; `hits` are what is public today. `common` are words that need not be asked for."""

    def __init__(self, stock: Stock, common: Common | None = None) -> None:
        self.stock = stock
        self.common = common
        self._sets = common.with_late(stock) if common else None
        self._words: Shelf[Sets] = Shelf(ROOM)
        self._beginnings: Shelf[BitMap] = Shelf(ROOM_OF_BEGINNINGS)
        self._meanings: dict[str, list[str]] | None = None

    def learn(self, words: Iterable[str]) -> None:
        """Read at once what is not known of the folded words."""
        unknown = [word for word in dict.fromkeys(words) if self._words.get(word) is None]
        if unknown:
            self._learn(unknown)

    def hits(self, query: Query) -> BitMap:
        return self.stock.public(today()) & self.of(query)

    def of(self, query: Query) -> BitMap:
        """The numbers of the offers that a query finds."""
        if isinstance(query, Held):
            sets = self._words.get(query.word)
            if sets is None:
                sets = self._learn([query.word])[query.word]
            found = [sets[mark] for mark in query.marks if mark in sets]
        else:
            found = [self.of(part) for part in query.parts]
            if isinstance(query, Every):
                return reduce(BitMap.__and__, sorted(found, key=len)) if found else _NONE
        return found[0] if len(found) == 1 else BitMap.union(*found) if found else _NONE

    def meanings(self, phrase: str) -> Sequence[str]:
        if self._meanings is None:
            self._meanings = _read_meanings()
        found = self._meanings.get(phrase)
        if found is None and phrase.startswith(_ARTICLE):
            found = self._meanings.get(phrase.removeprefix(_ARTICLE))
        return found or ()

    def beginning(self, word: str) -> BitMap:
        """The offers with a word in their title, or a part of one, that begins like this folded one."""
        found = self._beginnings.get(word)
        if found is None:
            forms = dict.fromkeys([word, without_umlauts(word)])
            begins = " | ".join(f"'{mark}{form}':*" for form in forms for mark in IN_TITLE)
            with connection.cursor() as cursor:
                cursor.execute(_BEGINNING, [begins, word, list(IN_TITLE)])
                [offers] = cursor.fetchone() or [None]
            found = self.stock.numbers(offers or ())
            self._beginnings.put(word, found, self._size(found))
        return found

    def _learn(self, words: Sequence[str]) -> Mapping[str, Sets]:
        sets = self._asked(words) if self._sets is None else self._held(words, self._sets)
        for word, held in sets.items():
            own = [numbers for numbers in held.values() if self._sets is None or len(numbers) < len(self.stock) // 100]
            self._words.put(word, held, 500 + sum(map(self._size, own)))
        return sets

    def _asked(self, words: Sequence[str]) -> Mapping[str, Sets]:
        sets: dict[str, dict[str, BitMap]] = {word: {} for word in words}
        with connection.cursor() as cursor:
            cursor.execute(_WORDS, [list(words), list(MARKS)])
            for word, mark, offers in cursor.fetchall():
                sets[word][mark] = self.stock.numbers(offers)
        return sets

    def _held(self, words: Sequence[str], common: Mapping[str, BitMap]) -> Mapping[str, Sets]:
        stems = _stems_of(words)
        lexemes = [mark + stem for stem in dict.fromkeys(stems.values()) for mark in MARKS]
        rare = self._beside_common([lexeme for lexeme in lexemes if lexeme not in common])
        held = {lexeme: found for lexeme in lexemes if (found := common.get(lexeme, rare.get(lexeme))) is not None}
        return {
            word: {mark: held[mark + stem] for mark in MARKS if mark + stem in held} for word, stem in stems.items()
        }

    def _beside_common(self, lexemes: list[str]) -> Mapping[str, BitMap]:
        if self.common is None or self.common.all_words:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(_LEXEMES, [lexemes])
            return {lexeme: self.stock.numbers(offers) for lexeme, offers in cursor.fetchall()}

    def _size(self, numbers: BitMap) -> int:
        """Bytes, roughly: two for each number, until one bit for each offer is less."""
        return 200 + min(2 * len(numbers), len(self.stock.ids) // 8)


def without_umlauts(folded: str) -> str:
    """As stems and sort keys write umlauts: "vaeter" is kept as "vat", so this finds too much."""
    return re.sub("([aou])e", r"\1", folded)


def _stems_of(words: Sequence[str]) -> dict[str, str]:
    stems = {word: _stems.get(word) for word in words}
    unknown = [word for word, stem in stems.items() if stem is None]
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(_STEMS, [unknown])
            for word, stem in cursor.fetchall():
                stems[word] = stem
                _stems.put(word, stem, 300)
    return {word: stem for word, stem in stems.items() if stem is not None}


def _read_meanings() -> dict[str, list[str]]:
    """The staff's list without fillers, as questions are read; a word may mean several things."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MEANINGS)
        for word, means in cursor.fetchall():
            listed = found.setdefault(as_asked(word), [])
            if means not in listed:
                listed.append(means)
    return found
