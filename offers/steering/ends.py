"""What ends soon, and what tears in the coverage matrix when it does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from offers.enums import Lifecycle
from offers.models import Funding, Offer, OfferQuerySet
from offers.steering.behind import with_providers
from offers.steering.counts import CITYWIDE, Tally, count_members
from offers.steering.enums import State
from offers.steering.matrix import Cell, Matrix, state_of
from offers.steering.past import as_of
from offers.steering.stock import Question, standing_offers

WARN_MONTHS = (3, 6, 12)
_PROJECTS = (Lifecycle.PROJECT, Lifecycle.EXTENDED)
_RANK = [State.COVERED, State.THIN, State.ONE_PROVIDER, State.PROJECT_ONLY, State.GAP]


@dataclass(frozen=True)
class Tear:
    """A cell that gets worse when an offer ends."""

    cell: Cell
    after: State

    @property
    def before_label(self) -> str:
        return str(self.cell.state.label)

    @property
    def after_label(self) -> str:
        return str(self.after.label)


@dataclass(frozen=True)
class TornColumn:
    """A column in which an end makes some districts worse, all in the same way."""

    label: str
    before: str
    after: str
    districts: list[str]


@dataclass(frozen=True)
class Ending:
    """An offer that ends, on which day, within how many months (3, 6 or 12), and what tears."""

    offer: Offer
    provider: str
    day: date
    months: int
    tears: list[Tear]

    @property
    def torn(self) -> list[TornColumn]:
        """What tears, in few lines: an offer for the whole city can tear dozens of cells."""
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for tear in self.tears:
            found[tear.cell.column.label, tear.before_label, tear.after_label].append(tear.cell.district.name)
        return [TornColumn(*words, districts) for words, districts in found.items()]


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def stage_of(end: date, today: date) -> int:
    """Within how many months it ends: the least of 3, 6 and 12 that holds."""
    return next((months for months in WARN_MONTHS if end <= months_later(today, months)), WARN_MONTHS[-1])


def endings(matrix: Matrix) -> list[Ending]:
    """Offers that end within twelve months of the matrix's day, soonest first, each with what tears."""
    return described(matrix, list(ending_within_a_year(matrix.question)))


def next_endings(matrix: Matrix, most: int) -> tuple[list[Ending], int]:
    """The first of them, and how many there are in all, from one look at the offers."""
    first: list[Any] = list(ending_within_a_year(matrix.question).with_total()[:most])
    return described(matrix, first), first[0].total if first else 0


def described(matrix: Matrix, offers: Sequence[Any]) -> list[Ending]:
    """These of the offers of `ending_within_a_year`, each with what tears."""
    tears = Tears(matrix, offers)
    return [
        Ending(offer, provider, offer.ending_on, stage_of(offer.ending_on, matrix.question.day), tears.of(offer))
        for offer, provider in with_providers(offers)
    ]


def ending_within_a_year(question: Question) -> OfferQuerySet:
    """What is public on the question's day and ends within twelve months after it."""
    moment = question.moment
    fundings: QuerySet[Any] = Funding.objects.all() if moment is None else as_of(Funding, moment)
    awake = standing_offers(question).awake()
    return awake.ending_until(months_later(question.day, WARN_MONTHS[-1]), fundings)


class Tears:
    """Compares each cell with what it would be without one offer: three statements, however many offers."""

    def __init__(self, matrix: Matrix, offers: Sequence[Offer]) -> None:
        self._matrix = matrix
        self._cells = {(cell.district.pk, cell.column.key): cell for cell in matrix.cells()}
        self._offers = {offer.id: offer for offer in offers}

    def of(self, offer: Offer) -> list[Tear]:
        found = []
        for key in self._places.get(offer.id, []):
            cell = self._cells[key]
            after = self._state_without(cell, offer)
            if after == State.GAP and cell.decision:
                continue  # nothing is meant to be there
            if cell.state in _RANK and _RANK.index(after) > _RANK.index(cell.state):
                found.append(Tear(cell, after))
        return found

    @cached_property
    def _own(self) -> dict[tuple[int, str, int], Tally]:
        return self._members("id", set(self._offers))

    @cached_property
    def _places(self) -> dict[int, list[tuple[int, str]]]:
        """The cells of each offer, as the matrix is read; one for the whole city is in all of its columns."""
        own: dict[int, set[tuple[int, str]]] = defaultdict(set)
        for (district, key, pk), tally in self._own.items():
            if tally.offers:
                own[pk].add((district, key))
        return {
            pk: [(area, key) for area, key in self._cells if (area, key) in cells or (CITYWIDE, key) in cells]
            for pk, cells in own.items()
        }

    @cached_property
    def _by_provider(self) -> dict[tuple[int, str, int], Tally]:
        providers = {offer.provider_id for offer in self._offers.values()}
        for key in {place for places in self._places.values() for place in places}:
            for tally in (self._cells[key].local, self._cells[key].citywide):
                providers |= {pk for pk in (tally.first_provider, tally.last_provider) if pk is not None}
        return self._members("provider_id", providers)

    def _members(self, by: str, among: set[int]) -> dict[tuple[int, str, int], Tally]:
        matrix = self._matrix
        return count_members(matrix.question, matrix.tree, matrix.columns, by=by, among=among) if among else {}

    def _state_without(self, cell: Cell, offer: Offer) -> State:
        is_local = (cell.district.pk, cell.column.key, offer.id) in self._own
        is_project = offer.lifecycle in _PROJECTS
        less = replace(_NONE, offers=1, projects=int(is_project))
        local = _minus(cell.local, less) if is_local else cell.local
        citywide = cell.citywide if is_local else _minus(cell.citywide, less)
        rule = self._matrix.rule
        both = cell.local + cell.citywide if rule.citywide_counts else cell.local
        left = both.offers - (1 if is_local or rule.citywide_counts else 0)
        only = self._only_provider_left(cell, offer, both, left, with_city=rule.citywide_counts)
        ends = (only, only) if only else (both.first_provider, both.last_provider)
        if not only and both.has_one_provider and left:
            ends = (both.first_provider, both.first_provider)
        local = replace(local, first_provider=ends[0], last_provider=ends[1])
        citywide = replace(citywide, first_provider=ends[0], last_provider=ends[1])
        return state_of(rule, local, citywide, cell.children)

    def _only_provider_left(self, cell: Cell, offer: Offer, both: Tally, left: int, *, with_city: bool) -> int | None:
        """The provider of all other offers of the cell, when the ending one is the only one of another provider."""
        if both.has_one_provider or left < 1:
            return None
        for other in {both.first_provider, both.last_provider} - {offer.provider_id, None}:
            places = [cell.district.pk, *([CITYWIDE] if with_city else [])]
            found = [self._by_provider.get((place, cell.column.key, other or 0), _NONE).offers for place in places]
            if sum(found) == left:
                return other
        return None


_NONE = Tally()


def _minus(tally: Tally, less: Tally) -> Tally:
    return replace(tally, offers=tally.offers - less.offers, projects=tally.projects - less.projects)
