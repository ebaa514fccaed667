"""Official outlines of the Stadtteile from a GeoJSON file; once all are there, the map draws them, not hexagons."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from offers.hexmap.shape import number
from offers.models import DistrictOutline
from portal.enums import DistrictKind
from portal.models import District

_WIDTH = 180.0  # units of the drawing
_MOST_POINTS = 20_000  # of one Stadtteil
_NAMES = ("slug", "name", "stadtteil", "Name", "NAME")

Ring = Sequence[Sequence[float]]


@dataclass
class Outlines:
    """Geometries by district, and what is wrong with the file; `missing` are Stadtteile it does not hold."""

    geometries: list[tuple[District, dict[str, Any]]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return bool(self.geometries) and not self.mistakes


@dataclass(frozen=True)
class Shape:
    """A Stadtteil on the map: a path and the middle of its box, in units of the drawing."""

    path: str
    x: str
    y: str


def read_outlines(content: bytes) -> Outlines:
    """Check a FeatureCollection in WGS84; each feature names its Stadtteil in a property "slug" or "name"."""
    found = Outlines()
    try:
        collection = json.loads(content.decode("utf-8-sig"))
        features = collection["features"]
        assert isinstance(features, list)  # noqa: S101  # caught just below
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        found.mistakes.append(_("Das ist keine GeoJSON-Datei mit einer „FeatureCollection“."))
        return found
    quarters = {one.slug: one for one in District.objects.quarters()}
    names = {one.name.casefold(): one for one in quarters.values()} | quarters
    seen: set[int] = set()
    for position, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        known = properties if isinstance(properties, dict) else {}
        name = next((str(known[key]) for key in _NAMES if key in known), "")
        district = names.get(name.casefold())
        geometry: Any = feature.get("geometry") if isinstance(feature, dict) else None
        reason = _problem(district, geometry, name, seen)
        if reason:
            found.mistakes.append(_("Umriss %(number)d: %(reason)s") % {"number": position, "reason": reason})
        elif district is not None:
            seen.add(district.pk)
            found.geometries.append((district, {key: geometry[key] for key in ("type", "coordinates")}))
    found.missing = [one.name for one in quarters.values() if one.pk not in seen]
    return found


def store_outlines(found: Outlines, source: str) -> None:
    """Replace the outlines of the Stadtteile that a good file holds."""
    if not found.is_good:
        raise ValueError("only a file without mistakes can be stored")
    with transaction.atomic(), pghistory.context(source="outlines"):
        for district, geometry in found.geometries:
            values = {"geometry": geometry, "source": source}
            DistrictOutline.objects.update_or_create(district=district, defaults=values)


def shapes(quarters: Sequence[District]) -> tuple[dict[int, Shape], str]:
    """Paths by district id with the view box; ({}, "") unless every one of the Stadtteile has an outline."""
    geometries = dict(DistrictOutline.objects.filter(district__in=quarters).values_list("district_id", "geometry"))
    if not quarters or len(geometries) < len(quarters):
        return {}, ""
    points = [point for geometry in geometries.values() for ring in _rings(geometry) for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrow = math.cos(math.radians((south + north) / 2))  # a degree of longitude is shorter than one of latitude
    scale = _WIDTH / max((east - west) * narrow, 1e-9)

    def at(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    drawn = {pk: _shape([[at(point) for point in ring] for ring in _rings(one)]) for pk, one in geometries.items()}
    return drawn, f"-2 -2 {number(_WIDTH + 4)} {number((north - south) * scale + 4)}"


def _shape(rings: list[list[tuple[float, float]]]) -> Shape:
    path = " ".join("M" + " L".join(f"{number(x)} {number(y)}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=len)
    across, down = [x for x, _y in largest], [y for _x, y in largest]
    return Shape(path, number((min(across) + max(across)) / 2), number((min(down) + max(down)) / 2))


def _problem(district: District | None, geometry: object, name: str, seen: set[int]) -> str:
    if district is None or district.kind != DistrictKind.QUARTER:
        return _("„%(name)s“ ist kein Stadtteil dieser Stadt.") % {"name": name[:60]}
    if district.pk in seen:
        return _("„%(name)s“ kommt zweimal vor.") % {"name": district.name}
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return _("Es ist keine Fläche (Polygon oder MultiPolygon).")
    try:
        rings = list(_rings(geometry))
        points = [point for ring in rings for point in ring]
        sound = rings and all(len(ring) >= 4 for ring in rings) and all(_is_point(point) for point in points)
    except (TypeError, IndexError, KeyError, AttributeError):
        sound = False
    if not sound:
        return _("Die Punkte sind keine Längen- und Breitengrade.")
    return _("Der Umriss hat zu viele Punkte.") if len(points) > _MOST_POINTS else ""


def _is_point(point: Sequence[float]) -> bool:
    longitude, latitude = point[0], point[1]
    numbers = all(isinstance(value, int | float) and math.isfinite(value) for value in (longitude, latitude))
    return numbers and -180 <= longitude <= 180 and -90 <= latitude <= 90


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon
