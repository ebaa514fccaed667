"""Building blocks of the step forms: their choices from the register, and fields that look alike everywhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offers.models import Topic
from portal.enums import DistrictKind
from portal.models import District

Choices = list[tuple[str, Any]]
EMPTY = ("", _("Bitte wählen"))


def topic_choices() -> Choices:
    return list(Topic.objects.in_listing_order().values_list("slug", "label"))


def area_choices() -> list[tuple[str, Choices]]:
    """Boroughs and social areas, then the quarters, each list in alphabetical order."""
    found = list(District.objects.in_listing_order().exclude(kind=DistrictKind.CITY))
    kinds = (
        (_("Stadtbezirke"), DistrictKind.BOROUGH),
        (_("Sozialräume"), DistrictKind.SOCIAL_AREA),
        (_("Stadtteile"), DistrictKind.QUARTER),
    )
    return [(str(name), [(row.slug, row.name) for row in found if row.kind == kind]) for name, kind in kinds]


def quarter_choices() -> Choices:
    return [EMPTY, *District.objects.quarters().in_listing_order().values_list("slug", "name")]


def many(choices: Any, label: Any, *, needed: Any = "", help_text: Any = "", initial: Any = None) -> Any:
    """Checkboxes; `needed` is what to say when none is ticked, "" for optional ones."""
    return forms.MultipleChoiceField(
        choices=choices,
        label=label,
        required=bool(needed),
        help_text=help_text,
        initial=initial,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": needed},
    )


def one(choices: Any, label: Any, *, required: bool = False, help_text: Any = "", initial: Any = None) -> Any:
    """Radio buttons."""
    return forms.ChoiceField(
        choices=choices,
        label=label,
        required=required,
        help_text=help_text,
        initial=initial,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie eine Antwort.")},
    )


def day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


def clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
