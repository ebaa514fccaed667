"""From an uploaded file to rows of text by column, whatever Excel made of it meanwhile."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from offers.sheets.archive import MOST_COLUMNS, MOST_SCANNED, RawSheet, UnreadableError, raw_sheets
from offers.sheets.cells import as_meant, text_of
from offers.sheets.columns import COLUMNS, KEY, PARTS, TITLE
from offers.sheets.parts import Cells, Column, Part
from offers.sheets.words import plain
from offers.sheets.write import OFFERS

MOST_ROWS = 2_000
_HEAD_WITHIN = 15  # rows from the top
_ALSO_CALLED = {
    "titel": "title", "name": "title", "angebot": "title", "kurztext": "summary", "beschreibung": "description",
    "barrierefreiheit": "accessibility_note", "tel": "phone", "email": "email", "mail": "email",
    "webseite": "website", "homepage": "website",
}  # fmt: skip


@dataclass
class Line:
    """One row below the head: texts and what is wrong with cells, by the column's head."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.cells.get(str(KEY.head), "").strip()

    def of(self, part: Part) -> Cells:
        return tuple(self.cells.get(str(column.head), "") for column in part.columns)


@dataclass
class Table:
    """`parts` are the fields the file has columns for; `hints` what the sender should know about the head."""

    lines: list[Line]
    parts: list[Part]
    hints: list[str]


def read_table(content: bytes) -> Table:
    """Raises UnreadableError."""
    if content.startswith(b"PK"):
        sheets: Iterable[RawSheet] = raw_sheets(content, OFFERS)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            _("Das ist eine alte oder geschützte Excel-Datei. Bitte speichern Sie sie ohne Passwort als .xlsx.")
        )
    else:
        sheets = [_raw_csv(content)]
    for sheet in sheets:
        found = _head(sheet)
        if found:
            return _table(sheet, *found)
    raise UnreadableError(
        _("Die Kopfzeile fehlt. Die erste Zeile muss die Namen der Spalten haben, so wie in der Tabelle zum "
          "Herunterladen.")
    )  # fmt: skip


# -- CSV -------------------------------------------------------------------------------------------------------------


def _raw_csv(content: bytes) -> RawSheet:
    text = _decoded(content)
    if text.startswith("sep="):  # what some programs write for Excel
        text = text.partition("\n")[2]
    known = {plain(str(column.head)) for column in COLUMNS}

    def recognised(delimiter: str) -> int:
        head = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return sum(plain(cell) in known for cell in head)

    sheet = RawSheet("")
    try:
        delimiter = max(";,\t", key=recognised)
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if number > MOST_SCANNED:
                raise UnreadableError(_("Die Tabelle hat zu viele Zeilen. Bitte löschen Sie leere Zeilen am Ende."))
            cells = {column: as_meant(cell) for column, cell in enumerate(row[:MOST_COLUMNS], 1) if cell}
            if cells:
                sheet.rows.append((number, cells))
    except csv.Error as error:
        raise UnreadableError(_("Die Datei ist kein gültiges CSV (%(error)s).") % {"error": error}) from None
    return sheet


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, Excel's Unicode text, or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    if "\0" in text or "\ufffd" in text.replace("\ufffd", "", 3):
        raise UnreadableError(_("Diese Datei können wir nicht lesen. Möglich sind Excel (.xlsx) und CSV."))
    return text


# -- head and rows ---------------------------------------------------------------------------------------------------


def _head(sheet: RawSheet) -> tuple[int, dict[int, Column]] | None:
    """The line with the most known names among the first ones, and the columns by their number."""
    best: tuple[int, dict[int, Column]] | None = None
    for number, values in sheet.rows:
        if number > _HEAD_WITHIN:
            break
        found = {place: column for place, value in values.items() if (column := _column(str(value)))}
        if len(found) > 1 and (best is None or len(found) > len(best[1])):
            best = (number, found)
    return best


def _column(text: str) -> Column | None:
    word = plain(text).rstrip("*:. ")
    name = _ALSO_CALLED.get(word)
    if name:
        return next(part.columns[0] for part in PARTS if part.name == name)
    if word in {"plz", "postleitzahl"}:
        word = "ort: postleitzahl"
    return next((column for column in COLUMNS if plain(str(column.head)) == word), None)


def _table(sheet: RawSheet, head_line: int, head: dict[int, Column]) -> Table:
    columns = list(head.values())
    for column in columns:
        if columns.count(column) > 1:
            raise UnreadableError(_("Die Spalte „%(head)s“ steht zweimal da.") % {"head": column.head})
    for column in (KEY, TITLE.columns[0]):
        if column not in columns:
            raise UnreadableError(
                _("Die Spalte „%(head)s“ fehlt. Bitte laden Sie die Tabelle neu herunter und ändern Sie dort.")
                % {"head": column.head}
            )
    parts = [part for part in PARTS if any(column in columns for column in part.columns)]
    for part in parts:
        for column in part.columns:
            if column not in columns:
                raise UnreadableError(
                    _("Die Spalte „%(head)s“ fehlt. Sie gehört zu „%(other)s“.")
                    % {"head": column.head, "other": next(one.head for one in part.columns if one in columns)}
                )
    lines = list(_lines(sheet, head_line, head))
    if len(lines) > MOST_ROWS:
        raise UnreadableError(
            _("Die Tabelle hat %(count)d Zeilen. Höchstens %(most)d sind möglich. Bitte teilen Sie sie auf.")
            % {"count": len(lines), "most": MOST_ROWS}
        )
    return Table(lines, parts, list(_hints(sheet, head_line, head, parts)))


def _lines(sheet: RawSheet, head_line: int, head: dict[int, Column]) -> Iterator[Line]:
    for number, values in sheet.rows:
        if number <= head_line:
            continue
        cells = {
            str(column.head): text_of(values.get(place), column.kind, sheet.epoch) for place, column in head.items()
        }
        problems = {
            str(column.head): reason
            for place, column in head.items()
            if (reason := sheet.problems.get((number, place)))
        }
        if problems or any(plain(text) for text in cells.values()):
            yield Line(number, cells, problems)


def _hints(sheet: RawSheet, head_line: int, head: dict[int, Column], parts: list[Part]) -> Iterator[str]:
    values = dict(sheet.rows)[head_line]
    unknown = [str(value).strip()[:40] for place, value in values.items() if place not in head and str(value).strip()]
    if unknown:
        yield _("Diese Spalten kennen wir nicht und haben sie nicht gelesen: %(heads)s.") % {
            "heads": ", ".join(f"„{text}“" for text in unknown)
        }
    missing = [f"„{column.head}“" for part in PARTS if part not in parts for column in part.columns]
    if missing:
        yield _("Diese Spalten fehlen, dort bleibt alles, wie es ist: %(heads)s.") % {"heads": ", ".join(missing)}
