"""Form fields the admin uses for ages, lists of choices and lists of dates."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.forms import SimpleArrayField
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

MONTHS, YEARS = "m", "j"
UNITS = [(MONTHS, _("Monate")), (YEARS, _("Jahre"))]


class AgesWidget(forms.MultiWidget):
    """Two ages side by side, each a number in months or years."""

    template_name = "admin/widgets/ages.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        def number(label: Any) -> forms.Widget:
            return AdminIntegerFieldWidget(attrs={"aria-label": label, "inputmode": "numeric"})

        def unit(label: Any) -> forms.Widget:
            return forms.Select(choices=UNITS, attrs={"aria-label": label})

        widgets = [
            number(_("Alter von")),
            unit(_("Einheit für das Alter von")),
            number(_("Alter bis unter")),
            unit(_("Einheit für das Alter bis unter")),
        ]
        super().__init__(widgets, attrs)

    def decompress(self, value: NumericRange | None) -> list[Any]:
        if value is None:
            return [None, MONTHS, None, YEARS]
        return [*_split(value.lower, MONTHS), *_split(value.upper, YEARS)]


def _split(months: int | None, empty_unit: str) -> list[Any]:
    if months is None:
        return [None, empty_unit]
    if months and months % 12 == 0:
        return [months // 12, YEARS]
    return [months, MONTHS]


class AgesField(forms.MultiValueField):
    """A half-open range of months; both numbers empty means: no age."""

    widget = AgesWidget

    def __init__(self, **kwargs: Any) -> None:
        low, high = -9, 99 * 12
        number = forms.IntegerField(required=False, min_value=low, max_value=high)
        unit = forms.ChoiceField(choices=UNITS, required=False)
        kwargs.setdefault(
            "help_text",
            _("„0 Monate bis unter 3 Jahre“ heißt: bis zum dritten Geburtstag. Schwangerschaft: von −9 Monate. "
              "„bis unter“ leer: ohne Grenze nach oben. Beides leer: kein Alter."),
        )  # fmt: skip
        super().__init__((number, unit, number, unit), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> NumericRange | None:
        lower, lower_unit, upper, upper_unit = (*data_list, None, None, None, None)[:4]
        if lower is None and upper is None:
            return None
        low, high = _months(lower, lower_unit), _months(upper, upper_unit)
        if low is not None and high is not None and high <= low:
            raise forms.ValidationError(_("Das Alter „bis unter“ muss höher sein als das Alter „von“."))
        return NumericRange(low, high)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True


def _months(number: int | None, unit: str | None) -> int | None:
    if number is None:
        return None
    return number * 12 if unit == YEARS else number


class DatesField(SimpleArrayField):
    """Days as the staff write them: 01.12.2026, 15.12.2026."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(str(localize(day)) if isinstance(day, date) else str(day) for day in value)
        return value


def recorded_formfield(db_field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """The friendlier form field for ages and lists; None where Django's own serves."""
    kept: dict[str, Any] = {name: kwargs[name] for name in ("required", "label", "initial") if name in kwargs}
    if isinstance(db_field, IntegerRangeField):
        return AgesField(label=db_field.verbose_name, required=not db_field.blank, **kept)
    if not isinstance(db_field, ArrayField):
        return None
    common: dict[str, Any] = {
        "label": db_field.verbose_name, "required": not db_field.blank, "help_text": db_field.help_text, **kept,
    }  # fmt: skip
    base = db_field.base_field
    if base.choices:
        return forms.TypedMultipleChoiceField(
            choices=base.choices, coerce=base.to_python, widget=forms.CheckboxSelectMultiple, **common
        )
    if isinstance(base, models.DateField):
        common["help_text"] = _("Tage durch Komma getrennt, zum Beispiel: 01.12.2026, 15.12.2026.")
        return DatesField(forms.DateField(), **common)
    return None
