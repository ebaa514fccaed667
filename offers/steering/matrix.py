"""The coverage matrix: life phase × district, each cell with its numbers and what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from offers.models import CoverageDecision, CoverageRule
from offers.steering.columns import Column, columns
from offers.steering.counts import CITYWIDE, Tally, count_cells
from offers.steering.decisions import Decisions
from offers.steering.enums import State
from offers.steering.past import as_of
from offers.steering.population import Children, children_in
from offers.steering.stock import Question, districts, phases
from portal.models import District

_EMPTY = Tally()


@dataclass(frozen=True)
class Cell:
    """What there is for a column in a district: offers for it alone (`local`) and those for the whole city."""

    column: Column
    district: District
    local: Tally
    citywide: Tally
    state: State
    children: Children | None = None
    decision: CoverageDecision | None = field(default=None, compare=False)  # the narrowest that holds

    @property
    def total(self) -> Tally:
        return self.local + self.citywide

    @property
    def per_thousand(self) -> float | None:
        """Offers for each 1,000 children of the age; None when nobody knows how many children there are."""
        return per_thousand(self.total, self.children)


@dataclass(frozen=True)
class Line:
    """A row of the matrix."""

    district: District
    cells: list[Cell]


class Matrix:
    """All cells of one question; reads the database a fixed number of times."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.tree = districts(question)
        self.columns = columns(phases(question))
        self.rule = rule_of(question)
        self._tallies = count_cells(question, self.tree, self.columns)
        self.decisions = Decisions(question)
        self.children = children_in(self.tree, self.columns, question)

    @property
    def rule_is_missing(self) -> bool:
        """Nobody knows the rule of that day: none was stored by then."""
        return self.question.is_past and self.rule.pk is None

    @property
    def areas(self) -> list[District]:
        """The districts that are rows."""
        return [district for district in self.tree if district.kind == self.question.kind]

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(area, [self._cell(area, column) for column in self.columns]) for area in self.areas]

    @cached_property
    def citywide(self) -> list[Tally]:
        """The offers for the whole city, by column."""
        return [self._tallies.get((CITYWIDE, column.key), _EMPTY) for column in self.columns]

    def cells(self) -> Iterator[Cell]:
        for line in self.lines:
            yield from line.cells

    def cell(self, district: District, key: str) -> Cell | None:
        """The cell of a district and a column's key."""
        return next((cell for cell in self.cells() if cell.district == district and cell.column.key == key), None)

    def _cell(self, area: District, column: Column) -> Cell:
        local = self._tallies.get((area.pk, column.key), _EMPTY)
        citywide = self._tallies.get((CITYWIDE, column.key), _EMPTY)
        children = self.children.get((area.pk, column.key))
        decision = next(iter(self.decisions.holding(area, column)), None)
        state = state_of(self.rule, local, citywide, children)
        if state == State.GAP and decision:
            state = State.INTENDED
        return Cell(column, area, local, citywide, state, children, decision)


def per_thousand(tally: Tally, children: Children | None) -> float | None:
    return tally.offers * 1000 / children.people if children and children.people else None


def state_of(rule: CoverageRule, local: Tally, citywide: Tally, children: Children | None) -> State:
    """The first of these that is true: gap, only a project, one provider, thin; else covered.

    The page says the same in words (templates/offers/steering/_rule.html).
    """
    counted = local + citywide if rule.citywide_counts else local
    if not counted.offers:
        return State.GAP
    if counted.projects == counted.offers:
        return State.PROJECT_ONLY
    if counted.has_one_provider:
        return State.ONE_PROVIDER
    share = per_thousand(counted, children)
    too_few = rule.per_thousand is not None and share is not None and share < float(rule.per_thousand)
    if counted.offers < rule.enough or local.offers < rule.local_enough or too_few:
        return State.THIN
    return State.COVERED


def rule_of(question: Question) -> CoverageRule:
    """The rule in force on the day; one without an id when none was stored by then: the defaults."""
    if question.moment is None:
        return CoverageRule.objects.current()
    then = as_of(CoverageRule, question.moment).first()
    names = ("id", "enough", "local_enough", "per_thousand", "citywide_counts")
    return CoverageRule(**{name: getattr(then, name) for name in names}) if then else CoverageRule()
