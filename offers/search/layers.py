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

from offers.search.words import Question, fold, question

Public = tuple[str, tuple[Any, ...]]  # SQL for the ids of the offers that count, with its values
ENOUGH = 20  # offers with the words in their title: a page full, nobody needs a wider search
WHOLE = '{"",.}'  # the marks of SearchRow that each layer looks for
WIDE = '{"",.,=,.=}'
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

    `rank` finds whole words with weight, `part` parts of compounds and other words for the same. `instead` is the text
    with the words that were searched for in place of unknown ones, `meant` the German words that stand for the asked.
    """

    text: str
    question: Question
    layer: Layer = Layer.WORDS
    match: Sql = Sql()
    rank: Sql = Sql()
    part: Sql = Sql()
    instead: str = ""
    meant: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """False when the text holds no word to look for."""
        return bool(self.question)

    @property
    def titles(self) -> Sql:
        """Matches offers with all the words in their title."""
        return _all([_term(word, "{^}") for word in self.question.words])


def read(text: str) -> Reading:
    """The first layer; asks the database nothing."""
    asked = question(text)
    ranked = (*asked.words, *asked.weak)
    return Reading(
        text,
        asked,
        match=_all([_term(word, WHOLE) for word in asked.words]),
        rank=_any([_term(word, '{""}') for word in ranked]),
        part=_any([_term(word, "{=}") for word in ranked]),
    )


def widen(reading: Reading, public: Public, places: Collection[str] = ()) -> Reading:
    """The first layer after the first that finds an offer; `reading` itself when none does.

    `public` is SQL for the ids of the offers that count, `places` are folded words that name a place: the last layer
    leaves them out, because help for the whole city need not name a part of it.
    """
    if not reading:
        return reading
    found = _wide(reading, Layer.PARTS, public)
    if found:
        return found
    alike = _alike(reading, public)
    words = tuple(word.instead or word.asked for word in alike)
    if words != reading.question.words:
        corrected = replace(reading, question=replace(reading.question, words=words), instead=_instead(reading, alike))
        found = _wide(corrected, Layer.ALIKE, public)
        if found:
            return found
        reading = corrected
    return _any_of(reading, alike, public, places) or reading


def _wide(reading: Reading, layer: Layer, public: Public) -> Reading | None:
    asked = reading.question
    terms = [_wide_term(word) for word in asked.words]
    matches = [_all(terms)]
    for first, end, words in asked.phrases():
        together = _any([_term("".join(words), WIDE), _meaning(" ".join(words), WIDE)])
        matches.append(_all([*terms[:first], together, *terms[end:]]))
    return _ask(reading, layer, _any(matches), public)


def _any_of(reading: Reading, alike: Sequence["Alike"], public: Public, places: Collection[str]) -> Reading | None:
    alternatives: list[Sql] = []
    for word in alike:
        if word.instead or word.known:
            if (word.instead or word.asked) not in places:
                alternatives.append(_wide_term(word.instead or word.asked))
        elif word.pieces:
            alternatives.append(_wide_term(word.pieces[0]))
    if not alternatives:
        alternatives = [_wide_term(word) for word in (*reading.question.words, *reading.question.weak)]
    pieces = tuple(piece for word in alike if not (word.known or word.instead) for piece in word.pieces)
    asked = replace(reading.question, weak=(*reading.question.weak, *pieces))
    return _ask(replace(reading, question=asked), Layer.ANY, _any(alternatives), public)


def _ask(reading: Reading, layer: Layer, match: Sql, public: Public) -> Reading | None:
    """One statement: the queries as the database understands them, and whether they find anything."""
    asked = reading.question
    ranked = (*asked.words, *asked.weak)
    phrases = [words for _first, _end, words in asked.phrases()]
    joined = ["".join(words) for words in phrases]
    rank = _any([*(_term(word, '{""}') for word in ranked), *(_term(word, '{""}') for word in joined)])
    part = _any(
        [
            *(_term(word, "{=}") for word in (*ranked, *joined)),
            *(_meaning(word, '{"",=}') for word in ranked),
            *(_meaning(" ".join(words), '{"",=}') for words in phrases),
        ]
    )
    spoken = [*asked.words, *(" ".join(words) for words in phrases)]
    sql = f"""
        WITH query AS MATERIALIZED (
            SELECT {match.text} AS match, {rank.text} AS rank, {part.text} AS part, {reading.match.text} AS narrow
        )
        SELECT match::text, rank::text, part::text,
            (SELECT array_agg(DISTINCT means ORDER BY means) FROM offers_searchsynonym
             WHERE search_fold(word) = ANY (%s)),
            EXISTS (SELECT FROM offers_searchrow WHERE document @@ query.match AND offer_id IN ({public[0]})),
            EXISTS (SELECT FROM offers_searchrow WHERE document @@ query.narrow AND offer_id IN ({public[0]}))
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
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone() or (None,) * 6
    matched, ranked_by, parts, meant, hits, narrow_hits = row
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


