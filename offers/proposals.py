"""What a proposal says: offer values as plain JSON, both ways, in words, and field by field against the offer.

A payload maps field names to values. Ages are `{"from": months, "until": months}` (half-open, either may be None),
days and times ISO text, topics and districts slugs, places, schedules and fundings lists of small dicts.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from offers.enums import Access, Audience, FundingSource
from offers.models import Funding, Offer, Proposal, Schedule, Topic
from offers.schedule_words import in_words
from partners.models import Place
from portal.ages import age_label
from portal.enums import Language
from portal.models import District

Payload = dict[str, Any]
Part = TypeVar("Part", Schedule, Funding)

LISTS: dict[str, Any] = {"audiences": Audience, "access": Access, "languages": Language}
DAYS = ("starts_on", "ends_on", "pause_from", "pause_until")
PARTS = ("topics", "catchment", "places", "schedules", "fundings")
FIELDS = (
    "title", "summary", "description", "topics", "format",
    "ages", "audiences", "catchment", "access", "places", "accessibility_note",
    "schedules", "when_note", "cost", "cost_note", "registration", "registration_note",
    "languages", "phone", "email", "website", "lifecycle", "starts_on", "ends_on", "pause_from",
    "pause_until", "fundings",
)  # fmt: skip
TEXTS = tuple(name for name in FIELDS if name not in {*LISTS, *DAYS, *PARTS, "ages"})


def snapshot(offer: Offer, *, loaded: bool = False) -> Payload:
    """The offer's present values as a payload with every field; `loaded` when its parts came `with_all_parts`."""
    values: Payload = {name: getattr(offer, name) for name in TEXTS}
    values |= {name: list(getattr(offer, name)) for name in LISTS}
    values |= {name: _iso(getattr(offer, name)) for name in DAYS}
    values["ages"] = None if offer.ages is None else {"from": offer.ages.lower, "until": offer.ages.upper}
    topics, catchment, places = (
        (offer.topics.all(), offer.catchment.all(), offer.places.all())
        if loaded
        else (
            offer.topics.in_listing_order(),
            offer.catchment.in_listing_order(),
            offer.places.select_related("district").in_listing_order(),
        )
    )
    values["topics"] = [topic.slug for topic in topics]
    values["catchment"] = [district.slug for district in catchment]
    values["places"] = [place_values(place) for place in places]
    values["schedules"] = [schedule_values(schedule) for schedule in offer.schedules.all()]
    values["fundings"] = [_funding_values(funding) for funding in offer.fundings.all()]
    return {name: values[name] for name in FIELDS}


