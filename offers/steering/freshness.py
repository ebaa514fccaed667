"""How much of what families see has been confirmed: by organisation and by Sozialraum."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from offers.models import Offer
from portal.models import District

_BY_AREA = """
WITH hits AS ({hits})
SELECT area.id, count(*), count(*) FILTER (WHERE hits.confirmed_on IS NOT NULL)
FROM hits JOIN offers_searchrow AS found ON found.offer_id = hits.id
JOIN portal_district AS area ON area.kind = 'social_area' AND area.id = ANY (found.districts)
GROUP BY area.id
"""


@dataclass(frozen=True)
class Fresh:
    """Public offers and how many of them their provider has confirmed."""

    name: str
    offers: int
    confirmed: int

    @property
    def percent(self) -> int:
        return round(self.confirmed * 100 / self.offers) if self.offers else 0


def fresh_by_provider(most: int = 30) -> list[Fresh]:
    """Those with the most unconfirmed offers first."""
    rows = Offer.objects.public().confirmed_by_provider()[:most]
    return [Fresh(row["provider__name"], row["offers"], row["confirmed"]) for row in rows]


def fresh_by_area() -> list[Fresh]:
    """By Sozialraum; an offer counts in each it is shown for (design rule 2)."""
    hits, values = Offer.objects.public().order_by().values("id", "confirmed_on").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_BY_AREA.format(hits=hits), values)
        found = defaultdict(lambda: (0, 0), {row[0]: (row[1], row[2]) for row in cursor.fetchall()})
    return [Fresh(area.name, *found[area.pk]) for area in District.objects.social_areas().in_listing_order()]
