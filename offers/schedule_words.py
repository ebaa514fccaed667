"""Schedules as people say them: "montags bis donnerstags 9:30 Uhr", "jeden ersten Mittwoch im Monat, 11 bis 12 Uhr"."""

from collections.abc import Sequence
from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.enums import ScheduleKind, Weekday
from offers.models import Schedule

_EVERY_WEEK = [
    gettext_lazy("montags"),
    gettext_lazy("dienstags"),
    gettext_lazy("mittwochs"),
    gettext_lazy("donnerstags"),
    gettext_lazy("freitags"),
    gettext_lazy("samstags"),
    gettext_lazy("sonntags"),
]
_WEEK_OF_MONTH = {
    1: gettext_lazy("jeden ersten"),
    2: gettext_lazy("jeden zweiten"),
    3: gettext_lazy("jeden dritten"),
    4: gettext_lazy("jeden vierten"),
    5: gettext_lazy("jeden fünften"),
    -1: gettext_lazy("jeden letzten"),
}
_MOST_DATES = 3
_WHOLE_WEEK = 7
_SHORTEST_SPAN = 3


def in_words(schedule: Schedule, today: date) -> str:
    """One schedule in words, without its place and note; past dates and past limits are left out."""
    if schedule.kind == ScheduleKind.DATES:
        return _dates(schedule, today)
    times = times_in_words(schedule.start_time, schedule.end_time)
    if schedule.kind == ScheduleKind.MONTHLY and schedule.week_of_month is not None:
        names = _joined([str(Weekday(day).label) for day in sorted(schedule.weekdays)])
        days = _("%(which)s %(weekday)s im Monat") % {
            "which": _WEEK_OF_MONTH[schedule.week_of_month],
            "weekday": names,
        }
        words = f"{days}, {times}" if times else days
    else:
        days = days_in_words(schedule.weekdays)
        if schedule.kind == ScheduleKind.INTERVAL and schedule.interval_weeks:
            days = _("alle %(count)d Wochen %(days)s") % {"count": schedule.interval_weeks, "days": days}
        words = f"{days} {times}" if times else days
    return ", ".join([words, *_limits(schedule, today)])


def days_in_words(weekdays: Sequence[int]) -> str:
    """ "montags bis donnerstags", "dienstags und donnerstags", "täglich"; weekdays count from Monday = 0."""
    days = sorted(set(weekdays))
    if len(days) == _WHOLE_WEEK:
        return _("täglich")
    if len(days) >= _SHORTEST_SPAN and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s bis %(last)s") % {"first": _EVERY_WEEK[days[0]], "last": _EVERY_WEEK[days[-1]]}
    return _joined([str(_EVERY_WEEK[day]) for day in days])


def times_in_words(start: time | None, end: time | None) -> str:
    """ "9:30 Uhr", "11 bis 12 Uhr", "bis 12 Uhr" or "" when no time is known."""
    if start and end:
        return _("%(start)s bis %(end)s Uhr") % {"start": _clock(start), "end": _clock(end)}
    if start:
        return _("%(start)s Uhr") % {"start": _clock(start)}
    return _("bis %(end)s Uhr") % {"end": _clock(end)} if end else ""


def _dates(schedule: Schedule, today: date) -> str:
    coming = sorted(day for day in set(schedule.dates) if day >= today)
    if not coming:
        return _("Die Termine sind vorbei.")
    times = times_in_words(schedule.start_time, schedule.end_time)
    if len(coming) > _MOST_DATES:
        number = ngettext("%(count)d Termin", "%(count)d Termine", len(coming)) % {"count": len(coming)}
        days = _("%(number)s ab %(day)s") % {"number": number, "day": _day(coming[0])}
    else:
        days = _("am %(days)s") % {"days": _joined([_day(day) for day in coming])}
    return f"{days}, {times}" if times else days


def _limits(schedule: Schedule, today: date) -> list[str]:
    limits = []
    if schedule.valid_from and schedule.valid_from > today:
        limits.append(_("ab %(day)s") % {"day": _day(schedule.valid_from)})
    if schedule.valid_until:
        limits.append(_("bis %(day)s") % {"day": _day(schedule.valid_until)})
    if schedule.pauses_in_school_holidays:
        limits.append(_("nicht in den Schulferien"))
    return limits


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02d}" if moment.minute else str(moment.hour)


def _day(day: date) -> str:
    return date_format(day, "j. F Y")


def _joined(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(words)s und %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}
