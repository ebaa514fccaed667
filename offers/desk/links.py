"""The signed link with which a sender answers a question of the Büro: for one question, once, for some weeks."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offers.desk.cases import kind_of, locked
from offers.desk.enums import MessageKind
from offers.models import CaseMessage

ANSWER_DAYS = 60
_signer = signing.TimestampSigner(salt="offers.desk.answer", sep=".")


class Refused(models.TextChoices):
    """Why a link opens nothing any more."""

    UNREADABLE = "unlesbar", _("Dieser Link gilt nicht")
    EXPIRED = "abgelaufen", _("Dieser Link ist abgelaufen")
    ANSWERED = "beantwortet", _("Ihre Antwort ist schon da")
    DECIDED = "entschieden", _("Über diesen Vorgang ist schon entschieden")


@dataclass(frozen=True)
class Asked:
    """What a link asks, or why it is refused."""

    question: CaseMessage | None = None
    refused: Refused | None = None


def answer_path(question: CaseMessage) -> str:
    return reverse("offers:answer_question", args=[_signer.sign(str(question.pk))])


def asked(token: str, *, lock: bool = False) -> Asked:
    """What the link asks; with `lock` the case stays as it is until the transaction ends."""
    try:
        key = _signer.unsign(token, max_age=timedelta(days=ANSWER_DAYS))
    except signing.SignatureExpired:
        return Asked(refused=Refused.EXPIRED)
    except signing.BadSignature:
        return Asked(refused=Refused.UNREADABLE)
    question = CaseMessage.objects.filter(pk=key, kind=MessageKind.QUESTION).first()
    if question is None:
        return Asked(refused=Refused.UNREADABLE)
    case = locked(question.case) if lock else question.case
    if CaseMessage.objects.filter(question=question).exists():
        return Asked(question, Refused.ANSWERED)
    if not kind_of(case).waits(case):
        return Asked(question, Refused.DECIDED)
    return Asked(question)
