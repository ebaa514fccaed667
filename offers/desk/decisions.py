"""The Büro decides about a proposal: each decision is stored whole, with its mail, or not at all."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.actions import AlreadyDecidedError, ChangedMeanwhileError
from offers.desk.cases import title_of
from offers.desk.four_eyes import is_own
from offers.desk.way import way_back
from offers.enums import ProposalStatus, Status
from offers.models import Offer, Proposal
from offers.parallels.actions import keep_answers
from offers.proposals import apply_payload, changes, fingerprint, labels
from partners.models import Partner
from portal.notices import notify

DECISIONS_AT_ONCE = 3  # mails an hour to one sender; further decisions are gathered


class OwnProposalError(Exception):
    """ "Vier Augen" is on, and who made the proposal must leave it to a colleague."""


class UndecidedError(Exception):
    """Fields moved since the change was written, and nobody has said which value holds."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


@transaction.atomic
def approve_proposal(
    *,
    proposal: Proposal,
    by: User,
    partner: Partner | None = None,
    seen: str = "",
    take: Collection[str] = (),
    keep: Collection[str] = (),
) -> Offer:
    """Publish the proposal and mail its sender.

    New offer: `partner` is its provider; None uses the proposal's own, or makes the sender's organisation a new one.
    Change: `seen` is the offer's fingerprint the decider looked at; every field that moved since the change was
    written must be in `take` (the proposed value) or `keep` (the offer's).

    Raises PermissionDenied, AlreadyDecidedError, OwnProposalError, ChangedMeanwhileError, UndecidedError, or
    ValidationError when a value no longer fits.
    """
    proposal = _locked_for_decision(proposal, by)
    offer = _locked_offer(proposal, by, partner, seen)
    open_names = {change.name for change in changes(proposal) if change.moved} - {*take, *keep}
    if open_names:
        raise UndecidedError(open_names)
    offer.verified_at, offer.confirmed_on = timezone.now(), timezone.localdate()
    _publish(proposal, offer, without=keep)
    _decide(proposal, by, ProposalStatus.APPROVED)
    _tell_sender(
        proposal,
        subject=_("Veröffentlicht: %(title)s") % {"title": offer.title},
        template="proposal_approved",
        path=offer.get_absolute_url(),
    )
    return offer


@transaction.atomic
def approve_fields(
    *,
    proposal: Proposal,
    by: User,
    names: Collection[str],
    reason: str,
    partner: Partner | None = None,
    seen: str = "",
) -> Offer:
    """Publish the fields in `names` and give the rest back with a reason; the sender gets one mail about both.

    The proposal ends as returned, its `taken` says what was accepted. A change does not confirm the offer: its sender
    says that what stands there is wrong. A field that moved meanwhile is taken as proposed, or left alone.

    Raises as `approve_proposal`, or ValueError without a reason or when `names` are not some of the fields.
    """
    proposal = _locked_for_decision(proposal, by)
    offer = _locked_offer(proposal, by, partner, seen)
    offered = [change.name for change in changes(proposal)]
    rest = [name for name in offered if name not in names]
    if not reason.strip() or not rest or not names or not set(names) <= set(offered):
        raise ValueError("some fields are taken, others go back with a reason")
    if proposal.offer is None:
        offer.verified_at, offer.confirmed_on = timezone.now(), timezone.localdate()
    _publish(proposal, offer, without=rest)
    proposal.reason, proposal.taken = reason.strip(), [name for name in offered if name in names]
    _decide(proposal, by, ProposalStatus.RETURNED)
    _tell_sender(
        proposal,
        subject=_("Zum Teil veröffentlicht: %(title)s") % {"title": offer.title},
        template="proposal_partly",
        path=way_back(proposal, offer.get_absolute_url()),
        lines=[f"{_('Veröffentlicht:')} {labels(proposal.taken)}", f"{_('Noch offen:')} {labels(rest)}"],
    )
    return offer


@transaction.atomic
def return_proposal(*, proposal: Proposal, by: User, reason: str) -> Proposal:
    """Give the proposal back with a reason, which the sender gets by mail.

    Raises PermissionDenied, AlreadyDecidedError, or ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a returned proposal needs a reason")
    proposal = _locked_for_decision(proposal, by)
    proposal.reason = reason.strip()
    _decide(proposal, by, ProposalStatus.RETURNED)
    _tell_sender(
        proposal,
        subject=_("Rückfrage zu Ihrem Angebot %(reference)s") % {"reference": proposal.reference},
        template="proposal_returned",
        path=way_back(proposal, reverse("offers:submit")),
    )
    return proposal


def _locked_for_decision(proposal: Proposal, by: User) -> Proposal:
    if not by.has_perm("offers.decide_proposal"):
        raise PermissionDenied
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.status != ProposalStatus.WAITING:
        raise AlreadyDecidedError
    return locked


def _locked_offer(proposal: Proposal, by: User, partner: Partner | None, seen: str) -> Offer:
    """What publishing the proposal makes or changes, as the decider saw it, and not by who made the proposal."""
    if settings.FOUR_EYES and is_own(proposal, by):
        raise OwnProposalError
    if proposal.offer is None:
        proposal.partner = partner or proposal.partner or _new_partner(proposal)
        return Offer(provider=proposal.partner, status=Status.PUBLISHED)
    offer = Offer.objects.select_for_update().get(pk=proposal.offer.pk)
    proposal.offer = offer
    if fingerprint(offer) != seen:
        raise ChangedMeanwhileError
    return offer


def _publish(proposal: Proposal, offer: Offer, *, without: Collection[str]) -> None:
    """Write the proposed values, but for some, to the offer; what was answered about similar offers goes with it."""
    apply_payload(offer, proposal.payload, without=without)
    Offer.objects.filter(pk=offer.pk).mark_changed()
    offer.refresh_from_db()
    proposal.offer = offer
    keep_answers(proposal=proposal, offer=offer)


def _decide(proposal: Proposal, by: User, status: ProposalStatus) -> None:
    proposal.status, proposal.decided_at, proposal.decided_by = status, timezone.now(), by
    proposal.save()


def _new_partner(proposal: Proposal) -> Partner:
    """The sender's organisation; one of this name that exists by now is taken instead of a second one."""
    name = proposal.sender_organisation
    found = Partner.objects.filter(name__iexact=name).first()
    if found:
        return found
    partner = Partner(name=name, kind=proposal.sender_organisation_kind, confirmed_on=timezone.localdate())
    partner.full_clean(exclude=["slug"])
    partner.save()
    return partner


def _tell_sender(proposal: Proposal, *, subject: str, template: str, path: str, **more: object) -> None:
    if not proposal.sender_email:
        return
    notify(
        to=proposal.sender_email,
        subject=subject,
        template=f"mail/offers/{template}.txt",
        context={"proposal": proposal, "title": title_of(proposal), "path": path, **more},
        path=path,
        detail=proposal.reason,
        at_once=DECISIONS_AT_ONCE,
    )
