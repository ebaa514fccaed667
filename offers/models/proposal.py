"""What partners and visitors send in: proposals waiting for approval, parallels they answered, error reports."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.enums import ParallelAnswer, ProposalStatus
from offers.freshness.enums import ReportField
from offers.models.offer import Offer
from partners.enums import PartnerKind
from partners.models import Partner
from portal.bases import Recorded, touch_trigger

_REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without letters that look alike on paper or phone


def new_reference() -> str:
    """A number people can read out: "7KQ4-M2XD" (31^8, about 8.5e11 possibilities)."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _unused in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def new_token() -> str:
    return secrets.token_urlsafe(32)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> "ProposalQuerySet":
        """The queue of the Büro, oldest first."""
        return self.filter(status=ProposalStatus.WAITING).order_by("submitted_at", "pk")

    def decided(self) -> "ProposalQuerySet":
        return self.filter(status__in=[ProposalStatus.APPROVED, ProposalStatus.RETURNED])

    def unconfirmed(self) -> "ProposalQuerySet":
        return self.filter(status=ProposalStatus.UNCONFIRMED)

    def for_new_offers(self) -> "ProposalQuerySet":
        return self.filter(base_version=None)

    def for_changes(self) -> "ProposalQuerySet":
        """Changes to an offer that stood already when they were written."""
        return self.filter(base_version__isnull=False)

    def sent_lately_by(self, email: str) -> "ProposalQuerySet":
        """What came from one mail address within the last day."""
        return self.filter(sender_email__iexact=email, submitted_at__gt=timezone.now() - timedelta(days=1))


@pghistory.track(exclude=["confirm_token"])
class Proposal(Recorded):
    """A new offer (`offer` empty until approval) or a change to one; the public keeps seeing the old state (rule 5).

    `payload` holds the proposed values by field name (see offers/proposals.py). For a change, `base` holds the
    values its sender saw and `base_version` the offer's version then, so that whatever moved since can be shown.
    `submission_id` comes with the form, so sending twice stores once.
    """

    reference = models.CharField(_("Vorgangsnummer"), max_length=9, unique=True, default=new_reference, editable=False)
    status = models.CharField(
        _("Stand"), max_length=12, choices=ProposalStatus, default=ProposalStatus.UNCONFIRMED, editable=False
    )
    offer = models.ForeignKey(
        Offer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("Angebot"),
        editable=False,
    )
    partner = models.ForeignKey(
        Partner, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("Anbieter")
    )
    payload = models.JSONField(_("vorgeschlagene Angaben"), default=dict)
    base = models.JSONField(default=dict, blank=True, editable=False)
    base_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    sender_name = models.CharField(_("Absender"), max_length=120, blank=True)
    sender_email = models.EmailField(_("E-Mail des Absenders"))
    sender_organisation = models.CharField(_("Organisation des Absenders"), max_length=200, blank=True)
    sender_organisation_kind = models.CharField(
        _("Art der Organisation"), max_length=20, choices=PartnerKind, blank=True
    )
    message = models.TextField(_("Nachricht an das Büro"), blank=True)
    submission_id = models.UUIDField(unique=True, editable=False)
    confirm_token = models.CharField(max_length=50, unique=True, default=new_token, editable=False)
    submitted_at = models.DateTimeField(_("eingegangen am"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("E-Mail bestätigt am"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("entschieden von"), editable=False,
    )  # fmt: skip
    reason = models.TextField(_("Begründung"), blank=True)
    taken = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, editable=False, verbose_name=_("angenommene Felder"),
        help_text=_("Bei einem Vorschlag, der nur zum Teil zurückging."),
    )  # fmt: skip

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vorschlag")
        verbose_name_plural = _("Vorschläge")
        ordering = ["-submitted_at", "pk"]
        permissions = [("decide_proposal", "Vorschläge annehmen und zurückgeben")]
        constraints = [
            models.CheckConstraint(
                name="proposal_decided_with_date",
                condition=~Q(status__in=[ProposalStatus.APPROVED, ProposalStatus.RETURNED])
                | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_returned_with_reason", condition=~Q(status=ProposalStatus.RETURNED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="proposal_waits_only_when_confirmed",
                condition=Q(status__in=[ProposalStatus.UNCONFIRMED, ProposalStatus.WITHDRAWN])
                | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_taken_in_part_is_returned",
                condition=Q(taken=[]) | Q(status=ProposalStatus.RETURNED, offer__isnull=False),
            ),
        ]
        triggers = [touch_trigger()]

    @property
    def rest(self) -> dict[str, Any]:
        """The values that still are a wish: all of them, or what went back while the others were taken."""
        return {name: value for name, value in self.payload.items() if name not in self.taken}

    def __str__(self) -> str:
        return f"{self.reference}: {self.payload.get('title', '')}"


@pghistory.track()
class Parallel(models.Model):
    """The sender's answer to an overlap with an existing offer; it is asked, never forbidden, and kept (rule 8)."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="parallels", verbose_name=_("Vorschlag"))
    existing = models.ForeignKey(Offer, models.CASCADE, related_name="parallels", verbose_name=_("vorhandenes Angebot"))
    answer = models.CharField(_("Antwort"), max_length=12, choices=ParallelAnswer)
    reason = models.CharField(_("Begründung"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Überschneidung")
        verbose_name_plural = _("Überschneidungen")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "existing"], name="parallel_answered_once"),
            models.CheckConstraint(
                name="parallel_anyway_needs_reason",
                condition=~Q(answer=ParallelAnswer.ANYWAY) | ~Q(reason=""),
                violation_error_message=_("Bitte schreiben Sie, warum das Angebot trotzdem gebraucht wird."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: {self.existing}"


class ErrorReportQuerySet(models.QuerySet["ErrorReport"]):
    def open(self) -> "ErrorReportQuerySet":
        return self.filter(handled_at=None)

    def handled(self) -> "ErrorReportQuerySet":
        return self.filter(handled_at__isnull=False)

    def about(self, partners: Iterable[Partner]) -> "ErrorReportQuerySet":
        """Hints about the offers of these partners."""
        return self.filter(offer__provider__in=list(partners))


@pghistory.track()
class ErrorReport(Recorded):
    """A visitor's hint that an entry is wrong: which field, what is right instead. No login, no address needed."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="error_reports", verbose_name=_("Angebot"))
    field = models.CharField(_("betrifft"), max_length=20, choices=ReportField, blank=True)
    correction = models.CharField(_("richtig ist"), max_length=300, blank=True)
    message = models.TextField(_("Was stimmt nicht?"), max_length=2000, blank=True)
    reply_email = models.EmailField(_("E-Mail für eine Antwort"), blank=True)
    submission_id = models.UUIDField(unique=True, editable=False)
    handled_at = models.DateTimeField(_("erledigt am"), null=True, blank=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("erledigt von"), editable=False,
    )  # fmt: skip
    adopted = models.BooleanField(_("übernommen"), default=False, editable=False)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fehlermeldung")
        verbose_name_plural = _("Fehlermeldungen")
        ordering = ["-created_at", "pk"]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.offer}, {self.created_at:%d.%m.%Y}"
