"""People of organisations for the Büro: who belongs where, inviting the first person, deciding claims."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import admin as _account_admin  # noqa: F401  # registers what is taken out below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factor_admin  # noqa: F401  # registers what is taken out below
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.accounts import actions
from partners.accounts.rights import person_of
from partners.models import Affiliation, Claim, Invitation, Partner
from portal.admin_bases import ReadOnlyAdmin, RecordedAdmin
from portal.admin_history import HistoryMixin

# Secrets of second factors and raw mail addresses are nobody's to look at or edit.
admin.site.unregister([EmailAddress, Authenticator])


class CurrentFilter(admin.SimpleListFilter):
    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("beendet", _("beendet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(ended_at__isnull=self.value() != "beendet")


@admin.register(Affiliation)
class AffiliationAdmin(RecordedAdmin):
    list_display = ["person", "email", "partner", "role", "started_at", "ended_at"]
    list_filter = [CurrentFilter, "role"]
    list_select_related = ["person", "partner"]
    search_fields = ["person__email", "person__last_name", "partner__name"]
    autocomplete_fields = ["person", "partner"]
    fields = ["person", "partner", "role", "started_at", "ended_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is ended; who was allowed what stays known

    @admin.display(description=gettext_lazy("E-Mail"))
    def email(self, affiliation: Affiliation) -> str:
        return affiliation.person.email


class FirstInvitationForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type argument when running
    class Meta:
        model = Invitation
        fields = ["partner", "email", "role"]


@admin.register(Invitation)
class InvitationAdmin(HistoryMixin, ReadOnlyAdmin):
    """Inviting the first person of an organisation; its Verwaltung invites the others."""

    form = FirstInvitationForm
    list_display = ["email", "partner", "role", "invited_by", "expires_at", "accepted_at", "withdrawn_at"]
    list_select_related = ["partner", "invited_by"]
    search_fields = ["email", "partner__name"]
    autocomplete_fields = ["partner"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("partners.add_invitation")

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        made = actions.invite(partner=obj.partner, email=obj.email, role=obj.role, by=person_of(request))
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_addition(request, Invitation.objects.get(pk=obj.pk), message)


class WaitingFilter(admin.SimpleListFilter):
    """Shows what waits unless something else is asked for."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("entschieden", _("entschieden")), ("alle", _("alle"))]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        return [{**everything, "display": _("wartet auf Prüfung")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "entschieden":
            return queryset.filter(decided_at__isnull=False)
        return queryset if self.value() == "alle" else queryset.waiting()


class ClaimForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.in_listing_order(),
        required=False,
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Für diese Organisation darf die Person danach Angebote pflegen."),
    )


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
        form = ClaimForm(request.POST or None, initial={"partner": claim.partner or self._same_name(claim)})
        if request.method == "POST" and form.is_valid() and self._decide(request, claim, form):
            return self._onward(request, claim)
        context = {
            **self.admin_site.each_context(request),
            "title": str(claim.organisation),
            "opts": self.opts,
            "claim": claim,
            "form": form,
            "people": claim.partner.affiliations.current().select_related("person") if claim.partner else [],
            "may_decide": request.user.has_perm("partners.decide_claim"),
        }
        return TemplateResponse(request, "admin/partners/claim/change_form.html", context)

    def _onward(self, request: HttpRequest, claim: Claim) -> HttpResponse:
        """To the next case of the Büro's queue for who came from there; the queue belongs to an upper floor."""
        if "eingang" not in request.GET:
            return HttpResponseRedirect(request.path)
        query = urlencode({"eingang": request.GET["eingang"], "nach": f"antrag-{claim.pk}"})
        return HttpResponseRedirect(f"{reverse('admin:offers_queue_next')}?{query}")

    def _same_name(self, claim: Claim) -> Partner | None:
        """An organisation that did not exist when the submission came, and does now."""
        return Partner.objects.known_as(claim.organisation)

    def _decide(self, request: HttpRequest, claim: Claim, form: ClaimForm) -> bool:
        accept = request.POST.get("entscheidung") == "annehmen"
        partner = form.cleaned_data["partner"]
        if accept and partner is None:
            form.add_error("partner", _("Bitte wählen Sie die Organisation."))
            return False
        try:
            actions.decide_claim(claim=claim, by=person_of(request), partner=partner, accept=accept)
        except actions.UsedUpError:
            messages.info(request, _("Über diesen Antrag wurde schon entschieden."))
        else:
            messages.success(request, _("Entschieden. Die Person bekommt eine E-Mail."))
        return True
