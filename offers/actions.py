"""What people send in: proposals and error reports are stored whole, with their mails, or not at all."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.desk.cases import title_of
from offers.enums import ProposalStatus
from offers.models import ErrorReport, Offer, Parallel, Proposal
from offers.proposals import Payload
from partners.models import Partner
from portal.city import city
from portal.mail import queue_mail
from portal.notices import notify

UNCONFIRMED_A_DAY = 10  # per mail address, so that nobody's mailbox can be flooded from here


class TooManyUnconfirmedError(Exception):
    """The address has more unconfirmed proposals within a day than anybody needs."""


class AlreadyDecidedError(Exception):
    """Somebody approved or returned the proposal before."""


class ChangedMeanwhileError(Exception):
    """The offer is no longer what the decider saw."""


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
    _ask_to_confirm(proposal)
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


def _ask_to_confirm(proposal: Proposal) -> None:
    queue_mail(
        to=proposal.sender_email,
        subject=_("Bitte bestätigen Sie Ihre E-Mail-Adresse (%(reference)s)") % {"reference": proposal.reference},
        template="mail/offers/proposal_confirm.txt",
        context={
            "proposal": proposal,
            "title": title_of(proposal),
            "path": reverse("offers:submit_confirm", args=[proposal.confirm_token]),
        },
    )


def _mail_office(*, subject: str, template: str, path: str, **context: object) -> None:
    values = {**context, "path": path}
    template = f"mail/offers/{template}.txt"
    notify(to=city()["office_email"], subject=subject, template=template, context=values, path=path)
