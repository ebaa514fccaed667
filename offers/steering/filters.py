"""What the steering pages accept in their address; what is not clean is left out and said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from offers.enums import Format, Level
from offers.finder import Catalogue
from offers.models import Offer
from offers.query_fields import KnownField, KnownValuesField, PageField, Parameter, PlainField
from offers.steering.past import first_recorded_day
from offers.steering.stock import Question
from portal.enums import DistrictKind, Language
from portal.filters import Chip

KINDS = {
    "stadtteil": DistrictKind.QUARTER.value,
    "sozialraum": DistrictKind.SOCIAL_AREA.value,
    "stadtbezirk": DistrictKind.BOROUGH.value,
}
EARLIEST = 2000  # the year; nothing is older, and before the year 1 there is no twelve months earlier


class DayField(PlainField):
    """A day as in `2026-05-31`, not in the future; with `recorded` not before anything was recorded."""

    default_error_messages = {
        "invalid": _("„%(value)s“ ist kein Datum, das wir verstehen. Bitte schreiben Sie es so: 2026-05-31."),
        "future": _("Dieser Tag liegt in der Zukunft. Sie sehen den Stand von heute."),
        "unrecorded": _("So weit zurück gibt es keine Aufzeichnung. Sie beginnt am %(value)s."),
    }

    def __init__(self, *, recorded: bool = True, **kwargs: Any) -> None:
        self.recorded = recorded
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.refuse("invalid", text) from None
        if day.year < EARLIEST:
            raise self.refuse("invalid", text)
        if day > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        first = first_recorded_day() if self.recorded else None
        if first and day < first:
            raise self.refuse("unrecorded", date_format(first, "j. F Y"))
        return day


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Select:
    """A filter as the page draws it."""

    name: str
    label: str
    choices: list[Choice]
    errors: list[str]

    @property
    def is_multiple(self) -> bool:
        """An address may name several; a select for one would lose all but one of them."""
        return sum(choice.chosen for choice in self.choices) > 1


class CoverageFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The filters of the matrix, the map and the pages of their cells."""

    raster = Parameter(KnownField, _("Gebiete"), known=KINDS)
    thema = Parameter(KnownValuesField, _("Thema"))
    ebene = Parameter(KnownField, _("Präventionsebene"), known={value: value for value in Level.values})
    form = Parameter(KnownValuesField, _("Form"), known=dict(Format.choices))
    sprache = Parameter(KnownValuesField, _("Sprache"), known=dict(Language.choices))
    kostenlos = Parameter(KnownField, _("Kosten"), known={"1": True})
    am = Parameter(DayField, _("Stand am"))
    seit = Parameter(DayField, _("Vergleich mit"))
    spalte = Parameter(PlainField, _("Lebensphase"))
    seite = Parameter(PageField, _("Seite"))

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data, queryset=Offer.objects.public())
        self.catalogue = catalogue
        self.filters["thema"].extra["known"] = catalogue.topics
        self.form.is_valid()
        self.clean: dict[str, Any] = dict(self.form.cleaned_data)
        day, since = self.clean.get("am"), self.clean.get("seit")
        self._is_turned = bool(day and since and since > day)
        if self._is_turned:
            self.clean |= {"am": since, "seit": day}

    @property
    def question(self) -> Question:
        clean = self.clean
        return Question(
            kind=clean.get("raster") or DistrictKind.SOCIAL_AREA.value,
            thema=clean.get("thema") or (),
            ebene=clean.get("ebene") or "",
            form=clean.get("form") or (),
            sprache=clean.get("sprache") or (),
            kostenlos=bool(clean.get("kostenlos")),
            day=clean.get("am") or timezone.localdate(),
        )

    @property
    def since(self) -> date | None:
        """The earlier day to compare with."""
        day: date | None = self.clean.get("seit")
        return day

    @property
    def page(self) -> int:
        return int(self.clean.get("seite") or 1)

    @property
    def messages(self) -> list[str]:
        said = [message for messages in self.errors.values() for message in messages]
        turned = _("Der Tag zum Vergleichen liegt nach dem Stand. Wir haben die beiden getauscht.")
        return [*said, str(turned)] if self._is_turned else said

    def selects(self) -> list[Select]:
        """The filters as lists to choose from."""
        topics = {slug: topic.label for slug, topic in self.catalogue.topics.items()}
        kinds = {"sozialraum": _("Sozialräume"), "stadtbezirk": _("Stadtbezirke"), "stadtteil": _("Stadtteile")}
        every = {"": _("alle")}
        options: dict[str, Mapping[str, Any]] = {
            "raster": kinds,
            "thema": every | topics,
            "ebene": every | dict(Level.choices),
            "form": every | dict(Format.choices),
            "sprache": every | dict(Language.choices),
            "kostenlos": every | {"1": _("nur kostenlose")},
        }
        return [self._select(name, values) for name, values in options.items()]

    def chips(self) -> list[Chip]:
        """One for every filter that is on, with the address without it."""
        labels = {select.name: {choice.value: choice.label for choice in select.choices} for select in self.selects()}
        return [
            Chip(
                labels[name].get(value, value),
                "?" + urlencode([pair for pair in self.pairs() if pair != (name, value)]),
            )
            for name, value in self.pairs()
            if name in labels and name != "raster"
        ]

    def pairs(self) -> list[tuple[str, str]]:
        """The clean parameters as they stand in an address, without the page."""
        return pairs_of(self.question, self.since)

    def _select(self, name: str, values: Mapping[str, Any]) -> Select:
        chosen = {value for key, value in self.pairs() if key == name} or {next(iter(values))}
        choices = [Choice(value, str(label), value in chosen) for value, label in values.items()]
        label = str(self.filters[name].label)
        return Select(name, label, choices, list(self.errors.get(name, [])))


