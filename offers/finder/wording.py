"""A search in words: the heading of the page, and a chip for each active filter."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from offers.enums import Access, Audience, Day, Daytime, Format
from offers.finder.ages import Age, phrase
from offers.finder.catalogue import Catalogue
from offers.finder.panel import accessibility_labels
from offers.finder.search import Search
from portal.drawing import once
from portal.enums import Language

_ = once(gettext)  # a page asks for the same words again and again


@dataclass(frozen=True)
class Chip:
    """An active filter; following `url` takes it away."""

    label: str
    url: str


def chips(search: Search, catalogue: Catalogue) -> list[Chip]:
    """Each active filter with the address of the search without it, in the order of the address."""
    found = [Chip(_age(age), search.without_value("alter", age).url()) for age in search.alter]
    found += [Chip(label, search.without(name).url()) for name, label in _single(search)]
    for name, label in _LABELS.items():
        found += [
            Chip(label(value, catalogue), search.without_value(name, value).url()) for value in getattr(search, name)
        ]
    found += [Chip(label, search.without(name).url()) for name, label in _flags(search)]
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
    parts += [_ages(search.alter)] if search.alter else []
    parts += [search.ort.phrase] if search.ort else []
    parts += [_("in Ihrer Nähe")] if search.naehe else []
    parts += [search.wann.phrase] if search.wann else []
    if search.phase:
        parts.append(_("– %(phase)s") % {"phase": search.phase.label})
    return " ".join(parts)


def _single(search: Search) -> list[tuple[str, str]]:
    """Filters with one value."""
    return [
        *([("phase", search.phase.label)] if search.phase else []),
        *([("ort", search.ort.label)] if search.ort else []),
        *([("naehe", _("in meiner Nähe"))] if search.naehe else []),
        *([("umkreis", _("Umkreis %(count)d km") % {"count": search.umkreis})] if search.umkreis else []),
        *([("wann", search.wann.label)] if search.wann else []),
    ]


def _flags(search: Search) -> list[tuple[str, str]]:
    return [(name, label()) for name, label in _FLAGS.items() if getattr(search, name)]


@once
def _age(age: Age) -> str:
    return age.label


@once
def _ages(ages: tuple[Age, ...]) -> str:
    return phrase(ages)


_FLAGS: dict[str, Callable[[], str]] = {
    "kostenlos": lambda: _("kostenlos"),
    "kosten_unklar": lambda: _("Kosten unbekannt"),
    "ohne_anmeldung": lambda: _("ohne Anmeldung"),
    "dolmetschen": lambda: _("Dolmetschen möglich"),
    "regelangebot": lambda: _("keine Projekte"),
}
_LABELS: dict[str, Callable[[str, Catalogue], str]] = {
    "thema": lambda value, catalogue: catalogue.topics[value].label,
    "form": lambda value, _catalogue: str(Format(value).label),
    "zugang": lambda value, _catalogue: str(Access(value).label),
    "tag": lambda value, _catalogue: str(Day(value).label),
    "zeit": lambda value, _catalogue: str(Daytime(value).label),
    "sprache": lambda value, _catalogue: str(Language(value).label),
    "barrierefrei": lambda value, _catalogue: accessibility_labels()[value],
    "fuer": lambda value, _catalogue: str(Audience(value).label),
}
