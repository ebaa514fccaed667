"""From axial hexagon coordinates to a drawing, and from names to what fits into a hexagon."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SIZE = 10.0  # from the middle of a hexagon to a corner, in units of the drawing
_GAP = 0.45  # between two hexagons
_LONGEST_LINE = 10  # letters of a name that fit side by side
_SHORT = 4  # letters of an abbreviation


@dataclass(frozen=True)
class Frame:
    """The part of the plane that holds all hexagons."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, middles: Sequence[tuple[float, float]]) -> "Frame":
        margin = SIZE + 1
        across = [x for x, _y in middles] or [0.0]
        down = [y for _x, y in middles] or [0.0]
        left, top = min(across) - margin, min(down) - margin
        return cls(left, top, max(across) - left + margin, max(down) - top + margin)

    @property
    def view_box(self) -> str:
        return " ".join(number(value) for value in (self.left, self.top, self.width, self.height))


def middle(q: int, r: int) -> tuple[float, float]:
    """The middle of a pointy-topped hexagon with axial coordinates q (right) and r (down right)."""
    return SIZE * math.sqrt(3) * (q + r / 2), SIZE * 1.5 * r


def corners(q: int, r: int) -> str:
    """The six corners for `points`."""
    x, y = middle(q, r)
    radius = SIZE - _GAP
    angles = [math.radians(60 * step - 30) for step in range(6)]
    return " ".join(f"{number(x + radius * math.cos(a))},{number(y + radius * math.sin(a))}" for a in angles)


def number(value: float) -> str:
    """With a point and without needless digits, whatever the page's language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def lines(name: str) -> list[str]:
    """The name in one or two lines, without what stands in brackets: "Schmach-", "tendorf"."""
    bare = re.sub(r"\s*\(.*?\)", "", name)
    parts = re.findall(r"[^\s-]+-?", bare)
    if len(parts) > 1:
        return [parts[0], " ".join(parts[1:])]
    if len(bare) <= _LONGEST_LINE:
        return [bare]
    # German syllables begin with the last consonant before a vowel; take the break nearest to just after the middle.
    breaks = [match.start() for match in re.finditer(r"(?<=\w\w)[^aeiouäöü\W](?=[aeiouäöü])", bare, re.IGNORECASE)]
    breaks = [at for at in breaks if 3 <= at <= len(bare) - 3]
    if not breaks:
        return [bare]
    at = min(breaks, key=lambda at: abs(at - len(bare) / 2 - 1))
    return [bare[:at] + "-", bare[at:]]


def abbreviations(names: Iterable[str]) -> list[str]:
    """A few letters for each name, all different where letters allow it."""
    taken: set[str] = set()
    found = []
    for name in names:
        words = re.findall(r"\w+", re.sub(r"\(.*?\)", "", name))
        first = words[0] if words else name
        tail = words[1][:1] if len(words) > 1 else ""
        head = first[: _SHORT - 1] + tail if tail else first[:_SHORT]
        choices = [head, *(first[: _SHORT - 1] + letter for letter in reversed(first[_SHORT:]))]
        short = next((choice for choice in choices if choice not in taken), head)
        taken.add(short)
        found.append(short)
    return found
