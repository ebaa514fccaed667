"""The layers of a search: each is one statement, and the next is asked only when the one before finds too little.

1. the words as they are (German stems), 2. parts of compounds, other words for the same, words written apart,
3. words that are nearly the same, 4. any of the words. Which layer answers depends on the text alone, never on the
other filters, so that counts and facets of one text belong together.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connection

from offers.search.words import Question, fold, question, says_something

Public = tuple[str, tuple[Any, ...]]  # SQL for the ids of the offers that count, with its values
ENOUGH = 20  # offers with the words in their title: a page full, nobody needs a wider search
WHOLE = '{"",.}'  # the marks of SearchRow that each layer looks for
WIDE = '{"",.,=,.=}'
TELLING_BEGINNING = 6
MANY = 500  # hits of a word; more need no exact count to know that it is common
SHORTEST_PIECE = 4  # letters of a known word at the beginning or end of an unknown one


class Layer(StrEnum):
    WORDS = "words"
    PARTS = "parts"
    ALIKE = "alike"
    ANY = "any"


@dataclass(frozen=True)
class Sql:
    """A tsquery expression with its values."""

    text: str = "NULL::tsquery"
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How a text is understood: what an offer has to match, what ranks it, and what to say about it.

    `rank` finds whole words with weight, `part` parts of compounds and other words for the same, `weak` the words that
    only sort; what matches `first` (the rarest word, where any will do) stands before the rest. `instead` is the text
    with the words that were searched for in place of unknown ones, `meant` the German words that stand for the asked.
    """

    text: str
    question: Question
    layer: Layer = Layer.WORDS
    match: Sql = Sql()
    rank: Sql = Sql()
    part: Sql = Sql()
    weak: Sql = Sql()
    first: Sql = Sql()
    instead: str = ""
    meant: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """False when the text holds no word to look for."""
        return bool(self.question)

    @property
    def titles(self) -> Sql:
        """Matches offers with all the words in their title."""
        return _all([_term(word, "{^}") for word in self.question.words])


def read(text: str, places: Collection[str] = ()) -> Reading:
    """The first layer; asks the database nothing. `places` are folded words that name a part of the city.

    A place only sorts: what is there for the whole city need not name a part of it.
    """
    asked = question(text, places)
    return Reading(
        text,
        asked,
        match=_all([_term(word, WHOLE) for word in asked.words]),
        rank=_any([_term(word, '{""}') for word in asked.words]),
        part=_any([_term(word, "{=}") for word in asked.words]),
        weak=_any([_term(word, '{"",=}') for word in asked.weak]),
    )


def widen(reading: Reading, public: Public) -> Reading:
    """The first layer that finds enough; `reading` itself when a page full of titles holds its words or nothing helps.

    `public` is SQL for the ids of the offers that count.
    """
    if not reading:
        return reading
    found = _wide(reading, Layer.PARTS, public)
    if found:
        return found
    alike = _alike(reading, public)
    nearest = {word.asked: word.instead for word in alike if word.instead}
    if nearest:
        corrected = replace(reading, question=reading.question.instead(nearest), instead=_instead(reading, alike))
        found = _wide(corrected, Layer.ALIKE, public)
        if found:
            return found
        reading = corrected
    return _any_of(reading, alike, public) or reading


def _wide(reading: Reading, layer: Layer, public: Public) -> Reading | None:
    asked = reading.question
    terms = [_wide_term(word) for word in asked.words]
    matches = [_all(terms)]
    for words in asked.phrases():
        together = _any([_term("".join(words), WIDE), _meaning(" ".join(words), WIDE)])
        others = [term for word, term in zip(asked.words, terms, strict=True) if word not in words]
        matches.append(_all([*others, together]))
    return _ask(reading, layer, _any(matches), public)


def _any_of(reading: Reading, alike: Sequence["Alike"], public: Public) -> Reading | None:
    """The words that offers use, of unknown ones the longest known word in them; the rarest comes first."""
    rarest_first = sorted((word for word in alike if word.used), key=lambda word: word.hits)
    words = tuple(word.used for word in rarest_first) or reading.question.weak
    if not words:
        return None
    others = tuple(piece for word in alike for piece in word.pieces if piece not in words)
    weak = (*(word for word in reading.question.weak if word not in words), *others)
    terms = [_wide_term(word) for word in words]
    asked = replace(
        reading,
        question=Question(words, weak, reading.question.spoken),
        weak=_any([_term(word, '{"",=}') for word in weak]),
    )
    return _ask(replace(asked, first=terms[0] if len(terms) > 1 else Sql()), Layer.ANY, _any(terms), public)


