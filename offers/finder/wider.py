"""Searches around one that finds nothing or little, nearest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from offers.finder.catalogue import Catalogue
from offers.finder.search import DIMENSIONS, FACETS, RADII, Search
from portal.drawing import once

_ = once(gettext)  # a page asks for the same words again and again
FEW = 3  # hits; up to here wider searches are offered, too
_PLACE = ("ort", "umkreis")
_BESIDE_PLACE = tuple(name for name in FACETS if name not in _PLACE)
_BESIDE_TEXT = tuple(name for name in DIMENSIONS if name != "q")
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


def wider(search: Search, catalogue: Catalogue, count: int, count_of: Callable[[Search], int]) -> list[Wider]:
    """The nearest searches that find more than the `count` of this one; none when it finds enough."""
    if count > FEW:
        return []
    most = _MOST_BESIDE_HITS if count else _MOST
    found: list[Wider] = []
    seen = {search.url()}
    for label, candidate in _candidates(search, catalogue):
        if candidate.url() in seen:
            continue
        seen.add(candidate.url())
        more = count_of(candidate)
        if more > count:
            found.append(Wider(label, candidate, more))
            if len(found) == most:
                break
    return found


def _candidates(search: Search, catalogue: Catalogue) -> Iterator[tuple[str, Search]]:
    values = search.__dict__
    yield from ((label(), search.without(name)) for name, label in _WITHOUT.items() if values[name])
    yield from _further(search, catalogue)
    yield from ((label(), search.without(name)) for name, label in _FAMILY.items() if values[name])
    if search.alter or search.phase or search.ort:
        yield _("alle Altersgruppen in der ganzen Stadt"), search.without("alter", "phase", *_PLACE)
    if search.alter or search.ort:
        yield _("nur nach Alter und Wohnort"), search.without(*_BESIDE_PLACE, "q")
    if search.q:
        yield _("nur mit Ihren Suchwörtern"), search.without(*_BESIDE_TEXT)
    yield _("alle Angebote"), Search()


def _further(search: Search, catalogue: Catalogue) -> list[tuple[str, Search]]:
    """Larger circles, then larger areas."""
    further: list[tuple[str, Search]] = []
    if search.umkreis:
        radii = [radius for radius in RADII if radius > search.umkreis]
        further += [
            (_("im Umkreis von %(count)d km") % {"count": radius}, search.changed(umkreis=radius)) for radius in radii
        ]
        further.append((_("ohne Umkreis"), search.without("umkreis")))
    if search.ort:
        anywhere = search.without("ort")
        further += [(area.phrase, anywhere.changed(ort=area)) for area in catalogue.wider_areas(search.ort)]
        further.append((_("in der ganzen Stadt"), anywhere))
    return further
