"""The filters beside the results, drawn but for their counts: pieces that are put together for each page."""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from offers.filters import OfferFilter
from offers.finder import Area, Catalogue, Search
from offers.finder.panel import FEW_CHOICES, SHOWN_AT_ONCE, Choice, Panel
from offers.finder.plain import Tally
from offers.finder.search import SEVERAL
from portal.drawing import Value, around, between, once
from portal.enums import DistrictKind
from portal.positions import Position

Counts = Mapping[str, Mapping[str, int]]
Chosen = Mapping[str, Sequence[str]]
Group = tuple[str, Sequence[Choice], str]  # choices between two texts
_NOBODY: Mapping[str, int] = {}
_FACET = "offers/_facet.html"
_FIRST = 10**9  # more than any choice finds


class Choices:
    """Choices drawn but for their counts, each group of them between two texts; a chosen one looks another way."""

    def __init__(self, template: str, *groups: Group) -> None:
        self.names: list[str] = []
        self.values: list[str] = []
        self._open: list[str] = []  # before and after each number
        self._picked: list[str] = []  # all but what stands before is the same then
        for before, choices, after in groups:
            self.names += [choice.name for choice in choices]
            self.values += [choice.value for choice in choices]
            self._open += _sides(template, before, choices, after, selected=False)
            self._picked += _sides(template, before, choices, after, selected=True)
        self._places = {one: place for place, one in enumerate(zip(self.names, self.values, strict=True))}
        self._filters = frozenset(self.names)
        self._between = self._joined(self._open)
        self._between_picked = self._joined(self._picked)
        self._nothing = SafeString("0".join(self._between))

    def numbers(self, counts: Counts) -> list[int]:
        """The count of each choice."""
        if len(self._filters) == 1:
            having = counts.get(self.names[0], _NOBODY)
            return [having.get(value, 0) for value in self.values]
        return [counts.get(name, _NOBODY).get(value, 0) for name, value in zip(self.names, self.values, strict=True)]

    def draw(self, counts: Counts, chosen: Chosen) -> SafeString:
        """All of them in their order."""
        between, picked = self._between, self.picked(chosen)
        if picked:
            between = between.copy()
            for place in picked:
                between[place] = self._between_picked[place]
        elif self.find_nothing(counts):
            return self._nothing
        parts = [""] * (2 * len(between) - 1)
        parts[0::2], parts[1::2] = between, self._words(self.numbers(counts), picked)
        return SafeString("".join(parts))

    def find_nothing(self, counts: Counts) -> bool:
        return not any([counts.get(name) for name in self._filters])  # noqa: C419  # twice as fast as a generator

    def some(self, places: Sequence[int], numbers: Sequence[int], picked: Sequence[int]) -> str:
        """Those at some places, with the numbers of all."""
        sides, words = self._sides(picked), self._words(numbers, picked)
        return "".join([f"{sides[2 * at]}{words[at]}{sides[2 * at + 1]}" for at in places])

    def _words(self, numbers: Sequence[int], picked: Sequence[int]) -> list[str]:
        """Beside picked choices of which one is enough, the others say how many offers they add."""
        if picked and self._filters.issubset(SEVERAL):
            return [str(number) if place in picked else f"+{number}" for place, number in enumerate(numbers)]
        return [*map(str, numbers)]

    def _sides(self, picked: Sequence[int]) -> list[str]:
        if not picked:
            return self._open
        sides = self._open.copy()
        for place in picked:
            sides[2 * place : 2 * place + 2] = self._picked[2 * place : 2 * place + 2]
        return sides

    @staticmethod
    def _joined(sides: Sequence[str]) -> list[str]:
        """What stands before the first number, between two and after the last."""
        return [after + before for after, before in zip(["", *sides[1::2]], [*sides[0::2], ""], strict=True)]

    def picked(self, chosen: Chosen) -> list[int]:
        """The places of what is chosen."""
        asked = [(name, value) for name in self._filters for value in chosen[name]]
        return [self._places[one] for one in asked if one in self._places]


def _sides(template: str, before: str, choices: Sequence[Choice], after: str, *, selected: bool) -> list[str]:
    """What stands before and after the number of each choice of a group."""
    sides: list[str] = []
    for choice in choices:
        short = {"short": choice.label[:2]} if template == "offers/_day.html" else {}
        sides += around(
            template, "count", name=choice.name, value=choice.value, label=choice.label, selected=selected, **short
        )
    if sides:
        sides[0], sides[-1] = before + sides[0], sides[-1] + after
    return sides


