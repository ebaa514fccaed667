"""Changing an offer that stands already: one page with its present facts, of which only what was touched is sent.

Nothing is asked again that was unknown before, and what the form cannot hold (several fundings, very many times) stays
as it is unless somebody types over it.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.models import Offer
from offers.proposals import FIELDS, Payload, Wording, label, snapshot
from offers.submission.draft import PREGNANCY_STARTS, payload_from
from offers.submission.forms import ALL_AGES, BY_AGE, SOME_AREAS, WHOLE_CITY, WhatForm, WhenForm, WhomForm
from offers.submission.places import PLACES, Known, fields_of_place, known_places
from offers.submission.rows import Rows, name_in_row
from offers.submission.times import TIMES, fields_of_time
from portal.enums import DistrictKind
from portal.forms import GuardedForm
from portal.models import District

SALT = "offers.submission.change"
PARTS = {  # a part of the payload by the form fields it is made from; every other field is a part of its own
    "ages": ("for_whom", "age_from", "age_until", "age_unit", "pregnancy"),
    "catchment": ("area", "catchment"),
    "places": (PLACES.name, *PLACES.fields, *PLACES.later_fields()),
    "schedules": (TIMES.name, *TIMES.fields, *TIMES.later_fields()),
    "fundings": ("funding", "funding_until"),
}  # fmt: skip
ROWS = {"places", "schedules"}  # a row that is gone was touched, too
ALSO_TOUCHED_BY = {"audiences": "for_whom", "lifecycle": "ends_on"}
PART_OF = {field: part for part, fields in PARTS.items() for field in fields}


class Seen:
    """The facts the sender saw, carried in the form and signed, so that a change is told from what moved meanwhile."""

    def __init__(self, payload: Payload, version: int) -> None:
        self.payload = payload
        self.version = version

    @classmethod
    def of(cls, offer: Offer) -> "Seen":
        return cls(snapshot(offer), offer.version)

    @classmethod
    def read(cls, text: str, offer: Offer) -> "Seen | None":
        """None when the text is not ours or speaks of another offer."""
        try:
            pk, payload, version = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        return cls(payload, version) if pk == offer.pk else None

    def write(self, offer: Offer) -> str:
        return signing.dumps([offer.pk, self.payload, self.version], salt=SALT, compress=True)


class ChangeForm(WhatForm, WhomForm, WhenForm, GuardedForm):
    """All facts of an offer at once; `changed` holds the parts that were touched and now say something else."""

    name = _("Angebot ändern")
    repeated: tuple[Rows, ...] = (PLACES, TIMES)
    gesehen = forms.Field(required=False, widget=forms.HiddenInput)
    message = forms.CharField(
        label=_("Nachricht an uns"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: QueryDict | None = None, *, offer: Offer) -> None:
        seen = Seen.read(data.get("gesehen", ""), offer) if data is not None else None
        self.offer = offer
        self.is_stale = data is not None and seen is None
        self.seen = seen or Seen.of(offer)
        known = known_to(offer, self.seen.payload)
        values = values_from(self.seen.payload, known)
        first_rows = {rows.name: "1" for rows in self.repeated}
        super().__init__(data, initial={**first_rows, **values, "gesehen": self.seen.write(offer)}, known=known)
        if self.is_stale and isinstance(self.data, QueryDict):
            self.data["gesehen"] = self.seen.write(offer)
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and not _can_be_sent(field, self.initial.get(name)):
                del self.initial[name]
            field.required = field.required and bool(self.initial.get(name))

    def groups(self) -> list[Any]:
        sections = [Fieldset(str(step.name), *step.groups(self)) for step in (WhatForm, WhomForm)]
        return [*sections, Div(*WhenForm.groups(self)), "message", "gesehen"]

    def full_clean(self) -> None:
        """Leave alone what the sender left alone, even if today's form would ask for more."""
        super().full_clean()
        for name in list(self.errors):
            if name in self.fields and name not in {"betreff", "message"} and not self._is_touched(part_of(name)):
                del self.errors[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_stale:
            self.add_error(None, _("Bitte prüfen Sie Ihre Angaben und senden Sie noch einmal."))
        return cleaned

    @property
    def changed(self) -> Payload:
        """The touched parts whose value is another one now; only when the form is valid."""
        empty = {name: _nothing(field) for name, field in self.fields.items()}
        new = payload_from({**empty, "places": [], "schedules": [], **self.cleaned_data})
        touched = [name for name in FIELDS if self._is_touched(name)]
        return {name: new[name] for name in touched if new[name] != self.seen.payload[name]}

    def _is_touched(self, part: str) -> bool:
        names = (*PARTS.get(part, (part,)), *([ALSO_TOUCHED_BY[part]] if part in ALSO_TOUCHED_BY else []))
        there = {*self.fields, *(self.initial if part in ROWS else [])}
        return any(self._differs(name) for name in names if name in there)

    def _differs(self, name: str) -> bool:
        sent = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return _plain(sent) != _plain(_as_sent(self.initial.get(name)))

    @property
    def without_room(self) -> list[tuple[str, str]]:
        """Facts the fields cannot hold, as label and words."""
        payload, wording = self.seen.payload, Wording()
        names = [name for name in PARTS if payload[name] and not dict(_part(name, payload[name], self.known))]
        return [(label(name), wording.text(name, payload[name])) for name in names]


def other_rows(posted: QueryDict) -> bool:
    """Add or take out the row that a button of the form asks for; False when another button was pressed."""
    button = str(posted.get("aktion", ""))
    return any(rows.press(posted, button) for rows in ChangeForm.repeated)


def part_of(field: str) -> str:
    """The part of the payload a form field belongs to."""
    return PART_OF.get(field, field)


def _nothing(field: forms.Field) -> Any:
    """What the field says when it is left empty."""
    field = copy(field)
    field.required = False
    return field.clean(None)


def _can_be_sent(field: forms.ChoiceField, value: Any) -> bool:
    """False for a value from before that is no longer a choice: no browser sends it back."""
    return all(field.valid_value(entry) for entry in (value if isinstance(value, list) else [value]) if entry)


def _as_sent(value: Any) -> list[str]:
    """An initial value as a browser would send it back."""
    if value in (None, "", False):
        return []
    if value is True:
        return ["on"]
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _plain(values: list[str]) -> list[str]:
    return sorted(text for value in values if (text := value.replace("\r\n", "\n").strip()))


# -- the payload as the form's values --------------------------------------------------------------------------------


def known_to(offer: Offer, payload: Payload) -> dict[str, Payload]:
    """The places to choose from: the provider's open ones, the offer's own, and what the payload says besides."""
    provider = offer.provider.places.with_address().in_listing_order()
    known = known_places([*provider, *offer.places.select_related("district").in_listing_order()])
    others = [entry for entry in payload["places"] if entry not in known.values()]
    return {**known, **{f"bisher-{number}": entry for number, entry in enumerate(others, start=1)}}


def values_from(payload: Payload, known: Known) -> dict[str, Any]:
    """The form's values for a payload; parts they cannot hold stay empty."""
    plain = {name: value for name, value in payload.items() if name not in PARTS}
    parts = {name: value for part in PARTS for name, value in _part(part, payload[part], known)}
    return {**plain, "age_unit": "jahre", **parts}


def _part(part: str, value: Any, known: Known) -> Iterator[tuple[str, Any]]:
    if part == "places":
        yield from _in_rows(PLACES, [fields_of_place(entry, known) for entry in value])
    elif part == "schedules":
        yield from _in_rows(TIMES, [fields_of_time(entry) for entry in value])
    else:
        yield from {"ages": _ages, "catchment": _catchment, "fundings": _fundings}[part](value)


def _in_rows(rows: Rows, entries: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Nothing when there are more entries than rows."""
    if 0 < len(entries) <= rows.most:
        yield rows.name, " ".join(str(number) for number in range(1, len(entries) + 1))
        for number, entry in enumerate(entries, start=1):
            yield from ((name_in_row(name, number), value) for name, value in entry.items())


def _ages(value: Any) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    start, until = value["from"], value["until"]
    if start is None and until is None:
        yield "for_whom", ALL_AGES
        return
    if start is None or (start < 0 and start != PREGNANCY_STARTS) or (start == 0 and until is None):
        return
    pregnant = start == PREGNANCY_STARTS
    months = [number for number in (None if pregnant else start, until) if number]
    unit = 12 if all(number % 12 == 0 for number in months) else 1
    yield from {
        "for_whom": BY_AGE,
        "age_unit": "jahre" if unit == 12 else "monate",
        "pregnancy": pregnant,
        "age_from": None if pregnant else start // unit,
        "age_until": until // unit if until else None,
    }.items()


def _catchment(value: list[str]) -> Iterator[tuple[str, Any]]:
    whole = District.objects.get(kind=DistrictKind.CITY).slug
    if value == [whole]:
        yield "area", WHOLE_CITY
    elif whole not in value:
        yield "area", SOME_AREAS
        yield "catchment", value


def _fundings(value: list[Payload]) -> Iterator[tuple[str, Any]]:
    if len(value) == 1 and not value[0]["label"] and not value[0]["starts_on"]:
        yield from {"funding": value[0]["source"], "funding_until": value[0]["ends_on"]}.items()
