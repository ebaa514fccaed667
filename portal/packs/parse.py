"""Find the files of a pack and turn their rows into values, collecting every problem on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from portal.packs.columns import Ages, BadCell, Kept, PackFile, Reference, References, Value
from portal.packs.reader import Problem, Row, Sheet, read_sheet

CITY_FILE = "city.csv"
CITY_COLUMNS = ["key", "value", "source"]
LONGEST_KEY = 200  # what PackEntry can remember


@dataclass(frozen=True)
class Parsed:
    """A row as values by field, and the keys of the rows it refers to by field.

    A `broken` row has a problem already: it is not loaded, but its readable values are still checked.
    """

    line: int
    key: str
    values: dict[str, Any]
    references: dict[str, list[str]]
    broken: bool


@dataclass
class ParsedPack:
    """All files in loading order with their rows, and what is wrong with them."""

    rows: dict[str, list[Parsed]] = field(default_factory=dict)
    files: list[PackFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    keys: dict[str, dict[str, int]] = field(default_factory=dict)  # model label → key → position in its file


def pack_files() -> list[PackFile]:
    """The files that the installed apps take (`pack.FILES`), each after the files it refers to."""
    waiting: list[PackFile] = []
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "pack"):
            waiting += import_module(f"{config.name}.pack").FILES
    ordered: list[PackFile] = []
    while waiting:
        open_models = {file.model for file in waiting}
        ready = [file for file in waiting if not (_models_needed(file) & open_models)]
        if not ready:
            raise ValueError(f"These pack files refer to each other in a circle: {[file.name for file in waiting]}")
        ordered += ready
        waiting = [file for file in waiting if file not in ready]
    return ordered


def _models_needed(file: PackFile) -> set[str]:
    return {reference.to for reference in file.references} - {file.model}


def parse_pack(folder: Path) -> ParsedPack:
    """Read and check every file of the pack in `folder`, without the database."""
    pack = ParsedPack(files=pack_files())
    sheets = {file.name: _sheet(folder, file) for file in pack.files}
    for file in pack.files:
        if sheets[file.name].readable:  # else every reference to it would be one more, useless complaint
            pack.keys[file.model] = _unique_keys(sheets[file.name], file.key)
    for file in pack.files:
        sheet = sheets[file.name]
        pack.rows[file.name] = [_parse_row(row, file, sheet, pack.keys) for row in sheet.rows]
        pack.problems += sheet.problems
    city = read_sheet(folder / CITY_FILE, CITY_COLUMNS)
    _unique_keys(city, ("key",))
    pack.problems += city.problems
    pack.problems += _strangers(folder, {CITY_FILE, *sheets})
    pack.problems.sort()
    return pack


def _sheet(folder: Path, file: PackFile) -> Sheet:
    if file.optional and not (folder / file.name).exists():
        return Sheet(file.name, readable=True)
    return read_sheet(folder / file.name, file.columns)


def _strangers(folder: Path, known: Iterable[str]) -> list[Problem]:
    names = sorted({path.name for path in folder.glob("*.csv")} - set(known))
    return [Problem(name, 0, "", "Keine App liest diese Datei. Ist der Name richtig geschrieben?") for name in names]


def _unique_keys(sheet: Sheet, columns: tuple[str, ...]) -> dict[str, int]:
    """The keys with their positions; an empty or repeated key is a problem and its row is dropped."""
    lines: dict[str, int] = {}
    keys: dict[str, int] = {}
    rows: list[Row] = []
    for row in sheet.rows:
        empty = [name for name in columns if not row.cells[name]]
        key = "/".join(row.cells[name] for name in columns)
        if empty:
            sheet.complain(row.line, empty[0], "Hier muss etwas stehen, es kennzeichnet die Zeile.")
        elif len(key) > LONGEST_KEY:
            sheet.complain(row.line, columns[0], f"Länger als {LONGEST_KEY} Zeichen.")
        elif key in lines:
            sheet.complain(row.line, columns[-1], f"„{key}“ steht schon in Zeile {lines[key]}.")
        else:
            lines[key] = row.line
            keys[key] = len(rows)
            rows.append(row)
    sheet.rows = rows
    return keys


def _parse_row(row: Row, file: PackFile, sheet: Sheet, keys: dict[str, dict[str, int]]) -> Parsed:
    model = apps.get_model(file.model)
    key = file.key_of(row.cells)
    values: dict[str, Any] = dict(file.fixed)
    references: dict[str, list[str]] = {}
    before = len(sheet.problems)
    for part in file.content:
        try:
            if isinstance(part, Value):
                values[part.field] = part.read(row.cells, model)
            elif isinstance(part, Ages):
                values[part.field] = part.read(row.cells)
            elif isinstance(part, Reference | References):
                references[part.field] = part.keys(row.cells)
                _check_reference(part, row, file, keys, model)
            else:
                assert isinstance(part, Kept)  # noqa: S101 -- the only kind left
        except BadCell as bad:
            sheet.complain(row.line, bad.column, bad.reason)
    return Parsed(row.line, key, values, references, broken=len(sheet.problems) > before)


def _check_reference(
    part: Reference | References, row: Row, file: PackFile, keys: dict[str, dict[str, int]], model: type[models.Model]
) -> None:
    found = part.keys(row.cells)
    target = model._meta.get_field(part.field)
    if not found and isinstance(target, models.Field) and not target.blank:
        raise BadCell(part.column, "Hier muss etwas stehen.")
    known = keys.get(part.to)
    if known is None:
        return
    unknown = [key for key in found if key not in known]
    if unknown:
        raise BadCell(part.column, f"Unbekannt: {', '.join(unknown)}.")
    if part.to == file.model:
        own = known[file.key_of(row.cells)]
        below = [key for key in found if known[key] >= own]
        if below:
            raise BadCell(part.column, f"Diese Zeile muss unter {', '.join(below)} stehen.")