def pairs_of(question: Question, since: date | None = None) -> list[tuple[str, str]]:
    """A question as parameters, in one order and without defaults."""
    standard = Question()
    found: list[tuple[str, str]] = []
    if question.kind != standard.kind:
        found += [("raster", name) for name, kind in KINDS.items() if kind == question.kind]  # none is the whole city's
    found += [("thema", slug) for slug in question.thema]
    found += [("ebene", question.ebene)] if question.ebene else []
    found += [("form", value) for value in question.form]
    found += [("sprache", value) for value in question.sprache]
    found += [("kostenlos", "1")] if question.kostenlos else []
    found += [("am", question.day.isoformat())] if question.is_past else []
    found += [("seit", since.isoformat())] if since else []
    return found


def address(path: str, question: Question, **more: str) -> str:
    """A path with the question and further parameters."""
    pairs = [*pairs_of(question), *more.items()]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def on_day(question: Question, day: date) -> Question:
    return replace(question, day=day)


class PeriodFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """`von` and `bis`: two days, both included; without them the twelve months up to today."""

    von = Parameter(DayField, _("von"), recorded=False)
    bis = Parameter(DayField, _("bis"), recorded=False)

    def __init__(self, data: Any, *, recorded: bool = False) -> None:
        super().__init__(data, queryset=Offer.objects.none())
        for name in ("von", "bis"):
            self.filters[name].extra["recorded"] = recorded
        self.form.is_valid()
        clean = self.form.cleaned_data
        today = timezone.localdate()
        self.last: date = clean.get("bis") or today
        first: date = clean.get("von") or date(self.last.year - 1, self.last.month, min(self.last.day, 28))
        known = first_recorded_day() if recorded else None
        self.first = max(first, min(known, self.last)) if known else first
        self.messages = [str(message) for messages in self.errors.values() for message in messages]
        if self.first > self.last:
            self.messages.append(str(_("„von“ liegt nach „bis“. Wir haben die beiden getauscht.")))
            self.first, self.last = self.last, self.first
