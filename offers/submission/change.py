"""Changing an offer that stands already: one page with its present facts, of which only what was touched is sent.

Nothing is asked again that was unknown before, and what the form cannot hold (several times or places) stays as it is
unless somebody types over it.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.enums import ScheduleKind
from offers.models import Offer
from offers.proposals import FIELDS, Payload, Wording, label, snapshot
from offers.submission.draft import PREGNANCY_STARTS, payload_from
from offers.submission.forms import ALL_AGES, BY_AGE, SOME_AREAS, WHOLE_CITY, WhatForm, WhenForm, WhomForm
from portal.city import city
from portal.enums import DistrictKind
from portal.forms import GuardedForm
from portal.models import District

SALT = "offers.submission.change"
PARTS = {  # a part of the payload by the form fields it is made from; every other field is a part of its own
    "ages": ("for_whom", "age_from", "age_until", "age_unit", "pregnancy"),
    "catchment": ("area", "catchment"),
    "places": ("place_name", "street", "postcode", "quarter", "is_confidential"),
    "schedules": (
        "rhythm", "weekdays", "interval_weeks", "week_of_month", "start_time", "end_time", "valid_from",
        "valid_until", "pauses",
    ),
    "fundings": ("funding", "funding_until"),
}  # fmt: skip
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
    gesehen = forms.Field(required=False, widget=forms.HiddenInput)
    message = forms.CharField(
        label=_("Nachricht an uns"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: QueryDict | None = None, *, offer: Offer) -> None:
        seen = Seen.read(data.get("gesehen", ""), offer) if data is not None else None
        self.offer = offer
        self.is_stale = data is not None and seen is None
        self.seen = seen or Seen.of(offer)
        super().__init__(data, initial={**values_from(self.seen.payload), "gesehen": self.seen.write(offer)})
        if self.is_stale and isinstance(self.data, QueryDict):
            self.data["gesehen"] = self.seen.write(offer)
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and not _can_be_sent(field, self.initial.get(name)):
                del self.initial[name]
            field.required = field.required and bool(self.initial.get(name))
        self.helper = _helper()

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
        new = payload_from({name: self.cleaned_data.get(name, _nothing(field)) for name, field in self.fields.items()})
        touched = [name for name in FIELDS if self._is_touched(name)]
        return {name: new[name] for name in touched if new[name] != self.seen.payload[name]}

    def _is_touched(self, part: str) -> bool:
        names = (*PARTS.get(part, (part,)), *([ALSO_TOUCHED_BY[part]] if part in ALSO_TOUCHED_BY else []))
        return any(self._differs(name) for name in names if name in self.fields)

    def _differs(self, name: str) -> bool:
        sent = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return _plain(sent) != _plain(_as_sent(self.initial.get(name)))

    @property
    def without_room(self) -> list[tuple[str, str]]:
        """Facts the fields cannot hold, as label and words."""
        payload, wording = self.seen.payload, Wording()
        names = [name for name in PARTS if payload[name] and not dict(_part(name, payload[name]))]
        return [(label(name), wording.text(name, payload[name])) for name in names]


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    sections = [Fieldset(str(step.name), *step.groups) for step in (WhatForm, WhomForm)]
    helper.layout = Layout(*sections, Div(*WhenForm.groups), "message", "gesehen")
    return helper


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


def values_from(payload: Payload) -> dict[str, Any]:
    """The form's values for a payload; parts they cannot hold stay empty."""
    plain = {name: value for name, value in payload.items() if name not in PARTS}
    parts = {name: value for part in PARTS for name, value in _part(part, payload[part])}
    return {**plain, "age_unit": "jahre", **parts}


def _part(part: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield from {
        "ages": _ages,
        "catchment": _catchment,
        "places": _places,
        "schedules": _schedules,
        "fundings": _fundings,
    }[part](value)


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


def _places(value: list[Payload]) -> Iterator[tuple[str, Any]]:
    if len(value) != 1:
        return
    [place] = value
    if place.get("is_confidential"):
        yield from {"place_name": place["name"], "is_confidential": True}.items()
    elif place["city"] in ("", city()["name"]):
        yield from {
            "place_name": place["name"],
            "street": place["street"],
            "postcode": place["postcode"],
            "quarter": place["district"],
        }.items()


def _schedules(value: list[Payload]) -> Iterator[tuple[str, Any]]:
    if len(value) != 1 or value[0]["kind"] == ScheduleKind.DATES or value[0]["note"]:
        return
    [row] = value
    names = ("interval_weeks", "week_of_month", "valid_from", "valid_until")
    yield from {name: row[name] for name in names}.items()
    yield from {name: (row[name] or "")[:5] for name in ("start_time", "end_time")}.items()
    yield from {"rhythm": row["kind"], "weekdays": row["weekdays"], "pauses": row["pauses_in_school_holidays"]}.items()


def _fundings(value: list[Payload]) -> Iterator[tuple[str, Any]]:
    if len(value) == 1 and not value[0]["label"] and not value[0]["starts_on"]:
        yield from {"funding": value[0]["source"], "funding_until": value[0]["ends_on"]}.items()
