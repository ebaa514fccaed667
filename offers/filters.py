"""The one door for the finder's GET parameters: what is clean filters, what is not gets a message beside its field."""

import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offers.enums import Format
from offers.finder import Age, Catalogue, Search
from offers.models import Offer
from portal.enums import Language

LONGEST_TEXT = 200
_LONGEST_ECHO = 40


class PlainField(forms.CharField):
    """Text from the address bar: refuses what no page, log or database can hold, and shortens what it quotes."""

    default_error_messages = {
        "unreadable": _("Hier stehen Zeichen, die wir nicht lesen können. Bitte schreiben Sie es noch einmal."),
        "max_length": _("Das ist zu lang. Bitte schreiben Sie höchstens %(limit_value)d Zeichen."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": LONGEST_TEXT, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text

    def refuse(self, code: str, value: str) -> ValidationError:
        shown = value if len(value) <= _LONGEST_ECHO else value[:_LONGEST_ECHO] + "…"
        return ValidationError(self.error_messages[code], code=code, params={"value": shown})


class AgeField(PlainField):
    """An age as in `alter=14`, `2j`, `18-27j`, `schwanger`."""

    default_error_messages = {
        "invalid": _(
            "„%(value)s“ ist kein Alter, das wir verstehen. Bitte wählen Sie ein Alter aus der Liste oder "
            "schreiben Sie die Monate als Zahl."
        )
    }

    def clean(self, value: Any) -> Age | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Age.parse(text)
        except ValueError:
            raise self.refuse("invalid", text) from None


class MonthsField(PlainField):
    """An age as a plain number of months."""

    default_error_messages = {
        "invalid": _("Bitte schreiben Sie die Monate als ganze Zahl zwischen 0 und 1188, zum Beispiel 14.")
    }

    def clean(self, value: Any) -> Age | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            if re.fullmatch("[0-9]{1,4}", text):
                return Age.parse(text)
        except ValueError:
            pass
        raise self.refuse("invalid", text)


class KnownField(PlainField):
    """One of the known values, given as a mapping of value to meaning."""

    default_error_messages = {
        "unknown": _("„%(value)s“ kennen wir nicht. Bitte wählen Sie aus der Liste. Dieser Filter ist jetzt aus.")
    }

    def __init__(self, *, known: Mapping[str, Any], **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if text not in self.known:
            raise self.refuse("unknown", text)
        return self.known[text]


class KnownValuesField(KnownField):
    """Any number of the known values (`thema=a&thema=b`)."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> tuple[str, ...]:
        texts = {PlainField.clean(self, part) for part in (value or [])[:100]} - {""}
        for text in sorted(texts):
            if text not in self.known:
                raise self.refuse("unknown", text)
        return tuple(name for name in self.known if name in texts)


class PageField(PlainField):
    """A page number; whether there are so many pages only the result knows."""

    default_error_messages = {
        "invalid": _("„%(value)s“ ist keine Seitenzahl. Sie sehen die erste Seite."),
    }

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        if not text:
            return 1
        if not re.fullmatch("[0-9]+", text) or not text.strip("0"):
            raise self.refuse("invalid", text)
        return int(text) if len(text) <= 9 else 10**9


class Parameter(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """A filter whose field says what it accepts."""

    def __init__(self, field_class: type[forms.Field], label: Any, **extra: Any) -> None:
        super().__init__(label=label, **extra)
        self.field_class = field_class


class OfferFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """All filters of `/angebote/`; `search` holds the clean ones, `errors` the rest."""

    alter = Parameter(AgeField, _("Alter"))
    monate = Parameter(MonthsField, _("Alter in Monaten"))
    phase = Parameter(KnownField, _("Lebensphase"))
    ort = Parameter(KnownField, _("Wohnort"))
    thema = Parameter(KnownValuesField, _("Thema"))
    form = Parameter(KnownValuesField, _("Form"), known=dict(Format.choices))
    kostenlos = Parameter(KnownField, _("Kosten"), known={"1": True, "0": False})
    sprache = Parameter(KnownValuesField, _("Sprache"), known=dict(Language.choices))
    q = Parameter(PlainField, _("Suchwörter"))
    seite = Parameter(PageField, _("Seite"))

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data, queryset=Offer.objects.public())
        known = {"phase": catalogue.phases, "ort": catalogue.areas, "thema": catalogue.topics}
        for name, values in known.items():
            self.filters[name].extra["known"] = values

    @property
    def search(self) -> Search:
        """What the clean values ask for; months win over the age list, the newest words over none."""
        values = self._clean()
        return Search(
            alter=tuple(age for age in [values.get("monate") or values.get("alter")] if age),
            phase=values.get("phase"),
            ort=values.get("ort"),
            thema=values.get("thema", ()),
            form=values.get("form", ()),
            kostenlos=bool(values.get("kostenlos")),
            sprache=values.get("sprache", ()),
            q=values.get("q", ""),
        )

    @property
    def page(self) -> int:
        return int(self._clean().get("seite", 1))

    def _clean(self) -> dict[str, Any]:
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def filter_queryset(self, queryset: QuerySet[Offer]) -> QuerySet[Offer]:
        return self.search.offers(queryset)  # type: ignore[arg-type]  # always the OfferQuerySet given above
