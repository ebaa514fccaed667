"""The four short steps of submitting an offer. Field names are unique across the steps: one form's data holds all."""

from copy import deepcopy
from itertools import islice
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from offers.enums import Access, Audience, Cost, Format, FundingSource, Lifecycle, Registration
from offers.submission.fields import EMPTY, area_choices, day, many, one, topic_choices
from offers.submission.places import PLACES, Known, PlaceFields, check_place, known_choices, place_of, place_row
from offers.submission.rows import Rows, name_in_row
from offers.submission.times import TIMES, TimeFields, check_time, in_order, time_of, time_row
from partners.enums import PartnerKind
from partners.models import Partner, phone_validator
from portal.ages import OLDEST_MONTHS
from portal.enums import Language
from portal.forms import PlainForm

BY_AGE, ALL_AGES, PROFESSIONALS = "alter", "alle", "fachkraefte"
WHOLE_CITY, SOME_AREAS = "stadt", "gebiete"


class StepForm(PlainForm):
    """One step: `name` for the progress line, `groups` for the layout, `repeated` for fields that come in rows.

    `known` are places to choose from.
    """

    name: Any
    lead: Any = ""
    repeated: tuple[Rows, ...] = ()

    def __init__(self, *args: Any, known: Known | None = None, **kwargs: Any) -> None:
        self.known = known or {}
        super().__init__(*args, **kwargs)
        for rows in self.repeated:
            self._add_rows(rows)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self.groups())

    def groups(self) -> list[Any]:
        raise NotImplementedError

    def numbers(self, rows: Rows) -> list[int]:
        """The rows that were sent, or that are there to begin with."""
        sent = self.data.get(rows.name) if self.is_bound else None
        return rows.numbers(sent or self.initial.get(rows.name))

    def _add_rows(self, rows: Rows) -> None:
        for number in self.numbers(rows):
            fresh = {name_in_row(name, number): deepcopy(field) for name, field in rows.fields.items()}
            self.fields |= {name: field for name, field in fresh.items() if name not in self.fields}
        if 1 not in self.numbers(rows):
            for name in rows.fields:
                del self.fields[name]

    def without_errors(self) -> "StepForm":
        """Show what was typed without judging it: the sender only came back to look."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        return self


class WhatForm(StepForm):
    name = _("Was bieten Sie an?")

    title = forms.CharField(
        label=_("Name des Angebots"), max_length=160, help_text=_("Zum Beispiel: Krabbelgruppe am Vormittag")
    )
    summary = forms.CharField(
        label=_("In ein bis zwei Sätzen"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Was passiert dort? Was haben Familien davon? Höchstens 300 Zeichen."),
    )
    description = forms.CharField(
        label=_("Mehr dazu"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    topics = many(
        topic_choices,
        _("Worum geht es?"),
        needed=_("Bitte wählen Sie mindestens ein Thema."),
        help_text=_("Wählen Sie ein Thema oder mehrere, die wirklich passen."),
    )
    format = forms.ChoiceField(label=_("In welcher Form?"), choices=[EMPTY, *Format.choices])

    def groups(self) -> list[Any]:
        return ["title", "summary", "description", Field("topics", wrapper_class="in-columns"), "format"]


class WhomForm(PlaceFields, StepForm):
    name = _("Für wen und wo?")
    repeated: tuple[Rows, ...] = (PLACES,)

    for_whom = one(
        [
            (BY_AGE, _("für ein bestimmtes Alter")),
            (ALL_AGES, _("für alle Altersgruppen")),
            (PROFESSIONALS, _("nur für Fachkräfte")),
        ],
        _("Für wen ist das Angebot?"),
        required=True,
        help_text=_(
            "Bei „für ein bestimmtes Alter“ füllen Sie bitte „Alter von“ oder „Alter bis“ aus. "
            "„0 bis 3 Jahre“ heißt: bis zum 3. Geburtstag. „Bis“ leer heißt: nach oben offen."
        ),
        initial=BY_AGE,
    )
    age_from = forms.IntegerField(
        label=_("Alter von"), required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    age_until = forms.IntegerField(
        label=_("Alter bis"),
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    age_unit = forms.ChoiceField(
        label=_("gezählt in"), required=False, choices=[("jahre", _("Jahren")), ("monate", _("Monaten"))]
    )
    pregnancy = forms.BooleanField(label=_("auch schon in der Schwangerschaft"), required=False)
    audiences = many(Audience.choices, _("Wer ist besonders gemeint?"))
    area = one(
        [(WHOLE_CITY, _("für die ganze Stadt")), (SOME_AREAS, _("nur für bestimmte Gebiete"))],
        _("Für welche Gebiete ist das Angebot?"),
        required=True,
        help_text=_("Gemeint ist, wo die Familien wohnen. Wo das Angebot stattfindet, fragen wir weiter unten."),
    )
    catchment = many(area_choices, _("Gebiete"))
    access = many(
        [
            (Access.COME, _("Familien kommen zu uns")),
            (Access.VISIT, _("Wir kommen nach Hause")),
            (Access.DIGITAL, _("per Telefon oder online")),
        ],
        _("Wie kommt das Angebot zu den Familien?"),
        needed=_("Bitte wählen Sie mindestens eine Antwort."),
    )
    accessibility_note = forms.CharField(
        label=_("Barrierefreiheit"),
        required=False,
        max_length=300,
        help_text=_("Zum Beispiel: stufenloser Zugang, Aufzug, Platz für Kinderwagen"),
    )
    orte = forms.CharField(label=PLACES.label, required=False, max_length=40, initial="1", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for names in self._places():
            choice = self.fields[names["known_place"]]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # declared in PlaceFields
            choice.choices = known_choices(self.known)

    def groups(self) -> list[Any]:
        areas = "{% include 'offers/submission/_areas.html' with field=form.catchment groups=form.area_groups only %}"
        places = PLACES.layout(self.numbers(PLACES), lambda names: place_row(names, known=bool(self.known)))
        return [
            "for_whom",
            Row("age_from", "age_until", "age_unit", css_class="only-by-age"),
            Field("pregnancy", wrapper_class="only-by-age"),
            Field("audiences", wrapper_class="in-columns"),
            "area",
            HTML(areas),
            "access",
            Fieldset(_("Wo findet es statt?"), places, "accessibility_note"),
        ]

    @property
    def sometimes(self) -> set[str]:
        """Fields of which another answer says whether they are needed."""
        return {"age_from", "age_until", "catchment", *(names["place_name"] for names in self._places())}

    def _places(self) -> list[dict[str, str]]:
        return [PLACES.names(number) for number in self.numbers(PLACES)]

    @property
    def area_groups(self) -> list[tuple[str, list[Any], bool]]:
        """The areas' boxes by kind, and whether to show a kind's list unfolded."""
        boxes = iter(self["catchment"].subwidgets)
        named = [(name, list(islice(boxes, len(entries)))) for name, entries in area_choices()]
        failed = bool(self["catchment"].errors)
        return [(name, found, failed or any(box.data["selected"] for box in found)) for name, found in named]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("for_whom") == BY_AGE:
            self._check_age(cleaned)
        area, catchment = cleaned.get("area"), cleaned.get("catchment")
        if area == SOME_AREAS and "catchment" in cleaned and not catchment:
            self.add_error("catchment", _("Bitte wählen Sie mindestens ein Gebiet."))
        if area == WHOLE_CITY and catchment:
            self.add_error("area", _("Unten sind einzelne Gebiete gewählt. Was gilt: diese oder die ganze Stadt?"))
        self._check_places(cleaned)
        return cleaned

    def _check_age(self, cleaned: dict[str, Any]) -> None:
        start, end = cleaned.get("age_from"), cleaned.get("age_until")
        nothing = start is None and end is None and not cleaned.get("pregnancy")
        if nothing and not {"age_from", "age_until"} & self.errors.keys():
            self.add_error("age_from", _("Bitte füllen Sie „Alter von“ oder „Alter bis“ aus."))
        months = 12 if cleaned.get("age_unit") != "monate" else 1
        for name, value in (("age_from", start), ("age_until", end)):
            if value is not None and value * months > OLDEST_MONTHS:
                self.add_error(name, _("Dieses Alter ist zu hoch."))
        if end is not None and end <= (start or 0) and not (cleaned.get("pregnancy") and end == (start or 0) == 0):
            self.add_error("age_until", _("„Alter bis“ muss größer sein als „Alter von“."))

    def _check_places(self, cleaned: dict[str, Any]) -> None:
        for names in self._places():
            check_place(self, names, self.known)
        found = [place_of(cleaned, names, self.known) for names in self._places()]
        cleaned["places"] = [place for number, place in enumerate(found) if place and place not in found[:number]]
        first = self._places()[0]["place_name"]
        if Access.COME in (cleaned.get("access") or []) and not cleaned["places"] and first not in self.errors:
            self.add_error(first, _("Bitte schreiben Sie, wohin die Familien kommen: Ort oder Straße."))


class WhenForm(TimeFields, StepForm):
    name = _("Wann, Kosten, Anmeldung")
    repeated: tuple[Rows, ...] = (TIMES,)

    when_note = forms.CharField(
        label=_("Zeiten in Worten"), required=False, max_length=300, help_text=_("Zum Beispiel: nach Vereinbarung")
    )
    cost = one(Cost.choices, _("Kosten"), required=True)
    cost_note = forms.CharField(
        label=_("Kosten genauer"), required=False, max_length=200, help_text=_("Zum Beispiel: 2 € pro Treffen")
    )
    registration = one(Registration.choices, _("Anmeldung"), required=True)
    registration_note = forms.CharField(
        label=_("Anmeldung genauer"), required=False, max_length=300, help_text=_("Zum Beispiel: telefonisch bei …")
    )
    phone = forms.CharField(
        label=_("Telefon"),
        required=False,
        max_length=40,
        validators=[phone_validator],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-Mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.URLField(
        label=_("Internetseite"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )
    languages = many(Language.choices, _("In welchen Sprachen?"), initial=[Language.DE])
    lifecycle = one(
        [(Lifecycle.REGULAR, _("dauerhaft")), (Lifecycle.PROJECT, _("als Projekt mit einem Ende"))], _("Laufzeit")
    )
    ends_on = day(_("Das Projekt endet am"))
    funding = forms.ChoiceField(
        label=_("Wer bezahlt es?"), required=False, choices=[("", _("keine Angabe")), *FundingSource.choices]
    )
    funding_until = day(_("Förderung bis"))
    zeiten = forms.CharField(label=TIMES.label, required=False, max_length=40, initial="1", widget=forms.HiddenInput)

    def groups(self) -> list[Any]:
        return [
            Fieldset(_("Wann?"), TIMES.layout(self.numbers(TIMES), time_row), "when_note"),
            Fieldset(_("Kosten und Anmeldung"), "cost", "cost_note", "registration", "registration_note"),
            Fieldset(
                _("Kontakt für Familien"),
                Row("phone", "email"),
                "website",
                Field("languages", wrapper_class="in-columns"),
            ),
            Fieldset(_("Wie lange gibt es das Angebot?"), "lifecycle", "ends_on", Row("funding", "funding_until")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rows = [TIMES.names(number) for number in self.numbers(TIMES)]
        for names in rows:
            check_time(self, names)
        cleaned["schedules"] = in_order([found for names in rows if (found := time_of(cleaned, names))])
        if cleaned.get("lifecycle") == Lifecycle.REGULAR and cleaned.get("ends_on"):
            self.add_error("ends_on", _("Ein dauerhaftes Angebot hat kein Ende. Bitte leeren Sie das Feld."))
        return cleaned

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website:
            URLValidator(schemes=["http", "https"])(website)
        return website


class WhoForm(StepForm):
    name = _("Wer bietet es an?")

    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        help_text=_(
            "Schreiben Sie die ersten Buchstaben und wählen Sie aus der Liste, oder geben Sie einen Namen ein."
        ),
        widget=forms.TextInput(attrs={"list": "organisationen", "autocomplete": "organization"}),
    )
    organisation_kind = forms.ChoiceField(
        label=_("Was für eine Organisation ist das?"),
        required=False,
        choices=[EMPTY, *PartnerKind.choices],
        help_text=_("Nur nötig, wenn Ihre Organisation noch nicht in der Liste steht."),
    )
    sender_name = forms.CharField(
        label=_("Ihr Name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    sender_email = forms.EmailField(
        label=_("Ihre E-Mail-Adresse"),
        max_length=254,
        help_text=_("Dorthin schicken wir einen Link zum Bestätigen. Wir veröffentlichen sie nicht."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    message = forms.CharField(
        label=_("Nachricht an uns"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def groups(self) -> list[Any]:
        return [
            HTML("{% include 'offers/submission/_organisations.html' with names=form.organisations only %}"),
            "organisation",
            "organisation_kind",
            Fieldset(_("Wen dürfen wir fragen?"), "sender_name", "sender_email", "message"),
        ]

    @property
    def organisations(self) -> list[str]:
        return list(Partner.objects.in_listing_order().values_list("name", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name = " ".join((cleaned.get("organisation") or "").split())
        cleaned["partner"] = Partner.objects.known_as(name) if name else None
        if name and cleaned["partner"] is None and not cleaned.get("organisation_kind"):
            self.add_error(
                "organisation_kind", _("Diese Organisation kennen wir noch nicht. Bitte sagen Sie uns, was sie ist.")
            )
        return cleaned

    def clean_organisation(self) -> str:
        name = " ".join(self.cleaned_data["organisation"].split())
        if not name:
            raise ValidationError(self.fields["organisation"].error_messages["required"])
        return name


STEPS: list[type[StepForm]] = [WhatForm, WhomForm, WhenForm, WhoForm]
