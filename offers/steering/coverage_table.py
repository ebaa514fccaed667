"""The coverage matrix as a table to take along: one row for each cell, under the filters of the page."""

from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from offers.steering.filters import on_day, pairs_of
from offers.steering.matrix import Cell, Matrix
from offers.steering.picture import CellLink, Picture
from offers.steering.sections import Table, day
from offers.steering.stock import Question


def coverage_table(question: Question, since: date | None) -> Table:
    """All cells of a question; with `since` also the state they had on that day. Unknown figures are empty, never 0."""
    picture = Picture(Matrix(question))
    head = [
        _("Gebiet"), _("Zeit"), _("Stand"), _("eigens für das Gebiet"), _("davon Projekte"), _("ruhend"),
        _("für die ganze Stadt"), _("gesucht, nicht da"), _("Kinder"), _("Angebote je 1.000 Kinder"),
    ]  # fmt: skip
    before: dict[tuple[int, str], Cell] = {}
    if since:
        head.insert(3, _("Stand am %(day)s") % {"day": day(since)})
        before = {_key(cell): cell for cell in Matrix(on_day(question, since)).cells()}
    rows = []
    for link in (link for line in picture.lines for link in line.cells):
        row = _row(link)
        if since:
            then = before.get(_key(link.cell))
            row.insert(3, str(then.state.label) if then else "")
        rows.append(row)
    return Table("abdeckung", _("Abdeckung am %(day)s") % {"day": day(question.day)}, head, rows)


def file_name(question: Question, since: date | None) -> str:
    """The day and the filters, so that two files of one day are told apart; without the ending."""
    filters = [value for name, value in pairs_of(question) if name != "am"]
    compared = ["seit", since.isoformat()] if since else []
    return "-".join(["abdeckung", question.day.isoformat(), *filters, *compared])


def _key(cell: Cell) -> tuple[int, str]:
    return cell.district.pk, cell.column.key


def _row(link: CellLink) -> list[str]:
    cell = link.cell
    return [
        cell.district.name,
        cell.column.label,
        link.label,
        str(cell.local.offers),
        str(cell.local.projects),
        str(cell.local.asleep),
        str(cell.citywide.offers),
        str(link.unmet),
        str(cell.children.people) if cell.children else "",
        "" if cell.per_thousand is None else number_format(cell.per_thousand, 1),
    ]
