"""What the page of a checked table shows: each row in words, old and new told apart word by word."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from offers.desk.differences import Piece, difference
from offers.models import Offer, UploadedSheet
from offers.proposals import FIELDS, Wording
from offers.sheets.check import errors, head_of

A_PAGE = 40  # rows
MOST_ERRORS = 200


@dataclass(frozen=True)
class Field:
    """A field that would change: what goes and what comes, word by word; of a new offer just what it says."""

    label: str
    old: list[Piece]
    new: list[Piece]


@dataclass(frozen=True)
class ShownRow:
    line: int
    title: str
    is_new: bool
    fields: list[Field]
    conflicts: list[str]
    moved: list[str]
    waiting: str
    similar: list[tuple[Offer, str]]


class Result:
    """A checked table for its page."""

    def __init__(self, sheet: UploadedSheet) -> None:
        result = sheet.result
        self.problem = result.get("problem", "")
        self.hints = result.get("hints", [])
        self.rows = result.get("rows", [])
        self.same = result.get("same", 0)
        self.absent = result.get("absent", 0)
        self.errors = list(errors(result))
        self.bad = sum(bool(row["errors"]) for row in self.rows)
        self.new = sum(bool(row["payload"]) and row["offer"] is None for row in self.rows)
        self.changed = sum(bool(row["payload"]) and row["offer"] is not None for row in self.rows)
        self.waiting = sum(bool(row["waiting"]) for row in self.rows)
        self.conflicts = sum(bool(row["conflicts"]) for row in self.rows)

    @property
    def ready(self) -> int:
        """How many proposals there would be."""
        return self.new + self.changed

    @property
    def first_errors(self) -> list[str]:
        return self.errors[:MOST_ERRORS]

    @property
    def more_errors(self) -> int:
        return max(len(self.errors) - MOST_ERRORS, 0)

    @property
    def told(self) -> list[dict[str, Any]]:
        """Rows that change something, or would have."""
        return [row for row in self.rows if not row["errors"]]

    def shown(self, rows: list[dict[str, Any]]) -> Iterator[ShownRow]:
        wording = Wording()
        offers = Offer.objects.public().in_bulk([pk for row in rows for pk, _reasons in row["similar"]])
        for row in rows:
            is_new = row["offer"] is None
            yield ShownRow(
                row["line"],
                row["title"],
                is_new,
                [field for name in FIELDS if name in row["payload"] for field in _field(name, row, wording)],
                [head_of(name) for name in row["conflicts"]],
                [head_of(name) for name in row["moved"]],
                row["waiting"],
                [(offers[pk], "; ".join(reasons)) for pk, reasons in row["similar"] if pk in offers],
            )


def _field(name: str, row: dict[str, Any], wording: Wording) -> Iterator[Field]:
    """Nothing when it is empty and was."""
    old, new = (wording.text(name, values.get(name)) for values in (row["base"], row["payload"]))
    if row["offer"] is None and new:
        yield Field(head_of(name), [], [Piece(new, False)])
    elif old or new:
        words = difference(old, new)
        yield Field(head_of(name), words.old, words.new)
