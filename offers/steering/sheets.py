"""A table as CSV and as XLSX; the same table gives the same bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from html import escape

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from offers.steering.sections import Table

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONE_NUMBER = re.compile(r"-?\d{1,15}")
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def as_file(table: Table | None, kind: str, name: str) -> HttpResponse:
    """A table to be saved under a name without its ending; 404 when there is no such table or kind."""
    if table is None or kind not in _KINDS:
        raise Http404(_("Diese Tabelle gibt es nicht."))
    content_type, write = _KINDS[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(write(table), content_type=content_type, headers=headers)


def as_csv(table: Table) -> bytes:
    """Semicolons and a mark for UTF-8, as Excel reads it in Germany; no cell can be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """One sheet with a head; whole numbers are numbers, all else is text."""
    rows = "".join(_row(number, row) for number, row in enumerate([table.head, *table.rows], 1))
    parts = _PARTS | {
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(table.name[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _HEAD + content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}">{"".join(map(_cell, cells))}</row>'


def _cell(text: str) -> str:
    if _LONE_NUMBER.fullmatch(text):
        return f"<c><v>{int(text)}</v></c>"
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _harmless(text: str) -> str:
    """A text that a spreadsheet would run gets a mark in front."""
    return "'" + text if text.startswith(_RUNS) and not _LONE_NUMBER.fullmatch(text) else text


_KINDS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": (XLSX_TYPE, as_xlsx),
}
