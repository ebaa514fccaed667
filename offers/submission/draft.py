"""Everything a sender typed so far. It travels in the form itself: no session, no cookie, nothing to expire."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from offers.actions import Sender
from offers.enums import Audience, Lifecycle
from offers.parallels.asked import asked_by
from offers.parallels.similar import Similar, similar_to
from offers.proposals import FIELDS, Payload
from offers.submission.forms import ALL_AGES, BY_AGE, PROFESSIONALS, STEPS, WHOLE_CITY, StepForm
from offers.submission.member import is_proven
from offers.submission.places import known_places
from partners.models import Partner
from portal.enums import DistrictKind
from portal.forms import legible, new_stamp
from portal.models import District

PREGNANCY_STARTS = -9  # months
PREVIEW = len(STEPS) + 1
GUARD = ("vorgang", "stempel")
PARALLEL = "parallel-"  # begins the names of the answers on the preview
MOST_VALUES = 60  # of one field; there are fewer districts
MOST_PARALLELS = 3
REPEATED = [rows for form in STEPS for rows in form.repeated]
FIELDS_OF_STEPS = {
    **{name: field for form in STEPS for name, field in form.base_fields.items()},
    **{name: field for rows in REPEATED for name, field in rows.later_fields().items()},
}
KNOWN = {*FIELDS_OF_STEPS, *GUARD, "betreff", "frage", "zahl", "schritt", "aktion", "besucht", "mitglied"}
# Several values travel in one hidden field, with spaces between: slugs and codes have none.
LISTS = {"besucht", *(name for name, field in FIELDS_OF_STEPS.items() if isinstance(field, forms.MultipleChoiceField))}


class Draft:
    """The values of all steps by field name, and which steps were filled in already (`besucht`)."""

    def __init__(self, posted: QueryDict | None = None) -> None:
        self.values = QueryDict(mutable=True)
        self.has_other_rows = False
        if posted is None:
            self.values["stempel"], self.values["vorgang"] = new_stamp(), str(uuid.uuid4())
            return
        for name, values in legible(posted).lists():
            if name in LISTS:
                values = [entry for value in values for entry in value.split()]
            if name in KNOWN or name.startswith(PARALLEL):
                self.values.setlist(name, list(dict.fromkeys(values))[:MOST_VALUES])
        pressed = [rows.press(self.values, self.values.get("aktion", "")) for rows in REPEATED]
        self.has_other_rows = any(pressed)

    @property
    def step(self) -> int:
        """The step the sender was on: 1 to 4, or 5 for the preview."""
        return _number(self.values.get("schritt"))

    @property
    def visited(self) -> set[int]:
        return {_number(text) for text in self.values.getlist("besucht")}

    def target(self) -> int:
        """Where the pressed button leads, before anything is checked."""
        wish = self.values.get("aktion", "weiter")
        if wish == "zurueck":
            return max(self.step - 1, 1)
        if wish.startswith("schritt-"):
            return _number(wish.removeprefix("schritt-"))
        if wish in {"vorschau", "senden"}:
            return PREVIEW
        return min(self.step + 1, PREVIEW)

    def mark_visited(self) -> None:
        if self.step < PREVIEW:
            self.values.setlist("besucht", [str(number) for number in sorted(self.visited | {self.step})])

    def form(self, number: int) -> StepForm:
        """The step's form with what was typed; with its defaults when the sender was never there."""
        return STEPS[number - 1](self.values if number in self.visited else None, known=self.known)

    def checked(self, number: int) -> StepForm:
        return STEPS[number - 1](self.values, known=self.known)

    @cached_property
    def provider(self) -> Partner | None:
        """The organisation, once it is told, if it is known."""
        return Partner.objects.known_as(self.values.get("organisation", "").strip())

    @cached_property
    def known(self) -> dict[str, Payload]:
        """The open places of the organisation, once it is told."""
        return known_places(self.provider.places.with_address().in_listing_order()) if self.provider else {}

    def first_bad_step(self, last: int = len(STEPS)) -> int | None:
        return next((number for number in range(1, last + 1) if not self.checked(number).is_valid()), None)

    def hidden(self, *shown: str) -> Iterator[tuple[str, str]]:
        """Name and value of everything the page at hand does not show."""
        skip = {*shown, "schritt", "aktion"}
        for name, values in self.values.lists():
            if name not in skip and values:
                yield name, " ".join(values) if name in LISTS else values[-1]

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """The clean values of all steps; only when every step is valid."""
        steps = [self.checked(number) for number in range(1, PREVIEW)]
        return {name: value for form in steps if form.is_valid() for name, value in form.cleaned_data.items()}

    @cached_property
    def payload(self) -> Payload:
        return payload_from(self.cleaned)

    @property
    def sender(self) -> Sender:
        values = self.cleaned
        return Sender(
            email=values["sender_email"],
            name=values["sender_name"],
            organisation=values["organisation"],
            organisation_kind=values["organisation_kind"],
            partner=values["partner"],
        )

    @property
    def is_by_member(self) -> bool:
        """Sent from „Mein Bereich“, with the address of who is signed in there."""
        return is_proven(self.values.get("mitglied", ""), self.sender.email)

    @cached_property
    def similar(self) -> list[Similar]:
        """Public offers the new one would overlap, at most three (design rule 8)."""
        return similar_to(asked_by(self.payload, provider=self.provider), most=MOST_PARALLELS)

    def content_id(self, submission_id: uuid.UUID) -> uuid.UUID:
        """The id to store under: the same form with the same content is one proposal, with other content another.

        So a double click is stored once, and whoever goes back, corrects something and sends again loses nothing.
        """
        answers = {name: self.values[name] for name in self.values if name.startswith(PARALLEL)}
        content = [self.payload, vars(self.sender) | {"partner": None}, self.cleaned["message"], answers]
        return uuid.uuid5(submission_id, json.dumps(content, sort_keys=True))


