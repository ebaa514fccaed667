"""Elterncafés that are alike, and the job that finds it out."""

from typing import Any

from django.contrib.auth.models import User

from offers.models import Offer, SearchRow, Topic
from offers.parallels.stock import compare_what_changed
from portal.models import District
from tests.offers.factories import OfferFactory, ScheduleFactory
from tests.portal.staff import staff


def cafe(area: District, topic: Topic, **values: Any) -> Offer:
    """An Elterncafé for 0 to 3 on Wednesdays, unless said otherwise."""
    days = values.pop("days", [2])
    values.setdefault("catchment", [area])
    values.setdefault("topics", [topic])
    offer = OfferFactory.create(
        **{"title": "Elterncafé", "summary": "Frühstück für Mütter und Väter.", "format": "offener-treff", **values}
    )
    if days:
        ScheduleFactory.create(offer=offer, weekdays=days)
    return offer


def settle() -> int:
    """Compare as the job does, all words known."""
    SearchRow.objects.update(pending=False)
    return compare_what_changed()


def decider() -> User:
    """Somebody of the Redaktion."""
    return User.objects.filter(groups__name="Redaktion").first() or staff("Redaktion")
