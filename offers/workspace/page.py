"""What the pages about an organisation's offers show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.cards import pause
from offers.enums import ProposalStatus, Status
from offers.freshness.enums import ReportField
from offers.freshness.reports import proposed
from offers.models import ErrorReport, Funding, Offer, Proposal, Task, TemplateLink
from offers.proposals import Wording, facts, snapshot, with_all_parts
from offers.steering.ends import WARN_MONTHS, months_later
from offers.submission.change import Seen
from offers.workspace.following import steps
from offers.workspace.newcomers import new_offer
from offers.workspace.quality import Quality, quality
from partners.models import Affiliation, Partner


@dataclass(frozen=True)
class State:
    """One word about an offer, and the kind of alert it deserves: success, info, warning."""

    words: Any
    kind: str


@dataclass(frozen=True)
class Row:
    offer: Offer
    state: State
    quality: Quality
    waiting: list[Proposal]

    @property
    def pause(self) -> str:
        return pause(self.offer, timezone.localdate())

    @property
    def days_left(self) -> int:
        """Until the offer is due; negative when that is past."""
        return (self.offer.review_due - timezone.localdate()).days

    @property
    def may_confirm(self) -> bool:
        return may_confirm(self.offer)

    @property
    def is_due(self) -> bool:
        return self.may_confirm and self.offer.review_due <= _soon()


def may_confirm(offer: Offer) -> bool:
    """It is published and runs."""
    return offer.status == Status.PUBLISHED and not offer.is_ended


def _soon() -> date:
    return timezone.localdate() + timedelta(days=30)


def state_of(offer: Offer) -> State:
    today = timezone.localdate()
    if offer.status != Status.PUBLISHED:
        return State(offer.get_status_display(), "info")
    if offer.is_ended:
        return State(_("beendet"), "info")
    if offer.is_dormant:
        return State(_("ruht: nicht mehr zu sehen, bis Sie es bestätigen"), "warning")
    if offer.review_due < today:
        return State(_("öffentlich, aber die Bestätigung ist überfällig"), "warning")
    return State(_("öffentlich"), "success")


def waiting(offer: Offer) -> list[Proposal]:
    """What the organisation itself has sent about an offer and the Büro has not decided yet."""
    return list(offer.proposals.filter(status=ProposalStatus.WAITING, partner=offer.provider).order_by("pk"))


@dataclass(frozen=True)
class Hint:
    """What a visitor reported, and whether it can be taken over as it is."""

    report: ErrorReport
    about: str
    fits: bool
    says_ended: bool


def overview(own: Affiliation) -> dict[str, Any]:
    """Everything „Meine Angebote“ says: first what waits for the organisation, then the offers."""
    partner = own.partner
    found = list(Offer.objects.filter(provider=partner).with_page_relations().in_listing_order())
    proposals = list(Proposal.objects.filter(partner=partner).exclude(status__in=_SETTLED).select_related("offer"))
    listed = rows(found, proposals)
    good, running, percent = share_confirmed(found)
    todo: dict[str, list[Any]] = {
        "due": _with_facts([row for row in listed if row.is_due]),
        "back": _still_back(proposals),
        "hints": [_hint(report) for report in ErrorReport.objects.open().about([partner]).select_related("offer")],
        "tasks": list(Task.objects.open().for_partners([partner]).select_related("offer").in_listing_order()),
        "patterns": _patterns(TemplateLink.objects.filter(template__provider=partner)),
        "ending": ending_soon(partner),
    }
    return {
        **todo,
        "todo": sum(len(entries) for entries in todo.values()),
        "rows": listed,
        "open": [proposal for proposal in proposals if proposal.status != ProposalStatus.RETURNED],
        "good": good,
        "running": running,
        "percent": percent,
        "hidden": list(new_offer(own).hidden()),
    }


@dataclass(frozen=True)
class Due:
    """An offer to be confirmed, what it says, and the same as the button carries it (see offers/submission/change)."""

    row: Row
    facts: list[tuple[str, str]]
    seen: str


def _with_facts(due: list[Row]) -> list[Due]:
    """In a fixed number of queries."""
    offers = {offer.pk: offer for offer in with_all_parts(Offer.objects.filter(pk__in=[row.offer.pk for row in due]))}
    found, wording = [], Wording()
    for row in due:
        offer = offers[row.offer.pk]
        seen = Seen(snapshot(offer, loaded=True), offer.version)
        found.append(Due(row, facts(seen.payload, wording), seen.write(offer)))
    return found


def ending_soon(partner: Partner) -> list[Any]:
    """What families see and what ends within three months, the next end first; `ending_on` is the day."""
    today = timezone.localdate()
    running = Offer.objects.filter(provider=partner).public()
    known: list[Any] = list(running.ending_until(months_later(today, min(WARN_MONTHS)), Funding.objects.all()))
    return [offer for offer in known if offer.ending_on >= today]


_SETTLED = (ProposalStatus.APPROVED, ProposalStatus.WITHDRAWN)
BACK_DAYS = 120


def _still_back(proposals: Iterable[Proposal]) -> list[Proposal]:
    """What came back within the last months and nobody has sent again since."""
    earliest = timezone.now() - timedelta(days=BACK_DAYS)
    newest: dict[Any, Proposal] = {}
    for proposal in sorted(proposals, key=lambda proposal: proposal.submitted_at):
        newest[proposal.offer_id or proposal.payload.get("title")] = proposal
    return [
        proposal
        for proposal in newest.values()
        if proposal.status == ProposalStatus.RETURNED and proposal.decided_at and proposal.decided_at > earliest
    ]


def _hint(report: ErrorReport) -> Hint:
    about = str(report.get_field_display()) if report.field else ""
    return Hint(report, about, bool(proposed(report)), report.field == ReportField.ENDED)


def _patterns(links: Any) -> list[tuple[Offer, int]]:
    """The templates whose followers have something to take over, and how many that are."""
    ready: dict[Offer, int] = {}
    for step in steps(links):
        if step.is_ready:
            ready[step.link.template] = ready.get(step.link.template, 0) + 1
    return list(ready.items())


def rows(offers: Iterable[Offer], proposals: Iterable[Proposal]) -> list[Row]:
    """Those that need somebody first: dormant and overdue, then by when they are due."""
    waiting: dict[int, list[Proposal]] = {}
    for proposal in proposals:
        if proposal.offer_id and proposal.status == ProposalStatus.WAITING:
            waiting.setdefault(proposal.offer_id, []).append(proposal)
    found = [Row(offer, state_of(offer), quality(offer), waiting.get(offer.pk, [])) for offer in offers]
    return sorted(found, key=lambda row: (row.state.kind != "warning", not row.is_due, row.offer.review_due))


def share_confirmed(offers: Iterable[Offer]) -> tuple[int, int, int]:
    """How many of the running offers are confirmed and in time, of how many, and that in per cent."""
    running = [offer for offer in offers if may_confirm(offer)]
    today = timezone.localdate()
    good = sum(offer.confirmed_on is not None and offer.review_due >= today for offer in running)
    return good, len(running), round(100 * good / len(running)) if running else 0
