"""What the results page draws around the offers: choices with counts, removable filters, the search in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from offers.enums import Format
from offers.finder.ages import OLDEST_CHILD, Age, phrase
from offers.finder.catalogue import Catalogue
from offers.finder.results import Tally
from offers.finder.search import Search
from portal.enums import Language

_SHOWN_AT_ONCE = 6


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    selected: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Facet:
    """A group of tick boxes; `choices` leaves out what would find nothing, unless it is ticked."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def first(self) -> list[Choice]:
        """What is ticked and what finds most, in listing order."""
        most = sorted(self.choices, key=lambda choice: (not choice.selected, -(choice.count or 0)))[:_SHOWN_AT_ONCE]
        return [choice for choice in self.choices if choice in most or choice.selected]

    @property
    def more(self) -> list[Choice]:
        """The rest, behind a fold."""
        first = self.first
        return [choice for choice in self.choices if choice not in first]

    @property
    def error_id(self) -> str:
        return f"f-{self.name}-error"


@dataclass(frozen=True)
class Chip:
    """An active filter; following `url` takes it away."""

    label: str
    url: str


def age_choices(search: Search | None = None) -> list[Choice]:
    """Pregnancy, each year of childhood, young adults; and the age searched for when it is another one."""
    ages = [Age.parse(value) for value in ("schwanger", *(f"{year}j" for year in range(OLDEST_CHILD + 1)), "18-27j")]
    chosen = search.alter if search else ()
    ages += [age for age in chosen if age not in ages]
    return [Choice(age.value, age.label, age in chosen) for age in ages]


def facets(search: Search, tally: Tally, catalogue: Catalogue) -> list[Facet]:
    """The groups of tick boxes with what each would give."""
    topics = {slug: topic.label for slug, topic in catalogue.topics.items()}
    return [
        _facet("thema", _("Thema"), topics, search.thema, tally),
        _facet("form", _("Form"), dict(Format.choices), search.form, tally),
        _facet("kostenlos", _("Kosten"), {"1": _("kostenlos")}, ("1",) if search.kostenlos else (), tally),
        _facet("sprache", _("Sprache"), dict(Language.choices), search.sprache, tally),
    ]


def _facet(name: str, label: str, known: Mapping[str, object], chosen: Iterable[str], tally: Tally) -> Facet:
    counts = tally.facets.get(name, {})
    choices = [Choice(value, str(text), value in chosen, counts.get(value, 0)) for value, text in known.items()]
    return Facet(name, label, tuple(choice for choice in choices if choice.count or choice.selected))


def chips(search: Search, catalogue: Catalogue) -> list[Chip]:
    """Each active filter with the address of the search without it."""
    found = []
    found += [Chip(age.label, search.without_value("alter", age).url()) for age in search.alter]
    if search.phase:
        found.append(Chip(search.phase.label, search.without("phase").url()))
    if search.ort:
        found.append(Chip(search.ort.label, search.without("ort").url()))
    names = {slug: topic.label for slug, topic in catalogue.topics.items()}
    for name, labels in (("thema", names), ("form", dict(Format.choices)), ("sprache", dict(Language.choices))):
        for value in getattr(search, name):
            found.append(Chip(str(labels[value]), search.without_value(name, value).url()))
    if search.kostenlos:
        found.append(Chip(_("kostenlos"), search.without("kostenlos").url()))
    if search.q:
        found.append(Chip(_("„%(words)s“") % {"words": search.q}, search.without("q").url()))
    return found


def heading(search: Search, catalogue: Catalogue) -> str:
    """The search as a heading: "Angebote für Kinder mit 14 Monaten in Osterfeld"."""
    parts = [_("Kostenlose Angebote") if search.kostenlos else _("Angebote")]
    if search.q:
        parts.append(_("zu „%(words)s“") % {"words": search.q})
    if len(search.thema) == 1:
        parts.append(_("zum Thema %(topic)s") % {"topic": catalogue.topics[search.thema[0]].label})
    if search.alter:
        parts.append(phrase(search.alter))
    if search.ort:
        parts.append(search.ort.phrase)
    if search.phase:
        parts.append(_("– %(phase)s") % {"phase": search.phase.label})
    return " ".join(parts)
