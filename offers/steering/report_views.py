"""The report on the screen, on paper, as tables and by mail."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offers.models import ReportMail, ReportOrder
from offers.steering.access import for_leads
from offers.steering.filters import PeriodFilter
from offers.steering.forms import ReportMailForm
from offers.steering.paper import chart_svg
from offers.steering.report import Report
from offers.steering.sheets import as_file
from offers.steering.shelf import kept_papers, path_of
from offers.steering.tasks import order_report

_LOOK_AGAIN = 2  # seconds


@require_safe
@for_leads
def report(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    period = PeriodFilter(request.GET, recorded=True)
    found = Report(period.first, period.last)
    mail = ReportMail.objects.filter(person_id=request.user.pk).first()
    context = {
        "period": period,
        "report": found,
        "query": _query(period),
        # charts are made of our own words and numbers, escaped there
        "sections": [(one, SafeString(chart_svg(one.chart)) if one.chart else "") for one in found.sections],
        "papers": kept_papers(period.first, period.last),
        "form": ReportMailForm(instance=mail),
    }
    return render(request, "offers/steering/report.html", context)


@require_POST
@for_leads
def order(request: HttpRequest) -> HttpResponse:
    """Queue the report on paper; the page it leads to tells how far it is."""
    period = PeriodFilter(request.POST, recorded=True)
    return redirect(order_report(first=period.first, last=period.last, by=_person(request)))


@require_safe
@for_leads
def report_order(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far the paper is: asks again by itself, without script, until it is done; `halt=1` stops that."""
    found = get_object_or_404(ReportOrder, key=key)
    path = path_of(found)
    is_under_way = found.made_at is None and found.failed_at is None
    context = {
        "order": found,
        "size": path.stat().st_size if path else 0,
        "is_under_way": is_under_way,
        "is_late": is_under_way and not ReportOrder.objects.waiting().filter(pk=found.pk).exists(),
        "asks_again": is_under_way and "halt" not in request.GET,
        "report_url": f"{reverse('offers:report')}?{_query(found)}",
    }
    answer = render(request, "offers/steering/report_order.html", context)
    if context["asks_again"]:
        answer.headers["Refresh"] = str(_LOOK_AGAIN)
    return answer


@require_safe
@for_leads
def report_paper(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The PDF of an order."""
    found = get_object_or_404(ReportOrder, key=key)
    path = path_of(found)
    if path is None:
        raise Http404(_("Diese Datei gibt es nicht mehr."))
    name = f"bericht-{found.first.isoformat()}-{found.last.isoformat()}.pdf"
    return FileResponse(path.open("rb"), as_attachment=True, content_type="application/pdf", filename=name)


@require_POST
@for_leads
def report_mail(request: HttpRequest) -> HttpResponse:
    """How often the one who is signed in gets the report by mail."""
    person = _person(request)
    kept = ReportMail.objects.filter(person=person).first() or ReportMail(person=person)
    form = ReportMailForm(request.POST, instance=kept)
    if form.is_valid():
        form.save()
        messages.success(request, _("Gespeichert."))
        if not person.email:
            messages.warning(request, _("In Ihrem Konto steht keine E-Mail-Adresse. Bitte tragen Sie eine ein."))
    else:
        messages.error(request, _("Bitte wählen Sie, wie oft."))
    return redirect("offers:report")


@require_safe
@for_leads
def report_table(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """One table of the report as CSV or XLSX."""
    period = PeriodFilter(request.GET, recorded=True)
    table = Report(period.first, period.last).table(name)
    return as_file(table, kind, f"{name}-{period.first.isoformat()}-{period.last.isoformat()}")


def _query(days: PeriodFilter | ReportOrder) -> str:
    return urlencode({"von": days.first.isoformat(), "bis": days.last.isoformat()})


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
