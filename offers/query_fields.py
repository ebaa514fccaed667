"""Fields for GET parameters: each says what it accepts, and refuses the rest in words for families."""

import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offers.finder.ages import MOST_CHILDREN, Age, in_order, parse_children
from portal.positions import Position
from portal.text import german_slug

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


class AgesField(PlainField):
    """The ages of one child or of several as in `alter=14&alter=5j`, `2j`, `18-27j`, `schwanger`."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "invalid": _(
            "„%(value)s“ ist kein Alter, das wir verstehen. Bitte wählen Sie ein Alter aus der Liste oder "
            "schreiben Sie es zum Beispiel so: 3 und 7."
        ),
        "many": _("Das sind zu viele Kinder auf einmal. Bitte wählen Sie höchstens %(value)s Altersangaben."),
    }

    def clean(self, value: Any) -> tuple[Age, ...]:
        ages: list[Age] = []
        for text in filter(None, (super(AgesField, self).clean(part) for part in (value or [])[:100])):
            try:
                ages += _ages(text)
            except ValueError:
                raise self.refuse("invalid", text) from None
        found = in_order(ages)
        if len(found) > MOST_CHILDREN:
            raise self.refuse("many", str(MOST_CHILDREN))
        return found


class ChildrenField(PlainField):
    """The ages of one child or of several as people write them: "3 und 7", "14 Monate und 5 Jahre"."""

    default_error_messages = {
        "invalid": _(
            "„%(value)s“ verstehen wir nicht als Alter. Bitte schreiben Sie zum Beispiel: 3 und 7, oder: 14 Monate."
        )
    }

    def clean(self, value: Any) -> tuple[Age, ...]:
        text = super().clean(value)
        if not text:
            return ()
        try:
            return in_order(parse_children(text))
        except ValueError:
            raise self.refuse("invalid", text) from None


def _ages(text: str) -> list[Age]:
    """A bare number in an address is a number of months."""
    try:
        return [Age.parse(text)]
    except ValueError:
        return parse_children(text)


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
        name = self.name_of(text)
        if name is None:
            raise self.refuse("unknown", text)
        return self.known[name]

    def name_of(self, text: str) -> str | None:
        """The known value that is meant: case, umlauts and blanks do not matter ("Sterkrade Mitte")."""
        if text in self.known:
            return text
        folded = german_slug(text) if len(text) <= _LONGEST_ECHO else ""
        return folded if folded in self.known else None


class KnownValuesField(KnownField):
    """Any number of the known values (`thema=a&thema=b`)."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> tuple[str, ...]:
        names = set()
        for text in sorted({PlainField.clean(self, part) for part in (value or [])[:100]} - {""}):
            name = self.name_of(text)
            if name is None:
                raise self.refuse("unknown", text)
            names.add(name)
        return tuple(name for name in self.known if name in names)


class PositionField(PlainField):
    """Where somebody is, as in `naehe=51.4726,6.8508`; only ever kept on a grid of 500 metres."""

    default_error_messages = {
        "invalid": _(
            "Diese Angabe zu Ihrem Standort verstehen wir nicht. Bitte drücken Sie noch einmal auf „In meiner Nähe“ "
            "oder wählen Sie Ihren Wohnort aus der Liste."
        )
    }

    def clean(self, value: Any) -> Position | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Position.parse(text).on_grid()
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


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
