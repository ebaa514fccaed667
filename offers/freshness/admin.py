"""For the Büro: tasks, and the wave of what becomes due, with calls and confirmations on a partner's behalf."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.desk.enums import CaseKind
from offers.desk.way import FROM, onward
from offers.freshness.actions import confirm_on_behalf, note_call
from offers.freshness.forms import CallForm
from offers.freshness.tasklist import finish_tasks
from offers.freshness.wave import due_offers, reach, wave
from offers.models import Task
from partners.models import Partner
from portal.admin_bases import ReadOnlyAdmin, StandFilter


class OpenTasks(StandFilter):
    """Shows what is open unless something else is asked for."""

    unasked = gettext_lazy("offen")
    stands = (("erledigt", gettext_lazy("erledigt")),)

    def rows(self, queryset: Any, stand: str) -> Any:
        return queryset.done() if stand == "erledigt" else queryset.open()


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Who may look at offers sees the tasks, who may change offers does them."""

    change_form_template = "admin/offers/task/change_form.html"
    list_display = ["subject", "kind", "partner", "offer_link", "due", "done_at", "done_by"]
    list_filter = [OpenTasks, "kind"]
    list_select_related = ["partner", "offer", "done_by"]
    search_fields = ["subject", "partner__name", "concerns"]
    ordering = ["due", "pk"]
    actions = ["finish"]
    fields = ["subject", "kind", "partner", "offer_link", "concerns", "due", "created_at", "done_at", "done_by"]
    readonly_fields = ["offer_link"]

    def get_urls(self) -> list[Any]:
        own = [
            path("faellig/", self.admin_site.admin_view(self.wave_view), name="offers_wave"),
            path("faellig/<int:pk>/", self.admin_site.admin_view(self.wave_partner_view), name="offers_wave_partner"),
            path("<int:pk>/erledigt/", self.admin_site.admin_view(self.finish_view), name="offers_task_finish"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("Angebot"))
    def offer_link(self, task: Task) -> str:
        if task.offer is None:
            return "–"
        return format_html('<a href="{}">{}</a>', task.offer.get_absolute_url(), task.offer)

    @admin.action(description=gettext_lazy("Als erledigt markieren"), permissions=["finish"])
    def finish(self, request: HttpRequest, queryset: Any) -> None:
        count = finish_tasks(tasks=queryset, by=_staff(request))
        words = ngettext("%(count)d Aufgabe ist erledigt.", "%(count)d Aufgaben sind erledigt.", count)
        messages.success(request, words % {"count": count})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_finish": self.has_finish_permission(request)}
        return super().change_view(request, object_id, form_url, {**may, **(extra_context or {})})

    def finish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on the page of one task."""
        if not self.has_finish_permission(request):
            raise PermissionDenied
        task = get_object_or_404(Task, pk=pk)
        if request.method == "POST":
            finish_tasks(tasks=[task], by=_staff(request))
            messages.success(request, _("Die Aufgabe ist erledigt."))
            if FROM in request.GET:
                return onward(request, CaseKind.TASK, pk)
        return HttpResponseRedirect(reverse("admin:offers_task_change", args=[pk]))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("offers.view_offer")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_finish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offers.change_offer")

    def wave_view(self, request: HttpRequest) -> HttpResponse:
        """The next 90 days by organisation."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        title = _("Was bald fällig ist")
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "rows": wave()}
        return TemplateResponse(request, "admin/offers/task/wave.html", context)

    def wave_partner_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One organisation: what is due, what was sent, and the call."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        partner = get_object_or_404(Partner.objects.select_related("parent"), pk=pk)
        due = due_offers(partner)
        form = CallForm(request.POST or None, offers=[row.offer for row in due])
        if request.method == "POST" and form.is_valid():
            self._keep_call(request, partner, form.cleaned_data)
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": partner.name,
            "opts": self.opts,
            "partner": partner,
            "due": due,
            "address": reach(partner, due),
            "calls": partner.calls.select_related("by")[:20],
            "form": form,
            "may_change": self.has_finish_permission(request),
        }
        return TemplateResponse(request, "admin/offers/task/wave_partner.html", context)

    def _keep_call(self, request: HttpRequest, partner: Partner, values: dict[str, Any]) -> None:
        by = _staff(request)
        with transaction.atomic():
            note_call(
                partner=partner,
                by=by,
                result=values["result"],
                spoken_with=values["spoken_with"],
                note=values["note"],
            )
            confirmed = [confirm_on_behalf(offer=offer, by=by) for offer in values["confirmed"]]
        words = ngettext(
            "Der Anruf ist gespeichert, %(count)d Angebot bestätigt.",
            "Der Anruf ist gespeichert, %(count)d Angebote bestätigt.",
            len(confirmed),
        )
        messages.success(request, words % {"count": len(confirmed)})


def _staff(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
