"""schema.org data of an offer, as JSON-LD that is safe inside a page."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from offers.enums import Cost
from offers.models import Offer
from partners.enums import PartnerKind
from partners.models import Place

_HARMLESS = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}
_MONTHS = 12


def json_ld(offer: Offer) -> SafeString:
    """The offer as a schema.org Service; reads only what `with_page_relations()` has fetched."""
    text = json.dumps(_service(offer), ensure_ascii=False).translate(_HARMLESS)
    return mark_safe(text)  # noqa: S308  # JSON with every letter that could end the element written as \uXXXX


def _service(offer: Offer) -> dict[str, Any]:
    by_city = offer.provider.kind == PartnerKind.CITY
    service: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService" if by_city else "Service",
        "name": offer.title,
        "description": offer.summary,
        "url": settings.BASE_URL + offer.get_absolute_url(),
        "serviceType": [topic.label for topic in offer.topics.all()],
        "provider": {
            "@type": "GovernmentOrganization" if by_city else "Organization",
            "name": offer.provider.name,
            "url": settings.BASE_URL + offer.provider.get_absolute_url(),
        },
        "areaServed": [{"@type": "AdministrativeArea", "name": district.name} for district in offer.catchment.all()],
        "audience": _audience(offer),
        "availableChannel": _channels(offer),
        "offers": {"@type": "Offer", "price": 0, "priceCurrency": "EUR"} if offer.cost == Cost.FREE else None,
    }
    return {key: value for key, value in service.items() if value}


def _audience(offer: Offer) -> dict[str, Any] | None:
    if offer.ages is None:
        return None
    age: dict[str, Any] = {"@type": "PeopleAudience"}
    if offer.ages.lower is not None and offer.ages.lower >= 0:
        age["suggestedMinAge"] = round(offer.ages.lower / _MONTHS, 2)
    if offer.ages.upper is not None and offer.ages.upper > 0:
        age["suggestedMaxAge"] = round(offer.ages.upper / _MONTHS, 2)
    return age if len(age) > 1 else None


def _channels(offer: Offer) -> list[dict[str, Any]]:
    phone = offer.phone or (offer.contact.phone if offer.contact else "")
    common: dict[str, Any] = {"@type": "ServiceChannel"}
    if phone:
        common["servicePhone"] = {"@type": "ContactPoint", "telephone": phone}
    if offer.website:
        common["serviceUrl"] = offer.website
    if offer.languages:
        common["availableLanguage"] = offer.languages
    places = [place for place in offer.places.all() if place.address]
    if places:
        return [{**common, "serviceLocation": _location(place)} for place in places]
    return [common] if len(common) > 1 else []


def _location(place: Place) -> dict[str, Any]:
    address = {"streetAddress": place.street, "postalCode": place.postcode, "addressLocality": place.city}
    known = {key: value for key, value in address.items() if value}
    return {"@type": "Place", "name": place.name, "address": {"@type": "PostalAddress", **known}}
