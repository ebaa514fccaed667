"""Writes counted searches: finds phase, Sozialraum and topic of each and adds up in the database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from offers.models import LifePhase, SearchCount, SearchTerm, SearchTermDay, Topic
from offers.steering.demand import Asked, day_of, digest, may_be_kept
from portal.enums import DistrictKind
from portal.models import District

KEPT_MONTHS = 25
DAYS_BEFORE_SHOWN = 5

_ADD_COUNT = """
INSERT INTO offers_searchcount AS kept (day, phase_id, area_id, topic_id, language, bucket, count)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, phase_id, area_id, topic_id, language, bucket) DO UPDATE SET count = kept.count + EXCLUDED.count
"""
_ADD_TERM = """
INSERT INTO offers_searchterm AS kept (day, term, bucket, count) VALUES (%s, %s, %s, %s)
ON CONFLICT (day, term, bucket) DO UPDATE SET count = kept.count + EXCLUDED.count
"""
_ADD_TERM_DAY = "INSERT INTO offers_searchtermday (digest, day) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_KNOWN_TERMS = """
SELECT digest FROM offers_searchtermday WHERE digest = ANY (%s) GROUP BY digest HAVING count(DISTINCT day) >= %s
"""


@dataclass(frozen=True)
class _Names:
    """What the plain values of a search mean."""

    phases: list[LifePhase]
    areas: Mapping[int, int]  # district id → id of its Sozialraum
    topics: Mapping[str, int]  # slug → id
    words: Mapping[str, int]  # label or synonym → id of the topic

    def phase_of(self, what: Asked) -> int | None:
        """The phase that was asked for, else the latest one that holds the first child's age."""
        if what.phase:
            return next((phase.pk for phase in self.phases if phase.slug == what.phase), None)
        if what.months is None:
            return None
        holding = [phase for phase in self.phases if phase.ages is not None and what.months in phase.ages]
        return max(holding, key=lambda phase: phase.ages.lower or 0).pk if holding else None

    def area_of(self, what: Asked) -> int | None:
        """The one Sozialraum that all districts lie in."""
        found = {self.areas.get(pk) for pk in what.areas}
        return found.pop() if len(found) == 1 else None

    def topic_of(self, what: Asked) -> int | None:
        return self.topics.get(what.topic) or self.words.get(what.words)


def store(counts: Counter[Asked]) -> None:
    """Add the counts to what is there, all of them or none."""
    names = _names()
    rows: Counter[tuple[Any, ...]] = Counter()
    terms: Counter[tuple[date, str, int]] = Counter()
    for what, times in counts.items():
        topic = names.topic_of(what)
        rows[day_of(what), names.phase_of(what), names.area_of(what), topic, what.language, what.bucket] += times
        if topic is None and may_be_kept(what.words):
            terms[day_of(what), what.words, what.bucket] += times
    with transaction.atomic(), connection.cursor() as cursor:
        # Always in one order, so that two processes never wait for each other in a circle.
        cursor.executemany(_ADD_COUNT, [(*row, times) for row, times in sorted(rows.items(), key=repr)])
        if terms:
            _store_terms(cursor, terms)


def _store_terms(cursor: Any, terms: Counter[tuple[date, str, int]]) -> None:
    digests = {term: digest(term) for _day, term, _bucket in terms}
    days = sorted({(digests[term], day) for day, term, _bucket in terms})
    cursor.executemany(_ADD_TERM_DAY, days)
    cursor.execute(_KNOWN_TERMS, [sorted(digests.values()), DAYS_BEFORE_SHOWN])
    shown = {bytes(row[0]) for row in cursor.fetchall()}
    known = [(*key, times) for key, times in sorted(terms.items()) if digests[key[1]] in shown]
    cursor.executemany(_ADD_TERM, known)


def forget_old(today: date | None = None) -> int:
    """Delete what is older than 25 months; returns how many rows."""
    today = today or timezone.localdate()
    month = today.year * 12 + today.month - 1 - KEPT_MONTHS
    first = date(month // 12, month % 12 + 1, 1) + timedelta(days=today.day - 1)
    return sum(model.objects.filter(day__lt=first).delete()[0] for model in (SearchCount, SearchTerm, SearchTermDay))


def _names() -> _Names:
    areas = {}
    lineages = dict(District.objects.values_list("pk", "lineage"))
    social = set(District.objects.filter(kind=DistrictKind.SOCIAL_AREA).values_list("pk", flat=True))
    for pk, lineage in lineages.items():
        inside = social & set(lineage)
        if inside:
            areas[pk] = inside.pop()
    topics = list(Topic.objects.in_listing_order())
    words = {word.casefold(): topic.pk for topic in reversed(topics) for word in (topic.label, *topic.synonyms)}
    return _Names(list(LifePhase.objects.all()), areas, {topic.slug: topic.pk for topic in topics}, words)
