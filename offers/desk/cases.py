"""What the Büro can ask about: proposals, hints and claims. Each has somebody to ask and a number for the subject."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offers.enums import ProposalStatus
from offers.models import ErrorReport, Proposal
from partners.models import Claim

Case = Proposal | ErrorReport | Claim


def title_of(proposal: Proposal) -> str:
    """What the proposal is about, in one line."""
    return str(proposal.payload.get("title") or proposal.offer or proposal.reference)


@dataclass(frozen=True)
class Kind:
    """How one kind of case is asked about: `column` of the messages, who decides it, and its words."""

    column: str
    page: str
    permission: str
    question: Promise
    title: Callable[[Any], str]
    number: Callable[[Any], str]
    address: Callable[[Any], str]
    person: Callable[[Any], str]
    waits: Callable[[Any], bool]
    keeps_address: bool = True


KINDS: dict[Any, Kind] = {
    Proposal: Kind(
        "proposal", "offers_proposal_change", "offers.decide_proposal", _("Frage zu Ihrem Angebot"),
        title=title_of,
        number=lambda proposal: str(proposal.reference),
        address=lambda proposal: str(proposal.sender_email),
        person=lambda proposal: str(proposal.sender_name),
        waits=lambda proposal: bool(proposal.status == ProposalStatus.WAITING),
    ),
    ErrorReport: Kind(
        "report", "offers_errorreport_change", "offers.change_errorreport", _("Frage zu Ihrem Hinweis"),
        title=lambda report: str(report.offer.title),
        number=lambda report: f"H-{report.pk}",
        address=lambda report: str(report.reply_email),
        person=lambda report: "",
        waits=lambda report: report.handled_at is None,
        keeps_address=False,
    ),
    Claim: Kind(
        "claim", "partners_claim_change", "partners.decide_claim", _("Frage zu Ihrem Konto"),
        title=lambda claim: str(claim.organisation),
        number=lambda claim: str(claim.reference),
        address=lambda claim: str(claim.person.email),
        person=lambda claim: str(claim.person.get_full_name()),
        waits=lambda claim: claim.decided_at is None,
    ),
}  # fmt: skip


def kind_of(case: Case) -> Kind:
    return KINDS[type(case)]


def locked(case: Case) -> Case:
    """As it is now, and so it stays until the transaction ends."""
    found: Case = type(case)._default_manager.select_for_update(of=("self",)).get(pk=case.pk)
    return found
