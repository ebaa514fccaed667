"""The chain as the page draws it: links of the chain, what is in them by topic, and the bridges between them."""

from dataclasses import dataclass, replace

from django.urls import reverse

from offers.chain.counts import Counts, count_chain
from offers.chain.transitions import TOPIC, TRANSITIONS, Transition
from offers.finder import Age, Area, Catalogue, Search
from offers.models import LifePhase
from portal.ages import age_label
from portal.enums import DistrictKind

STEPS = (1, 3, 6, 12, 25, 50)  # the size of a dot grows at each of these counts


@dataclass(frozen=True)
class Dot:
    """A topic within a phase: how many offers, and where they are listed; `size` is 0 for none, at most 6."""

    label: str
    count: int
    url: str

    @property
    def size(self) -> int:
        return sum(self.count >= step for step in STEPS)


@dataclass(frozen=True)
class Bridge:
    """A transition: offers that accompany families across it, and how many of them are about transitions."""

    label: str
    count: int
    about: int
    url: str


@dataclass(frozen=True)
class Link:
    """A life phase; `bridge` leads into it from the phase before."""

    label: str
    ages: str
    count: int
    url: str
    dots: tuple[Dot, ...]
    bridge: Bridge | None = None

    @property
    def is_open(self) -> bool:
        """Whether some topic has nothing yet."""
        return any(not dot.count for dot in self.dots)


@dataclass(frozen=True)
class AreaLink:
    """A choice of the Sozialraum switch."""

    label: str
    url: str
    chosen: bool


class Chain:
    """The chain of the whole city, or of one area: the catalogue and one statement for all counts."""

    def __init__(self, catalogue: Catalogue, area: Area | None) -> None:
        self.area = area
        self._catalogue = catalogue
        self._search = Search(ort=area)
        self._topics = list(catalogue.topics.values())
        self._counts: Counts = count_chain(
            self._search.offers(), months=[transition.months for transition in TRANSITIONS]
        )

    @property
    def total(self) -> int:
        return self._counts.total

    @property
    def ageless(self) -> int:
        """Offers that name no age stand in no phase."""
        return self._counts.ageless

    @property
    def url(self) -> str:
        """The results behind the whole picture."""
        return self._search.url()

    @property
    def ageless_url(self) -> str:
        return self._search.url_without_age()

    @property
    def topics(self) -> list[Dot]:
        """Each topic over all phases and ages."""
        topics = self._counts.topics
        return [
            Dot(topic.label, topics.get(topic.pk, 0), replace(self._search, thema=(topic.slug,)).url())
            for topic in self._topics
        ]

    @property
    def links(self) -> list[Link]:
        """From pregnancy to job."""
        bridges = {transition.months: transition for transition in TRANSITIONS}
        phases = [phase for phase in self._catalogue.phases.values() if phase.ages is not None]
        return [self._link(phase, self._bridge(bridges.get(phase.ages.lower))) for phase in phases]

    @property
    def beside(self) -> list[Link]:
        """Phases that have an audience instead of an age: they stand along the whole chain."""
        return [self._link(phase) for phase in self._catalogue.phases.values() if phase.ages is None]

    @property
    def areas(self) -> list[AreaLink]:
        """The whole city and its Sozialräume."""
        areas = [self._catalogue.areas[area.slug] for area in self._catalogue.of_kind(DistrictKind.SOCIAL_AREA)]
        return [
            AreaLink(area.districts[0].name, reverse("offers:chain_area", args=[area.value]), area == self.area)
            for area in areas
        ]

    def _link(self, phase: LifePhase, bridge: Bridge | None = None) -> Link:
        search = replace(self._search, phase=phase)
        cells = self._counts.cells
        dots = tuple(
            Dot(topic.label, cells.get((phase.pk, topic.pk), 0), replace(search, thema=(topic.slug,)).url())
            for topic in self._topics
        )
        count = self._counts.phases.get(phase.pk, 0)
        return Link(phase.label, age_label(phase.ages), count, search.url(), dots, bridge)

    def _bridge(self, transition: Transition | None) -> Bridge | None:
        if transition is None:
            return None
        about = self._catalogue.topics.get(TOPIC)
        url = reverse("offers:chain_transition", args=[transition.slug])
        return Bridge(
            str(transition.label),
            self._counts.across.get((transition.months, 0), 0),
            self._counts.across.get((transition.months, about.pk), 0) if about else 0,
            f"{url}?ort={self.area.value}" if self.area else url,
        )


def around(transition: Transition, area: Area | None) -> Search:
    """The ordinary search closest to a transition: the year before it and the year after."""
    year = transition.months // 12
    return Search(alter=(Age.parse(f"{year - 1}-{year + 1}j"),), ort=area)
