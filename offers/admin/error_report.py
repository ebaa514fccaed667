"""Visitors' hints that an entry is wrong: open ones first, done with one click."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.actions import AlreadyDecidedError, handle_error_reports
from offers.desk.actions import NoAddressError, ask_back, close_report
from offers.desk.enums import CaseKind
from offers.desk.message import ASK, INSERT, MessageForm
from offers.desk.thread import messages_of
from offers.desk.way import back_to, onward
from offers.freshness import reports
from offers.models import ErrorReport
from portal.admin_bases import ReadOnlyAdmin, StandFilter

ADOPT, PASS_ON, DONE = "uebernehmen", "weitergeben", "erledigt"


class ReportForm(MessageForm):
    wishes = (ADOPT, PASS_ON, DONE, ASK)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.wish == PASS_ON and cleaned.get("reason", "").strip():
            self.add_error("reason", _("Beim Weitergeben geht keine Nachricht hinaus. Bitte leeren Sie das Feld oder "
                                       "wählen Sie eine andere Schaltfläche."))  # fmt: skip
        return cleaned


class OpenFilter(StandFilter):
    """Shows what is open unless something else is asked for."""

    unasked = gettext_lazy("offen")
    stands = (("erledigt", gettext_lazy("erledigt")),)

    def rows(self, queryset: Any, stand: str) -> Any:
        return queryset.handled() if stand == "erledigt" else queryset.open()


@admin.register(ErrorReport)
class ErrorReportAdmin(ReadOnlyAdmin):
    list_display = ["short_message", "offer_link", "field", "waiting_for", "created_at", "handled_at", "handled_by"]
    list_filter = [OpenFilter, "field", "created_at"]
    list_select_related = ["offer", "handled_by"]
    search_fields = ["message", "correction", "offer__title", "reply_email"]
    ordering = ["created_at", "pk"]
    actions = ["mark_handled"]

    @admin.display(description=gettext_lazy("Meldung"))
    def short_message(self, report: ErrorReport) -> str:
        words = report.message or report.correction or str(report.get_field_display())
        return words if len(words) <= 80 else f"{words[:79]}…"

    @admin.display(description=gettext_lazy("wartet seit"), ordering="created_at")
    def waiting_for(self, report: ErrorReport) -> str:
        return "–" if report.handled_at else timesince(report.created_at, timezone.now(), depth=1)

    @admin.display(description=gettext_lazy("Angebot"))
    def offer_link(self, report: ErrorReport) -> SafeString:
        return format_html('<a href="{}">{}</a>', report.offer.get_absolute_url(), report.offer)

    @admin.action(description=gettext_lazy("Als erledigt markieren"), permissions=["handle"])
    def mark_handled(self, request: HttpRequest, queryset: Any) -> None:
        count = handle_error_reports(reports=queryset, by=request.user)  # type: ignore[arg-type]  # staff only here
        words = ngettext("%(count)d Meldung ist erledigt.", "%(count)d Meldungen sind erledigt.", count)
        messages.success(request, words % {"count": count})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The hint beside what the offer says, and what to do with it."""
        report = self.get_object(request, unquote(object_id))
        if report is None:
            raise Http404(_("Diese Meldung gibt es nicht."))
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        form = ReportForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.wish == INSERT:
            form.with_block()
        elif form.is_bound and form.is_valid():
            is_done = self._decide(request, report, form)
            return onward(request, CaseKind.REPORT, report.pk) if is_done else back_to(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Fehlermeldung: %(title)s") % {"title": report.offer.title},
            "opts": self.opts,
            "report": report,
            "form": form,
            "thread": messages_of(report, _("Absender"), inside=True),
            "present": reports.present(report),
            "can_adopt": bool(reports.proposed(report)) and request.user.has_perm("offers.change_offer"),
            "may_handle": self.has_handle_permission(request),
        }
        return TemplateResponse(request, "admin/offers/errorreport/change_form.html", context)

    def _decide(self, request: HttpRequest, report: ErrorReport, form: "ReportForm") -> bool:
        """Carry out the pressed button and say what happened; whether the case is done with."""
        if not isinstance(request.user, User) or not self.has_handle_permission(request):
            raise PermissionDenied
        words = form.cleaned_data["reason"]
        try:
            if form.wish == ASK:
                ask_back(case=report, by=request.user, text=words)
                messages.success(request, _("Ihre Frage ist unterwegs. Die Antwort erscheint hier, der Fall wartet."))
            elif form.wish == PASS_ON:
                address = reports.pass_on_report(report=report, by=request.user)
                messages.success(request, _("Weitergegeben an %(address)s.") % {"address": address})
            else:
                adopt, seen = form.wish == ADOPT, request.POST.get("seen", "")
                close_report(report=report, by=request.user, text=words, adopt=adopt, seen=seen)
                adopted = _("Übernommen. Das Angebot ist geändert und gleich so zu sehen.")
                messages.success(request, adopted if adopt else _("Die Meldung ist erledigt."))
        except (reports.AlreadyHandledError, AlreadyDecidedError):
            messages.info(request, _("Diese Meldung ist schon erledigt."))
        except reports.ChangedMeanwhileError:
            messages.warning(request, _("Das Angebot wurde inzwischen geändert. Bitte sehen Sie noch einmal hin."))
        except reports.NoMailboxError:
            messages.warning(request, _("Von dieser Organisation ist kein Postfach bekannt."))
        except NoAddressError:
            messages.warning(request, _("Zu dieser Meldung gibt es keine E-Mail-Adresse."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            return form.wish != PASS_ON
        return False

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offers.change_errorreport")
