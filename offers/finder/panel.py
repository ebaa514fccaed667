"""What stands beside the results: choices with what each would give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from offers.enums import Access, Audience, Day, Daytime, Format
from offers.finder.ages import LISTED, MOST_CHILDREN, Age
from offers.finder.catalogue import Catalogue
from offers.finder.plain import Tally
from offers.finder.search import RADII, WHEELCHAIR, Search
from partners.enums import AccessFeature
from portal.enums import DistrictKind, Language

SHOWN_AT_ONCE = 6
FEW_CHOICES = 8  # a short list stands there as a whole
FLAGS = ("ohne_anmeldung", "dolmetschen", "regelangebot")
MORE = ("form", "zugang", "sprache", "barrierefrei", "fuer", "phase", *FLAGS)  # behind "Weitere Filter"


@dataclass(frozen=True)
class Choice:
    """`count` is what picking it would give; None where nothing is counted."""

    value: str
    label: str
    selected: bool = False
    count: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Facet:
    """A group of choices under one label."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ChoiceGroup:
    """A part of a long select."""

    label: str
    choices: list[Choice]


def age_choices(chosen: Age | None = None) -> list[Choice]:
    """What the selects offer, and the age searched for when it is another one."""
    ages = [*LISTED, chosen] if chosen and chosen not in LISTED else LISTED
    return [Choice(age.value, age.label, age == chosen, name="alter") for age in ages]


class Panel:
    """The filters of a search with the counts of its tally."""

    def __init__(self, search: Search, tally: Tally, catalogue: Catalogue) -> None:
        self._search = search
        self._tally = tally
        self._catalogue = catalogue

    @property
    def ages_shown(self) -> list[Age | None]:
        """What the selects of the children show: each child searched for, and one more."""
        chosen: list[Age | None] = [*self._search.alter]
        while len(chosen) < 2 or (chosen[-1] and len(chosen) < MOST_CHILDREN):
            chosen.append(None)
        return chosen

    @property
    def areas(self) -> list[ChoiceGroup]:
        """Where a family lives: Stadtteile by Stadtbezirk, larger areas, postcodes; first a rare choice."""
        groups = [
            ChoiceGroup(group.label, self._choices("ort", {area.value: area.label for area in group.areas}))
            for group in self._catalogue.area_groups
        ]
        chosen = self._search.ort
        if chosen and chosen.districts[0].kind == DistrictKind.CITY:
            groups.insert(0, ChoiceGroup(_("Stadt"), self._choices("ort", {chosen.value: chosen.label})))
        return groups

    @property
    def radii(self) -> list[Choice]:
        """Empty where distances cannot be measured."""
        if not self._search.centre:
            return []
        chosen = (str(self._search.umkreis),) if self._search.umkreis else ()
        return self._choices(
            "umkreis", {str(radius): _("%(count)d km") % {"count": radius} for radius in RADII}, chosen
        )

    @property
    def topics(self) -> Facet:
        return self._facet("thema", _("Thema"), {slug: topic.label for slug, topic in self._catalogue.topics.items()})

    @property
    def free(self) -> Facet:
        return Facet("kostenlos", _("Kosten"), (self._flag("kostenlos", _("kostenlos")),))

    @property
    def periods(self) -> list[Choice]:
        labels = {value: period.label for value, period in self._catalogue.periods.items()}
        return self._choices("wann", labels, (self._search.wann.value,) if self._search.wann else ())

    @property
    def days(self) -> Facet:
        return self._facet("tag", _("Wochentag"), dict(Day.choices))

    @property
    def times(self) -> Facet:
        return self._facet("zeit", _("Uhrzeit"), dict(Daytime.choices))

    @property
    def phases(self) -> list[Choice]:
        labels = {slug: phase.label for slug, phase in self._catalogue.phases.items()}
        return self._choices("phase", labels, (self._search.phase.slug,) if self._search.phase else ())

    @property
    def details(self) -> list[Facet]:
        """The groups behind "Weitere Filter"."""
        flags = (
            self._flag("ohne_anmeldung", _("ohne Anmeldung")),
            self._flag("dolmetschen", _("Dolmetschen möglich")),
            self._flag("regelangebot", _("dauerhafte Angebote, keine Projekte")),
        )
        return [
            self._facet("form", _("Form"), dict(Format.choices)),
            self._facet("zugang", _("Wie Sie das Angebot nutzen"), dict(Access.choices)),
            self._facet("sprache", _("Sprache"), dict(Language.choices)),
            Facet("hinweise", _("Gut zu wissen"), flags),
            self._facet("barrierefrei", _("Barrierefreiheit"), accessibility_labels()),
            self._facet("fuer", _("Für wen"), dict(Audience.choices)),
        ]

    @property
    def active_details(self) -> int:
        """How many filters are set behind "Weitere Filter"."""
        values = [getattr(self._search, name) for name in MORE]
        return sum(len(value) if isinstance(value, tuple) else bool(value) for value in values)

    def _facet(self, name: str, label: str, labels: Mapping[str, object]) -> Facet:
        return Facet(name, label, tuple(self._choices(name, labels, getattr(self._search, name))))

    def _flag(self, name: str, label: str) -> Choice:
        return self._choices(name, {"1": label}, ("1",) if getattr(self._search, name) else ())[0]

    def _choices(self, name: str, labels: Mapping[str, object], chosen: Iterable[str] | None = None) -> list[Choice]:
        counts = self._tally.facets.get(name, {})
        if chosen is None:
            value = getattr(self._search, name)
            chosen = (value.value,) if value else ()
        return [
            Choice(value, str(label), value in chosen, counts.get(value, 0), name) for value, label in labels.items()
        ]


def accessibility_labels() -> dict[str, str]:
    """The choices of `barrierefrei`."""
    return {WHEELCHAIR: _("für den Rollstuhl geeignet"), **{v: str(label) for v, label in AccessFeature.choices}}
