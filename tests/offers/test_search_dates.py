"""The database counts the same dates as `Schedule.occurrences`."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from offers.enums import ScheduleKind
from offers.models import Offer, Schedule
from portal.models import PublicHoliday, SchoolHoliday
from tests.offers.factories import OfferFactory

DAYS = st.dates(date(2023, 6, 1), date(2030, 6, 1))  # two leap years, clock changes, holidays of all kinds
SPANS = st.tuples(DAYS, st.integers(0, 45)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
LEAP_DAY, CLOCKS_BACK, CLOCKS_ON = date(2028, 2, 29), date(2026, 10, 25), date(2027, 3, 28)


@st.composite
def rules(draw: st.DrawFn) -> Schedule:
    kind = draw(st.sampled_from(ScheduleKind.values))
    near = draw(DAYS)
    begin = draw(st.none() | st.just(near))
    if kind == ScheduleKind.INTERVAL:
        begin = near
    single = kind == ScheduleKind.DATES
    return Schedule(
        kind=kind,
        weekdays=[] if single else sorted(draw(st.sets(st.integers(0, 6), min_size=1))),
        interval_weeks=draw(st.integers(2, 6)) if kind == ScheduleKind.INTERVAL else None,
        week_of_month=draw(st.sampled_from([1, 2, 3, 4, 5, -1])) if kind == ScheduleKind.MONTHLY else None,
        dates=draw(st.lists(DAYS | st.just(near), min_size=1, max_size=4)) if single else [],
        start_time=draw(st.none() | st.times()),
        valid_from=begin,
        valid_until=draw(st.none() | st.integers(0, 500).map(lambda days: (begin or near) + timedelta(days=days))),
        pauses_in_school_holidays=draw(st.booleans()),
        pauses_on_public_holidays=draw(st.booleans()),
    )


def in_database(offer: Offer, first: date, last: date) -> tuple[list[int], list[date]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT slots, dates FROM search_dates(%s::bigint[], %s, %s)", [[offer.pk], first, last])
        found = cursor.fetchone()
    return found if found else ([], [])


@pytest.mark.slow
class Dates(TestCase):
    """A database that every example leaves as it was."""

    offer: Offer

    @classmethod
    def setUpTestData(cls) -> None:
        PublicHoliday.objects.all().delete()
        cls.offer = OfferFactory.create()

    @hypothesis_settings(max_examples=150)
    @given(
        schedules=st.lists(rules(), min_size=1, max_size=4),
        breaks=st.lists(SPANS, max_size=3),
        free=st.sets(DAYS | st.sampled_from([LEAP_DAY, CLOCKS_BACK, CLOCKS_ON]), max_size=6),
        first=DAYS | st.sampled_from([LEAP_DAY, CLOCKS_BACK, CLOCKS_ON]),
        ahead=st.integers(0, 220),
        runs=st.tuples(st.none() | DAYS, st.none() | DAYS),
        pause=st.none() | SPANS,
    )
    @example(
        schedules=[Schedule(kind="monthly", weekdays=[0, 1, 2, 3, 4, 5, 6], week_of_month=5)],
        breaks=[], free=set(), first=LEAP_DAY, ahead=0, runs=(None, None), pause=None,
    )  # fmt: skip
    def test_equal_those_of_python(
        self,
        schedules: list[Schedule],
        breaks: list[tuple[date, date]],
        free: set[date],
        first: date,
        ahead: int,
        runs: tuple[date | None, date | None],
        pause: tuple[date, date] | None,
    ) -> None:
        begins, ends = sorted(runs, key=lambda day: day or date.max) if None not in runs else runs
        pause_from, pause_until = pause or (None, None)
        Offer.objects.filter(pk=self.offer.pk).update(
            starts_on=begins, ends_on=ends, pause_from=pause_from, pause_until=pause_until
        )
        self.offer.refresh_from_db()
        for number, (start, end) in enumerate(breaks):
            SchoolHoliday.objects.create(name=f"Ferien {number}", first_day=start, last_day=end)
        PublicHoliday.objects.bulk_create(PublicHoliday(day=day) for day in free)
        for schedule in schedules:
            schedule.pk, schedule.offer = None, self.offer
        Schedule.objects.bulk_create(schedules)

        last = first + timedelta(days=ahead)
        span = max(first, begins or first), min(last, ends or last)
        expected = {
            occurrence.day
            for schedule in schedules
            for occurrence in schedule.occurrences(*span, school_holidays=breaks, public_holidays=free)
            if not self.offer.is_paused(occurrence.day)
        }
        slots, dates = in_database(self.offer, first, last)
        assert dates == sorted(expected)
        assert slots == sorted({slot for schedule in schedules for slot in _slots(schedule, self.offer, first)})


def _slots(schedule: Schedule, offer: Offer, first: date) -> set[int]:
    """Weekday * 4 + part of the day, of schedules that have a day from `first` on."""
    offer.refresh_from_db()
    begins = max(day for day in (schedule.valid_from, offer.starts_on, first) if day)
    ends = min(day for day in (schedule.valid_until, offer.ends_on, date.max) if day)
    start = schedule.start_time
    part = 0 if start is None else 1 if start < time(12) else 2 if start < time(17) else 3
    weekdays = set(schedule.weekdays) if begins <= ends else set()
    if schedule.kind == ScheduleKind.DATES:
        weekdays = {day.weekday() for day in schedule.dates if begins <= day <= ends}
    return {weekday * 4 + part for weekday in weekdays}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        "2026-10-24T21:59:59Z",  # the last second of a summer day
        "2026-10-24T22:00:00Z",  # the long day begins
        "2026-10-25T22:59:59Z",
        "2026-10-25T23:00:00Z",  # and ends an hour later than a day before
        "2027-03-27T22:59:59Z",
        "2027-03-27T23:00:00Z",
        "2027-03-28T22:00:00Z",
        "2028-02-28T23:00:00Z",
        "2028-02-29T23:00:00Z",
    ],
)
def test_the_day_is_the_citys(moment: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_local_day(%s::timestamptz)", [moment])
        [found] = cursor.fetchone()
    told = datetime.fromisoformat(moment)
    assert found == told.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
