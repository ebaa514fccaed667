"""What people do with proposals and error reports: each is stored whole, with its mails, or not at all."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.desk.four_eyes import is_own
from offers.desk.way import way_back
from offers.enums import ProposalStatus, Status
from offers.models import ErrorReport, Offer, Parallel, Proposal
from offers.parallels.actions import keep_answers
from offers.proposals import Payload, apply_payload, changes, fingerprint, labels
from partners.models import Partner
from portal.city import city
from portal.mail import queue_mail
from portal.notices import notify

UNCONFIRMED_A_DAY = 10  # per mail address, so that nobody's mailbox can be flooded from here
DECISIONS_AT_ONCE = 3  # mails an hour to one sender; further decisions are gathered


class TooManyUnconfirmedError(Exception):
    """The address has more unconfirmed proposals within a day than anybody needs."""


class AlreadyDecidedError(Exception):
    """Somebody approved or returned the proposal before."""


class OwnProposalError(Exception):
    """ "Vier Augen" is on, and who made the proposal must leave it to a colleague."""


class ChangedMeanwhileError(Exception):
    """The offer is no longer what the decider saw."""


class UndecidedError(Exception):
    """Fields moved since the change was written, and nobody has said which value holds."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


@dataclass(frozen=True)
class Sender:
    """Who submits: no account, but a mail address that a link will confirm."""

    email: str
    name: str = ""
    organisation: str = ""
    organisation_kind: str = ""
    partner: Partner | None = None

    @property
    def values(self) -> dict[str, Any]:
        """As a proposal keeps them."""
        named = ("email", "name", "organisation", "organisation_kind")
        return {"partner": self.partner, **{f"sender_{name}": getattr(self, name) for name in named}}


@dataclass(frozen=True)
class ParallelAnswered:
    """The sender's word on one similar offer (design rule 8)."""

    existing: Offer
    answer: str
    reason: str = ""


@transaction.atomic
def submit_proposal(
    *,
    by: Sender,
    payload: Payload,
    submission_id: uuid.UUID,
    message: str = "",
    parallels: Iterable[ParallelAnswered] = (),
    offer: Offer | None = None,
    base: Payload | None = None,
) -> Proposal:
    """Store a new offer, or a change to `offer` written against `base`, and queue the mail that confirms the address.

    The same submission_id is stored once: a second call returns the first proposal and sends nothing. Raises
    TooManyUnconfirmedError.
    """
    own = Proposal.objects.select_for_update()
    if Proposal.objects.unconfirmed().sent_lately_by(by.email).exclude(submission_id=submission_id).count() >= (
        UNCONFIRMED_A_DAY
    ):
        raise TooManyUnconfirmedError
    proposal, created = own.get_or_create(  # a race between two clicks ends in the unique constraint, then in `get`
        submission_id=submission_id,
        defaults={
            "offer": offer,
            "base": base or {},
            "base_version": offer.version if offer else None,
            "payload": payload,
            **by.values,
            "message": message,
        },
    )
    if not created:
        return proposal
    _keep_parallels(proposal, parallels)
    _mail_sender(
        proposal,
        subject=_("Bitte bestätigen Sie Ihre E-Mail-Adresse (%(reference)s)") % {"reference": proposal.reference},
        template="proposal_confirm",
        path=reverse("offers:submit_confirm", args=[proposal.confirm_token]),
    )
    return proposal


@transaction.atomic
def submit_change(
    *,
    offer: Offer | None,
    by: Sender,
    payload: Payload,
    base: Payload,
    base_version: int | None,
    submission_id: uuid.UUID,
    message: str = "",
    parallels: Iterable[ParallelAnswered] = (),
    tell: bool = True,
) -> Proposal:
    """Store a change to `offer` by somebody whose address is proven already; it waits at once and the Büro is told.

    `base` and `base_version` are what the sender saw; without an offer it is a new one. The same submission_id is
    stored once. Whoever sends many at once tells the Büro in one mail (`tell`).
    """
    proposal, created = Proposal.objects.get_or_create(
        submission_id=submission_id,
        defaults={
            "offer": offer,
            "base": base,
            "base_version": base_version,
            "payload": payload,
            **by.values,
            "message": message,
            "status": ProposalStatus.WAITING,
            "confirmed_at": timezone.now(),
        },
    )
    if not created:
        return proposal
    _keep_parallels(proposal, parallels)
    if tell:
        _tell_office(proposal)
    return proposal


