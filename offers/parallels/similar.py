"""Similar offers with their reasons, for whoever is just writing one."""

from collections.abc import Sequence
from dataclasses import dataclass

from offers.models import Offer
from offers.parallels.asked import Asked
from offers.parallels.compare import parallels_of
from offers.parallels.words import Reasons


@dataclass(frozen=True)
class Similar:
    """An offer like the one asked about, how much (0 to 1), and in what."""

    offer: Offer
    score: float
    reasons: Sequence[str]


def similar_to(asked: Asked, *, most: int) -> list[Similar]:
    """The public offers most like it (design rule 8)."""
    hits = parallels_of(asked, most=most)
    offers = Offer.objects.public().with_listing_relations().in_bulk([hit.offer_id for hit in hits])
    reasons = Reasons()
    return [Similar(offers[hit.offer_id], hit.score, reasons.of(hit.shared)) for hit in hits if hit.offer_id in offers]