def _ask(reading: Reading, layer: Layer, match: Sql, public: Public) -> Reading | None:
    """One statement: the queries as the database understands them, and whether they find anything."""
    asked, titles = reading.question, reading.titles
    rank, part = _ranks(asked)
    spoken = [*asked.words, *(" ".join(words) for words in asked.phrases())]
    sql = f"""
        WITH query AS MATERIALIZED (
            SELECT {match.text} AS match, {rank.text} AS rank, {part.text} AS part, {reading.match.text} AS narrow
        )
        SELECT match::text, rank::text, part::text,
            (SELECT array_agg(DISTINCT means ORDER BY means) FROM offers_searchsynonym
             WHERE search_fold(word) = ANY (%s)),
            EXISTS (SELECT FROM offers_searchrow WHERE document @@ query.match AND offer_id IN ({public[0]})),
            EXISTS (SELECT FROM offers_searchrow WHERE document @@ query.narrow AND offer_id IN ({public[0]})),
            (SELECT count(*) FROM (
                SELECT FROM offers_searchrow WHERE document @@ ({titles.text}) AND offer_id IN ({public[0]}) LIMIT %s
            ) AS title)
        FROM query
    """  # noqa: S608  # our own functions and rules; every value is a parameter
    values: list[Any] = [
        *match.values,
        *rank.values,
        *part.values,
        *reading.match.values,
        spoken,
        *public[1],
        *public[1],
        *titles.values,
        *public[1],
        ENOUGH,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone() or (None,) * 7
    matched, ranked_by, parts, meant, hits, narrow_hits, in_titles = row
    if layer is Layer.PARTS and in_titles >= ENOUGH:
        return reading
    if not hits:
        return None
    return replace(
        reading,
        layer=Layer.WORDS if layer is Layer.PARTS and narrow_hits else layer,
        match=Sql("%s::tsquery", (matched,)),
        rank=Sql("%s::tsquery", (ranked_by,)),
        part=Sql("%s::tsquery", (parts,)) if parts else Sql(),
        meant=tuple(meant or ()),
    )


def _ranks(asked: Question) -> tuple[Sql, Sql]:
    """What ranks an offer: the whole words, and parts of compounds with other words for the same."""
    phrases = asked.phrases()
    joined = ["".join(words) for words in phrases]
    rank = _any([_term(word, '{""}') for word in (*asked.words, *joined)])
    part = _any(
        [
            *(_term(word, "{=}") for word in (*asked.words, *joined)),
            *(_meaning(word, '{"",=}') for word in asked.words),
            *(_meaning(" ".join(words), '{"",=}') for words in phrases),
        ]
    )
    return rank, part


@dataclass(frozen=True)
class Alike:
    """An asked word with the offers that use it (counted up to MANY). When none does: the nearest word that some use,
    else the known words it begins or ends with.
    """

    asked: str
    hits: int
    instead: str
    written: str
    beginning: str
    ending: str

    @property
    def pieces(self) -> list[str]:
        """Most of what a compound says stands at its beginning, unless that is short."""
        pieces = [self.beginning, self.ending]
        if len(self.beginning) < TELLING_BEGINNING:
            pieces.sort(key=len, reverse=True)
        return [piece for piece in pieces if says_something(piece)]

    @property
    def used(self) -> str:
        """What to look for instead of the asked word, "" when nothing is known about it."""
        if self.hits:
            return self.asked
        return self.instead or next(iter(self.pieces), "")


def _alike(reading: Reading, public: Public) -> list[Alike]:
    hits = f"FROM offers_searchrow WHERE offer_id IN ({public[0]}) AND document @@ {{query}}"
    sql = _ALIKE.format(
        asked_hits=hits.format(query="asked.query"), near_hits=hits.format(query="meant.query"), wide=WIDE
    )
    sizes = [SHORTEST_PIECE, SHORTEST_PIECE]
    values: list[Any] = [list(reading.question.words), *public[1], MANY, *public[1], *sizes]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [
        Alike(word, found, instead or "", written or "", beginning or "", ending or "")
        for word, found, instead, written, beginning, ending in rows
    ]


# Tolerance by length: up to 4 letters none, 5 to 7 one, from 8 on two; the beginning of a word counts as well.
_ALIKE = """
    WITH asked AS MATERIALIZED (
        SELECT word, place, search_stem(word) AS stem,
            search_any(search_term(word, '{wide}'), search_meaning(word, '{wide}')) AS query,
            CASE WHEN length(word) < 5 THEN 0 WHEN length(word) < 8 THEN 1 ELSE 2 END AS edits
        FROM unnest(%s::text[]) WITH ORDINALITY AS given (word, place)
    )
    SELECT asked.word, known.hits, likely.folded, likely.word, beginning.folded, ending.folded
    FROM asked
    CROSS JOIN LATERAL (SELECT count(*) AS hits FROM (SELECT {asked_hits} LIMIT %s) AS hit) AS known
    LEFT JOIN LATERAL (
        SELECT near.word, near.folded FROM (
            SELECT word, folded, CASE WHEN search_distance(stem, asked.stem) = 1 THEN 1
                                      ELSE search_distance(folded, asked.word) END AS cost
            FROM (SELECT word, folded, stem FROM offers_searchword
                  WHERE length(folded) BETWEEN length(asked.word) - 3 AND length(asked.word) + 3
                  ORDER BY folded <-> asked.word LIMIT 60) AS similar_words
            UNION ALL
            SELECT word, folded, search_distance(folded, asked.word)
            FROM (SELECT word, search_fold(word) AS folded FROM offers_searchsynonym
                  WHERE length(word) BETWEEN length(asked.word) - 3 AND length(asked.word) + 3
                    AND strpos(word, ' ') = 0
                  ORDER BY search_fold(word) <-> asked.word LIMIT 20) AS other_words
            UNION ALL
            (SELECT word, folded, 3 FROM offers_searchword
             WHERE starts_with(folded, asked.word) AND length(asked.word) > 3 ORDER BY length(folded), folded LIMIT 5)
        ) AS near
        CROSS JOIN LATERAL (
            SELECT search_any(search_term(near.folded, '{wide}'), search_meaning(near.folded, '{wide}')) AS query
            OFFSET 0  -- once for each word, not for each offer
        ) AS meant
        WHERE (near.cost <= asked.edits OR near.cost = 3 AND starts_with(near.folded, asked.word))
            AND asked.edits > 0 AND EXISTS (SELECT {near_hits})
        ORDER BY near.cost, left(near.folded, 1) <> left(asked.word, 1), near.folded <-> asked.word, near.folded
        LIMIT 1
    ) AS likely ON known.hits = 0
    LEFT JOIN LATERAL (
        SELECT piece.folded
        FROM generate_series(length(asked.word) - 1, %s, -1) AS size
        CROSS JOIN LATERAL (
            SELECT folded FROM offers_searchword WHERE folded = left(asked.word, size)
            UNION ALL SELECT folded FROM offers_searchword WHERE stem = left(asked.word, size)
            UNION ALL
            SELECT left(asked.word, size) FROM offers_searchsynonym WHERE search_fold(word) = left(asked.word, size)
        ) AS piece
        ORDER BY size DESC, length(piece.folded) LIMIT 1
    ) AS beginning ON known.hits = 0 AND likely.word IS NULL
    LEFT JOIN LATERAL (
        SELECT piece.folded
        FROM generate_series(length(asked.word) - 3, %s, -1) AS size
        JOIN offers_searchword AS piece ON piece.folded = right(asked.word, size)
        ORDER BY size DESC LIMIT 1
    ) AS ending ON known.hits = 0 AND likely.word IS NULL
    ORDER BY asked.place
"""


def _instead(reading: Reading, alike: Sequence[Alike]) -> str:
    """The asked words as they would be written right, for "Meinten Sie …"."""
    written = {fold(word): word for word in reading.text.split()} | {
        word.asked: word.written for word in alike if word.written
    }
    return " ".join(written.get(word, word) for word in reading.question.spoken)


def _term(word: str, marks: str) -> Sql:
    return Sql("search_term(%s, %s)", (word, marks))


def _meaning(phrase: str, marks: str) -> Sql:
    return Sql("search_meaning(%s, %s)", (phrase, marks))


def _wide_term(word: str) -> Sql:
    return _any([_term(word, WIDE), _meaning(word, WIDE)])


def _all(queries: Sequence[Sql]) -> Sql:
    return Sql(" && ".join(query.text for query in queries) or "NULL::tsquery", _values(queries))


def _any(queries: Sequence[Sql]) -> Sql:
    if not queries:
        return Sql()
    return Sql(f"search_any({', '.join(query.text for query in queries)})", _values(queries))


def _values(queries: Sequence[Sql]) -> tuple[str, ...]:
    return tuple(value for query in queries for value in query.values)
