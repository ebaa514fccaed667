"""What the registers' filters share: bad values get a message beside their field, the other filters still work."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 200


class ReadableTextField(forms.CharField):
    """Text from the address bar, without what no database can hold."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text or ""):
            raise ValidationError(_("Hier stehen Zeichen, die wir nicht lesen können."), code="unreadable")
        return text


class TextFilter(django_filters.CharFilter):  # type: ignore[misc]  # django-filter has no types
    """Rows whose name is like the text."""

    field_class = ReadableTextField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Name"), "max_length": LONGEST_TEXT, **kwargs})

    def filter(self, queryset: Any, value: str) -> Any:
        return queryset.named_like(value) if value else queryset


class KindFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # django-filter has no types
    """One of some choices, each an adjective of the queryset or a value for one of its methods."""

    def __init__(self, *, method_name: str = "", **kwargs: Any) -> None:
        self.method_name = method_name
        super().__init__(**{"empty_label": _("alle"), **kwargs})

    def filter(self, queryset: Any, value: str) -> Any:
        if not value:
            return queryset
        return getattr(queryset, self.method_name)(value) if self.method_name else getattr(queryset, value)()


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


class RegisterFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """A filter set that knows which of its filters are on."""

    @property
    def rows(self) -> QuerySet[Any]:
        return self.qs  # type: ignore[no-any-return]  # django-filter has no types

    def chips(self) -> list[Chip]:
        """One for every filter that is on and understood."""
        self.form.is_valid()
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        return [
            Chip(self._words(name, value), "?" + urlencode({k: v for k, v in chosen.items() if k != name}))
            for name, value in chosen.items()
        ]

    def _words(self, name: str, value: str) -> str:
        label = dict(getattr(self.form.fields[name], "choices", [])).get(value)
        return str(label) if label else f"„{value}“"
