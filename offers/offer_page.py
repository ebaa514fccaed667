"""What the page of one offer says, in words; empty values become "beim Träger erfragen" in the template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers import cards
from offers.dates import next_dates
from offers.enums import Access, Audience, Registration
from offers.hexmap.grid import SpotMap
from offers.models import Offer
from offers.models.schedule import Occurrence
from offers.schedule_words import in_words, times_in_words
from offers.structured_data import json_ld
from offers.tile_map import TileMap, tile_map
from partners.enums import AccessFeature, WheelchairAccess
from partners.models import Place
from portal.enums import DistrictKind, Language
from portal.models import District

_WHEELCHAIR = {
    WheelchairAccess.YES: gettext_lazy("mit Rollstuhl erreichbar"),
    WheelchairAccess.PARTLY: gettext_lazy("mit Rollstuhl teilweise erreichbar"),
    WheelchairAccess.NO: gettext_lazy("mit Rollstuhl nicht erreichbar"),
}


@dataclass(frozen=True)
class PlaceWords:
    """A place as the page shows it; a confidential one has no address to show."""

    name: str
    address: str
    quarter: str
    directions: str
    access: str
    source_note: str
    is_confidential: bool


@dataclass(frozen=True)
class Reach:
    """How to reach somebody; `phone_link` holds only what a telephone can dial."""

    label: str
    person: str
    phone: str
    email: str
    website: str

    @property
    def phone_link(self) -> str:
        return re.sub(r"[^0-9+]", "", self.phone)

    def __bool__(self) -> bool:
        return bool(self.phone or self.email or self.website)


class OfferPage:
    """Words for one offer read `with_page_relations()`; several pages can share the school holidays in `breaks`."""

    def __init__(self, offer: Offer, now: datetime, breaks: Sequence[tuple[date, date]] | None = None) -> None:
        self.offer = offer
        self._breaks = breaks
        self.now = now
        self.today = timezone.localdate(now)
        self.is_current = not (offer.is_ended or offer.is_dormant)

    @cached_property
    def for_whom(self) -> str:
        return cards.for_whom(self.offer)

    @cached_property
    def audiences(self) -> str:
        return ", ".join(str(Audience(value).label) for value in self.offer.audiences)

    @cached_property
    def catchment(self) -> str:
        """Never "beim Träger erfragen": every offer has a catchment."""
        districts = list(self.offer.catchment.all())
        whole_city = any(district.kind == DistrictKind.CITY for district in districts)
        names = sorted(district.name for district in districts)
        return cards.catchment_in_words(names, whole_city=whole_city)

    @cached_property
    def times(self) -> list[str]:
        """A pause, then each schedule in words, with its place when the offer has several, and its note."""
        names = {place.pk: place.name for place in self.offer.places.all()}
        words = [text for text in [cards.pause(self.offer, self.today)] if text]
        for schedule in self.offer.schedules.all():
            place = names.get(schedule.place_id or 0, "") if len(names) > 1 else ""
            words.append(" · ".join(part for part in (in_words(schedule, self.today), place, schedule.note) if part))
        return words

    @cached_property
    def dates(self) -> list[tuple[Occurrence, str]]:
        """The next dates with their times in words."""
        if not self.is_current:
            return []
        return [(date, times_in_words(date.start, date.end)) for date in next_dates(self.offer, self.now, self._breaks)]

    @property
    def is_confirmed(self) -> bool:
        """True when anybody has confirmed the entry since it was taken from its source."""
        return self.offer.verified_at is not None or self.offer.is_confirmed

    @cached_property
    def places(self) -> list[PlaceWords]:
        return [_place(place) for place in self.offer.places.all()]

    @cached_property
    def spot_map(self) -> SpotMap:
        """The Stadtteile of the open places on the map of the city; a confidential place is never marked."""
        places = [place for place in self.offer.places.all() if not place.is_confidential]
        marked = {place.district_id for place in places if place.district_id}
        return SpotMap(District.objects.quarters() if marked else [], marked)

    @cached_property
    def tile_map(self) -> TileMap | None:
        return tile_map(self.offer.places.all())

    @cached_property
    def ways(self) -> list[str]:
        """Who goes to whom, when it is more than "Sie gehen hin"."""
        return [str(Access(value).label) for value in self.offer.access if value != Access.COME or not self.places]

    @property
    def cost(self) -> str:
        return cards.cost(self.offer)

    @property
    def registration(self) -> str:
        """ "ohne Anmeldung", "mit Anmeldung: bis zum 1. März"."""
        label = str(Registration(self.offer.registration).label) if self.offer.registration else ""
        return ": ".join(part for part in (label, self.offer.registration_note) if part)

    @cached_property
    def reach(self) -> Reach:
        """The offer's own numbers first, then the contact's, then the provider's."""
        offer, contact, provider = self.offer, self.offer.contact, self.offer.provider
        own = Reach(
            contact.label if contact else "",
            contact.public_name if contact else "",
            offer.phone or (contact.phone if contact else ""),
            offer.email or (contact.email if contact else ""),
            offer.website,
        )
        if own.phone or own.email:
            return own
        return Reach(provider.name, "", provider.phone, provider.email, offer.website or provider.website)

    @property
    def languages(self) -> str:
        words = [str(Language(code).label) for code in self.offer.languages if code in Language.values]
        if self.offer.interpreting:
            words.append(_("Dolmetschen ist möglich"))
        return ", ".join(words)

    @property
    def accessibility(self) -> str:
        """Of the offer and its places; a place is named when there are several."""
        lines = [self.offer.accessibility_note]
        for place in self.places:
            named = f"{place.name}: {place.access}" if len(self.places) > 1 and place.name else place.access
            lines.append(named if place.access else "")
        return "\n".join(line for line in lines if line)

    @property
    def standing(self) -> str:
        return cards.standing(self.offer)

    @cached_property
    def structured_data(self) -> str:
        return json_ld(self.offer)


def _place(place: Place) -> PlaceWords:
    wheelchair = str(_WHEELCHAIR[WheelchairAccess(place.wheelchair)]) if place.wheelchair else ""
    features = [str(AccessFeature(value).label) for value in place.access_features]
    return PlaceWords(
        name="" if place.is_confidential else place.name,
        address=place.address,
        quarter=place.district.name if place.district else "",
        directions=place.directions,
        access=", ".join(part for part in (wheelchair, *features) if part),
        source_note="" if place.is_confidential else place.source_note,
        is_confidential=place.is_confidential,
    )
