"""What keeps offers true: reminders that went out, answers, calls, dead links, and tasks for people."""

from collections.abc import Iterable
from datetime import timedelta

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.enums import ProposalStatus
from offers.freshness.enums import Answer, CallResult, Channel, Stage, TaskKind
from offers.models.offer import Offer
from offers.models.proposal import Proposal
from partners.models import Partner
from portal.bases import Recorded, touch_trigger
from portal.enums import Fault

BROKEN_AFTER_DAYS = 7


class Reminder(models.Model):
    """One offer's line in a mail that went out: never the same stage of the same due date twice."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="reminders", verbose_name=_("Angebot"))
    due = models.DateField(_("fällig am"))
    stage = models.SmallIntegerField(_("Stufe"), choices=Stage)
    address = models.EmailField(_("an"))
    sent_at = models.DateTimeField(_("gesendet am"), default=timezone.now)

    class Meta:
        verbose_name = _("Erinnerung")
        verbose_name_plural = _("Erinnerungen")
        default_permissions = ()
        ordering = ["-sent_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["offer", "due", "stage"], name="reminder_once_a_stage")]

    def __str__(self) -> str:
        return f"{self.offer}, {self.get_stage_display()}"


class ReviewAnswerQuerySet(models.QuerySet["ReviewAnswer"]):
    def standing(self) -> "ReviewAnswerQuerySet":
        """Answers that count: a proposal that was returned or withdrawn leaves the question open again.

        An answer from before the offer was last verified says nothing about the date that is due next: who confirms
        twice on one day is asked again a year later.
        """
        undone = [ProposalStatus.RETURNED, ProposalStatus.WITHDRAWN]
        earlier = {"due": F("offer__review_due"), "answered_at__lte": F("offer__verified_at")}
        return self.exclude(proposal__status__in=undone).exclude(**earlier)


@pghistory.track()
class ReviewAnswer(models.Model):
    """What was answered for one due date of an offer, once, and how; `by` is who in the Büro did it for a provider."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="review_answers", verbose_name=_("Angebot"))
    due = models.DateField(_("fällig am"))
    answer = models.CharField(_("Antwort"), max_length=10, choices=Answer)
    channel = models.CharField(_("Weg"), max_length=10, choices=Channel)
    address = models.EmailField(_("Adresse"), blank=True, help_text=_("Postfach, an das der Link ging."))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    proposal = models.OneToOneField(
        Proposal, models.SET_NULL, null=True, blank=True, related_name="review_answer", verbose_name=_("Vorschlag")
    )
    answered_at = models.DateTimeField(_("geantwortet am"), default=timezone.now)

    objects = ReviewAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antwort auf eine Erinnerung")
        verbose_name_plural = _("Antworten auf Erinnerungen")
        default_permissions = ()
        ordering = ["-answered_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["offer", "due"], name="reviewanswer_once_a_due_date")]

    def __str__(self) -> str:
        return f"{self.offer}: {self.get_answer_display()}"


@pghistory.track()
class Call(models.Model):
    """A call of the Büro to a partner whose offers are due, and what came of it."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="calls", verbose_name=_("Partner"))
    spoken_with = models.CharField(
        _("gesprochen mit"), max_length=120, blank=True, help_text=_("Stelle oder Funktion, kein Name einer Person.")
    )
    result = models.CharField(_("Ergebnis"), max_length=12, choices=CallResult)
    note = models.TextField(_("Notiz"), blank=True, max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    called_at = models.DateTimeField(_("am"), default=timezone.now)

    class Meta:
        verbose_name = _("Anruf")
        verbose_name_plural = _("Anrufe")
        default_permissions = ()
        ordering = ["-called_at", "pk"]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_result_display()}"


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at=None)

    def done(self) -> "TaskQuerySet":
        return self.filter(done_at__isnull=False)

    def for_partners(self, partners: Iterable[Partner]) -> "TaskQuerySet":
        """What partners can put right themselves: their websites."""
        return self.filter(kind=TaskKind.BROKEN_LINK, partner__in=list(partners))

    def in_listing_order(self) -> "TaskQuerySet":
        return self.order_by("due", "pk")


@pghistory.track()
class Task(Recorded):
    """Something a person must put right; the portal closes it by itself when it sees that it is done."""

    kind = models.CharField(_("Art"), max_length=10, choices=TaskKind)
    partner = models.ForeignKey(
        Partner, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("Partner")
    )
    offer = models.ForeignKey(
        Offer, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("Angebot")
    )
    subject = models.CharField(_("Aufgabe"), max_length=300)
    concerns = models.CharField(_("betrifft"), max_length=254, blank=True, help_text=_("Internet- oder Mail-Adresse."))
    due = models.DateField(_("zu tun bis"))
    done_at = models.DateTimeField(_("erledigt am"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("erledigt von"), editable=False,
    )  # fmt: skip

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Aufgabe")
        verbose_name_plural = _("Aufgaben")
        default_permissions = ()
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "partner", "concerns"],
                condition=Q(done_at=None),
                nulls_distinct=False,
                name="task_open_once",
            )
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return self.subject


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def broken(self) -> "LinkCheckQuerySet":
        return self.filter(broken_since__isnull=False)

    def broken_for_a_week(self) -> "LinkCheckQuerySet":
        return self.filter(broken_since__lte=timezone.localdate() - timedelta(days=BROKEN_AFTER_DAYS))


class LinkCheck(models.Model):
    """How a website answered when it was last asked; `broken_since` is the first day of an unbroken row of faults."""

    url = models.CharField(_("Internetseite"), max_length=200, unique=True)
    checked_at = models.DateTimeField(_("geprüft am"))
    status = models.PositiveSmallIntegerField(_("Antwort des Servers"), null=True, blank=True)
    fault = models.CharField(_("Fehler"), max_length=14, choices=Fault, blank=True)
    broken_since = models.DateField(_("kaputt seit"), null=True, blank=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("geprüfte Internetseite")
        verbose_name_plural = _("geprüfte Internetseiten")
        default_permissions = ()
        ordering = ["url"]
        constraints = [
            models.CheckConstraint(
                name="linkcheck_broken_with_fault",
                condition=Q(broken_since=None, fault="") | (Q(broken_since__isnull=False) & ~Q(fault="")),
            )
        ]

    def __str__(self) -> str:
        return self.url
