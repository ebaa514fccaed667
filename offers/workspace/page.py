"""What the pages about an organisation's offers show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.enums import ProposalStatus, Status
from offers.models import Offer, Proposal
from offers.workspace.quality import Quality, quality


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
    def is_due(self) -> bool:
        return self.offer.status == Status.PUBLISHED and not self.offer.is_ended and self.offer.review_due <= _soon()


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
    running = [offer for offer in offers if offer.status == Status.PUBLISHED and not offer.is_ended]
    today = timezone.localdate()
    good = sum(offer.confirmed_on is not None and offer.review_due >= today for offer in running)
    return good, len(running), round(100 * good / len(running)) if running else 0
