"""People of organisations for the Büro: who belongs where, inviting the first person."""

from typing import Any, ClassVar

from allauth.account import admin as _account_admin  # noqa: F401  # registers what is taken out below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factor_admin  # noqa: F401  # registers what is taken out below
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.accounts import actions
from partners.accounts.rights import person_of
from partners.models import Affiliation, Invitation
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
    # One field with one label each; the stock pair of a day and a time leaves both without a name.
    formfield_overrides: ClassVar = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
    }

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
