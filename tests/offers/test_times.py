"""Times hold on every day there is: clock changes, holidays, pauses, 29 February, month ends, midnight in the city."""

import calendar as days_of
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.conf import settings
from django.utils import timezone
from hypothesis import assume, example, given
from hypothesis import strategies as st
from icalendar import Calendar

from offers.dates import next_dates
from offers.enums import ScheduleKind
from offers.finder.periods import HOLIDAYS, TODAY, WEEK, periods
from offers.models import Offer, Schedule
from offers.models.schedule import Occurrence
from offers.shortlist.calendar import calendar
from offers.timeline.milestones import CHECK_UPS, milestones, school_start
from offers.timeline.months import Month
from portal.public_holidays import public_holidays

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # nights of 23 and of 25 hours
LEAP = date(2028, 2, 29)
ANY_DAY = st.dates(date(2024, 1, 1), date(2032, 12, 31))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(sorted)
AROUND_CHANGES = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN, LEAP, date(2026, 12, 31), date(2027, 1, 1), date(2026, 11, 22)]),
    st.integers(-180, 30 * 60),
)


def days(rule: Schedule, first: date, last: date) -> list[date]:
    return list(rule.days(first, last))


def by_rrule(rule: rrule, first: date, last: date) -> list[date]:
    """What the library for RFC 5545 says."""
    return [moment.date() for moment in rule.between(_midnight(first), _midnight(last), inc=True)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


# The rule of a schedule, held against another implementation


@given(weekdays=WEEKDAYS, interval=st.integers(2, 12), anchor=ANY_DAY, ahead=st.integers(0, 900))
@example(weekdays=[6], interval=2, anchor=SPRING, ahead=400)
@example(weekdays=[1], interval=52, anchor=LEAP, ahead=900)
def test_every_n_weeks_is_what_rfc_5545_says(weekdays: list[int], interval: int, anchor: date, ahead: int) -> None:
    rule = Schedule(kind=ScheduleKind.INTERVAL, weekdays=weekdays, interval_weeks=interval, valid_from=anchor)
    monday = anchor - timedelta(days=anchor.weekday())
    other = rrule(WEEKLY, interval=interval, byweekday=weekdays, dtstart=_midnight(monday), wkst=0)
    last = anchor + timedelta(days=ahead)

    assert days(rule, anchor, last) == by_rrule(other, anchor, last)


@given(day=st.integers(0, 6), week=st.sampled_from([1, 2, 3, 4, 5, -1]), first=ANY_DAY, span=st.integers(0, 800))
@example(day=1, week=5, first=date(2028, 2, 1), span=28)
@example(day=1, week=-1, first=date(2028, 2, 1), span=28)
def test_monthly_by_weekday_is_what_rfc_5545_says(day: int, week: int, first: date, span: int) -> None:
    rule = Schedule(kind=ScheduleKind.MONTHLY, weekdays=[day], week_of_month=week)
    other = rrule(MONTHLY, byweekday=weekday(day)(week), dtstart=_midnight(first.replace(day=1)))
    last = first + timedelta(days=span)

    assert days(rule, first, last) == by_rrule(other, first, last)


@given(weekdays=WEEKDAYS, first=ANY_DAY, spans=st.tuples(st.integers(0, 200), st.integers(0, 200)))
def test_a_span_is_the_sum_of_its_parts(weekdays: list[int], first: date, spans: tuple[int, int]) -> None:
    rule = Schedule(kind=ScheduleKind.WEEKLY, weekdays=weekdays, valid_from=first, valid_until=None)
    middle = first + timedelta(days=spans[0])
    last = middle + timedelta(days=1 + spans[1])

    assert days(rule, first, last) == days(rule, first, middle) + days(rule, middle + timedelta(days=1), last)


# Pauses


@given(
    weekdays=WEEKDAYS,
    year=st.integers(2024, 2032),
    breaks=st.lists(st.tuples(ANY_DAY, st.integers(0, 45)), max_size=4),
    heeds=st.tuples(st.booleans(), st.booleans()),
)
@pytest.mark.slow
def test_pauses_take_out_exactly_their_days(
    weekdays: list[int], year: int, breaks: list[tuple[date, int]], heeds: tuple[bool, bool]
) -> None:
    rule = Schedule(
        kind=ScheduleKind.WEEKLY,
        weekdays=weekdays,
        pauses_on_public_holidays=heeds[0],
        pauses_in_school_holidays=heeds[1],
    )
    first, last = date(year, 1, 1), date(year, 12, 31)
    off = [(start, start + timedelta(days=length)) for start, length in breaks]
    paused = set(public_holidays(year)) if heeds[0] else set()
    if heeds[1]:
        paused |= {start + timedelta(days=n) for start, end in off for n in range((end - start).days + 1)}

    found = rule.occurrences(first, last, school_holidays=off, public_holidays=public_holidays(year))

    assert [one.day for one in found] == [day for day in days(rule, first, last) if day not in paused]


@pytest.mark.parametrize("year", range(2024, 2033))
def test_the_holidays_are_those_of_the_state(year: int) -> None:
    found = public_holidays(year)

    assert {date(year, 1, 1), date(year, 5, 1), date(year, 10, 3), date(year, 11, 1), date(year, 12, 25)} <= found
    assert len(found) == 11  # North Rhine-Westphalia
    assert date(year, 10, 31) not in found


# Today is the city's today


def offer_with(*rules: Schedule) -> Offer:
    """An offer that needs no database."""
    offer = Offer(pk=1, title="Treff")
    offer._prefetched_objects_cache = {"schedules": list(rules)}  # type: ignore[attr-defined] # as prefetch_related fills it
    return offer


def every_day(start: time | None, end: time | None) -> Schedule:
    return Schedule(
        kind=ScheduleKind.WEEKLY,
        weekdays=list(range(7)),
        start_time=start,
        end_time=end,
        pauses_on_public_holidays=False,
    )


@given(now=AROUND_CHANGES)
@example(now=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))  # half past midnight in the city, yesterday in UTC
@example(now=datetime(2027, 6, 30, 22, 0, tzinfo=UTC))  # midnight in summer
def test_the_first_date_is_the_citys_today(now: datetime) -> None:
    first = next_dates(offer_with(every_day(None, None)), now, breaks=[])[0]

    assert first.day == now.astimezone(BERLIN).date()


