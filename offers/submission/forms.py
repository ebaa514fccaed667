"""The four short steps of submitting an offer. Field names are unique across the steps: one form's data holds all."""

from itertools import islice
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from offers.enums import Access, Audience, Cost, Format, FundingSource, Lifecycle, Registration, ScheduleKind, Weekday
from offers.models import Schedule
from offers.submission.fields import EMPTY, area_choices, clock, day, many, one, quarter_choices, topic_choices
from partners.enums import PartnerKind
from partners.models import Partner, phone_validator
from portal.ages import OLDEST_MONTHS
from portal.enums import Language
from portal.forms import PlainForm

BY_AGE, ALL_AGES, PROFESSIONALS = "alter", "alle", "fachkraefte"
WHOLE_CITY, SOME_AREAS = "stadt", "gebiete"


class StepForm(PlainForm):
    """One step: `name` for the progress line, `groups` for the layout."""

    name: Any
    lead: Any = ""
    groups: list[Any] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self.groups)

    def without_errors(self) -> "StepForm":
        """Show what was typed without judging it: the sender only came back to look."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        return self


class WhatForm(StepForm):
    name = _("Was bieten Sie an?")
    groups = ["title", "summary", "description", Field("topics", wrapper_class="in-columns"), "format"]

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


class WhomForm(StepForm):
    name = _("Für wen und wo?")
    groups = [
        "for_whom",
        Row("age_from", "age_until", "age_unit", css_class="only-by-age"),
        Field("pregnancy", wrapper_class="only-by-age"),
        Field("audiences", wrapper_class="in-columns"),
        "area",
        HTML("{% include 'offers/submission/_areas.html' with field=form.catchment groups=form.area_groups only %}"),
        "access",
        Fieldset(
            _("Wo findet es statt?"),
            "place_name",
            Row("street", "postcode"),
            "quarter",
            "is_confidential",
            "accessibility_note",
        ),
    ]

    sometimes = ("age_from", "age_until", "catchment", "place_name")  # whether needed depends on another answer
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
    place_name = forms.CharField(
        label=_("Name des Ortes"), required=False, max_length=200, help_text=_("Zum Beispiel: Familienzentrum Mitte")
    )
    street = forms.CharField(
        label=_("Straße und Hausnummer"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postleitzahl"),
        required=False,
        error_messages={"invalid": _("Eine Postleitzahl hat fünf Ziffern.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    quarter = forms.ChoiceField(label=_("Stadtteil"), required=False, choices=quarter_choices)
    is_confidential = forms.BooleanField(
        label=_("Die Adresse ist geheim"),
        required=False,
        help_text=_("Zum Beispiel eine Schutzwohnung. Dann speichern wir keine Adresse."),
    )
    accessibility_note = forms.CharField(
        label=_("Barrierefreiheit"),
        required=False,
        max_length=300,
        help_text=_("Zum Beispiel: stufenloser Zugang, Aufzug, Platz für Kinderwagen"),
    )

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
        self._check_place(cleaned)
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

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        """A secret address is dropped at once, so that it is stored nowhere (design rule 7)."""
        if cleaned.get("is_confidential"):
            cleaned.update(street="", postcode="", quarter="")
        elif Access.COME in (cleaned.get("access") or []) and not (cleaned.get("street") or cleaned.get("place_name")):
            self.add_error("place_name", _("Bitte schreiben Sie, wohin die Familien kommen: Ort oder Straße."))


class WhenForm(StepForm):
    name = _("Wann, Kosten, Anmeldung")
    groups = [
        Fieldset(
            _("Wann?"),
            "rhythm",
            Field("weekdays", wrapper_class="in-columns only-regular"),
            Field("interval_weeks", wrapper_class="only-interval"),
            Field("week_of_month", wrapper_class="only-monthly"),
            Row("start_time", "end_time"),
            Row("valid_from", "valid_until"),
            "pauses",
            "when_note",
        ),
        Fieldset(_("Kosten und Anmeldung"), "cost", "cost_note", "registration", "registration_note"),
        Fieldset(
            _("Kontakt für Familien"),
            Row("phone", "email"),
            "website",
            Field("languages", wrapper_class="in-columns"),
        ),
        Fieldset(_("Wie lange gibt es das Angebot?"), "lifecycle", "ends_on", Row("funding", "funding_until")),
    ]

    rhythm = one(
        [
            (ScheduleKind.WEEKLY, _("jede Woche")),
            (ScheduleKind.INTERVAL, _("alle paar Wochen")),
            (ScheduleKind.MONTHLY, _("einmal im Monat")),
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
    start_time = clock(_("Uhrzeit von"))
    end_time = clock(_("Uhrzeit bis"))
    valid_from = day(_("Erster Termin"), _("Leer: läuft schon."))
    valid_until = day(_("Letzter Termin"), _("Leer: läuft weiter."))
    pauses = forms.BooleanField(label=_("Pause in den Schulferien"), required=False)
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_rhythm(cleaned)
        for first, last in (("start_time", "end_time"), ("valid_from", "valid_until")):
            start, end = cleaned.get(first), cleaned.get(last)
            if start and end and (end < start or (first == "start_time" and end == start)):
                self.add_error(last, _("Das Ende liegt vor dem Anfang."))
        if cleaned.get("lifecycle") == Lifecycle.REGULAR and cleaned.get("ends_on"):
            self.add_error("ends_on", _("Ein dauerhaftes Angebot hat kein Ende. Bitte leeren Sie das Feld."))
        return cleaned

    def _check_rhythm(self, cleaned: dict[str, Any]) -> None:
        rhythm = cleaned.get("rhythm")
        wanted: list[tuple[str, Any]] = []
        if rhythm:
            wanted.append(("weekdays", _("Bitte wählen Sie mindestens einen Wochentag.")))
        if rhythm == ScheduleKind.INTERVAL:
            wanted.append(("interval_weeks", _("Bitte wählen Sie, alle wie viele Wochen.")))
            wanted.append(("valid_from", _("Bitte geben Sie einen ersten Termin an, damit wir richtig zählen.")))
        if rhythm == ScheduleKind.MONTHLY:
            wanted.append(("week_of_month", _("Bitte wählen Sie die Woche im Monat.")))
        for name, message in wanted:
            if name in cleaned and not cleaned[name]:
                self.add_error(name, message)

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website:
            URLValidator(schemes=["http", "https"])(website)
        return website


class WhoForm(StepForm):
    name = _("Wer bietet es an?")
    groups = [
        HTML("{% include 'offers/submission/_organisations.html' with names=form.organisations only %}"),
        "organisation",
        "organisation_kind",
        Fieldset(_("Wen dürfen wir fragen?"), "sender_name", "sender_email", "message"),
    ]

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
