"""Merging in the admin: rows side by side, then what would happen, then it happens."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.history import stand_of
from portal.merging.actions import Line, StillNeededError, merge
from portal.merging.compare import Comparison, compare
from portal.merging.undo_admin import undo_link

MOST = 6  # rows at once: more nobody can compare


class MergeMixin:
    """For a RecordedAdmin; `merge_parts` are inner tables whose rows are chosen like a field, `merge_forgets` tables
    that a program makes again by itself."""

    merge_parts: tuple[type[models.Model], ...] = ()
    merge_forgets: tuple[type[models.Model], ...] = ()

    def get_urls(self) -> list[Any]:
        admin: Any = self
        name = f"{admin.opts.app_label}_{admin.opts.model_name}_merge"
        view = path("zusammenfuehren/", admin.admin_site.admin_view(self.merge_view), name=name)
        return [view, *super().get_urls()]  # type: ignore[misc]  # from ModelAdmin

    def merge_names(self, row: Any) -> list[str]:
        """More names, beside its slug, under which the public knows a row."""
        return []

    @admin.action(description=gettext_lazy("Doppelte zusammenführen"), permissions=["change"])
    def merge_selected(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if not 2 <= len(pks) <= MOST:
            text = _("Bitte wählen Sie zwei bis %(most)d Einträge, die dasselbe meinen.") % {"most": MOST}
            messages.warning(request, text)
            return None
        return HttpResponseRedirect(f"{self._merge_url()}?{'&'.join(f'nr={pk}' for pk in pks)}")

    def _merge_url(self) -> str:
        opts = self.opts  # type: ignore[attr-defined]  # from ModelAdmin
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_merge")

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Choose (GET), look at what would happen (POST), do it (POST with `ja`)."""
        admin: Any = self
        if not admin.has_change_permission(request):
            raise PermissionDenied
        rows = self._rows(request)
        if len(rows) < 2 or not all(admin.has_change_permission(request, row) for row in rows):
            messages.warning(request, _("Diese Einträge lassen sich nicht zusammenführen: Es gibt sie nicht mehr."))
            return HttpResponseRedirect(reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist"))
        kept = next((row for row in rows if str(row.pk) == request.POST.get("bleibt")), rows[0])
        fresh = "bleibt" in request.POST and request.POST.get("bleibt") != request.POST.get("bisher")
        compared = compare(rows, kept, self.merge_parts, {} if fresh else request.POST)
        stand = "_".join(stand_of(admin.parts(), row.pk) for row in rows)
        if request.method != "POST" or fresh or "zurueck" in request.POST:
            return self._choose(request, rows, kept, compared, stand)
        if request.POST.get("stand") != stand:
            error = _("Inzwischen hat jemand einen der Einträge geändert. Bitte prüfen Sie die Auswahl noch einmal.")
            return self._choose(request, rows, kept, compared, stand, error)
        try:
            return self._preview_or_do(request, rows, kept, compared, stand)
        except ValidationError as refused:
            return self._choose(request, rows, kept, compared, stand, " ".join(refused.messages))
        except StillNeededError as needed:
            error = _("Das geht nicht, weil noch etwas daran hängt: %(what)s") % {"what": needed}
            return self._choose(request, rows, kept, compared, stand, error)

    def _rows(self, request: HttpRequest) -> list[Any]:
        pks = [int(pk) for pk in request.GET.getlist("nr")[:MOST] if pk.isdecimal() and len(pk) < 18]
        return list(self.get_queryset(request).filter(pk__in=pks).order_by("pk"))  # type: ignore[attr-defined]  # from ModelAdmin

    def _preview_or_do(
        self, request: HttpRequest, rows: list[Any], kept: Any, compared: Comparison, stand: str
    ) -> HttpResponse:
        gone = [row for row in rows if row != kept]
        really = "ja" in request.POST
        with transaction.atomic():
            done = merge(
                kept=kept, gone=gone, choice=compared.choice, by=request.user,  # type: ignore[arg-type]  # signed in
                chosen=self.merge_parts, forgotten=self.merge_forgets, names_of=self.merge_names,
            )  # fmt: skip
            self.surroundings_changed(kept)  # type: ignore[attr-defined]  # from RecordedAdmin
            transaction.set_rollback(not really)
        if really:
            text = _("Zusammengeführt: %(gone)s ist jetzt „%(name)s“.") % {"gone": done.gone_names, "name": done.name}
            messages.success(request, format_html("{} {}", text, undo_link(done)))
            opts = self.opts  # type: ignore[attr-defined]  # from ModelAdmin
            return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[kept.pk]))
        context = {
            "title": _("Das wird geschehen"),
            "kept": kept,
            "gone": gone,
            "lines": [Line(**line) for line in done.report],
            "compared": compared,
            "stand": stand,
            "has_address": hasattr(kept, "slug"),
        }
        return self._page(request, "admin/merge_preview.html", context)

    def _choose(
        self, request: HttpRequest, rows: list[Any], kept: Any, compared: Comparison, stand: str, error: str = ""
    ) -> HttpResponse:
        context = {
            "title": _("Doppelte zusammenführen"),
            "rows": rows,
            "kept": kept,
            "compared": compared,
            "stand": stand,
            "error": error,
            "fresh": request.POST.get("bleibt", "") != request.POST.get("bisher", ""),
        }
        return self._page(request, "admin/merge.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        admin: Any = self
        return TemplateResponse(
            request, template, {**admin.admin_site.each_context(request), "opts": admin.opts, **context}
        )
