"""The family's pages: start, results, offer, topics."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offers.address import read_address
from offers.filters import OfferFilter
from offers.finder import Search, count_each, find, tally
from offers.finder.keeper import keeper
from offers.finder.panel import age_choices
from offers.models import Offer, Topic
from offers.offer_page import OfferPage
from offers.ready import drawn_once
from offers.results_page import results_page
from offers.shortlist.page import share_links
from offers.shortlist.references import reference
from offers.steering.demand import note_search
from portal.short_way import same_for_everybody


@same_for_everybody
@require_safe
@drawn_once
def start(request: HttpRequest) -> HttpResponse:
    """How old, where, what; below it the chain and the topics with their counts."""
    catalogue = keeper.catalogue()
    counted = tally(Search(), catalogue)
    phases = list(catalogue.phases.values())
    counts = count_each([Search(phase=phase) for phase in phases], catalogue)
    context = {
        "ages": age_choices(),
        "area_groups": catalogue.area_groups,
        "count": counted.count,
        "phases": list(zip(phases, counts, strict=True)),
        "topics": _with_counts(list(catalogue.topics.values()), counted.facets["thema"]),
        "canonical": settings.BASE_URL + reverse("offers:start"),
    }
    return render(request, "offers/start.html", context)


@same_for_everybody
@require_safe
def offer_list(request: HttpRequest) -> HttpResponse:
    """Results: the clean filters apply, the others say beside their field what is wrong."""
    catalogue = keeper.catalogue()
    asked = read_address(request.META["QUERY_STRING"], catalogue)
    filterset = None
    if asked is None:
        filterset = OfferFilter(request.GET, catalogue=catalogue)
        if filterset.instead:
            return redirect(filterset.instead)
        asked = filterset.search, filterset.page
    search, number = asked
    results = find(search, catalogue, page=number)
    wrong = filterset if filterset is not None and filterset.errors else None
    response = HttpResponse(results_page(request, results, catalogue, number, wrong))
    if number == 1:
        note_search(response, search, results.count)
    return response


@same_for_everybody
@require_safe
@drawn_once
def offer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An offer; ended and dormant ones answer with a clear notice instead of dates and phone (design rule 4)."""
    try:
        offer = Offer.objects.published().with_page_relations().at_slug(slug)
    except Offer.DoesNotExist:
        raise Http404(_("Dieses Angebot gibt es nicht.")) from None
    if offer.slug != slug:
        return redirect(offer, permanent=True)
    canonical = settings.BASE_URL + offer.get_absolute_url()
    context = {
        "offer": offer,
        "page": OfferPage(offer, timezone.now()),
        "canonical": canonical,
        "reference": reference(offer),
        "share": share_links(canonical, offer.title),
    }
    return render(request, "offers/offer_detail.html", context)


@same_for_everybody
@require_safe
@drawn_once
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics with what they mean and how many offers they have."""
    catalogue = keeper.catalogue()
    counted = tally(Search(), catalogue)
    topics = _with_counts(list(catalogue.topics.values()), counted.facets["thema"])
    context = {"topics": topics, "canonical": settings.BASE_URL + reverse("offers:topics")}
    return render(request, "offers/topic_list.html", context)


def _with_counts(topics: list[Topic], counts: dict[str, int]) -> list[tuple[Topic, int]]:
    return [(topic, counts.get(topic.slug, 0)) for topic in topics]
