"""What is missing by topic: the rule of the matrix, for each topic on its own, over all Sozialräume."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from offers.models import Topic
from offers.steering.columns import Column
from offers.steering.counts import CITYWIDE, Tally, count_members
from offers.steering.enums import State
from offers.steering.filters import address
from offers.steering.matrix import Matrix, state_of
from offers.steering.risk import Risk, risks_of, weight
from offers.steering.stock import Question, topics_of
from offers.steering.wanted import unmet_by_topic
from portal.models import District

_WORST = [State.GAP, State.PROJECT_ONLY, State.ONE_PROVIDER, State.THIN, State.COVERED, State.INTENDED]


@dataclass(frozen=True)
class TopicCell:
    """A topic in a life phase: the worst state among the Sozialräume, and in how many of them it is so."""

    column: Column
    state: State
    areas: int
    of: int
    offers: int  # for the whole city and for parts of it
    gaps: tuple[District, ...]

    @property
    def label(self) -> str:
        return str(self.state.label)


@dataclass(frozen=True)
class TopicLine:
    topic: Topic
    cells: list[TopicCell]
    url: str

    @property
    def gaps(self) -> int:
        return sum(len(cell.gaps) for cell in self.cells)


@dataclass(frozen=True)
class TopGap:
    """A topic that is missing in `phases` of the life phases: most of all for `column` in `area`."""

    line: TopicLine
    phases: int
    column: Column
    area: District
    risk: Risk
    unmet: int  # searches in vain in all its gaps, over twelve months
    weight: float

    @property
    def url(self) -> str:
        """Of the cell where it is most urgent."""
        path = reverse("offers:coverage_cell", args=[self.area.slug, self.column.key])
        return address(path, Question(thema=(self.line.topic.slug,)))


class TopicGaps:
    """Topics by life phase for the matrix of all of them, those with the most gaps first."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self.columns = [one for one in matrix.columns if one.ages is not None]
        self.areas = matrix.areas
        self._tallies = count_members(matrix.question, matrix.tree, self.columns, by="topics", among=())
        lines = [self._line(topic) for topic in topics_of(matrix.question)]
        self.lines = sorted(lines, key=lambda line: -line.gaps)

    @property
    def gaps(self) -> int:
        return sum(line.gaps for line in self.lines)

    @property
    def places(self) -> set[tuple[int, str, int]]:
        """Topic, column and district of every gap."""
        return {
            (line.topic.pk, cell.column.key, area.pk)
            for line in self.lines
            for cell in line.cells
            for area in cell.gaps
        }

    @property
    def fields(self) -> int:
        """How many there are: each topic in each phase in each Sozialraum."""
        return len(self.lines) * len(self.columns) * len(self.areas)

    @cached_property
    def top(self) -> list[TopGap]:
        """Each topic with gaps once, the heaviest first: poverty risk and searches in vain, over all its gaps."""
        unmet = unmet_by_topic(self._matrix.question.day)
        risks = risks_of(self.areas, self._matrix.tree, self._matrix.question)
        found = [_top(line, unmet, risks) for line in self.lines if line.gaps]
        return sorted(found, key=lambda gap: -gap.weight)

    def _line(self, topic: Topic) -> TopicLine:
        url = address(reverse("offers:coverage"), Question(thema=(topic.slug,)))
        return TopicLine(topic, [self._cell(topic, column) for column in self.columns], url)

    def _cell(self, topic: Topic, column: Column) -> TopicCell:
        matrix = self._matrix
        citywide = self._tallies.get((CITYWIDE, column.key, topic.pk), Tally())
        states: list[State] = []
        offers = citywide.offers
        for area in self.areas:
            local = self._tallies.get((area.pk, column.key, topic.pk), Tally())
            offers += local.offers
            state = state_of(matrix.rule, local, citywide, matrix.children.get((area.pk, column.key)))
            is_meant = state == State.GAP and matrix.decisions.holding(area, column, topic.pk)
            states.append(State.INTENDED if is_meant else state)
        gaps = tuple(area for area, state in zip(self.areas, states, strict=True) if state == State.GAP)
        worst = next((state for state in _WORST if state in states), State.GAP)
        return TopicCell(column, worst, Counter(states)[worst], len(self.areas), offers, gaps)


def _top(line: TopicLine, unmet: dict[tuple[int, str, int], int], risks: dict[int, Risk]) -> TopGap:
    gaps = [(cell.column, area) for cell in line.cells for area in cell.gaps]
    wanted = {gap: unmet.get((gap[1].pk, gap[0].key, line.topic.pk), 0) for gap in gaps}
    weights = {gap: weight(risks[gap[1].pk], wanted[gap]) for gap in gaps}
    column, area = max(gaps, key=weights.__getitem__)  # of equal ones the first in the order of phases and areas
    phases = sum(bool(cell.gaps) for cell in line.cells)
    return TopGap(line, phases, column, area, risks[area.pk], sum(wanted.values()), sum(weights.values()))
