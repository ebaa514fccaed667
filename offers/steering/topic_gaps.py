"""What is missing by topic: the rule of the matrix, for each topic on its own, over all Sozialräume."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from offers.models import CoverageDecision, Topic
from offers.steering.columns import Column, columns
from offers.steering.counts import CITYWIDE, Tally, count_members
from offers.steering.enums import State
from offers.steering.filters import address
from offers.steering.matrix import rule_of, state_of
from offers.steering.population import children_in
from offers.steering.stock import Question, districts, phases

_WORST = [State.GAP, State.PROJECT_ONLY, State.ONE_PROVIDER, State.THIN, State.COVERED, State.INTENDED]


@dataclass(frozen=True)
class TopicCell:
    """A topic in a life phase: the worst state among the Sozialräume, and in how many of them it is so."""

    column: Column
    state: State
    areas: int
    of: int
    offers: int  # for the whole city and for parts of it

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
        return sum(cell.areas for cell in self.cells if cell.state == State.GAP)


class TopicGaps:
    """Topics by life phase, those with the most gaps first; a fixed number of statements."""

    def __init__(self) -> None:
        question = Question()
        self.tree = districts(question)
        self.columns = [one for one in columns(phases(question)) if one.ages is not None]
        self.areas = [district for district in self.tree if district.kind == question.kind]
        self._rule = rule_of(question)
        self._tallies = count_members(question, self.tree, self.columns, by="topics", among=())
        self._children = children_in(self.tree, self.columns, question.day)
        self._intended = {
            (one.topic_id, one.district_id, one.phase_id)
            for one in CoverageDecision.objects.filter(topic__isnull=False, phase__isnull=False)
        }
        lines = [self._line(topic, question) for topic in Topic.objects.in_listing_order()]
        self.lines = sorted(lines, key=lambda line: -line.gaps)

    @property
    def gaps(self) -> int:
        return sum(line.gaps for line in self.lines)

    @property
    def fields(self) -> int:
        """How many there are: each topic in each phase in each Sozialraum."""
        return len(self.lines) * len(self.columns) * len(self.areas)

    def _line(self, topic: Topic, question: Question) -> TopicLine:
        url = address(reverse("offers:coverage"), Question(kind=question.kind, thema=(topic.slug,)))
        return TopicLine(topic, [self._cell(topic, column) for column in self.columns], url)

    def _cell(self, topic: Topic, column: Column) -> TopicCell:
        citywide = self._tallies.get((CITYWIDE, column.key, topic.pk), Tally())
        states: list[State] = []
        offers = citywide.offers
        for area in self.areas:
            local = self._tallies.get((area.pk, column.key, topic.pk), Tally())
            offers += local.offers
            state = state_of(self._rule, local, citywide, self._children.get((area.pk, column.key)))
            is_meant = state == State.GAP and (topic.pk, area.pk, column.phase_id) in self._intended
            states.append(State.INTENDED if is_meant else state)
        worst = next((state for state in _WORST if state in states), State.GAP)
        return TopicCell(column, worst, Counter(states)[worst], len(self.areas), offers)
