"""Signed links in our mails: each for one purpose, one offer and one due date; they expire and are answered once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offers.enums import Status
from offers.freshness.enums import Answer
from offers.models import Offer, Reminder, ReviewAnswer

LINK_DAYS = 120  # from the first mail, 30 days before, to a month after the offer fell asleep
SEPARATOR = "."
VIEWS = {
    Answer.CONFIRMED: "offers:review_confirm",
    Answer.CHANGED: "offers:review_change",
    Answer.ENDED: "offers:review_end",
}


class Refused(models.TextChoices):
    """Why a link opens nothing any more."""

    UNREADABLE = "unlesbar", _("Dieser Link gilt nicht")
    EXPIRED = "abgelaufen", _("Dieser Link ist abgelaufen")
    ANSWERED = "beantwortet", _("Das ist schon erledigt")
    OUTDATED = "ueberholt", _("Dieser Link ist überholt")
    GONE = "weg", _("Dieses Angebot steht nicht mehr im Portal")


@dataclass(frozen=True)
class Question:
    """What a link asks, or why it is refused; `answer` is what was said before on the same due date."""

    purpose: Answer
    offer: Offer | None = None
    due: date | None = None
    refused: Refused | None = None
    answer: ReviewAnswer | None = None

    @property
    def address(self) -> str:
        """The mailbox the latest reminder of this due date went to; "" when there was none."""
        if self.offer is None or self.due is None:
            return ""
        sent = Reminder.objects.filter(offer=self.offer, due=self.due).order_by("-sent_at").first()
        return sent.address if sent else ""


def link(offer: Offer, purpose: Answer) -> str:
    """The path that answers for the offer's present due date."""
    value = f"{offer.pk}{SEPARATOR}{offer.review_due.toordinal()}"
    return reverse(VIEWS[purpose], args=[_signer(purpose).sign(value)])


def ask(token: str, purpose: Answer, *, lock: bool = False) -> Question:
    """What a link of this purpose asks; with `lock` the offer stays as it is until the transaction ends."""
    try:
        value = _signer(purpose).unsign(token, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        return Question(purpose, refused=Refused.EXPIRED)
    except signing.BadSignature:
        return Question(purpose, refused=Refused.UNREADABLE)
    pk, ordinal = value.split(SEPARATOR)
    offers: Any = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects
    offer = offers.select_related("provider", "contact").filter(pk=pk).first()
    due = date.fromordinal(int(ordinal))
    answers = ReviewAnswer.objects.standing().filter(offer=offer, due=due).select_related("proposal")
    answer = answers.first() if offer else None
    return Question(purpose, offer, due, _why_not(offer, due, answer), answer)


def _why_not(offer: Offer | None, due: date, answer: ReviewAnswer | None) -> Refused | None:
    if answer is not None:
        return Refused.ANSWERED
    if offer is None or offer.status != Status.PUBLISHED or offer.is_ended:
        return Refused.GONE
    return Refused.OUTDATED if offer.review_due != due else None


def _signer(purpose: Answer) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"offers.freshness.{purpose}", sep=SEPARATOR)
