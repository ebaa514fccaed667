"""The public holidays where the city lies, as the database knows them.

Dates that pause on holidays are computed in the database, too, which cannot ask the library `holidays`. So the table
holds the holidays of the last, this and the next three years. It is filled after every `migrate` and every night
(`portal.keep_calendar_and_log`), which also follows a change of the law that comes with a new release of the library
or a pack that names another country. Only what differs is written, so nothing is indexed again without need.
"""

from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.city import city

YEARS_BACK, YEARS_AHEAD = 1, 3


class PublicHoliday(models.Model):
    """One day on which offers that heed public holidays pause; written by `keep_public_holidays` only."""

    day = models.DateField(_("Tag"), primary_key=True)

    class Meta:
        app_label = "portal"
        verbose_name = _("Feiertag")
        verbose_name_plural = _("Feiertage")
        ordering = ["day"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of a year; none when the city's pack does not say where it lies."""
    country = city().get("holiday_country")
    if not country:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=city().get("holiday_subdivision") or None, years=year))


@transaction.atomic
def keep_public_holidays() -> int:
    """Bring the table in step with the library; how many days came or went."""
    this = timezone.localdate().year
    wanted = {day for year in range(this - YEARS_BACK, this + YEARS_AHEAD + 1) for day in public_holidays(year)}
    known = set(PublicHoliday.objects.values_list("day", flat=True))
    PublicHoliday.objects.filter(day__in=known - wanted).delete()
    PublicHoliday.objects.bulk_create([PublicHoliday(day=day) for day in sorted(wanted - known)], ignore_conflicts=True)
    return len(wanted ^ known)


def keep_after_migrate(sender: Any, using: str, plan: Any = (), **options: Any) -> None:
    """Signal handler: fill the table as soon as it is there."""
    from django.db import connections

    if PublicHoliday._meta.db_table in connections[using].introspection.table_names():
        keep_public_holidays()
