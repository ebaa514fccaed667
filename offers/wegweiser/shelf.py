"""Where the booklets are kept: VAR_DIR/wegweiser/<sozialraum>.pdf."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from offers.wegweiser.booklet import booklet
from portal.models import District


@dataclass(frozen=True)
class Kept:
    """A Sozialraum with its booklet; `made_at` is None as long as there is none. `size` counts bytes."""

    area: District
    path: Path
    made_at: datetime | None
    size: int


def kept() -> list[Kept]:
    """All Sozialräume in listing order, each with its booklet."""
    return [_on_the_shelf(area) for area in District.objects.social_areas().in_listing_order()]


def make_all() -> Iterator[Kept]:
    """Make the booklets anew, one after the other; whoever reads one meanwhile gets the old one whole."""
    now = timezone.now()
    for area in District.objects.social_areas().in_listing_order():
        path = _path(area)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.new")
        draft.write_bytes(booklet(area, now))
        draft.replace(path)
        yield _on_the_shelf(area)


def _path(area: District) -> Path:
    return Path(settings.VAR_DIR) / "wegweiser" / f"{area.slug}.pdf"


def _on_the_shelf(area: District) -> Kept:
    path = _path(area)
    try:
        found = path.stat()
    except FileNotFoundError:
        return Kept(area, path, None, 0)
    return Kept(area, path, datetime.fromtimestamp(found.st_mtime, UTC), found.st_size)
