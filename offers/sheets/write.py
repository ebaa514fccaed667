"""The sheet that people download: every offer a row, as XLSX for Excel and LibreOffice, and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from offers.models import Offer
from offers.proposals import Payload, snapshot, with_all_parts
from offers.sheets.cells import escape, harmless
from offers.sheets.columns import COLUMNS, PARTS
from offers.sheets.key import write_key
from offers.sheets.parts import Column
from offers.sheets.words import Words, read_day

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFERS, GUIDE, LISTS = "Angebote", "Erklärung", "Auswahl"
FORMATS = {"day": "DD.MM.YYYY", "number": "General"}  # all else is text, so that no zero in front is lost
ROOM = 500  # rows below the last offer that also have lists to pick from
_HEAD = PatternFill("solid", fgColor="1F3864")
_KEY = PatternFill("solid", fgColor="E7E6E6")
_TOP = Alignment(vertical="top", wrap_text=True)
Cells = tuple[str, ...]


def rows_of(offers: QuerySet[Offer], words: Words) -> list[Cells]:
    """The cells of each offer, in the order of COLUMNS."""
    found = ((offer, snapshot(offer, loaded=True)) for offer in with_all_parts(offers))
    return [row(write_key(offer, values, words), values, words) for offer, values in found]


def row(key: str, values: Payload, words: Words) -> Cells:
    return (key, *(cell for part in PARTS for cell in part.cells(values[part.name], words)))


def as_csv(rows: Iterable[Cells]) -> bytes:
    """Semicolons and a mark for UTF-8, as Excel reads it in Germany."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(str(column.head) for column in COLUMNS)
    writer.writerows([harmless(cell) for cell in cells] for cells in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[Cells], words: Words) -> bytes:
    """Three sheets: the offers, what each column means, and the lists to pick from."""
    book = Workbook(write_only=True)
    offers, guide, lists = (book.create_sheet(name) for name in (OFFERS, GUIDE, LISTS))
    picks = [(column, column.choices(words)) for column in COLUMNS if column.choices]
    _lay_out(offers, [column.width for column in COLUMNS], "C2")
    for number, column in enumerate(COLUMNS, 1):  # what is typed below the last offer looks like what stands above
        below = offers.column_dimensions[get_column_letter(number)]
        below.number_format, below.alignment = FORMATS.get(column.kind, "@"), _TOP
    for number, (column, labels) in enumerate(picks, 1):
        offers.data_validations.append(_list(column, number, len(labels), len(rows)))
    offers.append(_heads(offers, (str(column.head) for column in COLUMNS)))
    for cells in rows:
        offers.append([_cell(offers, cell, column) for cell, column in zip(cells, COLUMNS, strict=True)])
    _guide(guide, words)
    _lay_out(lists, [34] * len(picks), "A2")
    lists.append(_heads(lists, (str(column.head) for column, _labels in picks)))
    for labels in _turned([labels for _column, labels in picks]):
        lists.append([_text(lists, label) for label in labels])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _lay_out(sheet: Any, widths: list[int], frozen: str) -> None:
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen


def _heads(sheet: Any, heads: Iterable[str]) -> Iterator[Any]:
    for head in heads:
        cell = _text(sheet, head)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        yield cell


def _cell(sheet: Any, text: str, column: Column) -> Any:
    """A day is a day and an age a number, so that people can sort; all else is text, whatever it looks like."""
    if column.kind == "day":
        day = read_day(text)
        cell = WriteOnlyCell(sheet, date.fromisoformat(day) if day else None)
        cell.number_format = FORMATS["day"]
    elif column.kind == "number" and text.isdecimal():
        cell = WriteOnlyCell(sheet, int(text))
    else:
        cell = _text(sheet, text)
    cell.alignment = _TOP
    if column is COLUMNS[0]:
        cell.fill, cell.alignment = _KEY, Alignment(vertical="top", shrink_to_fit=False)
        cell.font = Font(color="808080", size=8)
    return cell


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, None)
    cell.number_format = "@"
    if text:
        cell.value = escape(text)
        cell.data_type = "s"  # the library takes what begins with "=" for a formula
    return cell


def _list(column: Column, number: int, labels: int, rows: int) -> DataValidation:
    """A list to pick from; where several are possible, other text is allowed, too."""
    letter = get_column_letter(number)
    rule = DataValidation(
        type="list",
        formula1=f"{LISTS}!${letter}$2:${letter}${labels + 1}",
        allow_blank=True,
        showErrorMessage=not column.several,
        errorTitle=str(column.head)[:32],
        error=_("Bitte wählen Sie aus der Liste."),
        showInputMessage=column.several,
        promptTitle=str(column.head)[:32] if column.several else None,
        prompt=str(column.hint)[:255] if column.several else None,
    )
    own = get_column_letter(COLUMNS.index(column) + 1)
    rule.add(f"{own}2:{own}{rows + ROOM + 1}")
    return rule


def _guide(sheet: Any, words: Words) -> None:
    _lay_out(sheet, [24, 70, 90], "A2")
    sheet.append(_heads(sheet, [_("Spalte"), _("Was gehört hinein?"), _("Was ist möglich?")]))
    for column in COLUMNS:
        choices = "; ".join(column.choices(words)) if column.choices else ""
        cells = [_text(sheet, str(text)) for text in (column.head, column.hint, choices)]
        for cell in cells:
            cell.alignment = _TOP
        sheet.append(cells)
    for line in (
        _("Löschen Sie eine Zeile, so passiert nichts: Das Angebot bleibt, wie es ist."),
        _("Ein neues Angebot schreiben Sie in eine leere Zeile. Die Spalte „Kennung“ bleibt dort leer."),
        _("Hochladen ändert noch nichts. Sie sehen erst, was sich ändern würde, und senden es dann ans Büro."),
    ):
        sheet.append([_text(sheet, ""), _text(sheet, line)])


def _turned(lists: list[list[str]]) -> Iterator[list[str]]:
    """Rows of what stands in columns."""
    for number in range(max(map(len, lists), default=0)):
        yield [labels[number] if number < len(labels) else "" for labels in lists]
