"""The Büro's proposals: what came in, what it would change, and the buttons that decide."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.desk.admin import QueuePages
from offers.desk.decide import ProposalPage
from offers.desk.enums import CaseKind
from offers.desk.thread import thread
from offers.desk.way import onward
from offers.enums import ProposalStatus
from offers.models import Proposal
from portal.admin_bases import ReadOnlyAdmin, StandFilter
from portal.admin_history import HistoryMixin


class QueueFilter(StandFilter):
    """Shows what waits unless something else is asked for."""

    unasked = gettext_lazy("wartet auf Prüfung")
    stands = (
        ("entschieden", gettext_lazy("entschieden")),
        ("unbestaetigt", gettext_lazy("E-Mail noch nicht bestätigt")),
    )

    def rows(self, queryset: Any, stand: str) -> Any:
        if stand == "entschieden":
            return queryset.decided()
        return queryset.unconfirmed() if stand == "unbestaetigt" else queryset.waiting()


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("Art")
    parameter_name = "art"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("neu", _("neues Angebot")), ("aenderung", _("Änderung"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "neu":
            return queryset.for_new_offers()
        return queryset.for_changes() if self.value() == "aenderung" else queryset


@admin.register(Proposal)
class ProposalAdmin(QueuePages, HistoryMixin, ReadOnlyAdmin):
    list_display = ["title", "sender_organisation", "kind", "status", "waiting_for", "submitted_at", "reference"]
    list_filter = [QueueFilter, KindFilter, "submitted_at"]
    search_fields = ["reference", "payload__title", "sender_email", "sender_organisation"]
    list_select_related = ["offer"]
    list_per_page = 50
    ordering = ["submitted_at", "pk"]  # whoever waits longest comes first

    @admin.display(description=gettext_lazy("Angebot"))
    def title(self, proposal: Proposal) -> str:
        return str(proposal.payload.get("title") or proposal.offer or proposal.reference)

    @admin.display(description=gettext_lazy("Art"))
    def kind(self, proposal: Proposal) -> str:
        return _("Änderung") if proposal.base_version else _("neu")

    @admin.display(description=gettext_lazy("wartet seit"), ordering="confirmed_at")
    def waiting_for(self, proposal: Proposal) -> str:
        if proposal.status != ProposalStatus.WAITING or proposal.confirmed_at is None:
            return "–"
        return timesince(proposal.confirmed_at, timezone.now(), depth=1)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The proposal field by field, and the decision."""
        proposal = self.get_object(request, unquote(object_id))
        if proposal is None:
            raise Http404(_("Diesen Vorschlag gibt es nicht."))
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        page = ProposalPage(request, proposal)
        if request.method == "POST" and page.decide():
            if page.is_done:
                return onward(request, CaseKind.PROPOSAL, proposal.pk)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": self.title(proposal),
            "opts": self.opts,
            "proposal": proposal,
            "is_change": bool(proposal.base_version),
            "page": page,
            "thread": thread(proposal, inside=True),
            "parallels": proposal.parallels.select_related("existing__provider"),
            "may_decide": request.user.has_perm("offers.decide_proposal"),
        }
        return TemplateResponse(request, "admin/offers/proposal/change_form.html", context)
