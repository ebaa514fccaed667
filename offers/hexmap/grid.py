"""The map of the Stadtteile as the page draws it: hexagons with counts, and the same as a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from offers.finder import Catalogue, Search
from offers.hexmap.counts import count_by_district
from offers.hexmap.shape import Frame, abbreviations, corners, lines, middle, number
from portal.enums import DistrictKind
from portal.models import District

SHADES = 5


@dataclass(frozen=True)
class Hexagon:
    """One Stadtteil. `shade` is 1 (fewest) to 5 (most); `x`, `y` and `points` are units of the drawing."""

    name: str
    short: str
    lines: list[str]
    points: str
    x: str
    y: str
    count: int = 0
    shade: int = 1
    url: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Group:
    """The Stadtteile of one Sozialraum, for the list."""

    label: str
    count: int
    url: str
    hexagons: list[Hexagon]


@dataclass(frozen=True)
class Shade:
    """What a colour of the map means."""

    number: int
    first: int
    last: int


class HexMap:
    """The map with the counts of a search in each Stadtteil; the search's own place is only marked."""

    def __init__(self, search: Search, catalogue: Catalogue) -> None:
        self._search = search.without("ort")
        self._catalogue = catalogue
        self._counts = count_by_district(self._search.offers(), catalogue.districts.values())
        self.quarters = drawn(catalogue.districts.values())
        self._chosen = {district.pk for district in search.ort.districts} if search.ort else set()

    @property
    def view_box(self) -> str:
        return frame(self.quarters).view_box

    @cached_property
    def hexagons(self) -> list[Hexagon]:
        """In reading order: from top to bottom, each row from left to right."""
        outlines = outline(self.quarters)
        return [self._with_count(quarter, hexagon) for quarter, hexagon in zip(self.quarters, outlines, strict=True)]

    @cached_property
    def groups(self) -> list[Group]:
        """The same as a list, by the district each Stadtteil lies in."""
        inside: dict[int, list[Hexagon]] = {}
        for quarter, hexagon in zip(self.quarters, self.hexagons, strict=True):
            inside.setdefault(quarter.parent_id or 0, []).append(hexagon)
        areas = [self._catalogue.areas[area.slug] for area in self._catalogue.districts.values() if area.pk in inside]
        return [
            Group(
                area.label,
                self._counts[area.districts[0].pk],
                replace(self._search, ort=area).url(),
                sorted(inside[area.districts[0].pk], key=lambda hexagon: hexagon.name),
            )
            for area in areas
        ]

    @cached_property
    def shades(self) -> list[Shade]:
        """Equal steps between the fewest and the most offers; steps without a Stadtteil are left out."""
        found: dict[int, list[int]] = {}
        for hexagon in self.hexagons:
            found.setdefault(hexagon.shade, []).append(hexagon.count)
        return [Shade(shade, min(counts), max(counts)) for shade, counts in sorted(found.items())]

    def _with_count(self, quarter: District, hexagon: Hexagon) -> Hexagon:
        counts = [self._counts[one.pk] for one in self.quarters]
        fewest, most = min(counts), max(counts)
        count = self._counts[quarter.pk]
        shade = 1 + (SHADES - 1) * (count - fewest) // (most - fewest) if most > fewest else 1
        url = replace(self._search, ort=self._catalogue.areas[quarter.slug]).url()
        chosen = bool(self._chosen & set(quarter.lineage))
        return replace(hexagon, count=count, shade=shade, url=url, is_chosen=chosen)


@dataclass(frozen=True)
class Spot:
    """One Stadtteil of the small map that marks where an offer is."""

    hexagon: Hexagon
    is_marked: bool


class SpotMap:
    """Where places are, by Stadtteil; `marked` holds ids of districts with an open place."""

    def __init__(self, districts: Iterable[District], marked: Iterable[int]) -> None:
        self._quarters = drawn(districts)
        self._marked = set(marked)

    def __bool__(self) -> bool:
        return any(quarter.pk in self._marked for quarter in self._quarters)

    @property
    def view_box(self) -> str:
        return frame(self._quarters).view_box

    @property
    def spots(self) -> list[Spot]:
        hexagons = zip(self._quarters, outline(self._quarters), strict=True)
        return [Spot(hexagon, quarter.pk in self._marked) for quarter, hexagon in hexagons]

    @property
    def names(self) -> str:
        return ", ".join(spot.hexagon.name for spot in self.spots if spot.is_marked)


def drawn(districts: Iterable[District]) -> list[District]:
    """The Stadtteile that have a place on the map, in reading order."""
    quarters = [
        district
        for district in districts
        if district.kind == DistrictKind.QUARTER and district.hex_q is not None and district.hex_r is not None
    ]
    return sorted(quarters, key=lambda district: (district.hex_r or 0, district.hex_q or 0))


def frame(quarters: Sequence[District]) -> Frame:
    return Frame.around([middle(quarter.hex_q or 0, quarter.hex_r or 0) for quarter in quarters])


def outline(quarters: Sequence[District]) -> list[Hexagon]:
    """Shapes and names, without counts."""
    shorts = abbreviations(quarter.name for quarter in quarters)
    found = []
    for quarter, short in zip(quarters, shorts, strict=True):
        q, r = quarter.hex_q or 0, quarter.hex_r or 0
        x, y = middle(q, r)
        found.append(Hexagon(quarter.name, short, lines(quarter.name), corners(q, r), number(x), number(y)))
    return found
