"""Rows out of an XLSX file that a stranger made: read with limits, formulas by the value Excel last saw."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from offers.sheets.cells import unescape

MOST_UNPACKED = 30_000_000  # bytes; 2,000 full rows are about ten million
MOST_FILES = 300
MOST_MERGED = 1_000
MOST_COLUMNS = 200
MOST_SCANNED = 20_000  # rows, empty ones too
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]+)"')
Place = tuple[int, int]


class UnreadableError(Exception):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass
class RawSheet:
    """`rows` hold a line number and its values by column, both from 1. `problems` says what is wrong with a cell."""

    name: str
    rows: list[tuple[int, dict[int, Any]]] = field(default_factory=list)
    problems: dict[Place, str] = field(default_factory=dict)
    epoch: datetime = WINDOWS_EPOCH


class _Reader(ExcelReader):  # type: ignore[misc]  # the library has no types
    """Leaves text as it stands in the file; the library's own way loses "x005F_". `_meant` does the rest."""

    package: Manifest

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        strings: list[str] = []
        with self.archive.open(part.PartName[1:]) as source:
            for _event, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    strings.append(Text.from_tree(node).content)
                    node.clear()
        self.shared_strings = strings


def raw_sheets(content: bytes, first: str) -> Iterator[RawSheet]:
    """The sheets of the file, the one called `first` before the others. Raises UnreadableError."""
    try:
        _check_size(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not matter here
            book = _open(content)
            for source in sorted(book.worksheets, key=lambda sheet: sheet.title != first):
                yield _raw(content, source, book.epoch)
    except UnreadableError:
        raise
    except Exception as error:  # a broken file can fail anywhere in the library
        raise UnreadableError(
            _("Die Datei ist beschädigt oder keine Excel-Datei. Öffnen Sie sie in Excel und speichern Sie sie neu.")
        ) from error


def _check_size(content: bytes) -> None:
    """Before anything is unpacked: `zipfile` gives no file more bytes than its entry says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "content.xml" in names and "mimetype" in names:
        raise UnreadableError(_("Das ist eine OpenDocument-Datei. Bitte speichern Sie sie als Excel-Datei (.xlsx)."))
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableError(
            _("Die Datei ist ausgepackt zu groß. Bitte laden Sie nur Ihre Angebote hoch, ohne Bilder.")
        )


def _open(content: bytes, *, values: bool = True) -> Any:
    reader = _Reader(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    reader.read()
    return reader.wb


def _raw(content: bytes, source: Any, epoch: datetime) -> RawSheet:
    found = RawSheet(source.title, epoch=epoch)
    for line, cells in _lines(source):
        for column, cell in cells.items():
            if cell.data_type == "e":
                found.problems[line, column] = _("In der Zelle steht ein Fehler von Excel (%(error)s).") % {
                    "error": cell.value
                }
        values = {column: _meant(cell.value) for column, cell in cells.items() if cell.data_type != "e"}
        found.rows.append((line, values))
    xml = source._get_source().read()  # merged cells and formulas are not told of in this mode
    if _FORMULA.search(xml):
        _without_result(content, found)
    _merged(xml, found)
    return found


def _meant(value: Any) -> Any:
    """ "_x000D_" is a carriage return."""
    return unescape(value) if isinstance(value, str) else value


def _lines(source: Any) -> Iterator[tuple[int, dict[int, Any]]]:
    """The rows that say anything."""
    source.reset_dimensions()
    for line, row in enumerate(source.iter_rows(max_col=MOST_COLUMNS), 1):
        if line > MOST_SCANNED:
            raise UnreadableError(_("Die Tabelle hat zu viele Zeilen. Bitte löschen Sie leere Zeilen am Ende."))
        cells = {column: cell for column, cell in enumerate(row, 1) if cell.value not in (None, "")}
        if cells:
            yield line, cells


def _without_result(content: bytes, found: RawSheet) -> None:
    """A formula counts as the value it had when the file was stored; without one, it is a problem."""
    known = dict(found.rows)
    for line, cells in _lines(_open(content, values=False)[found.name]):
        for column, cell in cells.items():
            if cell.data_type == "f" and column not in known.get(line, {}):
                found.problems.setdefault(
                    (line, column), _("In der Zelle steht eine Formel ohne Ergebnis. Bitte schreiben Sie den Wert hin.")
                )
                if line not in known:
                    known[line] = {}
                    found.rows.append((line, known[line]))
    found.rows.sort(key=lambda row: row[0])


def _merged(xml: bytes, found: RawSheet) -> None:
    for number, match in enumerate(_MERGED.finditer(xml)):
        if number >= MOST_MERGED:
            raise UnreadableError(_("In der Tabelle sind sehr viele Zellen verbunden. Bitte heben Sie das auf."))
        left, top, right, bottom = range_boundaries(match[1].decode())
        for line, _values in found.rows:
            if top <= line <= bottom and (top, left) != (bottom, right):
                for column in range(left, min(right, MOST_COLUMNS) + 1):
                    found.problems[line, column] = _(
                        "Die Zelle ist mit anderen verbunden. Bitte heben Sie das auf und füllen Sie jede Zelle."
                    )
