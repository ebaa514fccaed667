"""Similar offers with their reasons, for whoever is just writing one."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.models import Offer
from offers.parallels.asked import Asked, asked_by_all
from offers.parallels.compare import parallels_of_all
from offers.parallels.words import Reasons
from offers.proposals import Payload
from partners.models import Partner


@dataclass(frozen=True)
class Similar:
    """An offer like the one asked about, how much (0 to 1), and in what."""

    offer: Offer
    score: float
    reasons: Sequence[str]


def similar_to(asked: Asked, *, most: int) -> list[Similar]:
    """The public offers most like it (design rule 8)."""
    return _similar([asked], most)[0]


def similar_to_all(payloads: Sequence[Payload], *, most: int, provider: Partner) -> list[list[Similar]]:
    """For each of many new offers of one house the public ones most like it; looks up once what they share."""
    return _similar(asked_by_all(payloads, provider=provider), most) if payloads else []


def _similar(all_asked: Sequence[Asked], most: int) -> list[list[Similar]]:
    found = parallels_of_all(all_asked, most=most)
    pks = {hit.offer_id for hits in found for hit in hits}
    offers, reasons = Offer.objects.public().with_listing_relations().in_bulk(pks), Reasons()
    return [
        [Similar(offers[hit.offer_id], hit.score, reasons.of(hit.shared)) for hit in hits if hit.offer_id in offers]
        for hits in found
    ]
