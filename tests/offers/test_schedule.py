"""Dates computed from schedules: every rhythm, pauses and the edges of the calendar."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from offers.enums import ScheduleKind
from offers.models import Schedule
from tests.offers.factories import OfferFactory, ScheduleFactory

WEDNESDAY = 2


def days(first: date, last: date, **values: Any) -> list[date]:
    return list(Schedule(**values).days(first, last))


def test_weekly_on_two_days() -> None:
    found = days(date(2026, 11, 23), date(2026, 12, 2), kind=ScheduleKind.WEEKLY, weekdays=[0, WEDNESDAY])
    assert found == [date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 2)]


def test_every_second_week_counts_from_the_first_week_also_over_new_year() -> None:
    found = days(
        date(2026, 12, 20),
        date(2027, 1, 31),
        kind=ScheduleKind.INTERVAL,
        weekdays=[WEDNESDAY],
        interval_weeks=2,
        valid_from=date(2026, 12, 10),  # a Thursday: its week counts, though its Wednesday is over
    )
    assert found == [date(2026, 12, 23), date(2027, 1, 6), date(2027, 1, 20)]


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        (1, [date(2028, 2, 1), date(2028, 3, 7)]),
        (5, [date(2028, 2, 29)]),
        (-1, [date(2028, 2, 29), date(2028, 3, 28)]),
    ],
)
def test_monthly_by_weekday_knows_29_february(week: int, expected: list[date]) -> None:
    found = days(date(2028, 2, 1), date(2028, 3, 31), kind=ScheduleKind.MONTHLY, weekdays=[1], week_of_month=week)
    assert found == expected


def test_single_dates_are_sorted_and_listed_once() -> None:
    twice = [date(2026, 12, 5), date(2026, 11, 28), date(2026, 12, 5), date(2020, 1, 1)]
    assert days(date(2026, 11, 22), date(2027, 1, 1), kind=ScheduleKind.DATES, dates=twice) == [
        date(2026, 11, 28),
        date(2026, 12, 5),
    ]


def test_nothing_outside_its_validity() -> None:
    found = days(
        date(2026, 11, 1),
        date(2026, 12, 31),
        kind=ScheduleKind.WEEKLY,
        weekdays=[WEDNESDAY],
        valid_from=date(2026, 11, 20),
        valid_until=date(2026, 12, 2),
    )
    assert found == [date(2026, 11, 25), date(2026, 12, 2)]


def taking_place(schedule: Schedule, first: date, last: date) -> list[date]:
    pauses = [(date(2026, 12, 23), date(2027, 1, 6))]
    free = [date(2026, 12, 25), date(2027, 1, 1)]
    found = schedule.occurrences(first, last, school_holidays=pauses, public_holidays=free)
    return [occurrence.day for occurrence in found]


def test_pauses() -> None:
    fridays = Schedule(kind=ScheduleKind.WEEKLY, weekdays=[4])
    first, last = date(2026, 12, 18), date(2027, 1, 8)
    assert taking_place(fridays, first, last) == [date(2026, 12, 18), date(2027, 1, 8)]
    fridays.pauses_on_public_holidays = False
    assert taking_place(fridays, first, last) == [first + timedelta(weeks=n) for n in range(4)]
    fridays.pauses_in_school_holidays = True
    assert taking_place(fridays, first, last) == [date(2026, 12, 18), date(2027, 1, 8)]


def test_a_date_set_by_hand_is_never_paused() -> None:
    party = Schedule(kind=ScheduleKind.DATES, dates=[date(2026, 12, 25)], pauses_in_school_holidays=True)
    assert taking_place(party, date(2026, 12, 1), date(2026, 12, 31)) == [date(2026, 12, 25)]


def test_an_occurrence_carries_its_times() -> None:
    schedule = Schedule(kind=ScheduleKind.WEEKLY, weekdays=[4], start_time=time(9, 30), end_time=time(11))
    (only,) = schedule.occurrences(date(2026, 11, 27), date(2026, 11, 27), school_holidays=[], public_holidays=[])
    assert (only.start, only.end) == (time(9, 30), time(11))


@given(
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    interval=st.integers(2, 8),
    anchor=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    span=st.integers(0, 400),
)
def test_every_n_weeks_never_leaves_its_rhythm(weekdays: set[int], interval: int, anchor: date, span: int) -> None:
    found = days(
        anchor,
        anchor + timedelta(days=span),
        kind=ScheduleKind.INTERVAL,
        weekdays=sorted(weekdays),
        interval_weeks=interval,
        valid_from=anchor,
    )
    monday = anchor - timedelta(days=anchor.weekday())
    assert all((day - monday).days // 7 % interval == 0 and day.weekday() in weekdays for day in found)
    whole_rounds = span // (7 * interval)
    assert len(found) >= whole_rounds * len(weekdays)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"weekdays": []}, "schedule_complete_for_its_kind"),
        ({"kind": ScheduleKind.INTERVAL, "interval_weeks": 2}, "schedule_complete_for_its_kind"),
        ({"kind": ScheduleKind.MONTHLY}, "schedule_complete_for_its_kind"),
        ({"kind": ScheduleKind.DATES, "weekdays": []}, "schedule_complete_for_its_kind"),
        ({"start_time": time(11), "end_time": time(9)}, "schedule_ends_after_it_begins"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, "schedule_ends_after_it_begins"),
    ],
)
def test_incomplete_schedules_are_refused(values: dict[str, Any], constraint: str) -> None:
    offer = OfferFactory.create()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ScheduleFactory.create(offer=offer, **values)
