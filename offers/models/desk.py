"""What belongs to the Büro's desk: questions about a proposal with their answers, and texts that are written often."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.desk.enums import MessageKind, Way
from offers.models.proposal import Proposal
from portal.bases import Recorded, touch_trigger


class CaseMessageQuerySet(models.QuerySet["CaseMessage"]):
    def open_questions(self) -> "CaseMessageQuerySet":
        """Asked and not answered yet."""
        return self.filter(kind=MessageKind.QUESTION, answer=None)


@pghistory.track()
class CaseMessage(models.Model):
    """A question of the Büro about a proposal (`by` asked it), or an answer to it (`address` is who gave it)."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="messages", verbose_name=_("Vorschlag"))
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
        verbose_name = _("Nachricht zu einem Vorschlag")
        verbose_name_plural = _("Nachrichten zu Vorschlägen")
        default_permissions = ()
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="casemessage_answers_a_question",
                condition=Q(kind=MessageKind.QUESTION, question=None) | Q(kind=MessageKind.ANSWER),
            ),
            models.CheckConstraint(name="casemessage_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.proposal}"


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
