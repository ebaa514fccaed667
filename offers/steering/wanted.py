"""What was searched for between two days, and what was not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from offers.models import SearchCount, SearchTerm
from offers.steering.enums import ResultBucket
from portal.enums import Language

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Wish:
    """A subject that was searched for: empty parts were not asked for. `share` is in per cent of the searches."""

    phase: str
    area: str
    topic: str
    searches: int
    nothing: int
    little: int
    cell_url: str = ""
    slugs: tuple[str, str, str] = ("", "", "")  # of phase, area and topic

    @property
    def share(self) -> int:
        return round(self.nothing * 100 / self.searches) if self.searches else 0


@dataclass(frozen=True)
class Demand:
    """All searches of a time, by how much they found, and the subjects that found the least."""

    searches: int
    by_bucket: list[tuple[ResultBucket, int]]
    by_language: list[tuple[str, int]]
    missing: list[Wish]
    terms: list[dict[str, Any]]


def demand_between(first: date, last: date, *, most: int = 30) -> Demand:
    """Both days included; five statements."""
    counted = SearchCount.objects.between(first, last)
    buckets = dict(counted.by_bucket())
    return Demand(
        sum(buckets.values()),
        [(bucket, buckets.get(bucket.value, 0)) for bucket in ResultBucket],
        [(_language(code), searches) for code, searches in counted.by_language()],
        [_wish(row) for row in counted.by_subject()[:most]],
        list(SearchTerm.objects.between(first, last).by_term()[:most]),
    )


def _language(code: str) -> str:
    return str(Language(code).label) if code in Language.values else code


def unmet_by_cell(day: date, topics: Sequence[str] = ()) -> dict[tuple[int, str], int]:
    """Searches that found nothing in the twelve months up to a day, by Sozialraum id and slug of the phase.

    "Gesucht, nicht da"; with topics only those for one of them.
    """
    return dict(SearchCount.objects.between(day - YEAR, day).about(topics).unmet())


def unmet_by_topic(day: date) -> dict[tuple[int, str, int], int]:
    """The same for each topic, by its id; searches without a topic are left out."""
    return dict(SearchCount.objects.between(day - YEAR, day).unmet_of_topics())


def _wish(row: dict[str, Any]) -> Wish:
    url = ""
    if row["phase__slug"] and row["area__slug"]:
        url = reverse("offers:coverage_cell", args=[row["area__slug"], row["phase__slug"]])
        url += f"?thema={row['topic__slug']}" if row["topic__slug"] else ""
    phase, area, topic = (row[name] or "" for name in ("phase__label", "area__name", "topic__label"))
    slugs = (row["phase__slug"] or "", row["area__slug"] or "", row["topic__slug"] or "")
    return Wish(phase, area, topic, row["searches"], row["nothing"], row["little"], url, slugs)
