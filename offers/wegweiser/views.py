"""The booklets to take away."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offers.tasks import ask_for_booklets
from offers.wegweiser.shelf import kept


@require_safe
def wegweiser_list(request: HttpRequest) -> HttpResponse:
    """All Sozialräume with their booklets; missing ones are ordered, which an order that waits already makes idle."""
    booklets = kept()
    if any(booklet.made_at is None for booklet in booklets):
        ask_for_booklets()
    context = {"booklets": booklets, "canonical": settings.BASE_URL + reverse("offers:wegweiser")}
    return render(request, "offers/wegweiser/wegweiser_list.html", context)


@require_safe
def wegweiser_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    for booklet in kept():
        if booklet.area.slug == slug and booklet.made_at is not None:
            file = booklet.path.open("rb")
            return FileResponse(file, content_type="application/pdf", filename=f"wegweiser-{slug}.pdf")
    raise Http404(_("Diesen Wegweiser gibt es nicht."))
