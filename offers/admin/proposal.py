"""The Büro's queue: what came in, what it would change, and the two buttons that decide."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.actions import (
    AlreadyDecidedError,
    ChangedMeanwhileError,
    UndecidedError,
    approve_proposal,
    return_proposal,
)
from offers.enums import ProposalStatus
from offers.models import Offer, Proposal
from offers.proposals import Change, changes, fingerprint
from partners.models import Partner
from portal.admin_bases import ReadOnlyAdmin
from portal.admin_history import HistoryMixin

TAKE, KEEP = "neu", "alt"


class QueueFilter(admin.SimpleListFilter):
    """Shows what waits unless something else is asked for."""

    title = gettext_lazy("Stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("entschieden", _("entschieden")),
            ("unbestaetigt", _("E-Mail noch nicht bestätigt")),
            ("alle", _("alle")),
        ]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        return [{**everything, "display": _("wartet auf Prüfung")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        choice = self.value()
        if choice == "entschieden":
            return queryset.decided()
        if choice == "unbestaetigt":
            return queryset.unconfirmed()
        return queryset if choice == "alle" else queryset.waiting()


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("Art")
    parameter_name = "art"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("neu", _("neues Angebot")), ("aenderung", _("Änderung"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "neu":
            return queryset.for_new_offers()
        return queryset.for_changes() if self.value() == "aenderung" else queryset


class ApproveForm(forms.Form):
    """What must be said before publishing: whose offer it is, and which value holds where both sides moved."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        proposal: Proposal,
        found: list[Change],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, auto_id="annehmen_%s", initial=initial)
        self.moved = [change for change in found if change.moved]
        if proposal.offer is None:
            name = proposal.sender_organisation
            self.fields["partner"] = forms.ModelChoiceField(
                Partner.objects.in_listing_order(),
                required=False,
                label=_("Anbieter"),
                initial=proposal.partner,
                empty_label=_("neu anlegen: %(name)s") % {"name": name} if name else _("bitte wählen"),
                help_text=_("Gibt es die Organisation schon unter einem anderen Namen? Dann wählen Sie sie hier."),
            )
            self.fields["partner"].required = not name
        for change in self.moved:
            self.fields[f"feld-{change.name}"] = forms.ChoiceField(
                label=change.label,
                widget=forms.RadioSelect,
                choices=[
                    (TAKE, _("Vorschlag: %(value)s") % {"value": change.new or "–"}),
                    (KEEP, _("jetziger Stand: %(value)s") % {"value": change.old or "–"}),
                ],
            )

    def names(self, choice: str) -> list[str]:
        return [change.name for change in self.moved if self.cleaned_data[f"feld-{change.name}"] == choice]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Der Absender bekommt diesen Text per E-Mail."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="zurueck_%s")


@admin.register(Proposal)
class ProposalAdmin(HistoryMixin, ReadOnlyAdmin):
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
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": self.title(proposal),
            "opts": self.opts,
            "proposal": proposal,
            "is_change": bool(proposal.base_version),
            "page": page,
            "parallels": proposal.parallels.select_related("existing__provider"),
            "may_decide": request.user.has_perm("offers.decide_proposal"),
        }
        return TemplateResponse(request, "admin/offers/proposal/change_form.html", context)


class ProposalPage:
    """One proposal with its two forms."""

    def __init__(self, request: HttpRequest, proposal: Proposal) -> None:
        self.request = request
        self.proposal = proposal
        self.changes = changes(proposal)
        self.return_form = ReturnForm()
        self.approve_form = ApproveForm(
            proposal=proposal,
            found=self.changes,
            initial={"seen": fingerprint(proposal.offer) if proposal.offer else ""},
        )

    def decide(self) -> bool:
        """Carry out the pressed button; False when the page must be shown again with an error."""
        try:
            if self.request.POST.get("entscheidung") == "zurueckgeben":
                self.return_form = ReturnForm(self.request.POST)
                return self.return_form.is_valid() and self._return()
            self.approve_form = ApproveForm(self.request.POST, proposal=self.proposal, found=self.changes)
            return self.approve_form.is_valid() and self._approve()
        except AlreadyDecidedError:
            messages.info(self.request, _("Über diesen Vorschlag wurde schon entschieden."))
        except (ChangedMeanwhileError, UndecidedError):
            messages.warning(
                self.request,
                _("Das Angebot wurde gerade von jemand anderem geändert. Bitte sehen Sie es noch einmal an."),
            )
        except ValidationError as error:
            self.approve_form.add_error(None, [f"{label}: {words}" for label, words in _sayings(error)])
            return False
        return True

    def _approve(self) -> bool:
        values = self.approve_form.cleaned_data
        offer = approve_proposal(
            proposal=self.proposal,
            by=self._staff(),
            partner=values.get("partner"),
            seen=values["seen"],
            take=self.approve_form.names(TAKE),
            keep=self.approve_form.names(KEEP),
        )
        messages.success(
            self.request,
            format_html(
                '{} <a href="{}">{}</a>. {} <a href="{}">{}</a>',
                _("Veröffentlicht:"),
                offer.get_absolute_url(),
                offer.title,
                _("Der Absender bekommt eine E-Mail."),
                reverse("admin:offers_offer_change", args=[offer.pk]),
                _("Angebot nachbessern"),
            ),
        )
        return True

    def _return(self) -> bool:
        return_proposal(proposal=self.proposal, by=self._staff(), reason=self.return_form.cleaned_data["reason"])
        messages.success(self.request, _("Zurückgegeben. Der Absender bekommt Ihre Begründung per E-Mail."))
        return True

    def _staff(self) -> User:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user


def _sayings(error: ValidationError) -> list[tuple[str, str]]:
    """What a value that no longer fits says, with its field's name."""
    if not hasattr(error, "error_dict"):
        return [(_("Fehler"), words) for words in error.messages]
    named = {field.name: str(getattr(field, "verbose_name", field.name)) for field in Offer._meta.get_fields()}
    return [(named.get(name, _("Angebot")), words) for name, found in error.message_dict.items() for words in found]
