"""What the report needs to remember: who ordered it, who gets it by mail, and how many parallels there were."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.steering.enums import MailRhythm


class ReportOrderQuerySet(models.QuerySet["ReportOrder"]):
    def between(self, first: date, last: date) -> "ReportOrderQuerySet":
        """For just these two days."""
        return self.filter(first=first, last=last)

    def waiting(self) -> "ReportOrderQuerySet":
        """Neither made nor failed, and young enough to be worth waiting for."""
        lately = timezone.now() - timedelta(minutes=10)
        return self.filter(made_at=None, failed_at=None, ordered_at__gt=lately)

    def made(self) -> "ReportOrderQuerySet":
        """The newest first."""
        return self.filter(made_at__isnull=False).order_by("-made_at", "-pk")


class ReportOrder(models.Model):
    """A report as PDF that somebody ordered (the night: nobody): how far it is, and which file came of it.

    `digest` is that of all words and figures; the file is called after it (`offers.steering.shelf`).
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    first = models.DateField(_("von"))
    last = models.DateField(_("bis"))
    ordered_at = models.DateTimeField(_("bestellt am"), default=timezone.now)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("bestellt von")
    )
    parts_done = models.PositiveSmallIntegerField(_("fertige Teile"), default=0)
    parts = models.PositiveSmallIntegerField(_("Teile"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("fertig am"), null=True)
    failed_at = models.DateTimeField(_("gescheitert am"), null=True)

    objects = ReportOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("bestellter Bericht")
        verbose_name_plural = _("bestellte Berichte")
        default_permissions = ()
        indexes = [models.Index(fields=["first", "last", "-made_at"], name="reportorder_of_days")]
        constraints = [
            models.CheckConstraint(name="reportorder_first_is_not_after_last", condition=Q(first__lte=F("last")))
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"

    def get_absolute_url(self) -> str:
        return reverse("offers:report_order", args=[self.key])


class ReportMail(models.Model):
    """How often somebody of the Leitung wants the report by mail; without a row once a month."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    rhythm = models.CharField(_("Bericht per E-Mail"), max_length=5, choices=MailRhythm, default=MailRhythm.MONTHLY)

    class Meta:
        verbose_name = _("Bericht per E-Mail")
        verbose_name_plural = _("Berichte per E-Mail")
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_rhythm_display()


class ParallelCountQuerySet(models.QuerySet["ParallelCount"]):
    def at(self, day: date) -> "ParallelCount | None":
        """The last count up to a day, when it is not older than a week."""
        return self.filter(day__range=(day - timedelta(days=7), day)).order_by("-day").first()

    def found_between(self, first: date, last: date) -> int:
        """How many pairs were new on the days between two, both included."""
        return self.filter(day__range=(first, last)).aggregate(all=Coalesce(Sum("found"), 0))["all"] or 0


class ParallelCount(models.Model):
    """How many parallels there were at the end of a day: pairs come and go with the offers, their numbers stay."""

    day = models.DateField(_("Tag"), unique=True)
    clusters = models.PositiveIntegerField(_("Gruppen mit offenen Paaren"))
    undecided = models.PositiveIntegerField(_("offene Paare"))
    found = models.PositiveIntegerField(_("neu gefundene Paare"))

    objects = ParallelCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zahl der Parallelen")
        verbose_name_plural = _("Zahlen der Parallelen")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}: {self.undecided}"