@given(now=AROUND_CHANGES, start=st.integers(4, 22), minutes=st.integers(0, 59))
def test_what_is_over_is_gone_to_the_minute(now: datetime, start: int, minutes: int) -> None:
    """Also on days of 23 and 25 hours: held against real time, not against the clock on the wall."""
    begins, ends = time(start, minutes), time(start + 1, minutes)
    today = now.astimezone(BERLIN).date()
    is_over = datetime.combine(today, ends, BERLIN).astimezone(UTC) <= now

    first = next_dates(offer_with(every_day(begins, ends)), now, breaks=[])[0]

    assert first.day == (today + timedelta(days=1) if is_over else today)


@given(now=AROUND_CHANGES, starts=st.integers(-20, 40), lasts=st.integers(0, 60))
def test_no_date_lies_outside_the_offer(now: datetime, starts: int, lasts: int) -> None:
    today = now.astimezone(BERLIN).date()
    offer = offer_with(every_day(None, None))
    offer.starts_on = today + timedelta(days=starts)
    offer.ends_on = offer.starts_on + timedelta(days=lasts)

    found = [one.day for one in next_dates(offer, now, breaks=[])]

    assert found == sorted(set(found))
    assert all(max(today, offer.starts_on) <= day <= offer.ends_on for day in found)
    assert bool(found) == (offer.ends_on >= today)


@given(now=AROUND_CHANGES)
def test_the_choices_of_when_begin_with_the_citys_today(now: datetime) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now)
        today = timezone.localdate()
    assert today == now.astimezone(BERLIN).date()
    soon = [("Ferien", today - timedelta(days=3), today + timedelta(days=11))]

    found = periods(today, soon)

    assert found[TODAY].days == [today]
    assert found[WEEK].days == [today + timedelta(days=n) for n in range(7)]
    assert found[HOLIDAYS].days == [today + timedelta(days=n) for n in range(12)]
    assert periods(today, [])[HOLIDAYS].days == []


def test_the_city_has_one_clock() -> None:
    assert str(BERLIN) == settings.TIME_ZONE
    assert settings.USE_TZ


# Calendar files


def file_of(occurrences: Iterable[Occurrence]) -> Any:
    entry: Any = SimpleNamespace(
        offer=SimpleNamespace(
            title="Café; Spiel, Spaß", summary="…", public_id=UUID(int=7), updated_at=datetime(2026, 11, 1, tzinfo=UTC)
        ),
        page=SimpleNamespace(dates=[(one, "") for one in occurrences], reach=SimpleNamespace(phone="")),
        where="Marktplatz 1",
        address="http://127.0.0.1/angebote/treff/",
    )
    return Calendar.from_ical(calendar([entry]))


