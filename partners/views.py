"""The public register of partners."""

from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.filters import PartnerFilter
from partners.models import Partner
from portal.text import first_letter

PER_PAGE = 50
OFFERS_SHOWN = 50


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """All partners from A to Z."""
    filters = PartnerFilter(request.GET, Partner.objects.with_districts().in_listing_order())
    page = Paginator(filters.rows, PER_PAGE).get_page(request.GET.get("seite"))
    letters = [(letter, list(group)) for letter, group in groupby(page, lambda partner: first_letter(partner.name))]
    return render(request, "partners/partner_list.html", {"filters": filters, "page": page, "letters": letters})


@require_safe
def partner_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner; an earlier address leads to the present one."""
    try:
        partner = Partner.objects.at_slug(slug)
    except Partner.DoesNotExist as error:
        raise Http404(slug) from error
    if partner.slug != slug:
        return HttpResponsePermanentRedirect(partner.get_absolute_url())
    cooperations = partner.cooperation_offers.public().select_related("provider")
    memberships = list(partner.memberships.current().public().select_related("network").order_by("network__name"))
    coordinated = partner.coordinated_networks.public().active().in_listing_order()
    context = {
        "partner": partner,
        "contacts": partner.contacts.in_listing_order(),
        "places": partner.places.select_related("district").in_listing_order(),
        "units": partner.units.in_listing_order(),
        "offers": partner.offers.public().in_listing_order()[:OFFERS_SHOWN],
        "cooperations": cooperations.in_listing_order()[:OFFERS_SHOWN],
        "memberships": memberships,
        "coordinated": coordinated.exclude(pk__in=[membership.network_id for membership in memberships]),
    }
    return render(request, "partners/partner_detail.html", context)
