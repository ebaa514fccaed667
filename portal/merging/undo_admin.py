"""What was merged, for everybody who keeps the register, and the way back."""

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.admin_bases import ReadOnlyAdmin
from portal.merging.models import Merge
from portal.merging.undo import CannotUndoError, Undone, undo


def undo_link(merge: Merge) -> SafeString:
    """For the page of a merge and the message after it."""
    address = reverse("admin:portal_merge_undo", args=[merge.pk])
    return format_html('<a href="{}">{}</a>', address, _("Zusammenführung rückgängig machen"))


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    view_on_site = False
    list_display = ["name", "gone_names", "merged_at", "merged_by", "undone_at"]
    list_select_related = ["merged_by"]
    date_hierarchy = "merged_at"
    search_fields = ["name"]
    fields = ["name", "gone_names", "merged_at", "merged_by", "what_moved", "way_back"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/rueckgaengig/", view, name="portal_merge_undo"), *super().get_urls()]

    @admin.display(description=gettext_lazy("aufgegangen"))
    def gone_names(self, merge: Merge) -> str:
        return merge.gone_names

    @admin.display(description=gettext_lazy("umgezogen"))
    def what_moved(self, merge: Merge) -> str:
        names = [(line["label"], filter(None, line["names"] + line["dropped_names"])) for line in merge.report]
        lines = [(label, "; ".join(of_table)) for label, of_table in names]
        return format_html_join("", "<p>{}: {}</p>", lines) or _("nichts")

    @admin.display(description=gettext_lazy("Weg zurück"))
    def way_back(self, merge: Merge) -> str:
        if merge.undone_at is None:
            return undo_link(merge)
        words = _("Rückgängig gemacht am %(day)s von %(who)s.") % {
            "day": f"{merge.undone_at:%d.%m.%Y}",
            "who": merge.undone_by or "–",
        }
        if not merge.stayed:
            return words
        stayed = format_html_join("", "<li>{}: {}</li>", merge.stayed)
        return format_html("<p>{} {}</p><ul>{}</ul>", words, _("Geblieben ist:"), stayed)

    def has_view_permission(self, request: HttpRequest, obj: Merge | None = None) -> bool:
        return request.user.has_perm("portal.view_district")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would go back and what stays (GET); do it (POST), if that is still what was shown."""
        merge = get_object_or_404(Merge, pk=pk)
        page = self.admin_site._registry.get(apps.get_model(merge.kind))
        if page is None or not page.has_change_permission(request):
            raise PermissionDenied
        try:
            return self._preview_or_do(request, merge, page)
        except CannotUndoError as refused:
            return self._page(request, merge, {"error": str(refused), "first": refused.first})

    def _preview_or_do(self, request: HttpRequest, merge: Merge, page: Any) -> HttpResponse:
        with transaction.atomic():
            undone = undo(merge=merge, by=request.user)  # type: ignore[arg-type]  # signed in
            for row in page.model._base_manager.filter(pk__in=[merge.target_id, *(e["id"] for e in merge.gone)]):
                page.surroundings_changed(row)
            really = request.POST.get("stand") == _stand(undone)
            transaction.set_rollback(not really)
        if really:
            words = _("Rückgängig gemacht: %(gone)s gibt es wieder neben „%(name)s“.")
            messages.success(request, words % {"gone": merge.gone_names, "name": merge.name})
            return HttpResponseRedirect(merge.get_absolute_url())
        error = _("Inzwischen hat sich etwas geändert. Bitte sehen Sie die Liste noch einmal durch.")
        context = {"undone": undone, "stand": _stand(undone), "error": error if request.method == "POST" else ""}
        return self._page(request, merge, context)

    def _page(self, request: HttpRequest, merge: Merge, context: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Zusammenführung rückgängig machen"),
            "opts": self.opts,
            "merge": merge,
            **context,
        }
        return TemplateResponse(request, "admin/merge_undo.html", context)


def _stand(undone: Undone) -> str:
    """Differs when something else would go back than what was shown."""
    return sha256(repr(undone).encode()).hexdigest()[:20]
