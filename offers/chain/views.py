"""The prevention chain: one picture for the city and each Sozialraum, one page for each transition."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offers.cards import cards
from offers.chain.filters import TransitionFilter
from offers.chain.picture import Chain, around
from offers.chain.transitions import BY_SLUG, TOPIC
from offers.finder import PER_PAGE, Area, Catalogue, Search
from portal.enums import DistrictKind
from portal.models import District


@require_safe
def chain(request: HttpRequest) -> HttpResponse:
    """Pregnancy to job in the whole city."""
    return _chain(request, Chain(Catalogue(), None), reverse("offers:chain"))


@require_safe
def chain_area(request: HttpRequest, slug: str) -> HttpResponse:
    """Pregnancy to job in one Sozialraum; other districts have no page here."""
    catalogue = Catalogue()
    area = catalogue.areas.get(slug)
    if area and area.districts[0].kind == DistrictKind.SOCIAL_AREA:
        return _chain(request, Chain(catalogue, area), reverse("offers:chain_area", args=[slug]))
    try:
        moved = District.objects.social_areas().at_slug(slug)
    except District.DoesNotExist:
        raise Http404(_("Diesen Sozialraum gibt es nicht.")) from None
    return redirect("offers:chain_area", moved.slug, permanent=True)


@require_safe
def transition(request: HttpRequest, slug: str) -> HttpResponse:
    """The offers that accompany families across one transition, those about transitions first."""
    if slug not in BY_SLUG:
        raise Http404(_("Diesen Übergang gibt es nicht."))
    found = BY_SLUG[slug]
    catalogue = Catalogue()
    filterset = TransitionFilter(request.GET, catalogue=catalogue)
    offers = Search(ort=filterset.area).offers().across_age(found.months)
    listed = offers.with_card_relations().topic_first(TOPIC)
    page = Paginator(listed, PER_PAGE).get_page(filterset.page)
    context = {
        "transition": found,
        "area": filterset.area,
        "errors": [message for messages in filterset.errors.values() for message in messages],
        "page": page,
        "cards": cards(page.object_list, catalogue),
        "around_url": around(found, filterset.area).url(),
        "chain_url": _chain_url(filterset.area),
        "canonical": settings.BASE_URL + reverse("offers:chain_transition", args=[slug]),
    }
    return render(request, "offers/chain/transition.html", context)


def _chain(request: HttpRequest, picture: Chain, path: str) -> HttpResponse:
    context = {"chain": picture, "canonical": settings.BASE_URL + path}
    return render(request, "offers/chain/chain.html", context)


def _chain_url(area: Area | None) -> str:
    if area and area.districts[0].kind == DistrictKind.SOCIAL_AREA:
        return reverse("offers:chain_area", args=[area.value])
    return reverse("offers:chain")
