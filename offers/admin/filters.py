"""Filters of the offer list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.models import District


class FreshnessFilter(admin.SimpleListFilter):
    title = _("Aktualität")
    parameter_name = "aktualitaet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("oeffentlich", _("öffentlich")),
            ("ueberfaellig", _("überfällig")),
            ("ruhend", _("ruhend")),
            ("unbestaetigt", _("vom Träger unbestätigt")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "oeffentlich": queryset.public,
            "ueberfaellig": queryset.overdue,
            "ruhend": queryset.dormant,
            "unbestaetigt": queryset.unconfirmed,
        }.get(self.value() or "")
        return chosen() if chosen else queryset


class ProviderFilter(admin.RelatedOnlyFieldListFilter):
    """Many, so the list is folded."""

    template = "admin/folded_filter.html"


class DistrictFilter(admin.SimpleListFilter):
    """For a district means as on the public page: its own offers, those of areas around it and inside it (rule 2)."""

    title = _("Stadtgebiet")
    template = "admin/folded_filter.html"
    parameter_name = "gebiet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        districts = District.objects.in_listing_order().values_list("slug", "name")
        return [(slug, name) for slug, name in districts]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.for_districts(list(District.objects.filter(slug=self.value())))
