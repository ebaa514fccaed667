"""Networks with their members and meetings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from networks.models import Meeting, Membership, Network
from portal.admin_bases import RecordedAdmin, RecordedTable


class MembershipInline(RecordedTable):
    model = Membership
    autocomplete_fields = ["partner"]
    fields = ["partner", "role", "since_year", "until_year", "source", "source_year"]


class MeetingInline(RecordedTable):
    model = Meeting
    fields = ["held_on", "title", "note"]


class ActiveFilter(admin.SimpleListFilter):
    title = _("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("aktiv", _("besteht")), ("beendet", _("beendet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "aktiv":
            return queryset.active()
        return queryset.ended() if self.value() == "beendet" else queryset


@admin.register(Network)
class NetworkAdmin(RecordedAdmin):
    list_display = ["name", "coordinator", "founded_year", "ended_year", "confirmed_on"]
    list_filter = [ActiveFilter, "for_families"]
    list_select_related = ["coordinator"]
    search_fields = ["name", "purpose"]
    autocomplete_fields = ["coordinator", "districts", "predecessors"]
    inlines = [MembershipInline, MeetingInline]
    fieldsets = [
        (None, {"fields": ["name", "purpose", "description", "for_families", "ages", "districts"]}),
        (_("Arbeit"), {"fields": ["coordinator", "rhythm", ("founded_year", "ended_year"), "predecessors"]}),
        (
            _("Herkunft der Angaben"),
            {
                "fields": ["source", "source_year", "confirmed_on"],
                "description": _("Solange „bestätigt am“ leer ist, steht auf der Seite: noch nicht bestätigt."),
            },
        ),
        (_("Intern"), {"fields": ["slug", "note"], "classes": ["collapse"]}),
    ]


@admin.register(Membership)
class MembershipAdmin(RecordedAdmin):
    list_display = ["partner", "network", "role", "since_year", "until_year"]
    list_filter = ["role", "network"]
    list_select_related = ["partner", "network"]
    search_fields = ["partner__name", "network__name"]
    autocomplete_fields = ["partner", "network"]


@admin.register(Meeting)
class MeetingAdmin(RecordedAdmin):
    list_display = ["title", "network", "held_on"]
    list_filter = ["network"]
    list_select_related = ["network"]
    date_hierarchy = "held_on"
    search_fields = ["title", "network__name"]
    autocomplete_fields = ["network"]
