"""A new offer from „Mein Bereich“: the public form, with what the portal knows already filled in."""

import uuid
from collections.abc import Iterable
from typing import Any

from offers.models import Offer
from offers.proposals import FIELDS, Payload, snapshot
from offers.submission.change import values_from
from offers.submission.draft import Draft
from offers.submission.member import member_note
from offers.submission.places import known_places
from offers.workspace.drafts import as_query, as_sent
from partners.models import Affiliation, Place
from portal.forms import new_stamp


def new_offer(own: Affiliation) -> Draft:
    """Who offers it and who sends it."""
    return _draft(own, {}, ["4"])


def copy_of(offer: Offer, own: Affiliation) -> Draft:
    """Everything but the name."""
    values = _values(snapshot(offer), offer.places.select_related("district").in_listing_order())
    return _draft(own, values | {"title": ""}, ["1", "2", "3", "4"])


def again(payload: Payload, message: str, own: Affiliation) -> Draft:
    """A new offer that came back, to be sent once more."""
    whole = {**dict.fromkeys(FIELDS, ""), "ages": None, **{name: [] for name in LISTS}, **payload}
    values = _values(whole, own.partner.places.with_address().in_listing_order())
    return _draft(own, values | {"message": message}, ["1", "2", "3", "4"])


LISTS = ("topics", "catchment", "places", "schedules", "fundings", "audiences", "access", "languages")


def _values(payload: Payload, places: Iterable[Place]) -> dict[str, Any]:
    return values_from(payload, known_places(places))


def _draft(own: Affiliation, values: dict[str, Any], visited: list[str]) -> Draft:
    person = own.person
    sender = {
        "organisation": own.partner.name, "sender_name": person.get_full_name(), "sender_email": person.email,
        "mitglied": member_note(person.email),
    }  # fmt: skip
    draft = Draft(as_query({name: as_sent(value) for name, value in {**values, **sender}.items()}))
    draft.values["stempel"], draft.values["vorgang"] = new_stamp(), str(uuid.uuid4())
    draft.values.setlist("besucht", visited)
    return draft
