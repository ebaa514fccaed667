"""Splitting German compounds with `compound-split`, in a process of its own.

`python -m offers.search.compounds` reads {"words": […], "known": […]} from its input and writes {word: [parts]}. The
library's model takes two seconds and 400 MB, so only that process ever loads it, and it ends when it is done.

The library scores every place to split a word (about 1 is sure, below 0 a guess). A good score is trusted when both
parts look like words; a weak one only when both are words in use or stand in the library's list of words.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

SURE = 0.8  # both parts may be names or words no list has
GOOD = 0.45  # the parts have to look like words
GUESS = -2.0  # below it even two words side by side are chance: "Sterk|rade"
SHORTEST = 7  # letters of a compound
ENDINGS = ("s", "n", "en", "e", "es", "er", "ns", "ens", "ern")
MODEL = "compound_split.de_ngram_probs"
OTHER_LANGUAGE = "compound_split.nl_ngram_probs"


def _library_folder() -> Path:
    spec = find_spec("compound_split")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("compound_split")
    return Path(spec.submodule_search_locations[0])


def _load_model(folder: Path) -> ModuleType:
    """The library's tables, read as text: to compile the 40 MB module would take 3 GB of memory."""
    model = ModuleType(MODEL)
    for line in (folder / "de_ngram_probs.py").read_text(encoding="utf-8").splitlines():
        name, _equals, table = line.partition("=")
        setattr(
            model, name.strip(), {key: float(value) for key, value in re.findall(r"'([^']*)': ([-+.0-9e]+)", table)}
        )
    return model


class Splitter:
    """Knows the library's model and list of words, and the words in use."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        folder = _library_folder()
        sys.modules.setdefault(MODEL, _load_model(folder))
        sys.modules.setdefault(OTHER_LANGUAGE, ModuleType(OTHER_LANGUAGE))
        from compound_split.char_split import split_compound  # only now: it imports both models

        self._scored = split_compound
        self._own = frozenset(known)
        lists = ("de-mixed.dic", "de-misc.dic")
        lines = (line for name in lists for line in (folder / "dicts" / name).read_text(encoding="utf-8").splitlines())
        self._listed = frozenset(line.strip().lower() for line in lines if line and not line.startswith("#"))
        self._best = cache(self._find_best)

    def parts(self, word: str) -> list[str]:
        """Every word that `word` (lower case) is made of, longer ones too: "Hebammensprechstunde" holds
        "hebammen", "sprechstunde", "sprech" and "stunde". Empty when it is no compound.
        """
        if "-" in word:
            pieces = [piece for piece in word.split("-") if piece]
            inner = [part for piece in pieces for part in self.parts(piece)]
            return sorted({"".join(pieces), *inner} - {word, ""})
        found = self._best(word)
        if not found:
            return []
        return sorted({*found, *self.parts(found[0]), *self.parts(found[1])})

    def _find_best(self, word: str) -> tuple[str, str] | None:
        if len(word) < SHORTEST:
            return None
        splits = [(score, body.lower(), head.lower()) for score, body, head in self._scored(word) if score >= GUESS]
        for score, body, head in splits:
            if score >= GOOD and self._looks_right(body, head, score):
                return body, head
        guesses = [(body, head) for score, body, head in splits if score < GOOD]
        for firm in (self._is_firm, self._is_firm_or_compound):
            for body, head in guesses:
                if firm(body) and firm(head):
                    return body, head
        return None

    def _looks_right(self, body: str, head: str, score: float) -> bool:
        if score >= SURE and len(body) >= 5 and len(head) >= 5:
            return True
        known_head = self._is_word(head) or (len(head) >= 4 and self._best(head) is not None)
        return known_head and (len(body) >= 5 or self._is_word(body) or self._best(body) is not None)

    def _is_word(self, part: str) -> bool:
        return _stands_in(part, self._own) or _stands_in(part, self._listed)

    def _is_firm(self, part: str) -> bool:
        """A word long enough not to be chance; four letters do for a word that the offers use."""
        return len(part) >= 4 and (_stands_in(part, self._own) or (len(part) >= 5 and self._is_word(part)))

    def _is_firm_or_compound(self, part: str) -> bool:
        return self._is_firm(part) or (len(part) >= 5 and self._best(part) is not None)


def _stands_in(part: str, words: frozenset[str]) -> bool:
    """As it is, without an ending, or as the stem of a verb ("Krabbel" of "krabbeln")."""
    if part in words:
        return True
    shorter = (part[: -len(ending)] for ending in ENDINGS if part.endswith(ending) and len(part) - len(ending) >= 3)
    if any(stem in words for stem in shorter):
        return True
    return not part.endswith("e") and any(part + ending in words for ending in ("n", "en", "e"))


def split_all(words: Iterable[str], known: Iterable[str]) -> Mapping[str, list[str]]:
    splitter = Splitter(known)
    return {word: splitter.parts(word) for word in words}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(split_all(asked["words"], asked["known"]), sys.stdout)
