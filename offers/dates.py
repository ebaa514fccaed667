"""The next dates of an offer, with the city's school and public holidays taken out."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from offers.models import Offer
from offers.models.schedule import Occurrence
from portal.models import SchoolHoliday
from portal.public_holidays import public_holidays

DAYS_AHEAD = 183
MOST_DATES = 6


def next_dates(
    offer: Offer, now: datetime | None = None, breaks: Sequence[tuple[date, date]] | None = None
) -> list[Occurrence]:
    """The next dates within half a year, soonest first.

    Without `breaks` (school holidays, both days included) it asks for them once when there are schedules.
    """
    schedules = list(offer.schedules.all())
    if not schedules:
        return []
    local = timezone.localtime(now)
    first = max(local.date(), offer.starts_on or local.date())
    last = min(local.date() + timedelta(days=DAYS_AHEAD), offer.ends_on or date.max)
    if breaks is None:
        breaks = school_holidays(first, last)
    free = [day for year in range(first.year, last.year + 1) for day in public_holidays(year)]
    found = {
        occurrence
        for schedule in schedules
        for occurrence in schedule.occurrences(first, last, school_holidays=breaks, public_holidays=free)
        if not _is_over(occurrence, local) and not offer.is_paused(occurrence.day)
    }
    return sorted(found, key=_by_time)[:MOST_DATES]


def school_holidays(first: date, last: date) -> list[tuple[date, date]]:
    """First and last day of the school holidays that touch the time between two days."""
    return list(SchoolHoliday.objects.touching(first, last).values_list("first_day", "last_day"))


def _is_over(occurrence: Occurrence, local: datetime) -> bool:
    end = occurrence.end or occurrence.start
    return occurrence.day == local.date() and end is not None and end <= local.time()


def _by_time(occurrence: Occurrence) -> tuple[date, time, time]:
    return occurrence.day, occurrence.start or time.min, occurrence.end or time.min
