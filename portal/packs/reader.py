"""Read one CSV file of a pack and say what is wrong with its form."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DELIMITER = ";"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a pack; line 0 means the file as a whole, column "" the row as a whole."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = self.file
        if self.line:
            where += f", Zeile {self.line}"
        if self.column:
            where += f", Spalte {self.column}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, and the line it starts on."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """The readable rows of a file; `problems` holds what could not be read. Not `readable`: not a single row could."""

    name: str
    readable: bool = False
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(self.name, line, column, reason))


def read_sheet(path: Path, columns: Sequence[str]) -> Sheet:
    """Read a UTF-8 file with semicolons whose header holds exactly `columns`, in any order."""
    sheet = Sheet(path.name)
    text = _decode(path, sheet)
    if text is None:
        return sheet
    lines = list(_cells(text, sheet))
    if not lines:
        sheet.complain(1, "", "Die Datei ist leer, es fehlt die Kopfzeile.")
        return sheet
    header = lines[0][1]
    if _header_fits(header, columns, sheet):
        sheet.readable = True
        for line, cells in lines[1:]:
            if len(cells) != len(header):
                sheet.complain(line, "", f"{len(cells)} statt {len(header)} Spalten.")
            else:
                sheet.rows.append(Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
    return sheet


def _decode(path: Path, sheet: Sheet) -> str | None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        sheet.complain(0, "", "Die Datei fehlt.")
        return None
    except OSError as error:
        sheet.complain(0, "", f"Die Datei ist nicht lesbar ({error.strerror}).")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sheet.complain(raw.count(b"\n", 0, error.start) + 1, "", "Die Datei ist nicht in UTF-8 geschrieben.")
        return None
    if "\0" in text:
        sheet.complain(text.count("\n", 0, text.index("\0")) + 1, "", "Die Zeile enthält ein NUL-Zeichen.")
        return None
    return text


def _cells(text: str, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line it starts on."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=DELIMITER, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        sheet.complain(start, "", f"Die Zeile ist kein gültiges CSV ({error}).")


def _header_fits(header: list[str], columns: Sequence[str], sheet: Sheet) -> bool:
    for name in sorted({name for name in header if header.count(name) > 1}):
        sheet.complain(1, name, "Die Spalte steht zweimal da.")
    for name in header:
        if name not in columns:
            sheet.complain(1, name, "Die Spalte ist unbekannt.")
    for name in columns:
        if name not in header:
            sheet.complain(1, name, "Die Spalte fehlt.")
    return not sheet.problems
