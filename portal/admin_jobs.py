"""Background jobs and refused sign-ins in German, without what a job carries: addresses and one-time links."""

from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import admin as theirs
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

if TYPE_CHECKING:  # Django's own class takes no type arguments when running
    Jobs = admin.ModelAdmin[ProcrastinateJob]
else:
    Jobs = admin.ModelAdmin

STATES = {
    "todo": _("wartet"),
    "doing": _("läuft"),
    "succeeded": _("erledigt"),
    "failed": _("gescheitert"),
    "cancelled": _("abgesagt"),
    "aborting": _("wird abgebrochen"),
    "aborted": _("abgebrochen"),
}


class StateFilter(admin.SimpleListFilter):
    title = _("Zustand")
    parameter_name = "zustand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(Jobs):
    """What runs in the background; only to look at and to try again."""

    list_display = ["pk", "task", "state", "attempted", "planned"]
    list_filter = [StateFilter]
    list_display_links = None
    ordering = ["-pk"]
    actions = ["again"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProcrastinateJob | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProcrastinateJob | None = None) -> bool:
        return obj is None and super().has_change_permission(request)  # the list with its action, no form

    def has_view_permission(self, request: HttpRequest, obj: ProcrastinateJob | None = None) -> bool:
        return obj is None and super().has_view_permission(request)

    @admin.display(description=_("Auftrag"), ordering="task_name")
    def task(self, job: ProcrastinateJob) -> str:
        return job.task_name

    @admin.display(description=_("Zustand"), ordering="status")
    def state(self, job: ProcrastinateJob) -> str:
        return str(STATES.get(job.status, job.status))

    @admin.display(description=_("Versuche"), ordering="attempts")
    def attempted(self, job: ProcrastinateJob) -> int:
        return job.attempts

    @admin.display(description=_("geplant für"), ordering="scheduled_at")
    def planned(self, job: ProcrastinateJob) -> Any:
        return job.scheduled_at

    @admin.action(description=_("Noch einmal versuchen"), permissions=["change"])
    def again(self, request: HttpRequest, queryset: models.QuerySet[ProcrastinateJob]) -> None:
        theirs.ProcrastinateJobAdmin(ProcrastinateJob, admin.site).retry(request, queryset)


def say_it_in_german() -> None:
    """Give models that came with English words only words that staff understand."""
    words: list[tuple[type[models.Model], Any, Any]] = [
        (ProcrastinateJob, _("Auftrag"), _("Aufträge")),
        (ProcrastinateEvent, _("Schritt eines Auftrags"), _("Schritte eines Auftrags")),
        (AccessAttempt, _("misslungene Anmeldung"), _("misslungene Anmeldungen")),
        (AccessFailureLog, _("Eintrag misslungener Anmeldungen"), _("Protokoll misslungener Anmeldungen")),
        (AccessLog, _("Anmeldung"), _("Anmeldungen")),
    ]
    for model, one, many in words:
        model._meta.verbose_name, model._meta.verbose_name_plural = one, many
        model.add_to_class("__str__", lambda self: f"{self._meta.verbose_name} {self.pk}")


say_it_in_german()
