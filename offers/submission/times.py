"""When an offer takes place: one rule for its dates or several."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crispy_forms.layout import Field, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offers.enums import ScheduleKind, Weekday
from offers.models import Schedule
from offers.proposals import Payload
from offers.submission.fields import EMPTY, clock, day, many, one
from offers.submission.rows import Rows

MOST_DATES = 60
_GERMAN = re.compile(r"^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$")


class DaysField(forms.CharField):
    """Several days in one field, with commas, spaces or lines between; cleans to a list of dates in order."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        days = sorted({_day_of(word) for word in re.split(r"[\s,;]+", text) if word})
        if len(days) > MOST_DATES:
            raise ValidationError(_("Bitte schreiben Sie höchstens %(most)s Termine.") % {"most": MOST_DATES})
        return days


def _day_of(word: str) -> date:
    german = _GERMAN.match(word)
    try:
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
        return date.fromisoformat(word)
    except ValueError:
        message = _("„%(word)s“ ist kein Tag. Bitte schreiben Sie ihn so: 31.12.2027.") % {"word": word[:30]}
        raise ValidationError(message) from None


class TimeFields(forms.Form):
    rhythm = one(
        [
            (ScheduleKind.WEEKLY, _("jede Woche")),
            (ScheduleKind.INTERVAL, _("alle paar Wochen")),
            (ScheduleKind.MONTHLY, _("einmal im Monat")),
            (ScheduleKind.DATES, _("an einzelnen Tagen")),
            ("", _("anders – ich schreibe es unten in Worten")),
        ],
        _("Wie oft?"),
        initial="",
    )
    weekdays = many(Weekday.choices, _("An welchen Tagen?"))
    interval_weeks = forms.TypedChoiceField(
        label=_("Alle wie viele Wochen?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[EMPTY, *((number, str(number)) for number in range(2, 9))],
    )
    week_of_month = forms.TypedChoiceField(
        label=_("In welcher Woche im Monat?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[EMPTY, *(Schedule._meta.get_field("week_of_month").choices or [])],
    )
    dates = DaysField(
        label=_("Termine"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Zum Beispiel: 3.3.2027, 17.3.2027"),
    )
    start_time = clock(_("Uhrzeit von"))
    end_time = clock(_("Uhrzeit bis"))
    valid_from = day(_("Erster Termin"), _("Leer: läuft schon."))
    valid_until = day(_("Letzter Termin"), _("Leer: läuft weiter."))
    pauses = forms.BooleanField(label=_("Pause in den Schulferien"), required=False)
    time_note = forms.CharField(
        label=_("Hinweis zu dieser Zeit"),
        required=False,
        max_length=200,
        help_text=_("Zum Beispiel: im großen Saal, nur für Väter"),
    )


TIMES = Rows(
    name="zeiten",
    word="zeit",
    fields=dict(TimeFields.base_fields),
    most=10,
    label=_("Anzahl der Zeiten"),
    title=_("Zeit %(number)s"),
    add=_("Weitere Zeit hinzufügen"),
    remove=_("Zeit %(number)s entfernen"),
)


def time_row(names: dict[str, str]) -> list[Any]:
    """The layout of one rule; the style sheet shows only what its rhythm asks for."""
    return [
        names["rhythm"],
        Field(names["weekdays"], wrapper_class="in-columns only-regular"),
        Field(names["interval_weeks"], wrapper_class="only-interval"),
        Field(names["week_of_month"], wrapper_class="only-monthly"),
        Field(names["dates"], wrapper_class="only-dates"),
        Row(names["start_time"], names["end_time"], css_class="only-timed"),
        Row(names["valid_from"], names["valid_until"], css_class="only-regular"),
        Field(names["pauses"], wrapper_class="only-regular"),
        Field(names["time_note"], wrapper_class="only-timed"),
    ]


def check_time(form: forms.Form, names: dict[str, str]) -> None:
    """Put an error at each field of a row that lacks what its rhythm needs."""
    cleaned = form.cleaned_data
    rhythm = cleaned.get(names["rhythm"])
    wanted: list[tuple[str, Any]] = []
    if rhythm == ScheduleKind.DATES:
        wanted.append(("dates", _("Bitte schreiben Sie mindestens einen Termin.")))
    elif rhythm:
        wanted.append(("weekdays", _("Bitte wählen Sie mindestens einen Wochentag.")))
    if rhythm == ScheduleKind.INTERVAL:
        wanted.append(("interval_weeks", _("Bitte wählen Sie, alle wie viele Wochen.")))
        wanted.append(("valid_from", _("Bitte geben Sie einen ersten Termin an, damit wir richtig zählen.")))
    if rhythm == ScheduleKind.MONTHLY:
        wanted.append(("week_of_month", _("Bitte wählen Sie die Woche im Monat.")))
    for name, message in wanted:
        if names[name] in cleaned and not cleaned[names[name]]:
            form.add_error(names[name], message)
    for first, last in (("start_time", "end_time"), ("valid_from", "valid_until")):
        start, end = cleaned.get(names[first]), cleaned.get(names[last])
        if start and end and (end < start or (first == "start_time" and end == start)):
            form.add_error(names[last], _("Das Ende liegt vor dem Anfang."))


def time_of(cleaned: Mapping[str, Any], names: dict[str, str]) -> Payload | None:
    """What a row says as part of a payload; None when its times are told in words only."""
    value = {name: cleaned.get(field) for name, field in names.items()}
    kind = value["rhythm"]
    if not kind:
        return None
    single = kind == ScheduleKind.DATES
    return {
        "kind": kind,
        "weekdays": [] if single else sorted(int(day) for day in value["weekdays"] or []),
        "interval_weeks": value["interval_weeks"] if kind == ScheduleKind.INTERVAL else None,
        "week_of_month": value["week_of_month"] if kind == ScheduleKind.MONTHLY else None,
        "dates": [day.isoformat() for day in value["dates"] or []] if single else [],
        "start_time": _iso(value["start_time"]),
        "end_time": _iso(value["end_time"]),
        "valid_from": None if single else _iso(value["valid_from"]),
        "valid_until": None if single else _iso(value["valid_until"]),
        "pauses_in_school_holidays": bool(value["pauses"]) and not single,
        "note": value["time_note"] or "",
    }


def in_order(entries: list[Payload]) -> list[Payload]:
    """As an offer's times stand in a snapshot, so that only real changes differ."""
    return sorted(entries, key=lambda entry: (entry["kind"], entry["weekdays"], entry["start_time"] or "~"))


def fields_of_time(entry: Payload) -> dict[str, Any]:
    """A part of a payload as the values of a row."""
    names = {"rhythm": "kind", "pauses": "pauses_in_school_holidays", "time_note": "note"}
    same = ("weekdays", "interval_weeks", "week_of_month", "valid_from", "valid_until")
    days = [date.fromisoformat(text) for text in entry["dates"]]
    return {
        **{field: entry[name] for field, name in names.items()},
        **{name: entry[name] for name in same},
        **{name: (entry[name] or "")[:5] for name in ("start_time", "end_time")},
        "dates": ", ".join(f"{day.day}.{day.month}.{day.year}" for day in days),
    }


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