NEAR_CHANGES = st.one_of(
    ANY_DAY,
    st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from([SPRING, AUTUMN, LEAP]), st.integers(-2, 2)),
)


@given(day=NEAR_CHANGES, start=st.times(), length=st.integers(0, 300))
@example(day=SPRING, start=time(1, 30), length=90)
@example(day=AUTUMN, start=time(2, 30), length=30)
@example(day=LEAP, start=time(23, 0), length=30)
def test_a_calendar_shows_the_hour_that_the_clock_in_the_city_shows(day: date, start: time, length: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = (datetime.combine(day, start, UTC) + timedelta(minutes=length)).time()
    parsed = file_of([Occurrence(day, start, end)])

    (event,) = parsed.walk("VEVENT")
    (zone,) = parsed.walk("VTIMEZONE")
    assert str(event["DTSTART"].params["TZID"]) == settings.TIME_ZONE == str(zone["TZID"])
    begins = event["DTSTART"].dt
    assert (begins.date(), begins.time()) == (day, start)
    if end > start:
        assert event["DTEND"].dt.replace(tzinfo=None) > begins.replace(tzinfo=None)
    else:
        assert "DTEND" not in event  # past midnight: better no end than one before the beginning


@given(day=NEAR_CHANGES, hour=st.integers(3, 23))
def test_the_zone_in_the_file_knows_summer_and_winter(day: date, hour: int) -> None:
    """Calendars without a table of zones compute with the file's own: it has to give the city's offset."""
    parsed = file_of([Occurrence(day, time(hour), None)])
    (zone,) = parsed.walk("VTIMEZONE")

    moment = datetime.combine(day, time(hour))
    assert moment.replace(tzinfo=zone.to_tz(lookup_tzid=False)).utcoffset() == moment.replace(tzinfo=BERLIN).utcoffset()


@given(first=ANY_DAY)
def test_a_day_without_times_is_a_whole_day(first: date) -> None:
    (event,) = file_of([Occurrence(first)]).walk("VEVENT")

    assert event["DTSTART"].dt == first
    assert event["DTEND"].dt == first + timedelta(days=1)


@given(st.sets(ANY_DAY, min_size=2, max_size=6))
@pytest.mark.slow
def test_a_calendar_knows_each_date_again(chosen: set[date]) -> None:
    events = file_of([Occurrence(day, time(9)) for day in sorted(chosen)]).walk("VEVENT")
    again = file_of([Occurrence(day, time(9)) for day in sorted(chosen)]).walk("VEVENT")

    assert len({str(event["UID"]) for event in events}) == len(chosen)
    assert [str(event["UID"]) for event in events] == [str(event["UID"]) for event in again]


# The child's timeline


@given(birthday=st.dates(date(2005, 1, 1), date(2032, 12, 31)))
@example(birthday=LEAP)
@example(birthday=date(2025, 8, 31))
@example(birthday=date(2020, 9, 30))
@example(birthday=date(2020, 10, 1))
def test_markers_hold_for_every_birthday_of_the_month(birthday: date) -> None:
    found = {milestone.name: milestone for milestone in milestones(Month.of(birthday))}

    for check in CHECK_UPS:
        first, last = check.window(birthday)
        assert birthday <= first <= last
        assert found[check.name].first <= Month.of(first)
        assert Month.of(last) <= found[check.name].last
    assert found["Schulanfang"].first == found["Schulanfang"].last == school_start(Month.of(birthday))


@given(birthday=st.dates(date(2005, 1, 1), date(2032, 12, 31)))
@example(birthday=date(2020, 9, 30))
@example(birthday=date(2020, 10, 1))
@example(birthday=LEAP)
def test_school_begins_for_whoever_is_six_by_the_end_of_september(birthday: date) -> None:
    august = school_start(Month.of(birthday))
    sixth = birthday.replace(year=birthday.year + 6, day=min(birthday.day, 28))  # the month decides, not the day

    assert august.month == 8
    assert sixth <= date(august.year, 9, 30)
    assert sixth > date(august.year - 1, 9, 30)


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(-400, 400))
def test_a_month_ends_where_the_next_begins(year: int, month: int, steps: int) -> None:
    one = Month(year, month).plus(steps)
    assume(1900 < one.year < 9000)

    assert one.last_day + timedelta(days=1) == one.plus(1).first_day
    assert one.last_day.day == days_of.monthrange(one.year, one.month)[1]
