"""Taking a question apart: its words, folded as in the index, without the words that only make it a question."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.city import city

MOST_WORDS = 10  # of a question; the rest says nothing a search could use
_FOLDER = Path(__file__).parent
# As in the database's `search_fold`; tests hold the two together.
_APART = dict.fromkeys(map(ord, "/@.:_~&+"), " ")
_LEFT_OUT = dict.fromkeys(map(ord, "'’ʼ\u00ad\u200c\u200d\u0307\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640"))
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe"})
_ONE_LETTER = str.maketrans(
    "àáâãåāăąçćčĉďđðèéêëēėęěğģìíîïīįıķłļľñńņňòóôõøōőŕřśšşșťţțùúûūůűųýÿźżžёأإآٱىیکة",
    "aaaaaaaacccccdddeeeeeeeeggiiiiiiiklllnnnnooooooorrssssttuuuuuuuyyzzzеااااييكه",
)


def fold(text: str) -> str:
    """As `search_fold` in the database: lower case, ae for ä, ss for ß, no accents."""
    plain = unicodedata.normalize("NFC", text).lower().translate({**_APART, **_LEFT_OUT})
    return plain.translate(_TWO_LETTERS).translate(_ONE_LETTER)


@dataclass(frozen=True)
class Question:
    """What a text asks for. `words` have to be found; `weak` ones ("Kind", "Hilfe") only sort what is found."""

    words: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def phrases(self) -> list[tuple[int, int, tuple[str, ...]]]:
        """Two and three neighbouring words, with where they begin and end."""
        count = len(self.words)
        return [
            (first, first + size, self.words[first : first + size])
            for size in (2, 3)
            for first in range(count - size + 1)
        ]


def question(text: str) -> Question:
    """The words of `text`, each once; the city's own name is weak, because every offer is there."""
    found = re.findall(r"[^\W_]+", fold(text))
    words = list(dict.fromkeys(word for word in found if word not in _listed("filler_words.txt")))
    common = _listed("weak_words.txt") | {fold(city().get("name", ""))}
    weak = [word for word in words if word in common]
    strong = [word for word in words if word not in weak]
    if not strong:
        strong, weak = weak, []
    return Question(tuple(strong[:MOST_WORDS]), tuple(weak[:MOST_WORDS]))


@cache
def _listed(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
