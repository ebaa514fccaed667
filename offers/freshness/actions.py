"""Answers to "stimmt das noch?": each is stored whole, once a due date, or not at all."""

import uuid
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from offers.actions import Sender, confirm_offer, submit_change
from offers.enums import Lifecycle, Status
from offers.freshness.enums import Answer, Channel
from offers.freshness.links import Question, ask
from offers.models import Call, Offer, Proposal, ReviewAnswer
from offers.proposals import Payload, fingerprint, snapshot
from offers.submission.change import Seen
from partners.models import Partner


class RefusedError(Exception):
    """The link opens nothing any more."""

    def __init__(self, question: Question) -> None:
        super().__init__(str(question.refused))
        self.question = question


class ChangedMeanwhileError(Exception):
    """The facts are no longer those that were confirmed."""


@transaction.atomic
def confirm_by_link(*, token: str, seen: str) -> Offer:
    """The mailbox that got the link says that everything it saw (`seen` is the fingerprint) is still true.

    Raises RefusedError or ChangedMeanwhileError.
    """
    question, offer, due = _open(token, Answer.CONFIRMED)
    if fingerprint(offer) != seen:
        raise ChangedMeanwhileError
    _keep_answer(question, offer, due)
    return confirm_offer(offer=offer)


@transaction.atomic
def change_by_link(*, token: str, payload: Payload, seen: Seen, submission_id: uuid.UUID, message: str) -> Proposal:
    """Propose a change in the name of the mailbox that got the link. Raises RefusedError."""
    question, offer, due = _open(token, Answer.CHANGED)
    proposal = submit_change(
        offer=offer,
        by=_sender(question, offer),
        payload=payload,
        base=seen.payload,
        base_version=seen.version,
        submission_id=submission_id,
        message=message,
    )
    _keep_answer(question, offer, due, proposal)
    return proposal


@transaction.atomic
def end_by_link(*, token: str, last_day: date | None, submission_id: uuid.UUID, message: str) -> Proposal:
    """Propose that the offer has ended, or will end after `last_day`. Raises RefusedError."""
    question, offer, due = _open(token, Answer.ENDED)
    payload: Payload = {"ends_on": last_day.isoformat() if last_day else None}
    if last_day is None or last_day < timezone.localdate():
        payload["lifecycle"] = Lifecycle.ENDED.value
    proposal = submit_change(
        offer=offer,
        by=_sender(question, offer),
        payload=payload,
        base=snapshot(offer),
        base_version=offer.version,
        submission_id=submission_id,
        message=message,
    )
    _keep_answer(question, offer, due, proposal)
    return proposal


@transaction.atomic
def confirm_on_behalf(*, offer: Offer, by: User) -> Offer:
    """Somebody in the Büro asked the provider, who said that all is true; recorded as the Büro's word, not a link's.

    Raises PermissionDenied, or ValueError for an offer that is not published or has ended.
    """
    if not by.has_perm("offers.change_offer"):
        raise PermissionDenied
    locked = Offer.objects.select_for_update().get(pk=offer.pk)
    if locked.status != Status.PUBLISHED or locked.is_ended:
        raise ValueError("only an offer that is published and runs can be confirmed")
    ReviewAnswer.objects.update_or_create(
        offer=locked,
        due=locked.review_due,
        defaults={
            "answer": Answer.CONFIRMED, "channel": Channel.OFFICE, "by": by, "address": "", "proposal": None,
            "answered_at": timezone.now(),
        },
    )  # fmt: skip
    return confirm_offer(offer=locked)


@transaction.atomic
def note_call(*, partner: Partner, by: User, result: str, spoken_with: str = "", note: str = "") -> Call:
    """Keep who was called and what came of it. Raises PermissionDenied."""
    if not by.has_perm("offers.change_offer"):
        raise PermissionDenied
    return Call.objects.create(partner=partner, by=by, result=result, spoken_with=spoken_with, note=note)


def _open(token: str, purpose: Answer) -> tuple[Question, Offer, date]:
    question = ask(token, purpose, lock=True)
    if question.refused or question.offer is None or question.due is None:
        raise RefusedError(question)
    return question, question.offer, question.due


def _keep_answer(question: Question, offer: Offer, due: date, proposal: Proposal | None = None) -> None:
    """An answer whose proposal was returned or withdrawn gives way to the new one."""
    ReviewAnswer.objects.update_or_create(
        offer=offer,
        due=due,
        defaults={
            "answer": question.purpose, "channel": Channel.LINK, "address": question.address, "by": None,
            "proposal": proposal, "answered_at": timezone.now(),
        },
    )  # fmt: skip


def _sender(question: Question, offer: Offer) -> Sender:
    provider = offer.provider
    return Sender(email=question.address, organisation=provider.name, organisation_kind=provider.kind, partner=provider)
