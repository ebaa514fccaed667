"""Somebody wants to look after an organisation's offers: who asks, and the decision."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.actions import AlreadyDecidedError
from offers.desk.actions import ask_back, close_claim
from offers.desk.enums import CaseKind
from offers.desk.message import ASK, INSERT, MessageForm
from offers.desk.thread import messages_of
from offers.desk.way import onward
from partners.accounts.rights import person_of
from partners.models import Claim, Partner
from portal.admin_bases import ReadOnlyAdmin, StandFilter
from portal.admin_history import HistoryMixin

ACCEPT, REFUSE = "annehmen", "ablehnen"


class WaitingFilter(StandFilter):
    """Shows what waits unless something else is asked for."""

    unasked = gettext_lazy("wartet auf Prüfung")
    stands = (("entschieden", gettext_lazy("entschieden")),)

    def rows(self, queryset: Any, stand: str) -> Any:
        return queryset.filter(decided_at__isnull=False) if stand == "entschieden" else queryset.waiting()


class ClaimForm(MessageForm):
    wishes = (ACCEPT, REFUSE, ASK)
    partner = forms.ModelChoiceField(
        Partner.objects.in_listing_order(),
        required=False,
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Für diese Organisation darf die Person danach Angebote pflegen."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.wish == ACCEPT and not cleaned.get("partner") and "partner" not in self.errors:
            self.add_error("partner", _("Bitte wählen Sie die Organisation."))
        return cleaned


@admin.register(Claim)
class ClaimAdmin(HistoryMixin, ReadOnlyAdmin):
    list_display = ["organisation", "email", "partner", "created_at", "decided_at", "accepted"]
    list_filter = [WaitingFilter]
    list_select_related = ["person", "partner"]
    search_fields = ["organisation", "person__email", "reference"]
    ordering = ["created_at", "pk"]

    @admin.display(description=gettext_lazy("E-Mail"))
    def email(self, claim: Claim) -> str:
        return claim.person.email

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who asks, for what, and the two buttons."""
        claim = self.get_object(request, unquote(object_id))
        if claim is None:
            raise Http404(_("Diesen Antrag gibt es nicht."))
        if not self.has_view_permission(request, claim):
            raise PermissionDenied
        form = ClaimForm(
            request.POST if request.method == "POST" else None,
            initial={"partner": claim.partner or self._same_name(claim)},
        )
        if form.is_bound and form.wish == INSERT:
            form.with_block()
        elif form.is_bound and form.is_valid():
            self._decide(request, claim, form)
            return onward(request, CaseKind.CLAIM, claim.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": str(claim.organisation),
            "opts": self.opts,
            "claim": claim,
            "form": form,
            "thread": messages_of(claim, claim.person.get_full_name() or claim.person.email, inside=True),
            "people": claim.partner.affiliations.current().select_related("person") if claim.partner else [],
            "may_decide": request.user.has_perm("partners.decide_claim"),
        }
        return TemplateResponse(request, "admin/partners/claim/change_form.html", context)

    def _same_name(self, claim: Claim) -> Partner | None:
        """An organisation that did not exist when the submission came, and does now."""
        return Partner.objects.known_as(claim.organisation)

    def _decide(self, request: HttpRequest, claim: Claim, form: ClaimForm) -> None:
        """Carry out the pressed button and say what happened."""
        values, by = form.cleaned_data, person_of(request)
        try:
            if form.wish == ASK:
                ask_back(case=claim, by=by, text=values["reason"])
                messages.success(request, _("Ihre Frage ist unterwegs. Die Antwort erscheint hier, der Fall wartet."))
                return
            accept = form.wish == ACCEPT
            close_claim(claim=claim, by=by, partner=values["partner"], accept=accept, text=values["reason"])
        except AlreadyDecidedError:
            messages.info(request, _("Über diesen Antrag wurde schon entschieden."))
        else:
            messages.success(request, _("Entschieden. Die Person bekommt eine E-Mail."))
