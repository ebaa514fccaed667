"""What the pages of the chain accept in their address."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from offers.finder import Area, Catalogue
from offers.models import Offer
from offers.query_fields import KnownField, PageField, Parameter


class TransitionFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Where, and which page; what is not clean is left out and said."""

    ort = Parameter(KnownField, _("Wohnort"))
    seite = Parameter(PageField, _("Seite"))

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data, queryset=Offer.objects.public())
        self.filters["ort"].extra["known"] = catalogue.areas
        self.form.is_valid()

    @property
    def area(self) -> Area | None:
        area: Area | None = self.form.cleaned_data.get("ort")
        return area

    @property
    def page(self) -> int:
        return int(self.form.cleaned_data.get("seite", 1))
