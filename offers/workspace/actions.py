"""What people of an organisation do with its offers: each is stored whole, with its mails, or not at all."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from offers.actions import AlreadyDecidedError, ChangedMeanwhileError, Sender, confirm_offer, submit_change
from offers.enums import ProposalStatus
from offers.freshness.enums import Answer, Channel
from offers.models import ChangeDraft, Offer, Proposal, ReviewAnswer
from offers.proposals import Payload, snapshot
from offers.submission.change import Seen
from offers.workspace.following import note_own_way
from partners.models import Affiliation


def sender_of(own: Affiliation) -> Sender:
    """The person in the organisation's name; the address was confirmed when the account was made."""
    person, partner = own.person, own.partner
    return Sender(
        email=person.email,
        name=person.get_full_name(),
        organisation=partner.name,
        organisation_kind=partner.kind,
        partner=partner,
    )


@transaction.atomic
def confirm(*, offer: Offer, own: Affiliation, seen: Payload) -> Offer:
    """ "Stimmt noch": everything is true as it stands; due again a whole rhythm from today.

    Raises ChangedMeanwhileError when it says something else by now than the person was shown (`seen`).
    """
    locked = Offer.objects.select_for_update().get(pk=offer.pk)
    if snapshot(locked) != seen:
        raise ChangedMeanwhileError
    keep_answer(locked, own, Answer.CONFIRMED, None)
    return confirm_offer(offer=locked)


@transaction.atomic
def propose(
    *, offer: Offer, own: Affiliation, payload: Payload, seen: Seen, submission_id: uuid.UUID, message: str
) -> Proposal:
    """Send a change to the Büro; the public keeps seeing the old state. The person's draft is done with."""
    proposal = submit_change(
        offer=offer,
        by=sender_of(own),
        payload=payload,
        base=seen.payload,
        base_version=seen.version,
        submission_id=submission_id,
        message=message,
    )
    keep_answer(offer, own, Answer.CHANGED, proposal)
    note_own_way(offer=offer, payload=payload)
    ChangeDraft.objects.filter(person=own.person, offer=offer).delete()
    return proposal


@transaction.atomic
def propose_end(
    *, offer: Offer, own: Affiliation, payload: Payload, submission_id: uuid.UUID, message: str
) -> Proposal:
    proposal = submit_change(
        offer=offer,
        by=sender_of(own),
        payload=payload,
        base=snapshot(offer),
        base_version=offer.version,
        submission_id=submission_id,
        message=message,
    )
    keep_answer(offer, own, Answer.ENDED if "ends_on" in payload else Answer.CHANGED, proposal)
    return proposal


def may_withdraw(proposal: Proposal, own: Affiliation) -> bool:
    """Open, and sent by somebody of the organisation: a visitor's report about its offer is not its to silence."""
    return proposal.status in _UNDECIDED and _is_ours(proposal, own)


def _is_ours(proposal: Proposal, own: Affiliation) -> bool:
    sender = proposal.sender_email
    ours = own.partner.affiliations.filter(person__email__iexact=sender).exists()
    return ours or (bool(own.partner.email) and own.partner.email.lower() == sender.lower())


_UNDECIDED = {ProposalStatus.WAITING, ProposalStatus.UNCONFIRMED}


@transaction.atomic
def withdraw(*, proposal: Proposal, own: Affiliation) -> Proposal:
    """Take back what has not been decided. Raises AlreadyDecidedError, or PermissionDenied when others sent it."""
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not _is_ours(locked, own):
        raise PermissionDenied
    if locked.status not in _UNDECIDED:
        raise AlreadyDecidedError
    locked.status = ProposalStatus.WITHDRAWN
    locked.save(update_fields=["status"])
    return locked


def keep_answer(offer: Offer, own: Affiliation, answer: Answer, proposal: Proposal | None) -> None:
    """Keep how the question "stimmt das noch?" was answered for the present due date."""
    keep_answers([(offer, proposal)], own, answer)


def keep_answers(given: Iterable[tuple[Offer, Proposal | None]], own: Affiliation, answer: Answer) -> None:
    """The same answer for several offers, each with its proposal; a later one for the same date takes its place."""
    now = timezone.now()
    ReviewAnswer.objects.bulk_create(
        [
            ReviewAnswer(
                offer=offer, due=offer.review_due, answer=answer, channel=Channel.WORKSPACE, address=own.person.email,
                by=own.person, proposal=proposal, answered_at=now,
            )
            for offer, proposal in given
        ],
        update_conflicts=True,
        unique_fields=["offer", "due"],
        update_fields=["answer", "channel", "address", "by", "proposal", "answered_at"],
    )  # fmt: skip


def drop_draft(*, person: User, offer: Offer) -> None:
    """Throw the person's draft away."""
    ChangeDraft.objects.filter(person=person, offer=offer).delete()