def _number(text: str | None) -> int:
    """A step's number; the first for anything else."""
    return int(text) if text in {str(number) for number in range(1, PREVIEW + 1)} else 1


def payload_from(values: dict[str, Any]) -> Payload:
    """The steps' clean values as a proposal's payload."""
    payload: Payload = {name: values[name] for name in FIELDS if name in values}
    payload |= {name: values[name].replace("\r\n", "\n") for name in ("title", "summary", "description")}
    payload["ages"] = _ages(values)
    if values["for_whom"] == PROFESSIONALS and Audience.PROFESSIONALS not in payload["audiences"]:
        payload["audiences"] = [*payload["audiences"], Audience.PROFESSIONALS.value]
    if values["area"] == WHOLE_CITY:
        payload["catchment"] = [District.objects.get(kind=DistrictKind.CITY).slug]
    payload |= dict.fromkeys(("starts_on", "pause_from", "pause_until"))  # asked elsewhere
    payload["ends_on"] = _iso(values["ends_on"])
    payload["fundings"] = _fundings(values)
    if values["ends_on"] and not values["lifecycle"]:
        payload["lifecycle"] = Lifecycle.PROJECT.value
    return {name: payload[name] for name in FIELDS}


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None


def _ages(values: dict[str, Any]) -> Payload | None:
    if values["for_whom"] == ALL_AGES:
        return {"from": None, "until": None}
    if values["for_whom"] != BY_AGE:
        return None
    months = 1 if values["age_unit"] == "monate" else 12
    start, end = values["age_from"], values["age_until"]
    if values["pregnancy"]:
        only = start is None and end is None
        return {"from": PREGNANCY_STARTS, "until": 0 if only else end and end * months}
    return {"from": (start or 0) * months, "until": None if end is None else end * months}


def _fundings(values: dict[str, Any]) -> list[Payload]:
    if not values["funding"]:
        return []
    return [{"source": values["funding"], "label": "", "starts_on": None, "ends_on": _iso(values["funding_until"])}]
