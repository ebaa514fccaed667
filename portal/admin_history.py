"""History pages of the admin: what changed, the way back to an earlier state, and what was deleted."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DatabaseError, models, transaction
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from portal.history import (
    Part,
    Step,
    apply_corrections,
    corrections,
    parts_of,
    reversals,
    stand_of,
    state_after,
    steps_of,
)
from portal.history_words import accounts, corrections_in_words
from portal.merging.models import Merge

STEPS_PER_PAGE = 20
DELETED_PER_PAGE = 50


class HistoryMixin:
    """For a ModelAdmin of a tracked model; rows of its inlines belong to the thing."""

    model: type[models.Model]

    def parts(self) -> list[Part]:
        admin: Any = self
        return parts_of(self.model, [inline.model for inline in admin.inlines])

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        name = f"{admin.opts.app_label}_{admin.opts.model_name}"
        wrap = admin.admin_site.admin_view
        return [
            path("geloescht/", wrap(self.deleted_view), name=f"{name}_deleted"),
            path("geloescht/<int:pk>/", wrap(self.undelete_view), name=f"{name}_undelete"),
            path("<path:object_id>/history/<int:number>/nur/", wrap(self.take_back_view), name=f"{name}_take_back"),
            path("<path:object_id>/history/<int:number>/", wrap(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),  # type: ignore[misc]  # from ModelAdmin
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        admin: Any = self
        deleted = f"admin:{admin.opts.app_label}_{admin.opts.model_name}_deleted"
        link = {"deleted_url": reverse(deleted)} if admin.has_delete_permission(request) else {}
        return super().changelist_view(request, {**link, **(extra_context or {})})  # type: ignore[misc]  # from ModelAdmin

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        admin: Any = self
        obj = self._thing(request, object_id)
        if not admin.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        steps = steps_of(self.parts(), obj.pk)
        page = Paginator(list(reversed(steps)), STEPS_PER_PAGE).get_page(request.GET.get("seite"))
        context = {
            **admin.admin_site.each_context(request),
            "title": _("Verlauf: %(name)s") % {"name": obj},
            "object": obj,
            "opts": admin.opts,
            "page": page,
            "accounts": accounts(list(page.object_list)),
            "newest": len(steps),
            "merges": Merge.objects.that_can_go_back().of(obj),
            "may_restore": admin.has_change_permission(request, obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)

    def _thing(self, request: HttpRequest, object_id: str) -> Any:
        admin: Any = self
        obj = admin.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404(object_id)
        return obj

    def restore_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Show what going back to the state after a step would change; on POST do it."""
        return self._change_back(request, object_id, number, only=False)

    def take_back_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Show what taking back this one step would change, and nothing that came later; on POST do it."""
        return self._change_back(request, object_id, number, only=True)

    def _change_back(self, request: HttpRequest, object_id: str, number: int, *, only: bool) -> HttpResponse:
        admin: Any = self
        with transaction.atomic():
            obj = self._thing(request, object_id)
            if not admin.has_change_permission(request, obj):
                raise PermissionDenied
            steps = steps_of(self.parts(), obj.pk)[:number]
            if not steps or len(steps) < number:
                raise Http404(number)
            back = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_history", args=[quote(obj.pk)])
            return self._go_back(request, obj.pk, str(obj), steps, back, only=only)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """Deleted things, newest first."""
        admin: Any = self
        if not admin.has_delete_permission(request):
            raise PermissionDenied
        events: Any = self.parts()[0].events
        newest = events.objects.values("id").annotate(newest=Max("pgh_id")).values("newest")
        gone = events.objects.filter(pgh_id__in=newest, pgh_label="delete").order_by("-pgh_id")
        page = Paginator(gone, DELETED_PER_PAGE).get_page(request.GET.get("seite"))
        context = {
            **admin.admin_site.each_context(request),
            "title": _("Gelöscht: %(name)s") % {"name": admin.opts.verbose_name_plural},
            "opts": admin.opts,
            "page": page,
            "rows": [(event.id, self._name_of(event), event.pgh_created_at) for event in page.object_list],
        }
        return TemplateResponse(request, "admin/deleted.html", context)

    def _name_of(self, event: Any) -> str:
        names = (getattr(event, key, "") for key in ("title", "name", "label", "code"))
        return next((str(name) for name in names if name), f"{event.id}")

    def undelete_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what comes back; on POST write the state before the deletion."""
        admin: Any = self
        if not admin.has_delete_permission(request):
            raise PermissionDenied
        parts = self.parts()
        steps = steps_of(parts, pk)
        if not steps or self.model._base_manager.filter(pk=pk).exists():
            raise Http404(pk)
        gone = max(i for i, step in enumerate(steps) if _deletes(step, parts[0]))
        name = self._name_of(parts[0].recorded(pk).latest("pgh_id"))
        back = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_deleted")
        return self._go_back(request, pk, name, steps[:gone], back)

    def _go_back(
        self, request: HttpRequest, pk: int, name: str, steps: list[Step], back: str, *, only: bool = False
    ) -> HttpResponse:
        """To the state after the last of the steps; `only`: take back just that one."""
        admin: Any = self
        parts = self.parts()
        stand = stand_of(parts, pk)
        found = list(reversals(parts, pk, steps[-1]) if only else corrections(parts, pk, state_after(steps)))
        error = ""
        if request.method == "POST" and request.POST.get("stand") != stand:
            error = _("Inzwischen hat sich der Eintrag geändert. Bitte prüfen Sie die Liste noch einmal.")
        elif request.method == "POST":
            try:
                with transaction.atomic():
                    apply_corrections(found)
                    self.surroundings_changed(self.model._base_manager.get(pk=pk))
            except DatabaseError:
                error = _("Dieser Stand geht nicht mehr: Etwas, das dazugehört, fehlt, oder eine Regel verbietet ihn.")
            else:
                done = (
                    _("Die Änderung an „%(name)s“ ist zurückgenommen.")
                    if only
                    else _("Der Stand von „%(name)s“ ist wiederhergestellt.")
                )
                messages.success(request, done % {"name": name})
                return HttpResponseRedirect(back)
        context = {
            **admin.admin_site.each_context(request),
            "title": (_("Änderung zurücknehmen: %(name)s") if only else _("Stand wiederherstellen: %(name)s"))
            % {"name": name},
            "only": only,
            "opts": admin.opts,
            "moment": steps[-1].moment if steps else None,
            "entries": corrections_in_words(found),
            "stand": stand,
            "error": error,
            "back": back,
        }
        return TemplateResponse(request, "admin/restore.html", context)

    def surroundings_changed(self, obj: Any) -> None:
        """See RecordedAdmin."""


def _deletes(step: Step, part: Part) -> bool:
    return any(found == part and event.pgh_label == "delete" for found, event, _before in step.events)
