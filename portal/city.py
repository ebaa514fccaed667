"""The city's own facts, from its pack folder."""

import csv
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


@lru_cache(maxsize=1)
def city() -> dict[str, str]:
    """Facts about the city by key, from the pack's `city.csv` (columns key, value, source)."""
    with (settings.PACK_DIR / "city.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["value"] for row in csv.DictReader(file, delimiter=";")}


def city_context(request: HttpRequest) -> dict[str, object]:
    """Give every template `city`."""
    return {"city": city()}
