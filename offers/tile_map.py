"""The map with streets that an offer's page opens on a click, when the city has named a host for its pictures."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from partners.models import Place


@dataclass(frozen=True)
class TileMap:
    """What the script draws: `places` is JSON, a list of name, address, position and whether that is exact."""

    url: str
    credit: str
    host: str
    places: str


def tile_map(places: Iterable[Place]) -> TileMap | None:
    """None without a host, or when no place that may be shown lies anywhere known.

    Where only the Stadtteil of a place is known, its middle is shown, and said to be no more than that.
    """
    if not settings.TILES_URL:
        return None
    shown = [found for place in places if not place.is_confidential and (found := _spot(place))]
    if not shown:
        return None
    return TileMap(
        settings.TILES_URL,
        settings.TILES_CREDIT,
        settings.TILES_HOST,
        json.dumps(shown, ensure_ascii=False),
    )


def _spot(place: Place) -> dict[str, object] | None:
    spot: dict[str, object] = {"name": place.name, "address": place.address}
    if place.latitude is not None and place.longitude is not None:
        return {**spot, "at": [place.latitude, place.longitude], "exact": True}
    quarter = place.district
    if quarter and quarter.latitude is not None and quarter.longitude is not None:
        return {**spot, "at": [quarter.latitude, quarter.longitude], "exact": False}
    return None
