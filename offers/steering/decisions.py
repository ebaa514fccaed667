"""Gaps that are meant to be: for one cell, for a time of life in the whole city, or for all of an area."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from offers.models import CoverageDecision, Topic
from offers.steering.columns import Column
from offers.steering.filters import address
from offers.steering.past import as_of
from offers.steering.stock import Question
from portal.enums import DistrictKind
from portal.models import District

_FIELDS = ("id", "district_id", "phase_id", "transition", "topic_id", "reason", "decided_on")
_ALWAYS = (None, "")


class Decisions:
    """The decisions in force on a question's day, the latest first; three statements at most."""

    def __init__(self, question: Question) -> None:
        self.all = _made_by(question)
        topics = {one.topic_id for one in self.all if one.topic_id}
        names = _topics_then(question, topics)
        for one in self.all:
            one.topic = names.get(one.topic_id) if one.topic_id else None
        self._kept = {(one.topic_id, one.district_id, one.phase_id, one.transition): one for one in self.all}
        asked = question.thema if len(question.thema) == 1 and topics else ()
        self._topic = Topic.objects.filter(slug__in=asked, pk__in=topics).values_list("pk", flat=True).first()
        # What is free of charge or in Turkish may be missing although the whole is not.
        self._hold = not (question.ebene or question.form or question.sprache or question.kostenlos)

    def holding(self, area: District, column: Column, topic: int | None = None) -> list[CoverageDecision]:
        """Those that hold for a cell and a topic's id (else the question's), the narrowest first.

        One for all topics holds for each of them, one for a district for all inside it.
        """
        if not self._kept or not self._hold:
            return []
        topic = topic or self._topic
        keys = product((topic, None) if topic else (None,), reversed(area.lineage), (column.time, _ALWAYS))
        return [self._kept[key] for wide, pk, time in keys if (key := (wide, pk, *time)) in self._kept]


def _made_by(question: Question) -> list[CoverageDecision]:
    order = ("-decided_on", "id")
    if question.moment is None:
        return list(CoverageDecision.objects.order_by(*order))
    rows = as_of(CoverageDecision, question.moment).order_by(*order)
    return [CoverageDecision(**row) for row in rows.values(*_FIELDS)]


def _topics_then(question: Question, ids: Collection[int]) -> dict[int, Topic]:
    """As they were called on the day, also those that are gone."""
    if question.moment is None or not ids:
        return Topic.objects.in_bulk(ids) if ids else {}
    rows = as_of(Topic, question.moment).filter(id__in=ids).values("id", "slug", "label")
    return {row["id"]: Topic(**row) for row in rows}


@dataclass(frozen=True)
class Scope:
    """What a decision made on the page of a cell is for: `key` are the fields that tell it from others."""

    value: str
    label: str
    key: dict[str, Any]

    def is_of(self, decision: CoverageDecision) -> bool:
        return all(getattr(decision, name) == value for name, value in self.key.items())


def scopes_of(area: District, column: Column, tree: Sequence[District], topic: Topic | None) -> list[Scope]:
    """The cell alone, its time of life everywhere, all times in its area; never all there is at once."""
    city = next(one for one in tree if one.kind == DistrictKind.CITY)
    topic_id = topic.pk if topic else None

    def scope(value: str, label: str, place: District, time: tuple[int | None, str]) -> Scope:
        phase, transition = time
        key = {"district_id": place.pk, "phase_id": phase, "transition": transition, "topic_id": topic_id}
        return Scope(value, label % {"column": column.label, "area": area.name}, key)

    found = [scope("feld", _("nur für dieses Feld: %(column)s in %(area)s"), area, column.time)]
    if area != city:
        found.append(scope("stadt", _("für %(column)s in der ganzen Stadt"), city, column.time))
    if area != city or topic:
        found.append(scope("gebiet", _("für alle Lebensphasen und Übergänge in %(area)s"), area, _ALWAYS))
    return found


@dataclass(frozen=True)
class Said:
    """A decision in words; behind `url` it can be taken back."""

    decision: CoverageDecision
    area: str
    time: str
    topic: str
    url: str


def in_words(decisions: Iterable[CoverageDecision], tree: Sequence[District], columns: Sequence[Column]) -> list[Said]:
    """Those for districts and times of life that there are."""
    areas = {area.pk: area for area in tree}
    times = {column.time: column for column in columns}
    found = []
    for one in decisions:
        area, column = areas.get(one.district_id), times.get((one.phase_id, one.transition))
        if area is None or not columns or (column is None and (one.phase_id, one.transition) != _ALWAYS):
            continue
        path = reverse("offers:coverage_cell", args=[area.slug, (column or columns[0]).key])
        question = Question(thema=(one.topic.slug,) if one.topic else ())
        found.append(
            Said(
                one,
                _("ganze Stadt") if area.kind == DistrictKind.CITY else area.name,
                column.label if column else _("alle Lebensphasen und Übergänge"),
                str(one.topic or _("alle")),
                f"{address(path, question)}#bewusst",
            )
        )
    return found
