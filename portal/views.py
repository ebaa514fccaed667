"""Site pages, operations and error pages."""

import re
import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import TemplateView

from portal.city import city
from portal.forms import BarrierReportForm
from portal.helplines import DANGER, answering
from portal.mail import queue_mail
from portal.rate import of_connection

_SECRET = re.compile(r"password|^code$|credential")  # never written into a page


class SitePageView(TemplateView):
    """A page of fixed text; what only this city can say stands in the pack's `templates/pages/`."""

    http_method_names = ["get", "head", "options"]


@cache_control(no_cache=True)
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Who helps at this hour, and whom to call later; asks the database nothing and is never kept ready."""
    now = timezone.localtime()
    there, later = answering(now)
    return render(request, "portal/help.html", {"now": now, "danger": DANGER, "there": there, "later": later})


@cache_control(private=True, max_age=0)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """What is accessible and what is not, and the form to tell of a barrier; `?gesendet` is the thank-you after it."""
    if request.method != "POST":
        context = {"form": BarrierReportForm(), "sent": "gesendet" in request.GET}
        return render(request, "portal/accessibility.html", context)
    form = BarrierReportForm(request.POST, meter=of_connection(request, "barrier"))
    if not form.is_valid():
        return render(request, "portal/accessibility.html", {"form": form, "sent": False})
    queue_mail(
        to=city()["office_email"],
        subject=gettext("Eine Barriere wurde gemeldet"),
        template="mail/portal/barrier_report.txt",
        context={"report": form.cleaned_data},
    )
    return redirect(f"{reverse('portal:accessibility')}?gesendet=1")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be asked, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Let search engines in, but not into staff pages and one-time links."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('offers:submit')}bestaetigen/",
        f"Disallow: {reverse('offers:submit')}danke/",
        f"Disallow: {reverse('offers:list')}pruefen/",
        f"Sitemap: {settings.BASE_URL}{reverse('offers:sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, with the city's name (Django's own view gives no context)."""
    return HttpResponseBadRequest(render_to_string("400.html", {"city": city()}))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without database, session or context processors: any of them may be what failed.

    When the database does not answer it is 503, and what was typed comes back in the page to be sent again.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _unreachable(request)
    return HttpResponseServerError(render_to_string("500.html", {"city": city()}))


def _unreachable(request: HttpRequest) -> HttpResponse:
    typed = []
    if request.method == "POST":
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
    secret = any(_SECRET.search(name) for name, _value in typed)
    context = {
        "city": city(),
        "path": request.get_full_path(),
        "typed": typed,
        "can_send_again": bool(typed) and not secret,
    }
    page = render_to_string("503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
