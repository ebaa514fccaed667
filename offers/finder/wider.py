"""Searches around one that finds nothing or little, nearest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from offers.finder.catalogue import Catalogue
from offers.finder.search import DIMENSIONS, FACETS, RADII, Search
from portal.drawing import once

_ = once(gettext)  # a page asks for the same words again and again
FEW = 3  # hits; up to here wider searches are offered, too
_MOST = 8
_MOST_BESIDE_HITS = 4
# What is lost first when a filter is taken away: details before the topic, both before age and place.
_WITHOUT: dict[str, Callable[[], str]] = {
    "tag": lambda: _("an allen Wochentagen"),
    "zeit": lambda: _("zu jeder Uhrzeit"),
    "wann": lambda: _("zu jeder Zeit im Jahr"),
    "form": lambda: _("in jeder Form"),
    "zugang": lambda: _("auf jedem Weg: hingehen, zu Hause, digital"),
    "ohne_anmeldung": lambda: _("auch mit Anmeldung"),
    "kostenlos": lambda: _("auch mit Kosten"),
    "kosten_unklar": lambda: _("mit allen Kosten"),
    "regelangebot": lambda: _("auch Projekte"),
    "fuer": lambda: _("für alle Zielgruppen"),
    "thema": lambda: _("zu allen Themen"),
    "sprache": lambda: _("in jeder Sprache"),
    "dolmetschen": lambda: _("auch ohne Dolmetschen"),
    "barrierefrei": lambda: _("ohne Angaben zur Barrierefreiheit"),
}
_FAMILY: dict[str, Callable[[], str]] = {
    "alter": lambda: _("für alle Altersgruppen"),
    "phase": lambda: _("für alle Lebensphasen"),
    "q": lambda: _("ohne Ihre Suchwörter"),
}


@dataclass(frozen=True)
class Wider:
    """A wider search with what it would give."""

    label: str
    search: Search
    count: int

    @property
    def url(self) -> str:
        return self.search.url()


def wider(
    search: Search, catalogue: Catalogue, count: int, count_each: Callable[[Sequence[Search]], list[int]]
) -> list[Wider]:
    """The nearest searches that find more than the `count` of this one; none when it finds enough."""
    if count > FEW:
        return []
    candidates: dict[str, tuple[str, Search]] = {}
    for label, candidate in _candidates(search, catalogue):
        if candidate != search:
            candidates.setdefault(candidate.url(), (label, candidate))
    counts = count_each([candidate for _label, candidate in candidates.values()])
    found = [
        Wider(label, candidate, more)
        for (label, candidate), more in zip(candidates.values(), counts, strict=True)
        if more > count
    ]
    return found[: _MOST_BESIDE_HITS if count else _MOST]


def _candidates(search: Search, catalogue: Catalogue) -> list[tuple[str, Search]]:
    candidates = [(label(), search.without(name)) for name, label in _WITHOUT.items() if getattr(search, name)]
    candidates += _further(search, catalogue)
    candidates += [(label(), search.without(name)) for name, label in _FAMILY.items() if getattr(search, name)]
    place = ("ort", "umkreis")
    if search.alter or search.phase or search.ort:
        candidates.append((_("alle Altersgruppen in der ganzen Stadt"), search.without("alter", "phase", *place)))
    if search.alter or search.ort:
        others = set(FACETS) - set(place)
        candidates.append((_("nur nach Alter und Wohnort"), search.without(*others, "q")))
    if search.q:
        candidates.append((_("nur mit Ihren Suchwörtern"), search.without(*(set(DIMENSIONS) - {"q"}))))
    candidates.append((_("alle Angebote"), Search()))
    return candidates


def _further(search: Search, catalogue: Catalogue) -> list[tuple[str, Search]]:
    """Larger circles, then larger areas."""
    further: list[tuple[str, Search]] = []
    if search.umkreis:
        radii = [radius for radius in RADII if radius > search.umkreis]
        further += [
            (_("im Umkreis von %(count)d km") % {"count": radius}, replace(search, umkreis=radius)) for radius in radii
        ]
        further.append((_("ohne Umkreis"), search.without("umkreis")))
    if search.ort:
        anywhere = search.without("ort")
        further += [(area.phrase, replace(anywhere, ort=area)) for area in catalogue.wider_areas(search.ort)]
        further.append((_("in der ganzen Stadt"), anywhere))
    return further