def confirm_offer(*, offer: Offer) -> Offer:
    """Its provider says that everything is still true: due again a whole rhythm from today, and public at once."""
    Offer.objects.filter(pk=offer.pk).update(verified_at=timezone.now(), confirmed_on=timezone.localdate())
    offer.refresh_from_db()
    return offer


@transaction.atomic
def confirm_proposal(*, token: str) -> Proposal:
    """Put the proposal with this token into the Büro's queue and tell the Büro; a second time changes nothing.

    Whoever holds the token read the mail, so there is no `by`. Raises Proposal.DoesNotExist.
    """
    proposal = Proposal.objects.select_for_update().get(confirm_token=token)
    if proposal.status != ProposalStatus.UNCONFIRMED:
        return proposal
    proposal.status, proposal.confirmed_at = ProposalStatus.WAITING, timezone.now()
    proposal.save(update_fields=["status", "confirmed_at"])
    _tell_office(proposal)
    return proposal


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
    _mail_sender(
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
    _mail_sender(
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
    _mail_sender(
        proposal,
        subject=_("Rückfrage zu Ihrem Angebot %(reference)s") % {"reference": proposal.reference},
        template="proposal_returned",
        path=way_back(proposal, reverse("offers:submit")),
    )
    return proposal


@transaction.atomic
def report_error(
    *, offer: Offer, submission_id: uuid.UUID, message: str = "", field: str = "", correction: str = "", by: str = ""
) -> ErrorReport:
    """Store a visitor's hint and tell the Büro; `by` is a mail address or empty. Sent twice is stored once."""
    report, created = ErrorReport.objects.get_or_create(
        submission_id=submission_id,
        defaults={
            "offer": offer,
            "field": field,
            "correction": correction,
            "message": message,
            "reply_email": by,
        },
    )
    if created:
        _mail_office(
            subject=_("Fehler gemeldet: %(title)s") % {"title": offer.title},
            template="error_report",
            report=report,
            path=reverse("admin:offers_errorreport_change", args=[report.pk]),
        )
    return report


@transaction.atomic
def handle_error_reports(*, reports: Iterable[ErrorReport], by: User) -> int:
    """Mark open reports as done; returns how many were still open."""
    pks = [report.pk for report in reports]
    return ErrorReport.objects.open().filter(pk__in=pks).update(handled_at=timezone.now(), handled_by=by)


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


def _keep_parallels(proposal: Proposal, parallels: Iterable[ParallelAnswered]) -> None:
    Parallel.objects.bulk_create(
        Parallel(proposal=proposal, existing=entry.existing, answer=entry.answer, reason=entry.reason)
        for entry in parallels
    )


def _tell_office(proposal: Proposal) -> None:
    _mail_office(
        subject=_("Neuer Vorschlag wartet: %(reference)s") % {"reference": proposal.reference},
        template="proposal_waiting",
        proposal=proposal,
        path=reverse("admin:offers_proposal_change", args=[proposal.pk]),
    )


def _mail_sender(proposal: Proposal, *, subject: str, template: str, path: str, **more: object) -> None:
    if not proposal.sender_email:
        return
    title = proposal.payload.get("title") or (proposal.offer.title if proposal.offer else "")
    values: dict[str, Any] = {
        "to": proposal.sender_email,
        "subject": subject,
        "template": f"mail/offers/{template}.txt",
        "context": {"proposal": proposal, "title": title, "path": path, **more},
    }
    if proposal.decided_at is None:
        queue_mail(**values)  # the address is to be confirmed: the link may not wait
    else:
        notify(**values, path=path, detail=proposal.reason, at_once=DECISIONS_AT_ONCE)


def _mail_office(*, subject: str, template: str, path: str, **context: object) -> None:
    values = {**context, "path": path}
    template = f"mail/offers/{template}.txt"
    notify(to=city()["office_email"], subject=subject, template=template, context=values, path=path)
