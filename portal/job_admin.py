"""For the Leitung: jobs that failed for good, with a button to try again, and every mail the portal writes."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import procrastinate.contrib.django.admin  # noqa: F401  # registers its own page, which ours takes the place of
from csp.constants import HEADER
from csp.utils import build_policy
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.admin_bases import ReadOnlyAdmin, StandFilter
from portal.city import city
from portal.enums import Rhythm
from portal.mail import queue_mail
from portal.mail_samples import samples, title_of, write_sample
from portal.models import Notice
from portal.notices import rhythm_of, set_rhythm

NAMES = {
    "networks.send_letters": gettext_lazy("Einladungen und Erinnerungen von Netzwerken"),
    "offers.bring_rows_up_to_date": gettext_lazy("Suche auf dem neuesten Stand"),
    "offers.check_sheet": gettext_lazy("Prüfung einer Tabelle"),
    "offers.check_websites": gettext_lazy("Prüfung der Internetseiten"),
    "offers.compare_offers": gettext_lazy("Suche nach Parallelen"),
    "offers.forget_searches": gettext_lazy("Alte Suchen vergessen"),
    "offers.forget_sheets": gettext_lazy("Alte Tabellen vergessen"),
    "offers.make_booklets": gettext_lazy("Wegweiser als PDF"),
    "offers.make_report": gettext_lazy("Bericht als PDF"),
    "offers.nightly_report": gettext_lazy("Berichte der Nacht"),
    "offers.number_clusters": gettext_lazy("Gruppen von Parallelen"),
    "offers.remind_partners": gettext_lazy("Erinnerungen an Träger"),
    "offers.send_sheet": gettext_lazy("Senden einer Tabelle"),
    "offers.split_words": gettext_lazy("Wörter für die Suche"),
    "offers.warn_of_ends": gettext_lazy("Warnung vor Enden"),
    "offers.write_card_words": gettext_lazy("Karten der Suche vorbereiten"),
    "partners.discard_mail": gettext_lazy("E-Mail an niemanden"),
    "portal.deliver_mail": gettext_lazy("E-Mail"),
    "portal.forget_form_uses": gettext_lazy("Zählung der Formulare vergessen"),
    "portal.keep_calendar_and_log": gettext_lazy("Feiertage und Änderungen aufräumen"),
    "portal.mail_gathered": gettext_lazy("Gesammelte E-Mails"),
}

# Its own names are English, and it calls itself by all a job carries.
ProcrastinateJob.__str__ = lambda job: f"{job.task_name} {job.pk}"  # type: ignore[method-assign]  # on purpose
ProcrastinateJob._meta.verbose_name = gettext_lazy("Auftrag")
ProcrastinateJob._meta.verbose_name_plural = gettext_lazy("Aufträge")
admin.site.unregister(ProcrastinateJob)

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class RhythmForm(forms.Form):
    """How often the Büro's own mailbox gets what can wait."""

    rhythm = forms.ChoiceField(label=gettext_lazy("Wie oft"), choices=Rhythm, widget=forms.RadioSelect)


class ParkedFilter(StandFilter):
    """Shows what failed for good unless something else is asked for."""

    unasked = gettext_lazy("liegen geblieben")
    stands = (("wartet", gettext_lazy("wartet oder läuft")),)

    def rows(self, queryset: Any, stand: str) -> Any:
        return queryset.filter(status__in=["todo", "doing"] if stand == "wartet" else ["failed"])


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin):
    """Never shows what a job carries: a mail may hold a code to sign in with."""

    list_display = ["name", "receiver", "subject", "status", "attempts", "last_try"]
    list_filter = [ParkedFilter, "queue_name"]
    ordering = ["-id"]
    actions = ["try_again"]
    fields = ["name", "receiver", "subject", "status", "attempts", "last_try"]
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("mails/", wrap(self.mails_view), name="portal_mails"),
            path("mails/<path:template>/", wrap(self.mail_view), name="portal_mail"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("Auftrag"))
    def name(self, job: ProcrastinateJob) -> str:
        return str(NAMES.get(job.task_name, job.task_name))

    @admin.display(description=gettext_lazy("an"))
    def receiver(self, job: ProcrastinateJob) -> str:
        return str(job.args.get("to", "–"))

    @admin.display(description=gettext_lazy("Betreff"))
    def subject(self, job: ProcrastinateJob) -> str:
        return str(job.args.get("subject", "–"))

    @admin.display(description=gettext_lazy("zuletzt versucht am"))
    def last_try(self, job: ProcrastinateJob) -> Any:
        return job.scheduled_at

    @admin.action(description=gettext_lazy("Noch einmal versuchen"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: Any) -> None:
        parked = list(queryset.filter(status="failed"))
        for job in parked:
            app.job_manager.retry_job_by_id(job.pk, timezone.now())
        words = ngettext("%(count)d Auftrag läuft noch einmal.", "%(count)d Aufträge laufen noch einmal.", len(parked))
        messages.success(request, words % {"count": len(parked)})

    def mails_view(self, request: HttpRequest) -> HttpResponse:
        """Every mail with made-up words, and a button that sends one to oneself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        office = city()["office_email"]
        form = RhythmForm(request.POST if "rhythmus" in request.POST else None, initial={"rhythm": rhythm_of(office)})
        if form.is_bound and form.is_valid():
            set_rhythm(address=office, rhythm=Rhythm(form.cleaned_data["rhythm"]))
            messages.success(request, _("Gespeichert. Das gilt ab jetzt."))
            return HttpResponseRedirect(request.path)
        if request.method == "POST" and not form.is_bound:
            self._send_sample(request, request.POST.get("vorlage", ""))
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("E-Mails des Portals"),
            "opts": self.opts,
            "form": form,
            "waiting": Notice.objects.waiting().filter(to=office.lower()).count(),
            "mails": [(template, title_of(template), write_sample(template)[0]) for template in samples()],
        }
        return TemplateResponse(request, "admin/mails.html", context)

    def mail_view(self, request: HttpRequest, template: str) -> HttpResponse:
        """One mail as mail programs show it that read HTML. Its style stands in the page, as mails must have it: the
        policy names it by its digest.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        if template not in samples():
            raise Http404(template)
        page = write_sample(template)[1]
        digests = [b64encode(sha256(style.encode()).digest()).decode() for style in STYLE.findall(page)]
        policy = build_policy(replace={"style-src": [f"'sha256-{digest}'" for digest in digests]})
        return HttpResponse(page, headers={HEADER: policy})

    def _send_sample(self, request: HttpRequest, template: str) -> None:
        address = getattr(request.user, "email", "")
        if template not in samples():
            messages.error(request, _("Diese Vorlage gibt es nicht."))
        elif not address:
            messages.error(request, _("Ihr Konto hat keine E-Mail-Adresse."))
        else:
            with transaction.atomic():
                queue_mail(to=address, template=template, **write_sample(template)[2])
            messages.success(request, _("Die Probe ist unterwegs an %(address)s.") % {"address": address})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("portal.view_packentry")  # the Leitung, who sees the engine room

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
