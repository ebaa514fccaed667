"""Two texts word by word: what is the same, what goes, what comes."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.35  # below it, nearly every word would be marked: then the whole text is, once
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """Some words in a row; `marked` when the other text has them not."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Difference:
    """The old text with what goes marked, the new one with what comes marked."""

    old: list[Piece]
    new: list[Piece]


def difference(old: str, new: str) -> Difference:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if not before or not after or matcher.ratio() < ALIKE:
        return Difference(_pieces([(old, True)]), _pieces([(new, True)]))
    gone, come = [], []
    for kind, i, j, k, m in _steps(matcher, before):
        gone.append(("".join(before[i:j]), kind != "equal"))
        come.append(("".join(after[k:m]), kind != "equal"))
    return Difference(_pieces(gone), _pieces(come))


def _steps(matcher: "SequenceMatcher[str]", before: list[str]) -> list[tuple[str, int, int, int, int]]:
    """The matcher's steps, where a lone space between two changes belongs to them."""
    steps: list[tuple[str, int, int, int, int]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        lone = kind == "equal" and j - i == 1 and before[i].isspace() and "\n" not in before[i] and bool(steps)
        steps.append(("replace" if lone else kind, i, j, k, m))
    return steps


def _pieces(parts: list[tuple[str, bool]]) -> list[Piece]:
    """Neighbours of one kind become one piece; empty ones go."""
    found: list[Piece] = []
    for text, marked in parts:
        if found and found[-1].marked == marked:
            found[-1] = Piece(found[-1].text + text, marked)
        elif text:
            found.append(Piece(text, marked))
    return found
