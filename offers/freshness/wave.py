"""What becomes due in the next 90 days, by organisation: so that staff can call before offers fall asleep."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from offers.freshness.reminders import mailbox
from offers.models import Call, Offer, OfferQuerySet, Reminder, ReviewAnswer
from partners.models import Partner

AHEAD_DAYS = 90
BUCKETS = (30, 60, 90)


@dataclass
class Row:
    """One organisation with its numbers: dormant, overdue, then due within 30, 31–60 and 61–90 days."""

    partner: Partner
    dormant: int = 0
    overdue: int = 0
    ahead: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    first: date | None = None
    call: Call | None = None

    @property
    def total(self) -> int:
        return self.dormant + self.overdue + sum(self.ahead)

    @property
    def address(self) -> str:
        return self.partner.email

    def add(self, offer: Offer, today: date) -> None:
        days = (offer.review_due - today).days
        self.first = min(self.first or offer.review_due, offer.review_due)
        if offer.is_dormant:
            self.dormant += 1
        elif days < 0:
            self.overdue += 1
        else:
            self.ahead[next(number for number, last in enumerate(BUCKETS) if days <= last)] += 1


@dataclass(frozen=True)
class DueOffer:
    """One offer of the wave: what was sent for its due date and what came back."""

    offer: Offer
    reminder: Reminder | None
    answer: ReviewAnswer | None


def wave() -> list[Row]:
    """Organisations with something due within 90 days or overdue, the most urgent first."""
    today = timezone.localdate()
    rows: dict[int, Row] = {}
    for offer in _due(today).select_related("provider"):
        rows.setdefault(offer.provider_id, Row(offer.provider)).add(offer, today)
    for call in Call.objects.filter(partner__in=rows).select_related("by").order_by("called_at"):
        rows[call.partner_id].call = call
    return sorted(rows.values(), key=lambda row: (row.first or today, row.partner.name))


def due_offers(partner: Partner) -> list[DueOffer]:
    """The organisation's part of the wave, soonest due first."""
    offers = list(_due(timezone.localdate()).filter(provider=partner).select_related("contact"))
    sent = {(row.offer_id, row.due): row for row in Reminder.objects.filter(offer__in=offers).order_by("stage")}
    said = {(row.offer_id, row.due): row for row in _answers(offers)}
    return [
        DueOffer(offer, sent.get((offer.pk, offer.review_due)), said.get((offer.pk, offer.review_due)))
        for offer in offers
    ]


def reach(partner: Partner, due: Iterable[DueOffer]) -> str:
    """The mailbox reminders go to; "" when nobody can be reminded."""
    return mailbox(partner, [row.offer for row in due])


def _answers(offers: list[Offer]) -> Iterable[ReviewAnswer]:
    return ReviewAnswer.objects.standing().filter(offer__in=offers).select_related("proposal")


def _due(today: date) -> OfferQuerySet:
    last = today + timedelta(days=AHEAD_DAYS)
    offers = Offer.objects.published().not_ended().filter(review_due__lte=last)
    return offers.order_by("review_due", "title", "pk")
