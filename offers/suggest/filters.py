"""What the suggestions accept: the beginning of a text."""

from typing import Any

import django_filters

from offers.models import Offer
from offers.query_fields import Parameter, PlainField


class SuggestFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = Parameter(PlainField, "")

    def __init__(self, data: Any) -> None:
        super().__init__(data, queryset=Offer.objects.none())

    @property
    def text(self) -> str:
        """ "" for what cannot be read."""
        self.form.is_valid()
        return str(self.form.cleaned_data.get("q", ""))
