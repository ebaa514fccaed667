"""Words that are nearly the asked ones, and known words inside unknown ones: one statement on the vocabulary."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

from offers.search.words import says_something

TELLING_BEGINNING = 6
SHORTEST_PIECE = 4  # letters of a known word at the beginning or end of an unknown one
CANDIDATES = 8  # words that are like the asked one; the first that an offer uses is meant


@dataclass
class Likeness:
    """Folded words like an asked one with how they are written, the nearest first, and the pieces of it."""

    near: dict[str, str] = field(default_factory=dict)
    beginning: str = ""
    ending: str = ""

    @property
    def pieces(self) -> list[str]:
        """Most of what a compound says stands at its beginning, unless that is short."""
        pieces = [self.beginning, self.ending]
        if len(self.beginning) < TELLING_BEGINNING:
            pieces.sort(key=len, reverse=True)
        return [piece for piece in pieces if says_something(piece)]


def likeness(words: Collection[str]) -> dict[str, Likeness]:
    """For each of the folded words what the vocabulary has for it."""
    found = {word: Likeness() for word in words}
    if not found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [list(words), CANDIDATES, SHORTEST_PIECE, SHORTEST_PIECE])
        rows: list[tuple[str, str, str, str]] = cursor.fetchall()
    for asked, kind, folded, written in rows:
        if kind == "near":
            found[asked].near.setdefault(folded, written)
        elif kind == "beginning":
            found[asked].beginning = folded
        else:
            found[asked].ending = folded
    return found


# Tolerance by length: up to 4 letters none, 5 to 7 one, from 8 on two. Words that begin with the stem count as well:
# "impfen" means "Impfung". A piece may stand in the staff's list in its plural: "Flüchtlingsberatung", "Flüchtlinge".
# `search_distance` counts two letters that changed places as one edit and takes its time; a quick count of edits, where
# that is one more, first says which words it is worth asking for. Folding a letter that is not plain is two at most.
_ALIKE = """
    WITH asked AS MATERIALIZED (
        SELECT word, search_stem(word) AS stem,
            CASE WHEN length(word) < 5 THEN 0 WHEN length(word) < 8 THEN 1 ELSE 2 END AS edits
        FROM unnest(%s::text[]) AS word
    )
    SELECT asked.word, found.kind, found.folded, found.word
    FROM asked
    CROSS JOIN LATERAL (
        (SELECT 'near' AS kind, near.folded, near.word,
            row_number() OVER (ORDER BY near.cost, left(near.folded, 1) <> left(asked.word, 1),
                near.folded <-> asked.word, near.folded) AS place
        FROM (
            SELECT false AS begins, word, folded, CASE WHEN search_distance(stem, asked.stem) = 1 THEN 1
                                      ELSE search_distance(folded, asked.word) END AS cost
            FROM (SELECT word, folded, stem FROM offers_searchword
                  WHERE length(folded) BETWEEN length(asked.word) - 3 AND length(asked.word) + 3
                    AND (levenshtein_less_equal(stem, asked.stem, 2) <= 2
                         OR levenshtein_less_equal(folded, asked.word, asked.edits + 1) <= asked.edits + 1)
                  ORDER BY folded <-> asked.word LIMIT 60) AS similar_words
            UNION ALL
            SELECT false, word, folded, search_distance(folded, asked.word)
            FROM (SELECT word, search_fold(word) AS folded FROM offers_searchsynonym
                  CROSS JOIN LATERAL (SELECT asked.edits + 1 + 2 * (octet_length(word) - length(word)) AS most) AS edits
                  WHERE length(word) BETWEEN length(asked.word) - 3 AND length(asked.word) + 3
                    AND strpos(word, ' ') = 0
                    AND (octet_length(word) < 2 * length(word) OR octet_length(asked.word) > length(asked.word))
                    AND levenshtein_less_equal(lower(word), asked.word, most) <= most
                  ORDER BY search_fold(word) <-> asked.word LIMIT 20) AS other_words
            WHERE levenshtein_less_equal(folded, asked.word, asked.edits + 1) <= asked.edits + 1
            UNION ALL
            (SELECT true, word, folded, 3 FROM offers_searchword
             WHERE starts_with(stem, asked.stem) AND length(asked.stem) > 3
             ORDER BY starts_with(folded, asked.word) DESC, length(folded), folded LIMIT 5)
        ) AS near
        WHERE (near.cost <= asked.edits OR near.begins) AND asked.edits > 0
        ORDER BY place LIMIT %s)
        UNION ALL
        (SELECT 'beginning', piece.folded, '', 0
        FROM generate_series(length(asked.word) - 1, %s, -1) AS size
        CROSS JOIN LATERAL (
            SELECT folded FROM offers_searchword WHERE folded = left(asked.word, size)
            UNION ALL SELECT folded FROM offers_searchword WHERE stem = search_stem(left(asked.word, size))
            UNION ALL
            SELECT search_fold(word) FROM offers_searchsynonym
            WHERE search_fold(word) = ANY (ARRAY(
                SELECT left(asked.word, size) || ending FROM unnest('{"",e,n,en,er}'::text[]) AS ending))
        ) AS piece
        ORDER BY size DESC, length(piece.folded) LIMIT 1)
        UNION ALL
        (SELECT 'ending', piece.folded, '', 0
        FROM generate_series(length(asked.word) - 3, %s, -1) AS size
        CROSS JOIN LATERAL (
            SELECT folded FROM offers_searchword WHERE folded = right(asked.word, size) LIMIT 1
        ) AS piece
        ORDER BY size DESC LIMIT 1)
    ) AS found
    ORDER BY asked.word, found.place
"""