class Facet:
    """A group of tick boxes under one label; what finds least of a long one is behind a fold."""

    def __init__(self, name: str, label: str, choices: Sequence[Choice]) -> None:
        self.name = name
        self._frame: dict[str, Value] = {"name": name, "label": label, "error_id": f"f-{name}-error"}
        before, after = around(_FACET, "first", **self._frame, more="", more_words="")
        self._choices = Choices("offers/_choice.html", ("", choices, ""))
        self._framed = Choices("offers/_choice.html", (before, choices, after))
        self._fold = between(_FACET, "first", "more_words", "more", **self._frame)
        self._nothing = self._folded([0] * len(choices), (), SHOWN_AT_ONCE)

    def draw(self, counts: Counts, chosen: Chosen, errors: Sequence[str] = ()) -> SafeString:
        choices = self._choices
        if errors:
            values = {**self._frame, "first": choices.draw(counts, chosen), "errors": errors}
            return SafeString(render_to_string(_FACET, values))
        picked = choices.picked(chosen)
        shown = max(SHOWN_AT_ONCE, len(picked))
        if len(choices.values) <= max(FEW_CHOICES, shown):
            return self._framed.draw(counts, chosen)
        if not picked and choices.find_nothing(counts):
            return self._nothing
        return self._folded(choices.numbers(counts), picked, shown)

    def _folded(self, numbers: Sequence[int], picked: Sequence[int], shown: int) -> SafeString:
        weights = list(numbers)
        for place in picked:
            weights[place] = _FIRST
        # What is chosen and what finds most; of what finds as many, what stands first (sorting keeps that).
        order = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)
        first = self._choices.some(sorted(order[:shown]), numbers, picked)
        more = self._choices.some(sorted(order[shown:]), numbers, picked)
        head, fold, rest, end = self._fold
        return SafeString(f"{head}{first}{fold}{_more_words(len(order) - shown)}{rest}{more}{end}")


class PanelPieces:
    """Everything in the panel that does not depend on the search, for one catalogue and language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.language = catalogue, get_language()
        # Around a position, so that the circles have their labels, too.
        panel = Panel(Search(naehe=Position(0.0, 0.0)), Tally(0), catalogue)
        self._areas = Choices(
            "offers/_option.html", *[_area_group(group.label, group.choices) for group in panel.areas]
        )
        self._city = {
            area.value: Choices("offers/_option.html", _area_group(_("Stadt"), [_city_choice(area)]))
            for area in catalogue.areas.values()
            if area.districts[0].kind == DistrictKind.CITY
        }
        self._options = {
            "radii": Choices("offers/_option.html", ("", panel.radii, "")),
            "periods": Choices("offers/_option.html", ("", panel.periods, "")),
            "phases": Choices("offers/_option.html", ("", panel.phases, "")),
            "days": Choices("offers/_day.html", ("", panel.days.choices, "")),
        }
        facets = {"topics": panel.topics, "free": panel.free, "times": panel.times}
        self._facets = {key: Facet(facet.name, facet.label, facet.choices) for key, facet in facets.items()}
        self._details = [(facet, Facet(facet.name, facet.label, facet.choices)) for facet in panel.details]

    def draw(self, search: Search, counts: Counts, filterset: OfferFilter | None) -> dict[str, SafeString]:
        chosen = _chosen(search)
        errors = filterset.errors if filterset else {}
        drawn = {key: choices.draw(counts, chosen) for key, choices in self._options.items()}
        for key, facet in self._facets.items():
            drawn[key] = facet.draw(counts, chosen, errors.get(facet.name, ()))
        if not search.centre:
            drawn["radii"] = SafeString("")
        drawn["areas"] = self._draw_areas(search, counts, chosen)
        drawn["details"] = SafeString(
            "".join(
                facet.draw(counts, chosen, filterset.problems(shown) if filterset else ())
                for shown, facet in self._details
            )
        )
        return drawn

    def _draw_areas(self, search: Search, counts: Counts, chosen: Chosen) -> SafeString:
        areas = self._areas.draw(counts, chosen)
        if search.ort and search.ort.value in self._city:
            return SafeString(self._city[search.ort.value].draw(counts, chosen) + areas)
        return areas


def _area_group(label: str, choices: Sequence[Choice]) -> Group:
    before, after = around("offers/_option_group.html", "options", label=label)
    return before, choices, after


def _city_choice(area: Area) -> Choice:
    return Choice(area.value, area.label, name="ort")


_kept: PanelPieces | None = None


def pieces(catalogue: Catalogue) -> PanelPieces:
    """Those of the catalogue; the last ones are kept."""
    global _kept
    found = _kept
    if found is None or found.catalogue is not catalogue or found.language != get_language():
        found = _kept = PanelPieces(catalogue)
    return found


@once
def _more_words(count: int) -> str:
    return ngettext("%(count)d weitere Auswahl", "%(count)d weitere", count) % {"count": count}


def _chosen(search: Search) -> dict[str, Sequence[str]]:
    """The values of each filter as they stand in the address."""
    chosen: dict[str, Sequence[str]] = {
        "phase": (search.phase.slug,) if search.phase else (),
        "ort": (search.ort.value,) if search.ort else (),
        "umkreis": (str(search.umkreis),),
        "wann": (search.wann.value,) if search.wann else (),
    }
    for name in ("thema", "form", "zugang", "tag", "zeit", "sprache", "barrierefrei", "fuer"):
        chosen[name] = getattr(search, name)
    for name in ("kostenlos", "ohne_anmeldung", "dolmetschen", "regelangebot"):
        chosen[name] = ("1",) if getattr(search, name) else ()
    return chosen
