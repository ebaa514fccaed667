"""Taking a question apart: its words, folded as in the index, without the words that only make it a question."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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
    spoken: tuple[str, ...] = ()  # both, in the order they were written
    places: frozenset[str] = frozenset()  # those of them that name a part of the city

    def __bool__(self) -> bool:
        return bool(self.words)

    def phrases(self) -> list[tuple[str, ...]]:
        """Two and three neighbouring words."""
        sizes = (2, 3)
        return [self.spoken[first : first + size] for size in sizes for first in range(len(self.spoken) - size + 1)]

    def instead(self, words: Mapping[str, str]) -> "Question":
        """The same question with some words replaced."""
        asked, weak, spoken = (tuple(words.get(word, word) for word in group) for group in self._groups())
        return replace(self, words=asked, weak=weak, spoken=spoken)

    def _groups(self) -> tuple[tuple[str, ...], ...]:
        return self.words, self.weak, self.spoken


def folded_words(text: str) -> list[str]:
    """The words of a text, folded."""
    return re.findall(r"[^\W_]+", fold(text))


def question(text: str, places: Collection[str] = ()) -> Question:
    """The words of `text`, each once. Weak are words that most offers share, `places` and the city's own name."""
    words = list(dict.fromkeys(word for word in folded_words(text) if word not in _listed("filler_words.txt")))[
        :MOST_WORDS
    ]
    weak = [word for word in words if word in places or word in _weak_words()]
    strong = [word for word in words if word not in weak]
    if not strong:
        strong, weak = weak, []
    return Question(tuple(strong), tuple(weak), tuple(words), frozenset(places).intersection(words))


def as_asked(phrase: str) -> str:
    """A phrase as a question with it is read: folded and without fillers, unless they are all that tells it apart."""
    words = folded_words(phrase)
    telling = [word for word in words if word not in _listed("filler_words.txt")]
    return " ".join(telling if any(map(says_something, telling)) else words)


def says_something(word: str) -> bool:
    """Neither empty nor a filler nor weak."""
    return bool(word) and word not in _listed("filler_words.txt") and word not in _weak_words()


def said_by_most() -> frozenset[str]:
    """Fillers and weak words together: folded words that tell no offer from another."""
    return _listed("filler_words.txt") | _weak_words()


def _weak_words() -> frozenset[str]:
    return _listed("weak_words.txt") | {fold(city().get("name", ""))}


@cache
def _listed(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
