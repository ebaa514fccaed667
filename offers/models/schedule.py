"""When an offer takes place, and the next dates computed from it."""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offers.enums import ScheduleKind, Weekday
from offers.models.offer import Offer
from partners.models import Place

LAST_OF_MONTH = -1


@dataclass(frozen=True, order=True)
class Occurrence:
    """One date of an offer in the city's local time; times are None when the facts do not give them."""

    day: date
    start: time | None = None
    end: time | None = None


@pghistory.track()
class Schedule(models.Model):
    """A rule for dates: weekly, every n weeks, monthly by weekday, or single dates.

    Weekdays count from Monday = 0. `week_of_month` is 1 to 5 or -1 for the last. Every-n-weeks counts from the
    week of `valid_from`.
    """

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="schedules", verbose_name=_("Angebot"))
    kind = models.CharField(_("Rhythmus"), max_length=10, choices=ScheduleKind)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("Wochentage"), default=list, blank=True
    )
    interval_weeks = models.PositiveSmallIntegerField(_("alle … Wochen"), null=True, blank=True)
    week_of_month = models.SmallIntegerField(
        _("Woche im Monat"),
        null=True,
        blank=True,
        choices=[
            (1, _("erste")),
            (2, _("zweite")),
            (3, _("dritte")),
            (4, _("vierte")),
            (5, _("fünfte")),
            (-1, _("letzte")),
        ],
    )
    dates = ArrayField(models.DateField(), verbose_name=_("Termine"), default=list, blank=True)
    start_time = models.TimeField(_("von"), null=True, blank=True)
    end_time = models.TimeField(_("bis"), null=True, blank=True)
    valid_from = models.DateField(_("gilt ab"), null=True, blank=True)
    valid_until = models.DateField(_("gilt bis"), null=True, blank=True)
    pauses_in_school_holidays = models.BooleanField(_("Pause in den Schulferien"), default=False)
    pauses_on_public_holidays = models.BooleanField(_("Pause an Feiertagen"), default=True)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Ort"))
    note = models.CharField(_("Hinweis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Zeit")
        verbose_name_plural = _("Zeiten")
        ordering = ["kind", "weekdays", "start_time", "pk"]
        constraints = [
            models.CheckConstraint(
                name="schedule_complete_for_its_kind",
                condition=(Q(kind=ScheduleKind.WEEKLY) & ~Q(weekdays=[]))
                | (Q(kind=ScheduleKind.INTERVAL, interval_weeks__gte=2, valid_from__isnull=False) & ~Q(weekdays=[]))
                | (Q(kind=ScheduleKind.MONTHLY, week_of_month__isnull=False) & ~Q(weekdays=[]))
                | (Q(kind=ScheduleKind.DATES) & ~Q(dates=[])),
                violation_error_message=_(
                    "Zu diesem Rhythmus fehlt etwas: Wochentag, Abstand mit Beginn, Woche im Monat oder Termine."
                ),
            ),
            models.CheckConstraint(
                name="schedule_ends_after_it_begins",
                condition=(Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gte=F("valid_from")))
                & (Q(end_time=None) | Q(start_time=None) | Q(end_time__gt=F("start_time"))),
                violation_error_message=_("Das Ende liegt vor dem Anfang."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days of the rule between two dates, both included, in order; pauses are not yet taken out."""
        first = max(first, self.valid_from or first)
        last = min(last, self.valid_until or last)
        if self.kind == ScheduleKind.DATES:
            yield from sorted({day for day in self.dates if first <= day <= last})
            return
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day.weekday() in self.weekdays and self._fits(day):
                yield day

    def _fits(self, day: date) -> bool:
        if self.kind == ScheduleKind.INTERVAL and self.valid_from and self.interval_weeks:
            weeks = (_monday(day) - _monday(self.valid_from)).days // 7
            return weeks % self.interval_weeks == 0
        if self.kind == ScheduleKind.MONTHLY:
            if self.week_of_month == LAST_OF_MONTH:
                return day.day + 7 > calendar.monthrange(day.year, day.month)[1]
            return (day.day - 1) // 7 + 1 == self.week_of_month
        return True

    def occurrences(
        self, first: date, last: date, *, school_holidays: Iterable[tuple[date, date]], public_holidays: Iterable[date]
    ) -> Iterator[Occurrence]:
        """The dates that really take place: the rule without its pauses. Single dates are never paused."""
        free = set(public_holidays) if self.pauses_on_public_holidays else set()
        breaks = list(school_holidays) if self.pauses_in_school_holidays else []
        for day in self.days(first, last):
            paused = day in free or any(start <= day <= end for start, end in breaks)
            if self.kind == ScheduleKind.DATES or not paused:
                yield Occurrence(day, self.start_time, self.end_time)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