def with_all_parts(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """For `snapshot(…, loaded=True)`: all that many offers say, in a fixed number of queries."""
    places = Place.objects.select_related("district").in_listing_order()
    return (
        offers.prefetch_related(Prefetch("topics", Topic.objects.in_listing_order()))
        .prefetch_related(Prefetch("catchment", District.objects.in_listing_order()))
        .prefetch_related(Prefetch("places", places))
        .prefetch_related("schedules", "fundings")
    )


def fingerprint(offer: Offer) -> str:
    """Changes whenever anything a proposal can touch changes, also times and topics."""
    return hashlib.sha256(json.dumps(snapshot(offer), sort_keys=True).encode()).hexdigest()


def place_values(place: Place) -> Payload:
    """A confidential place is its name and nothing else (design rule 7)."""
    if place.is_confidential:
        return {"name": place.name, "is_confidential": True}
    district = place.district.slug if place.district else ""
    fields = {"name": place.name, "street": place.street, "postcode": place.postcode, "city": place.city}
    return {**fields, "district": district}


def _iso(value: date | time | None) -> str | None:
    return value.isoformat() if value else None


def schedule_values(schedule: Schedule) -> Payload:
    return {
        "kind": schedule.kind,
        "weekdays": list(schedule.weekdays),
        "interval_weeks": schedule.interval_weeks,
        "week_of_month": schedule.week_of_month,
        "dates": [day.isoformat() for day in schedule.dates],
        "start_time": _iso(schedule.start_time),
        "end_time": _iso(schedule.end_time),
        "valid_from": _iso(schedule.valid_from),
        "valid_until": _iso(schedule.valid_until),
        "pauses_in_school_holidays": schedule.pauses_in_school_holidays,
        "note": schedule.note,
    }


def _funding_values(funding: Funding) -> Payload:
    ends = {"starts_on": _iso(funding.starts_on), "ends_on": _iso(funding.ends_on)}
    return {"source": funding.source, "label": funding.label, **ends}


# -- in words --------------------------------------------------------------------------------------------------------


def label(name: str) -> str:
    """The field's name on the page."""
    return capfirst(
        {"schedules": _("Zeiten"), "fundings": _("Förderung"), "ages": _("Alter")}.get(name)
        or str(getattr(Offer._meta.get_field(name), "verbose_name", name))
    )


def labels(names: Iterable[str]) -> str:
    """Several names, as in "Titel, Telefon"."""
    return ", ".join(label(name) for name in names)


class Wording:
    """Payload values as people read them; looks names up once."""

    @cached_property
    def _topics(self) -> dict[str, str]:
        return dict(Topic.objects.values_list("slug", "label"))

    @cached_property
    def _districts(self) -> dict[str, str]:
        return dict(District.objects.values_list("slug", "name"))

    def text(self, name: str, value: Any) -> str:
        """One or several lines; "" for nothing."""
        if value in (None, "", []):
            return ""
        if name == "ages":
            return age_label(NumericRange(value["from"], value["until"]))
        if name in LISTS:
            return ", ".join(str(LISTS[name](entry).label) for entry in value)
        if name in DAYS:
            return date_format(date.fromisoformat(value))
        if name in PARTS:
            return self._part(name, value)
        choices = dict(getattr(Offer._meta.get_field(name), "choices", None) or [])
        return str(choices.get(value, value))

    def _part(self, name: str, value: Any) -> str:
        if name == "topics":
            return ", ".join(self._topics.get(slug, slug) for slug in value)
        if name == "catchment":
            return ", ".join(self._districts.get(slug, slug) for slug in value)
        say = {"places": self._place, "schedules": schedule_text, "fundings": _funding_text}[name]
        return "\n".join(say(entry) for entry in value)

    def _place(self, entry: Mapping[str, Any]) -> str:
        if entry.get("is_confidential"):
            return ", ".join(filter(None, [entry.get("name"), _("Adresse ist geheim")]))
        town = " ".join(filter(None, [entry.get("postcode"), entry.get("city")]))
        district = self._districts.get(entry.get("district") or "", "")
        return ", ".join(dict.fromkeys(filter(None, [entry.get("name"), entry.get("street"), town, district])))


def facts(payload: Payload, wording: Wording | None = None) -> list[tuple[str, str]]:
    """All that is known, as label and words."""
    wording = wording or Wording()
    found = [(label(name), wording.text(name, payload[name])) for name in FIELDS]
    return [(name, words) for name, words in found if words]


def schedule_text(entry: Payload) -> str:
    """ "mittwochs 9:30 bis 11 Uhr, nicht in den Schulferien" """
    return ", ".join(filter(None, [in_words(_part_row(Schedule, entry), timezone.localdate()), entry.get("note")]))


def _funding_text(entry: Mapping[str, Any]) -> str:
    until = entry.get("ends_on")
    ends = _("bis %(day)s") % {"day": date_format(date.fromisoformat(until))} if until else ""
    return ", ".join(filter(None, [str(FundingSource(entry["source"]).label), entry.get("label"), ends]))


# -- against the offer -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One field of a proposal in words. `moved` is True when the offer's own value changed since it was written."""

    name: str
    label: str
    old: str
    new: str
    seen: str
    moved: bool = False


def changes(proposal: Proposal) -> list[Change]:
    """What approving would change, in the order of the form; for a new offer every value that is filled in.

    Of what was taken in part, the part that went back.
    """
    wording = Wording()
    new = proposal.rest
    if proposal.offer is None or proposal.base_version is None:
        filled = [(name, wording.text(name, new[name])) for name in FIELDS if name in new]
        return [Change(name, label(name), "", text, "") for name, text in filled if text]
    now = snapshot(proposal.offer)
    seen = proposal.base or now
    found = []
    for name in FIELDS:
        if name in new and new[name] != now[name]:
            words = [wording.text(name, values.get(name)) for values in (now, new, seen)]
            moved = name in seen and seen[name] != now[name]
            found.append(Change(name, label(name), words[0], words[1], words[2], moved))
    return found


def differences(seen: Payload, now: Payload) -> list[Change]:
    """What an offer says now and did not say when somebody looked at it."""
    wording = Wording()
    names = [name for name in FIELDS if seen.get(name) != now[name]]
    words = [(name, wording.text(name, seen.get(name)), wording.text(name, now[name])) for name in names]
    return [Change(name, label(name), old, new, old) for name, old, new in words]


def apply_payload(offer: Offer, payload: Mapping[str, Any], *, without: Iterable[str] = ()) -> None:
    """Write the payload's values to the offer, save it and its parts; call it inside a transaction.

    Raises ValidationError when a value no longer fits (a district was removed, an end lies before its beginning).
    """
    values = {name: payload[name] for name in FIELDS if name in payload and name not in set(without)}
    for name in {*TEXTS, *LISTS} & values.keys():
        setattr(offer, name, values[name])
    for name in {*DAYS} & values.keys():
        setattr(offer, name, date.fromisoformat(values[name]) if values[name] else None)
    if "ages" in values:
        ages = values["ages"]
        offer.ages = None if ages is None else NumericRange(ages["from"], ages["until"])
    offer.full_clean(exclude=["slug", "review_months", "review_due"])
    offer.save()
    if "topics" in values:
        offer.topics.set(Topic.objects.filter(slug__in=values["topics"]))
    if "catchment" in values:
        offer.catchment.set(_districts(values["catchment"]))
    if "places" in values:
        offer.places.set([_place_for(offer, entry) for entry in values["places"]])
    if "schedules" in values:
        _replace(offer, Schedule, schedule_values, values["schedules"])
    if "fundings" in values:
        _replace(offer, Funding, _funding_values, values["fundings"])


def _districts(slugs: list[str]) -> list[District]:
    found = list(District.objects.filter(slug__in=slugs))
    if len(found) != len(set(slugs)):
        raise ValidationError(_("Ein Gebiet gibt es nicht mehr. Bitte geben Sie den Vorschlag zurück."))
    return found


def _place_for(offer: Offer, entry: Mapping[str, Any]) -> Place:
    """The offer's or the provider's place with these values, made if there is none."""
    for place in offer.places.select_related("district"):
        if place_values(place) == entry:
            return place
    own = offer.provider.places
    if entry.get("is_confidential"):
        name = entry.get("name") or _("Geheimer Ort")
        return own.filter(is_confidential=True, name__iexact=name).first() or own.create(
            name=name, is_confidential=True
        )
    street, postcode = entry.get("street", ""), entry.get("postcode", "")
    name = entry.get("name") or street
    same = own.with_address().filter(street__iexact=street, postcode=postcode)
    found = same.filter(name__iexact=name).first() or (same.first() if street else None)
    if found:
        return found
    district = District.objects.filter(slug=entry.get("district") or "").first()
    place = Place(
        partner=offer.provider, name=name, street=street, postcode=postcode, city=entry.get("city", ""),
        district=district,
    )  # fmt: skip
    place.full_clean()
    place.save()
    return place


def _replace(offer: Offer, model: type[Part], say: Callable[[Part], Payload], entries: list[Payload]) -> None:
    """Make the rows say what the entries say; a row that already says it, or most of it, stays and keeps what a
    payload does not name (the place of a time, the amount of a funding).
    """
    wanted, left = list(entries), []
    for row in model._default_manager.filter(offer=offer):
        values = say(row)
        if values in wanted:
            wanted.remove(values)
        else:
            left.append((row, values))
    for row, values in left:
        entry = next((entry for entry in wanted if _is_same_part(entry, values)), None)
        if entry is None:
            row.delete()
            continue
        wanted.remove(entry)
        for name, value in _part_values(entry).items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
    for entry in wanted:
        row = _part_row(model, entry)
        row.offer = offer
        row.full_clean()
        row.save()


def _is_same_part(entry: Payload, values: Payload) -> bool:
    """The same time with other days or another hour, or the same funding with another end."""
    if "kind" not in entry:
        return bool(entry["source"] == values["source"])
    same_days = entry["weekdays"] == values["weekdays"] and entry["dates"] == values["dates"]
    same_hour = bool(entry["start_time"]) and entry["start_time"] == values["start_time"]
    return bool(entry["kind"] == values["kind"] and (same_days or same_hour))


def _part_row(model: type[Part], entry: Payload) -> Part:
    """An unsaved schedule or funding with the entry's values."""
    return model(**_part_values(entry))


def _part_values(entry: Payload) -> Payload:
    values = dict(entry)
    for name in ("starts_on", "ends_on", "valid_from", "valid_until"):
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    for name in ("start_time", "end_time"):
        if values.get(name):
            values[name] = time.fromisoformat(values[name])
    if "dates" in values:
        values["dates"] = [date.fromisoformat(day) for day in values["dates"]]
    return values
