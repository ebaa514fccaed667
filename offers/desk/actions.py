"""Asking a sender back, and the answer: each is stored whole, with its mail, or not at all."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from offers.actions import AlreadyDecidedError
from offers.desk.enums import MessageKind, Way
from offers.desk.links import Asked, answer_path, asked
from offers.enums import ProposalStatus
from offers.models import CaseMessage, Proposal
from portal.city import city
from portal.mail import queue_mail


class NoAddressError(Exception):
    """The proposal carries no mail address that could be asked."""


class RefusedError(Exception):
    """The link opens nothing any more."""

    def __init__(self, found: Asked) -> None:
        super().__init__(str(found.refused))
        self.asked = found


@transaction.atomic
def ask_back(*, proposal: Proposal, by: User, text: str) -> CaseMessage:
    """Mail a question to the sender, with a link to answer it; the proposal waits on.

    Raises PermissionDenied, AlreadyDecidedError, NoAddressError, or ValueError without a text.
    """
    if not by.has_perm("offers.decide_proposal"):
        raise PermissionDenied
    if not text.strip():
        raise ValueError("a question needs words")
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.status != ProposalStatus.WAITING:
        raise AlreadyDecidedError
    if not proposal.sender_email:
        raise NoAddressError
    question = CaseMessage.objects.create(proposal=proposal, kind=MessageKind.QUESTION, text=text.strip(), by=by)
    queue_mail(
        to=proposal.sender_email,
        subject=_("Frage zu Ihrem Angebot (%(reference)s)") % {"reference": proposal.reference},
        template="mail/offers/question.txt",
        context={
            "proposal": proposal,
            "title": title_of(proposal),
            "message": question.text,
            "path": answer_path(question),
        },
    )
    return question


@transaction.atomic
def answer_by_link(*, token: str, text: str) -> CaseMessage:
    """Whoever holds the link answers the question it was made for, once. Raises RefusedError."""
    found = asked(token, lock=True)
    if found.refused or found.question is None:
        raise RefusedError(found)
    return _keep(found.question.proposal, text, found.question, Way.LINK)


@transaction.atomic
def answer_by_mail(*, proposal: Proposal, text: str) -> CaseMessage | None:
    """An answer the sender wrote by mail, to the oldest question that is open; None when nothing was asked."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    question = proposal.messages.open_questions().first()
    if question is None or proposal.status != ProposalStatus.WAITING or not text.strip():
        return None
    return _keep(proposal, text, question, Way.MAIL)


def _keep(proposal: Proposal, text: str, question: CaseMessage, way: Way) -> CaseMessage:
    answer = CaseMessage.objects.create(
        proposal=proposal,
        kind=MessageKind.ANSWER,
        text=text.strip(),
        address=proposal.sender_email,
        way=way,
        question=question,
    )
    queue_mail(
        to=city()["office_email"],
        subject=_("Antwort ist da: %(reference)s") % {"reference": proposal.reference},
        template="mail/offers/answer.txt",
        context={
            "proposal": proposal,
            "title": title_of(proposal),
            "message": answer.text,
            "path": reverse("admin:offers_proposal_change", args=[proposal.pk]),
        },
    )
    return answer


def title_of(proposal: Proposal) -> str:
    """What the proposal is about, in one line."""
    return str(proposal.payload.get("title") or proposal.offer or proposal.reference)
