"""The signed link with which a sender answers a question of the Büro: for one question, once, for some weeks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offers.desk.enums import MessageKind
from offers.enums import ProposalStatus
from offers.models import CaseMessage, Proposal

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
    """What the link asks; with `lock` the proposal stays as it is until the transaction ends."""
    try:
        key = _signer.unsign(token, max_age=timedelta(days=ANSWER_DAYS))
    except signing.SignatureExpired:
        return Asked(refused=Refused.EXPIRED)
    except signing.BadSignature:
        return Asked(refused=Refused.UNREADABLE)
    question = CaseMessage.objects.filter(pk=key, kind=MessageKind.QUESTION).first()
    if question is None:
        return Asked(refused=Refused.UNREADABLE)
    proposals: Any = Proposal.objects.select_for_update() if lock else Proposal.objects
    question.proposal = proposals.get(pk=question.proposal_id)
    if CaseMessage.objects.filter(question=question).exists():
        return Asked(question, Refused.ANSWERED)
    if question.proposal.status != ProposalStatus.WAITING:
        return Asked(question, Refused.DECIDED)
    return Asked(question)
