"""Networks with their members, meetings, papers and yearly look at themselves."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from networks.forms import DocumentForm
from networks.models import Attendance, Decision, Meeting, Membership, Network, NetworkDocument, SelfReview
from portal.admin_bases import RecordedAdmin, RecordedTable


class MembershipInline(RecordedTable):
    model = Membership
    autocomplete_fields = ["partner"]
    fields = ["partner", "role", "function", "email", "since_year", "until_year", "source", "source_year"]


class MeetingInline(RecordedTable):
    model = Meeting
    fields = ["held_on", "starts_at", "ends_at", "title", "place", "is_public"]
    show_change_link = True


class AttendanceInline(RecordedTable):
    model = Attendance
    autocomplete_fields = ["partner"]


class DecisionInline(RecordedTable):
    model = Decision
    autocomplete_fields = ["owner"]
    fields = ["text", "owner", "due_on", "done_on"]


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
    list_display = ["name", "coordinator", "founded_year", "ended_year", "is_public", "confirmed_on"]
    list_filter = [ActiveFilter, "is_public", "for_families"]
    list_select_related = ["coordinator"]
    search_fields = ["name", "purpose"]
    autocomplete_fields = ["coordinator", "districts", "predecessors"]
    inlines = [MembershipInline, MeetingInline]
    fieldsets = [
        (
            None,
            {"fields": ["name", "purpose", "mandate", "description", "for_families", "ages", "districts", "is_public"]},
        ),
        (
            _("Arbeit"),
            {
                "fields": [
                    "coordinator",
                    "email",
                    "rhythm",
                    ("meetings_per_year", "meeting_minutes"),
                    ("founded_year", "ended_year"),
                    "predecessors",
                ]
            },
        ),
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
    list_display = ["title", "network", "held_on", "is_public", "invited_at"]
    list_filter = ["is_public", "network"]
    list_select_related = ["network"]
    inlines = [AttendanceInline, DecisionInline]
    date_hierarchy = "held_on"
    search_fields = ["title", "network__name"]
    autocomplete_fields = ["network"]


class OpenDecisionFilter(admin.SimpleListFilter):
    title = _("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("offen", _("offen")), ("ueberfaellig", _("überfällig"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "ueberfaellig":
            return queryset.overdue()
        return queryset.open() if self.value() == "offen" else queryset


@admin.register(Decision)
class DecisionAdmin(RecordedAdmin):
    list_display = ["text", "meeting", "owner", "due_on", "done_on"]
    list_filter = [OpenDecisionFilter, "meeting__network"]
    list_select_related = ["meeting__network", "owner"]
    search_fields = ["text", "meeting__network__name", "owner__name"]
    autocomplete_fields = ["meeting", "owner"]


@admin.register(NetworkDocument)
class NetworkDocumentAdmin(RecordedAdmin):
    form = DocumentForm
    list_display = ["title", "network", "size", "is_public"]
    list_filter = ["is_public"]
    list_select_related = ["network"]
    search_fields = ["title", "network__name"]
    autocomplete_fields = ["network"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).without_content()


@admin.register(SelfReview)
class SelfReviewAdmin(RecordedAdmin):
    list_display = ["network", "year", "continuation", "merge_with"]
    list_filter = ["year", "continuation"]
    list_select_related = ["network", "merge_with"]
    search_fields = ["network__name"]
    autocomplete_fields = ["network", "merge_with"]
    fields = ["network", "year", "continuation", "mandate", "missing", "achieved", "merge_with"]
