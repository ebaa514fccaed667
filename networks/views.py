"""The public register of networks."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networks.filters import NetworkFilter
from networks.models import Network
from portal.ages import age_label

PER_PAGE = 20


@require_safe
def network_list(request: HttpRequest) -> HttpResponse:
    """All networks, the active ones first."""
    rows = Network.objects.select_related("coordinator").with_member_count().in_register_order()
    filters = NetworkFilter(request.GET, rows)
    page = Paginator(filters.rows, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "networks/network_list.html", {"filters": filters, "page": page})


@require_safe
def network_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One network; an earlier address leads to the present one."""
    try:
        network = Network.objects.select_related("coordinator").at_slug(slug)
    except Network.DoesNotExist as error:
        raise Http404(slug) from error
    if network.slug != slug:
        return HttpResponsePermanentRedirect(network.get_absolute_url())
    memberships = list(network.memberships.select_related("partner").in_listing_order())
    context = {
        "network": network,
        "ages": age_label(network.ages),
        "districts": network.districts.in_listing_order(),
        "members": [membership for membership in memberships if membership.until_year is None],
        "member_partners": [membership.partner for membership in memberships if membership.until_year is None],
        "former_members": [membership for membership in memberships if membership.until_year is not None],
        "predecessors": network.predecessors.in_listing_order(),
        "successors": network.successors.in_listing_order(),
    }
    return render(request, "networks/network_detail.html", context)
