"""Rows as they stood at a moment, from what the database recorded (design rule 11)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from offers.models import Offer
from portal.history import event_models


def end_of(day: date) -> datetime:
    """The first moment after a local day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def events_of(model: type[models.Model]) -> Any:
    """The table that records the rows of a model."""
    return event_models()[model]


def as_of(model: type[models.Model], moment: datetime) -> QuerySet[Any]:
    """The rows that existed just before a moment, as their last events; `id` and the fields are the row's own."""
    found: QuerySet[Any] = standing(events_of(model).objects.all(), moment)
    return found


def standing(events: Any, moment: datetime) -> Any:
    """Of these events the last of each row before a moment, without rows that were deleted by then."""
    earlier = events.model.objects.filter(pgh_created_at__lt=moment).order_by()
    last = earlier.values("id").annotate(last=Max("pgh_id")).values("last")
    return events.filter(pgh_id__in=last).exclude(pgh_label="delete")


def first_recorded_day() -> date | None:
    """From when on the past can be looked at: the first day of which anything about offers is recorded."""
    first = events_of(Offer).objects.aggregate(first=Min("pgh_created_at"))["first"]
    return timezone.localdate(first) if first else None
