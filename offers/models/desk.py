"""What belongs to the Büro's desk: questions about a case with their answers, and texts that are written often."""

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.desk.enums import MessageKind, Way
from offers.models.proposal import ErrorReport, Proposal
from partners.models import Claim
from portal.bases import Recorded, touch_trigger

CASES = ("proposal", "report", "claim")  # what a message can belong to


class CaseMessageQuerySet(models.QuerySet["CaseMessage"]):
    def open_questions(self) -> "CaseMessageQuerySet":
        """Asked and not answered yet."""
        return self.filter(kind=MessageKind.QUESTION, answer=None).order_by("sent_at", "pk")


def with_last_message(cases: Any) -> Any:
    """Rows that can be asked about (querysets of one model), each with the kind of its `last_message`."""
    column = next(name for name in CASES if CaseMessage._meta.get_field(name).related_model is cases.model)
    newest = CaseMessage.objects.filter(**{column: OuterRef("pk")}).order_by("-sent_at", "-pk").values("kind")[:1]
    return cases.annotate(last_message=Subquery(newest))


@pghistory.track()
class CaseMessage(models.Model):
    """A question of the Büro about a case (`by` asked it), an answer to it (`address` is who gave it), or what the Büro
    wrote when it closed the case. It belongs to one case, of whatever kind; a visitor's address is not kept here.
    """

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("Vorschlag")
    )
    report = models.ForeignKey(
        ErrorReport, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("Fehlermeldung")
    )
    claim = models.ForeignKey(
        Claim, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("Antrag auf ein Konto")
    )
    kind = models.CharField(_("Art"), max_length=8, choices=MessageKind)
    text = models.TextField(_("Text"), max_length=4000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("von")
    )
    address = models.EmailField(_("Adresse"), blank=True)
    way = models.CharField(_("Weg"), max_length=8, choices=Way, blank=True)
    question = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="answer", verbose_name=_("Rückfrage")
    )
    sent_at = models.DateTimeField(_("am"), default=timezone.now)

    objects = CaseMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachricht zu einem Fall")
        verbose_name_plural = _("Nachrichten zu Fällen")
        default_permissions = ()
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="casemessage_answers_a_question",
                condition=Q(question=None) | Q(kind=MessageKind.ANSWER),
            ),
            models.CheckConstraint(
                name="casemessage_of_one_case",
                condition=Q(proposal__isnull=False, report=None, claim=None)
                | Q(proposal=None, report__isnull=False, claim=None)
                | Q(proposal=None, report=None, claim__isnull=False),
            ),
            models.CheckConstraint(name="casemessage_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.case}"

    @property
    def case(self) -> Proposal | ErrorReport | Claim:
        found = self.proposal or self.report or self.claim
        assert found is not None  # noqa: S101  # a constraint: casemessage_of_one_case
        return found


class TextBlockQuerySet(models.QuerySet["TextBlock"]):
    def in_listing_order(self) -> "TextBlockQuerySet":
        return self.order_by("position", "title", "pk")


@pghistory.track()
class TextBlock(Recorded):
    """Words that fit many senders: chosen into the message with a proposal, then made to fit."""

    title = models.CharField(_("Titel"), max_length=80, unique=True, help_text=_("So steht er in der Auswahl."))
    text = models.TextField(_("Text"), max_length=2000)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=100)

    objects = TextBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("Textbaustein")
        verbose_name_plural = _("Textbausteine")
        ordering = ["position", "title", "pk"]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return self.title
