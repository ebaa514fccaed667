"""One child's way through the offers: now, the next six months, later."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.finder import Age, Area, Catalogue, Search
from offers.models import LifePhase, Offer, OfferQuerySet
from offers.timeline.counts import count_for_ages
from offers.timeline.milestones import Milestone, milestones
from offers.timeline.months import Month
from portal.ages import PREGNANCY

SOON = 6  # months
OLDEST = 27 * 12  # months: where the chain ends
PREGNANT = -9  # months
_MOST = 6  # offers of one list


@dataclass(frozen=True)
class Station:
    """An offer on the timeline; `note` says when it begins or ends to fit."""

    title: str
    url: str
    provider: str
    ages: str
    note: str = ""


@dataclass(frozen=True)
class LaterPhase:
    """A life phase still to come."""

    label: str
    since: str
    count: int
    url: str


class Timeline:
    """Reads the counts in one statement and the offers in three."""

    def __init__(self, birth: Month, this_month: Month, area: Area | None, catalogue: Catalogue) -> None:
        self.birth = birth
        self.area = area
        self.this_month = this_month
        self.age = this_month.since(birth)
        self._search = Search(ort=area)
        self._phases: list[LifePhase] = [
            phase
            for phase in catalogue.phases.values()
            if phase.ages is not None and phase.ages.lower is not None and phase.ages.lower > self.age
        ]
        searches = [self._now, self._then, *(replace(self._search, phase=phase) for phase in self._phases)]
        self._urls = [search.url() for search in searches]
        phases = [phase.ages for phase in self._phases if phase.ages]
        self._counts = count_for_ages(self._search.offers(), [_months(self.age), _months(self.age + SOON), *phases])

    @property
    def is_unborn(self) -> bool:
        return self.age < 0

    @property
    def age_words(self) -> str:
        """How old the child is this month, give or take the unknown day."""
        if self.age < 0:
            return _("noch nicht geboren")
        if self.age == 0:
            return _("gerade geboren")
        years, months = divmod(self.age, 12)
        words = []
        if years:
            words.append(ngettext("%(count)d Jahr", "%(count)d Jahre", years) % {"count": years})
        if months and years < 6:
            words.append(ngettext("%(count)d Monat", "%(count)d Monate", months) % {"count": months})
        return _(" und ").join(words)

    @property
    def soon_until(self) -> str:
        return self.this_month.plus(SOON).label

    @property
    def now_count(self) -> int:
        return self._counts[0]

    @property
    def now_url(self) -> str:
        return self._urls[0]

    @property
    def then_count(self) -> int:
        """What fits when the next six months are over."""
        return self._counts[1]

    @property
    def then_url(self) -> str:
        return self._urls[1]

    @cached_property
    def now(self) -> list[Station]:
        """What is made for just this age comes first."""
        return [_station(offer) for offer in _first(self._now.offers().narrowest_age_first())]

    @cached_property
    def beginning(self) -> list[Station]:
        """What begins to fit in the next six months."""
        offers = self._search.offers().beginning_to_fit(self.age + 1, self.age + SOON).soonest_age_first()
        return [
            _station(offer, _("ab %(month)s") % {"month": self.birth.plus(offer.ages.lower).label})
            for offer in _first(offers)
            if offer.ages
        ]

    @cached_property
    def ending(self) -> list[Station]:
        """What fits now and no longer when the next six months are over."""
        offers = self._now.offers().ceasing_to_fit(self.age + 1, self.age + SOON).soonest_ending_first()
        return [
            _station(offer, _("noch bis %(month)s") % {"month": self.birth.plus(offer.ages.upper - 1).label})
            for offer in _first(offers)
            if offer.ages
        ]

    @property
    def coming(self) -> list[LaterPhase]:
        """The life phases that begin in the next six months."""
        return self._phases_between(self.age + 1, self.age + SOON)

    @property
    def later(self) -> list[LaterPhase]:
        return self._phases_between(self.age + SOON + 1, OLDEST)

    def _phases_between(self, first: int, last: int) -> list[LaterPhase]:
        """Those that begin in these months of life."""
        counted = zip(self._phases, self._counts[2:], self._urls[2:], strict=True)
        return [
            LaterPhase(phase.label, self.birth.plus(phase.ages.lower).label, count, url)
            for phase, count, url in counted
            if phase.ages and first <= phase.ages.lower <= last
        ]

    @cached_property
    def markers(self) -> dict[str, list[Milestone]]:
        """Milestones by section: `past`, `now`, `soon`, `later`."""
        found: dict[str, list[Milestone]] = {"past": [], "now": [], "soon": [], "later": []}
        for milestone in self._milestones():
            found[self._section(milestone)].append(milestone)
        return found

    @property
    def _now(self) -> Search:
        return replace(self._search, alter=(_age(self.age),))

    @property
    def _then(self) -> Search:
        return replace(self._search, alter=(_age(self.age + SOON),))

    def _milestones(self) -> Iterable[Milestone]:
        if self.is_unborn:
            yield Milestone(_("Geburt"), _("der errechnete Termin"), self.birth, self.birth)
        yield from milestones(self.birth)

    def _section(self, milestone: Milestone) -> str:
        if milestone.last < self.this_month:
            return "past"
        if milestone.first <= self.this_month:
            return "now"
        return "soon" if milestone.first <= self.this_month.plus(SOON) else "later"


def _age(months: int) -> Age:
    return Age.parse("schwanger" if months < 0 else str(months))


def _months(months: int) -> NumericRange:
    """What `_age` means, in months."""
    return PREGNANCY if months < 0 else NumericRange(months, months + 1)


def _first(offers: OfferQuerySet) -> OfferQuerySet:
    """The first few, with no more than a station says: sorting many offers takes the less the narrower they are."""
    said = ("slug", "title", "ages", "provider__name", "provider__short_name")
    return offers.select_related("provider").only(*said)[:_MOST]


def _station(offer: Offer, note: str = "") -> Station:
    provider = offer.provider.short_name or offer.provider.name
    return Station(offer.title, offer.get_absolute_url(), provider, offer.age_label, note)
