"""The timeline for one child. Its birth month stands in the address and nowhere else (design rule 9)."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.decorators.http import require_safe

from offers.finder import Catalogue
from offers.timeline.filters import ChildFilter
from offers.timeline.milestones import AS_OF
from offers.timeline.months import Month
from offers.timeline.timeline import OLDEST, Timeline


@require_safe
def child_timeline(request: HttpRequest) -> HttpResponse:
    """Asks for the birth month; with one, what fits now, soon and later."""
    catalogue = Catalogue()
    this_month = Month.of(timezone.localdate())
    filterset = ChildFilter(request.GET, catalogue=catalogue, this_month=this_month)
    birth, area = filterset.birth, filterset.area
    path = reverse("offers:child_timeline")
    if birth and filterset.was_picked:
        chosen = {"geburt": birth.value, **({"ort": area.value} if area else {})}
        return _untraced(redirect(f"{path}?{urlencode(chosen)}"))
    context = {
        "timeline": Timeline(birth, this_month, area, catalogue) if birth else None,
        "errors": filterset.errors,
        "form": filterset.form,
        "months": MONTHS.items(),
        "years": range(this_month.plus(9).year, this_month.plus(-OLDEST).year - 1, -1),
        "birth": birth,
        "area": area,
        "area_groups": catalogue.area_groups,
        "as_of": AS_OF,
        "canonical": settings.BASE_URL + path,
    }
    return _untraced(render(request, "offers/timeline/child_timeline.html", context))


def _untraced(response: HttpResponse) -> HttpResponse:
    """No cache keeps the address with the birth month, and no other page is told of it."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
