"""The coverage matrix as its page draws it: addresses, words and what changed since another day."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.steering.decisions import Said, in_words
from offers.steering.enums import State
from offers.steering.filters import pairs_of
from offers.steering.matrix import Cell, Matrix
from offers.steering.risk import Risk, risks_of, weight
from offers.steering.wanted import unmet_by_cell
from portal.drawing import draw
from portal.models import District


@dataclass(frozen=True)
class CellLink:
    """A cell with the address of what is behind it."""

    cell: Cell
    url: str
    unmet: int = 0  # searches of the last twelve months that found nothing

    @property
    def label(self) -> str:
        return str(self.cell.state.label)

    @property
    def html(self) -> SafeString:
        """The cell of the table; there are hundreds on a page, so each shape of it is drawn only once."""
        cell = self.cell
        return draw(
            "offers/steering/_cell.html", state=cell.state.value, url=self.url, offers=str(cell.local.offers),
            label=self.label, projects=_projects(cell.local.projects), asleep=_asleep(cell.local.asleep),
            unmet=self.unmet and _("%(count)d × gesucht, nicht da") % {"count": self.unmet}, children=_children(cell),
        )  # fmt: skip


@dataclass(frozen=True)
class DrawnLine:
    district: District
    cells: list[CellLink]

    @property
    def html(self) -> SafeString:
        return SafeString("".join([link.html for link in self.cells]))


@dataclass(frozen=True)
class WeighedGap:
    """A cell that lacks something, with the poverty risk of its Stadtteile."""

    link: CellLink
    risk: Risk


@dataclass(frozen=True)
class GapGroup:
    """Cells of one district that lack the same and weigh the same: said once, not cell by cell."""

    gaps: list[WeighedGap]

    @property
    def first(self) -> WeighedGap:
        return self.gaps[0]


@dataclass(frozen=True)
class Change:
    """A cell that was another state on the earlier day."""

    link: CellLink
    before: State

    @property
    def before_label(self) -> str:
        return str(self.before.label)


_URGENT = {State.GAP: 2, State.PROJECT_ONLY: 1, State.ONE_PROVIDER: 1, State.THIN: 1}


class Picture:
    """A matrix with links, legend and the gaps in the order of their weight."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix

    @cached_property
    def _unmet(self) -> dict[tuple[int, str], int]:
        return unmet_by_cell(self.matrix.question.day, self.matrix.question.thema)

    @property
    def decisions(self) -> list[Said]:
        """All gaps that were meant to be on the day."""
        return in_words(self.matrix.decisions.all, self.matrix.tree, self.matrix.columns)

    @cached_property
    def lines(self) -> list[DrawnLine]:
        return [DrawnLine(line.district, [self._link(cell) for cell in line.cells]) for line in self.matrix.lines]

    @cached_property
    def states(self) -> list[tuple[State, int]]:
        """How many cells have each state."""
        counts = Counter(cell.state for cell in self.matrix.cells())
        return [(state, counts[state]) for state in State]

    @property
    def has_children(self) -> bool:
        return any(cell.children for cell in self.matrix.cells())

    @cached_property
    def gaps(self) -> list[WeighedGap]:
        """Gaps first, then thin cells and the like; in each the heaviest first: poverty risk and searches in vain."""
        risks = risks_of((line.district for line in self.lines), self.matrix.tree, self.matrix.question)
        found = [
            WeighedGap(link, risks[line.district.pk])
            for line in self.lines
            for link in line.cells
            if link.cell.state in _URGENT
        ]
        return sorted(found, key=_by_weight)

    @cached_property
    def gap_groups(self) -> list[GapGroup]:
        """The gaps in their order, those that follow one another and say the same put together."""
        return [GapGroup(list(group)) for _same, group in groupby(self.gaps, key=_what_it_says)]

    def since(self, earlier: Matrix) -> list[Change]:
        """Cells whose state differs from the earlier matrix; cells that were not there before are left out."""
        before = {(cell.district.pk, cell.column.key): cell.state for cell in earlier.cells()}
        return [
            Change(link, before[key])
            for line in self.lines
            for link in line.cells
            if (key := (link.cell.district.pk, link.cell.column.key)) in before and before[key] != link.cell.state
        ]

    @cached_property
    def _address(self) -> tuple[str, str]:
        """What stands before and after the names of district and column in the address of a cell."""
        before, _here, after = reverse("offers:coverage_cell", args=["0", "0"]).partition("0/0")
        pairs = pairs_of(self.matrix.question)
        return before, f"{after}?{urlencode(pairs)}" if pairs else after

    def _link(self, cell: Cell) -> CellLink:
        before, after = self._address
        unmet = self._unmet.get((cell.district.pk, cell.column.key), 0)
        return CellLink(cell, f"{before}{cell.district.slug}/{cell.column.key}{after}", unmet)


def _projects(count: int) -> str:
    return ngettext("%(count)d Projekt", "%(count)d Projekte", count) % {"count": count} if count else ""


def _asleep(count: int) -> str:
    return _("%(count)d ruhend") % {"count": count} if count else ""


def _children(cell: Cell) -> str:
    if not cell.children:
        return ""
    share = number_format(cell.per_thousand or 0, 1)
    return _("%(children)d Kinder, %(share)s je 1.000") % {"children": cell.children.people, "share": share}


def _what_it_says(gap: WeighedGap) -> tuple[int, State, int, int | None]:
    cell = gap.link.cell
    return cell.district.pk, cell.state, gap.link.unmet, cell.children.people if cell.children else None


def _by_weight(gap: WeighedGap) -> tuple[float, float, int]:
    cell = gap.link.cell
    children = cell.children.people if cell.children else 0
    return -_URGENT[cell.state], -weight(gap.risk, gap.link.unmet), -children
