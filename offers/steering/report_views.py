"""The report on the screen, on paper and as tables."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offers.steering.access import for_leads
from offers.steering.filters import PeriodFilter
from offers.steering.paper import chart_svg, chart_words, report_pdf
from offers.steering.report import Report, Table
from offers.steering.sheets import XLSX_TYPE, as_csv, as_xlsx

_SHEETS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": (XLSX_TYPE, as_xlsx),
}


@require_safe
@for_leads
def report(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    period = PeriodFilter(request.GET, recorded=True)
    found = Report(period.first, period.last)
    bars = [bar for section in found.sections for bar in section.bars]
    context = {
        "period": period,
        "report": found,
        "query": urlencode({"von": period.first.isoformat(), "bis": period.last.isoformat()}),
        "chart": SafeString(chart_svg(bars)),  # made of our own words and numbers, escaped there
        "chart_words": chart_words(found),
    }
    return render(request, "offers/steering/report.html", context)


@require_safe
@for_leads
def report_file(request: HttpRequest) -> HttpResponse:
    """The report as PDF."""
    found = _found(request)
    return _download(report_pdf(found), "application/pdf", f"bericht-{_days(found)}.pdf")


@require_safe
@for_leads
def report_table(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """One table of the report as CSV or XLSX."""
    found = _found(request)
    table = found.table(name)
    if table is None or kind not in _SHEETS:
        raise Http404(_("Diese Tabelle gibt es nicht."))
    content_type, write = _SHEETS[kind]
    return _download(write(table), content_type, f"{name}-{_days(found)}.{kind}")


def _found(request: HttpRequest) -> Report:
    period = PeriodFilter(request.GET, recorded=True)
    return Report(period.first, period.last)


def _days(found: Report) -> str:
    return f"{found.first.isoformat()}-{found.last.isoformat()}"


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
