"""The offers of a list as pages and papers show them; only what is public is ever read (design rule 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from offers import cards
from offers.dates import DAYS_AHEAD, school_holidays
from offers.models import Offer
from offers.offer_page import OfferPage
from offers.shortlist.references import led_on, named, reference
from offers.shortlist.state import Shortlist


@dataclass(frozen=True)
class Entry:
    """One offer of a list with everything said about it."""

    reference: str
    number: int
    page: OfferPage

    @property
    def offer(self) -> Offer:
        return self.page.offer

    @property
    def address(self) -> str:
        """The offer's page as a whole address."""
        return settings.BASE_URL + self.offer.get_absolute_url()

    @cached_property
    def where(self) -> str:
        """Places with street and Stadtteil, else who comes to whom; a confidential place only says that it is."""
        places = list(self.offer.places.all())
        quarters = {place.district.pk: place.district.name for place in places if place.district}
        return "; ".join(cards.place_in_words(place, quarters) for place in places) or "; ".join(self.page.ways)

    @property
    def when(self) -> str:
        return "; ".join(self.page.times) or self.offer.when_note

    @property
    def provider(self) -> str:
        return self.offer.provider.name


@dataclass(frozen=True)
class Listed:
    """A list looked up: what is public, in the family's order; `gone` counts names that lead to nothing public."""

    shortlist: Shortlist
    entries: Sequence[Entry]
    gone: int

    @property
    def has_dates(self) -> bool:
        return any(entry.page.dates for entry in self.entries)


def look_up(asked: Shortlist, now: datetime | None = None) -> Listed:
    """The list's offers in at most 7 queries, none for an empty list, more only when a name leads on to another offer.

    Unknown, withdrawn, ended and dormant offers are counted alike, so a list tells nothing about what is not public.
    """
    if not asked.names:
        return Listed(Shortlist(), (), asked.unreadable)
    moment = now or timezone.now()
    found = list(named(Offer.objects.public(), asked.names).with_page_relations())
    by_name = {reference(offer): offer for offer in found} | {offer.slug: offer for offer in found}
    by_name |= _led_on([name for name in asked.names if name not in by_name])
    offers = list(dict.fromkeys(by_name[name] for name in asked.names if name in by_name))
    gone = asked.unreadable + sum(name not in by_name for name in asked.names)
    pages = pages_of(offers, moment)
    entries = [Entry(reference(page.offer), number, page) for number, page in enumerate(pages, 1)]
    kept = Shortlist(tuple(entry.reference for entry in entries), 0, asked.left_out)
    return Listed(kept, entries, gone)


def _led_on(names: list[str]) -> dict[str, Offer]:
    """What became of offers that are gone under these names; on one that is listed already they add nothing."""
    targets = led_on(names) if names else {}
    if not targets:
        return {}
    offers = {offer.pk: offer for offer in Offer.objects.public().filter(pk__in=targets.values()).with_page_relations()}
    return {name: offers[pk] for name, pk in targets.items() if pk in offers}


def pages_of(offers: Sequence[Offer], now: datetime) -> list[OfferPage]:
    """The words of several offers; asks once for the school holidays they share."""
    today = timezone.localdate(now)
    breaks = school_holidays(today, today + timedelta(days=DAYS_AHEAD)) if offers else []
    return [OfferPage(offer, now, breaks) for offer in offers]


def single(offer: Offer, now: datetime) -> Listed:
    """A list of one."""
    name = reference(offer)
    return Listed(Shortlist((name,)), [Entry(name, 1, OfferPage(offer, now))], 0)
