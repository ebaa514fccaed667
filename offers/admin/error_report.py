"""Visitors' hints that an entry is wrong: open ones first, done with one click."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.actions import handle_error_reports
from offers.models import ErrorReport
from portal.admin_bases import ReadOnlyAdmin


class OpenFilter(admin.SimpleListFilter):
    """Shows what is open unless something else is asked for."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("erledigt", _("erledigt")), ("alle", _("alle"))]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        return [{**everything, "display": _("offen")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "erledigt":
            return queryset.handled()
        return queryset if self.value() == "alle" else queryset.open()


@admin.register(ErrorReport)
class ErrorReportAdmin(ReadOnlyAdmin):
    list_display = ["short_message", "offer_link", "created_at", "handled_at", "handled_by"]
    list_filter = [OpenFilter, "created_at"]
    list_select_related = ["offer", "handled_by"]
    search_fields = ["message", "offer__title", "reply_email"]
    ordering = ["created_at", "pk"]
    actions = ["mark_handled"]
    fields = ["offer_link", "message", "reply_email", "created_at", "handled_at", "handled_by"]
    readonly_fields = ["offer_link"]

    @admin.display(description=gettext_lazy("Meldung"))
    def short_message(self, report: ErrorReport) -> str:
        return report.message if len(report.message) <= 80 else f"{report.message[:79]}…"

    @admin.display(description=gettext_lazy("Angebot"))
    def offer_link(self, report: ErrorReport) -> SafeString:
        return format_html('<a href="{}">{}</a>', report.offer.get_absolute_url(), report.offer)

    @admin.action(description=gettext_lazy("Als erledigt markieren"), permissions=["handle"])
    def mark_handled(self, request: HttpRequest, queryset: Any) -> None:
        count = handle_error_reports(reports=queryset, by=request.user)  # type: ignore[arg-type]  # staff only here
        words = ngettext("%(count)d Meldung ist erledigt.", "%(count)d Meldungen sind erledigt.", count)
        messages.success(request, words % {"count": count})

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offers.change_errorreport")
