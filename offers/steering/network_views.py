"""Networks under /steuerung/: hours, overlaps, what is missing, and who belongs where."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from networks.models import Network
from offers.steering import network_figures as figures
from offers.steering.access import for_leads
from offers.steering.network_picture import graph

_MOST_PARTNERS = 60  # on one page; the number stands beside them


@require_safe
@for_leads
def networks(request: HttpRequest) -> HttpResponse:
    """Everything the Leitung asks about networks, on one page that can be printed."""
    memberships = figures.memberships()
    year = timezone.localdate().year
    outside = figures.partners_without_network()
    context = {
        "networks": figures.each_network(),
        "pairs": figures.pairs(),
        "silent": Network.objects.silent().in_listing_order(),
        "unreviewed": Network.objects.without_review(year).in_listing_order(),
        "partners": outside[:_MOST_PARTNERS],
        "partners_outside": outside.count(),
        "phases": figures.phases_without_network(),
        "areas": figures.social_areas_without_network(),
        "memberships": memberships,
        "graph": graph(memberships),
        "year": year,
    }
    return render(request, "offers/steering/networks.html", context)
