"""What the columns of a pack file mean: how a cell becomes the value of a model field."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange

Cells = Mapping[str, str]
Found = Callable[[str, str], int | None]
"""Finds the id of the row with a label and key; None when that row was left out."""


class BadCell(Exception):  # noqa: N818 -- the name says what is wrong
    """A cell that does not fit its column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Column(Protocol):
    """One or more columns of the file that make one field of the model (`field` is "" when none is stored)."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def field(self) -> str: ...


@dataclass(frozen=True)
class Value:
    """A cell that holds one value, or with `separator` a list. `otherwise` gives the value of an empty cell."""

    column: str
    to: str = ""
    separator: str | None = None
    otherwise: Callable[[Cells], Any] | None = None
    within: tuple[float, float] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def field(self) -> str:
        return self.to or self.column

    def read(self, cells: Cells, model: type[models.Model]) -> Any:
        """The value for the field; raises BadCell."""
        target = model._meta.get_field(self.field)
        text = cells[self.column]
        if not text and self.otherwise:
            return self.otherwise(cells)
        try:
            if isinstance(target, ArrayField):
                parts = [part.strip() for part in text.split(self.separator)] if text else []
                return [_to_python(target.base_field, part) for part in parts if part]
            assert isinstance(target, models.Field)  # noqa: S101 -- narrows the type; relations have their own columns
            value = _to_python(target, text)
        except ValidationError as error:
            raise BadCell(self.column, " ".join(error.messages)) from error
        if self.within and value is not None and not self.within[0] <= value <= self.within[1]:
            raise BadCell(self.column, f"„{text}“ liegt nicht zwischen {self.within[0]} und {self.within[1]}.")
        return value


def _to_python(target: "models.Field[Any, Any]", text: str) -> Any:
    if not text:
        return None if target.null else target.get_default()
    if isinstance(target, models.BooleanField):
        if text not in {"0", "1"}:
            raise ValidationError(f"„{text}“ ist weder 0 noch 1.")
        return text == "1"
    value = target.to_python(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValidationError(f"„{text}“ ist keine Zahl.")
    return value


@dataclass(frozen=True)
class Ages:
    """Two columns of whole months that make a half-open range; with `everyone` a 1 there means every age."""

    first: str = "ages_from_months"
    until: str = "ages_until_months"
    everyone: str = ""
    field: str = "ages"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.first, self.until, self.everyone) if name)

    def read(self, cells: Cells) -> NumericRange | None:
        """The range, None when nothing is said; raises BadCell."""
        first, until = self._months(cells, self.first), self._months(cells, self.until)
        if self.everyone and cells[self.everyone] not in {"", "0"}:
            if cells[self.everyone] != "1" or first is not None or until is not None:
                raise BadCell(self.everyone, "Hier steht 0 oder 1; bei 1 bleiben die Altersspalten leer.")
            return NumericRange(None, None)
        if first is None and until is None:
            return None
        if first is None:
            raise BadCell(self.first, "Zu „bis“ fehlt „von“.")
        if first < -9:
            raise BadCell(self.first, "Das Alter beginnt frühestens bei -9 Monaten.")
        if until is not None and until <= first:
            raise BadCell(self.until, f"„bis“ ({until}) muss größer sein als „von“ ({first}).")
        return NumericRange(first, until)

    @staticmethod
    def _months(cells: Cells, column: str) -> int | None:
        text = cells[column]
        try:
            months = int(text) if text else None
        except ValueError:
            raise BadCell(column, f"„{text}“ ist keine ganze Zahl von Monaten.") from None
        if months is not None and months > 99 * 12:
            raise BadCell(column, f"{months} Monate sind mehr als 99 Jahre.")
        return months


@dataclass(frozen=True)
class Reference:
    """A cell with the key of a row in another file (or further up in the same one)."""

    column: str
    to: str
    to_field: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def field(self) -> str:
        return self.to_field or self.column

    def keys(self, cells: Cells) -> list[str]:
        return [cells[self.column]] if cells[self.column] else []


@dataclass(frozen=True)
class References:
    """A cell with the keys of any number of rows, separated by spaces."""

    column: str
    to: str
    to_field: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def field(self) -> str:
        return self.to_field or self.column

    def keys(self, cells: Cells) -> list[str]:
        return cells[self.column].split()


@dataclass(frozen=True)
class Kept:
    """A column for the editors of the pack; the database has no field for it."""

    column: str
    field: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)


@dataclass(frozen=True)
class PackFile:
    """A file of the pack: the model its rows become, the columns that identify a row, and what the columns mean.

    `model` is a label like "partners.Partner". `natural` names the fields by which a row that staff entered
    themselves is recognised. `fixed` are values that every loaded row gets.
    """

    name: str
    model: str
    key: tuple[str, ...]
    content: tuple["Value | Ages | Reference | References | Kept", ...]
    natural: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False  # a pack may do without the file

    @property
    def columns(self) -> list[str]:
        return [name for part in self.content for name in part.columns]

    @property
    def references(self) -> list["Reference | References"]:
        return [part for part in self.content if isinstance(part, Reference | References)]

    def column_of(self, field_name: str) -> str:
        """The column that fills a field, "" when none does."""
        return next((part.columns[0] for part in self.content if part.field == field_name), "")

    def key_of(self, cells: Cells) -> str:
        return "/".join(cells[name] for name in self.key)
