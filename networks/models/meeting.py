"""Meetings of a network: who came, what was decided, who does it until when."""

from datetime import timedelta

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from networks.models.network import Network
from partners.models import Partner

INVITE_DAYS = 21  # before a meeting
REMIND_DAYS = 3
CHASE_AGAIN_DAYS = 14


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def coming(self) -> "MeetingQuerySet":
        """From today on, the next first."""
        return self.filter(held_on__gte=timezone.localdate()).order_by("held_on", "starts_at", "pk")

    def held(self) -> "MeetingQuerySet":
        """Before today, the last first."""
        return self.filter(held_on__lt=timezone.localdate()).order_by("-held_on", "pk")

    def public(self) -> "MeetingQuerySet":
        """Marked as public, of a network that is."""
        return self.filter(is_public=True, network__is_public=True)

    def to_invite(self) -> "MeetingQuerySet":
        """Coming within three weeks, and nobody has been invited yet."""
        last = timezone.localdate() + timedelta(days=INVITE_DAYS)
        return self.coming().filter(held_on__lte=last, invited_at=None)

    def to_cancel(self) -> "MeetingQuerySet":
        """Coming ones of which nothing is written down yet."""
        return self.coming().filter(attendances=None, decisions=None)

    def to_remind(self) -> "MeetingQuerySet":
        """Coming within three days; invited, but not reminded."""
        last = timezone.localdate() + timedelta(days=REMIND_DAYS)
        return self.coming().filter(held_on__lte=last, invited_at__isnull=False, reminded_at=None)


@pghistory.track()
class Meeting(models.Model):
    """One meeting of a network. Only date, title and place can ever be public."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="meetings", verbose_name=_("Netzwerk"))
    held_on = models.DateField(_("am"))
    starts_at = models.TimeField(_("von"), null=True, blank=True)
    ends_at = models.TimeField(_("bis"), null=True, blank=True)
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    title = models.CharField(_("Thema"), max_length=200)
    agenda = models.TextField(_("Tagesordnung"), blank=True)
    note = models.TextField(_("Protokoll"), blank=True)
    is_public = models.BooleanField(
        _("öffentlich"), default=False, help_text=_("Dann stehen Tag, Uhrzeit, Thema und Ort im Kalender für alle.")
    )
    invited_at = models.DateTimeField(_("eingeladen am"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("erinnert am"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("geändert am"), auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ["-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "held_on", "title"], name="meeting_unique"),
            models.CheckConstraint(
                name="meeting_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                violation_error_message=_("Das Ende liegt vor dem Anfang."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.held_on:%d.%m.%Y}"

    @property
    def is_over(self) -> bool:
        return self.held_on < timezone.localdate()


@pghistory.track()
class Attendance(models.Model):
    """How many people of an organisation came; nobody's name."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name=_("Sitzung"))
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="attendances", verbose_name=_("Organisation"))
    people = models.PositiveSmallIntegerField(_("Personen"), default=1)

    class Meta:
        verbose_name = _("Teilnahme")
        verbose_name_plural = _("Teilnahmen")
        constraints = [models.UniqueConstraint(fields=["meeting", "partner"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.people}"

    def absorb(self, other: "Attendance") -> None:
        """When two organisations turn out to be one, all their people came."""
        self.people += other.people


class DecisionQuerySet(models.QuerySet["Decision"]):
    def open(self) -> "DecisionQuerySet":
        return self.filter(done_on=None).order_by("due_on", "pk")

    def done(self) -> "DecisionQuerySet":
        return self.filter(done_on__isnull=False)

    def overdue(self) -> "DecisionQuerySet":
        return self.open().filter(due_on__lt=timezone.localdate())

    def to_chase(self) -> "DecisionQuerySet":
        """Overdue, and nobody was asked within the last two weeks."""
        lately = timezone.now() - timedelta(days=CHASE_AGAIN_DAYS)
        return self.overdue().filter(Q(chased_at=None) | Q(chased_at__lt=lately))


@pghistory.track()
class Decision(models.Model):
    """What a meeting decided, which organisation does it, and until when."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("Sitzung"))
    text = models.CharField(_("Beschluss"), max_length=500)
    owner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("zuständig")
    )
    due_on = models.DateField(_("bis"), null=True, blank=True)
    done_on = models.DateField(_("erledigt am"), null=True, blank=True)
    chased_at = models.DateTimeField(_("nachgefragt am"), null=True, blank=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beschluss")
        verbose_name_plural = _("Beschlüsse")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        return self.done_on is None and self.due_on is not None and self.due_on < timezone.localdate()
