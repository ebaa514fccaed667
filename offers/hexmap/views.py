"""The map of the Stadtteile; it takes the finder's filters and keeps them in every link."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from offers.filters import OfferFilter
from offers.finder import Catalogue
from offers.finder.wording import chips
from offers.hexmap.grid import HexMap


@require_safe
def hexmap(request: HttpRequest) -> HttpResponse:
    """What there is in each Stadtteil, for everybody or for one search."""
    catalogue = Catalogue()
    filterset = OfferFilter(request.GET, catalogue=catalogue)
    search = filterset.search
    context = {
        "map": HexMap(search, catalogue),
        "chips": [chip.label for chip in chips(search.without("ort"), catalogue)],
        "errors": [message for messages in filterset.errors.values() for message in messages],
        "is_filtered": bool(search) or bool(filterset.errors),
        "list_url": search.url(),
        "canonical": settings.BASE_URL + reverse("offers:hexmap"),
    }
    return render(request, "offers/hexmap/hexmap.html", context)