@dataclass(frozen=True)
class Alike:
    """An asked word: whether offers use it, else the nearest one they use, else known words it begins or ends with."""

    asked: str
    known: bool
    instead: str
    written: str
    pieces: tuple[str, ...]


def _alike(reading: Reading, public: Public) -> list[Alike]:
    def found(word: str) -> str:
        return f"""EXISTS (SELECT FROM offers_searchrow WHERE offer_id IN ({public[0]})
            AND document @@ search_any(search_term({word}, '{WIDE}'), search_meaning({word}, '{WIDE}')))"""

    sql = _ALIKE.format(asked_found=found("asked.word"), near_found=found("near.folded"))
    values: list[Any] = [list(reading.question.words), *public[1], *public[1], SHORTEST_PIECE, SHORTEST_PIECE]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [
        Alike(word, known, instead or "", written or "", tuple(piece for piece in (begin, end) if piece))
        for word, known, instead, written, begin, end in rows
    ]


# Tolerance by length: up to 4 letters none, 5 to 7 one, from 8 on two; the beginning of a word counts as well.
_ALIKE = """
    SELECT asked.word, known.yes, likely.folded, likely.word, beginning.folded, ending.folded
    FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, place)
    CROSS JOIN LATERAL (SELECT {asked_found} AS yes) AS known
    CROSS JOIN LATERAL (
        SELECT CASE WHEN length(asked.word) < 5 THEN 0 WHEN length(asked.word) < 8 THEN 1 ELSE 2 END AS edits
    ) AS tolerated
    LEFT JOIN LATERAL (
        SELECT near.word, near.folded FROM (
            (SELECT word, folded,
                    least(search_distance(folded, asked.word), search_distance(stem, search_stem(asked.word))) AS cost
             FROM offers_searchword
             WHERE length(folded) BETWEEN length(asked.word) - 3 AND length(asked.word) + 3 AND tolerated.edits > 0
             ORDER BY folded <-> asked.word LIMIT 60)
            UNION ALL
            SELECT word, search_fold(word), search_distance(search_fold(word), asked.word) FROM offers_searchsynonym
            WHERE word !~ '\\s' AND abs(length(search_fold(word)) - length(asked.word)) <= tolerated.edits
                AND tolerated.edits > 0
            UNION ALL
            (SELECT word, folded, 3 FROM offers_searchword
             WHERE starts_with(folded, asked.word) AND length(asked.word) > 3 ORDER BY length(folded), folded LIMIT 5)
        ) AS near
        WHERE (near.cost <= tolerated.edits OR near.cost = 3 AND starts_with(near.folded, asked.word)) AND {near_found}
        ORDER BY near.cost, left(near.folded, 1) <> left(asked.word, 1), near.folded <-> asked.word, near.folded
        LIMIT 1
    ) AS likely ON NOT known.yes
    LEFT JOIN LATERAL (
        SELECT piece.folded
        FROM generate_series(length(asked.word) - 3, %s, -1) AS size
        JOIN offers_searchword AS piece
            ON piece.folded = left(asked.word, size) OR piece.stem = left(asked.word, size)
        ORDER BY size DESC, length(piece.folded) LIMIT 1
    ) AS beginning ON NOT known.yes AND likely.word IS NULL
    LEFT JOIN LATERAL (
        SELECT piece.folded
        FROM generate_series(length(asked.word) - 3, %s, -1) AS size
        JOIN offers_searchword AS piece ON piece.folded = right(asked.word, size)
        ORDER BY size DESC LIMIT 1
    ) AS ending ON NOT known.yes AND likely.word IS NULL
    ORDER BY asked.place
"""


def _instead(reading: Reading, alike: Sequence[Alike]) -> str:
    """The asked words as they would be written right, for "Meinten Sie …"."""
    written = {fold(word): word for word in reading.text.split()}
    return " ".join(word.written or written.get(word.asked, word.asked) for word in alike)


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
