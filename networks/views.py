"""The public register of networks."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from networks.calendar import calendar
from networks.descent import line_of_descent
from networks.enums import MembershipRole
from networks.filters import NetworkFilter
from networks.models import Meeting, Membership, Network, NetworkDocument
from partners.models import Partner
from portal.ages import age_label

PER_PAGE = 20
MEETINGS_SHOWN = 3


@require_safe
def network_list(request: HttpRequest) -> HttpResponse:
    """All networks, the active ones first."""
    rows = Network.objects.public().select_related("coordinator").with_level().with_member_count().in_register_order()
    filters = NetworkFilter(request.GET, rows)
    page = Paginator(filters.rows, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "networks/network_list.html", {"filters": filters, "page": page})


@require_safe
def network_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One network; an earlier address leads to the present one."""
    try:
        network = Network.objects.public().select_related("coordinator").with_level().at_slug(slug)
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
        "chairs": [m for m in memberships if m.until_year is None and m.role == MembershipRole.CHAIR],
        "member_partners": [membership.partner for membership in memberships if membership.until_year is None],
        "former_members": [membership for membership in memberships if membership.until_year is not None],
        "line": line_of_descent(network),
        "meetings": Meeting.objects.filter(network=network).public().coming()[:MEETINGS_SHOWN],
        "documents": NetworkDocument.objects.filter(network=network).public().without_content(),
    }
    return render(request, "networks/network_detail.html", context)


@require_safe
def network_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The network's public meetings, to subscribe to."""
    network = get_object_or_404(Network.objects.public(), slug=slug)
    meetings = Meeting.objects.filter(network=network).public().select_related("network")
    return _calendar(network.slug, calendar(network.name, meetings))


@require_safe
def partner_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The public meetings of all networks an organisation belongs to."""
    partner = get_object_or_404(Partner, slug=slug)
    networks = Membership.objects.current().filter(partner=partner).values("network")
    meetings = Meeting.objects.filter(network__in=networks).public().select_related("network")
    return _calendar(partner.slug, calendar(partner.name, meetings))


def _calendar(name: str, file: bytes) -> HttpResponse:
    disposition = {"Content-Disposition": f'inline; filename="{name}.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=disposition)


@require_safe
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    """A public document, always to be saved: no browser opens it in our name."""
    found = get_object_or_404(NetworkDocument.objects.public(), public_id=key)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(bytes(found.content), content_type="application/pdf", headers=headers)
