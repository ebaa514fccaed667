"""What a result card says about an offer, in words; unknown facts stay "" and the page says "beim Träger erfragen"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.enums import Access, Audience
from offers.finder import Catalogue
from offers.models import Offer
from offers.schedule_words import in_words
from offers.shortlist.references import reference
from partners.models import Place
from portal.city import city

_MOST_DISTRICTS = 3


@dataclass(frozen=True)
class Card:
    """One offer of a list. `is_free` marks what costs nothing, `free_note` says more about that; `reference` is the
    offer's name on a shortlist.
    """

    reference: str
    url: str
    title: str
    format: str
    summary: str
    for_whom: str
    where: str
    when: str
    cost: str
    is_free: bool
    free_note: str
    provider: str
    standing: str


def cards(offers: Iterable[Offer], catalogue: Catalogue) -> list[Card]:
    """Cards for offers read `with_card_relations()`; asks the database nothing."""
    today = timezone.localdate()
    return [_card(offer, catalogue, today) for offer in offers]


def _card(offer: Offer, catalogue: Catalogue, today: date) -> Card:
    ids: list[int] = offer.catchment_ids  # type: ignore[attr-defined]  # annotated by with_card_relations()
    catchment = catchment_in_words(catalogue.district_names(ids), whole_city=catalogue.names_the_city(ids))
    quarters = {pk: district.name for pk, district in catalogue.districts.items()}
    return Card(
        reference=reference(offer),
        url=offer.get_absolute_url(),
        title=offer.title,
        format=offer.get_format_display(),
        summary=offer.summary,
        for_whom=for_whom(offer),
        where=where(offer, list(offer.places.all()), quarters) or catchment,
        when=" · ".join(filter(None, [pause(offer, today), when(offer, today)])),
        cost=cost(offer),
        is_free=offer.cost == "free",
        free_note=offer.cost_note,
        provider=offer.provider.short_name or offer.provider.name,
        standing=standing(offer),
    )


def for_whom(offer: Offer) -> str:
    """Age and audiences: "bis 3 Jahre · Eltern, Alleinerziehende"."""
    audiences = ", ".join(str(Audience(value).label) for value in offer.audiences if value in Audience.values)
    return " · ".join(part for part in (offer.age_label, audiences) if part)


def where(offer: Offer, places: list[Place], quarters: dict[int, str]) -> str:
    """The place, or that somebody comes, or phone; "" when nothing of it is known."""
    if places:
        more = len(places) - 1
        words = place_in_words(places[0], quarters)
        if not more:
            return words
        return ngettext("%(place)s und %(count)d weiterer Ort", "%(place)s und %(count)d weitere Orte", more) % {
            "place": words,
            "count": more,
        }
    if offer.access == [Access.VISIT]:
        return _("kommt zu Ihnen nach Hause")
    return _("per Telefon oder online") if offer.access == [Access.DIGITAL] else ""


def place_in_words(place: Place, quarters: dict[int, str]) -> str:
    """Name, street and Stadtteil in one line; a confidential place only says that it is."""
    if place.is_confidential:
        return _("Adresse ist zum Schutz geheim")
    parts = ", ".join(part for part in (place.name, place.street) if part)
    quarter = quarters.get(place.district_id or 0)
    return f"{parts}, {quarter}" if quarter else parts


def catchment_in_words(names: list[str], *, whole_city: bool) -> str:
    """Whom the offer is for by place: "für ganz …", "für Osterfeld, Sterkrade und 2 weitere Gebiete"."""
    if whole_city:
        return _("für ganz %(city)s") % {"city": city()["name"]}
    if not names:
        return ""
    shown, more = ", ".join(names[:_MOST_DISTRICTS]), len(names) - _MOST_DISTRICTS
    if more > 0:
        words = ngettext(
            "für %(names)s und %(count)d weiteres Gebiet", "für %(names)s und %(count)d weitere Gebiete", more
        )
        return words % {"names": shown, "count": more}
    return _("für %(names)s") % {"names": shown}


def when(offer: Offer, today: date) -> str:
    """All schedules in words, else the provider's own words."""
    words = "; ".join(in_words(schedule, today) for schedule in offer.schedules.all())
    return words or offer.when_note


def pause(offer: Offer, today: date) -> str:
    """ "macht Pause bis 3. März 2027", or when the next one will be; "" when there is none."""
    if offer.pause_from is None or offer.pause_until is None or offer.pause_until < today:
        return ""
    days = {"first": date_format(offer.pause_from, "j. F Y"), "last": date_format(offer.pause_until, "j. F Y")}
    if offer.pause_from <= today:
        return _("macht Pause bis %(last)s") % days
    return _("Pause vom %(first)s bis %(last)s") % days


def cost(offer: Offer) -> str:
    """ "kostenlos", "kostet etwas: 3 Euro je Treffen" or "" when unknown."""
    label = offer.get_cost_display()
    return f"{label}: {offer.cost_note}" if label and offer.cost_note else label or offer.cost_note


def standing(offer: Offer) -> str:
    """When somebody last confirmed the entry."""
    days = [offer.confirmed_on, timezone.localdate(offer.verified_at) if offer.verified_at else None]
    known = [day for day in days if day]
    if known:
        return _("bestätigt am %(day)s") % {"day": date_format(max(known), "j. F Y")}
    return offer.source_note or _("noch nicht vom Träger bestätigt")
