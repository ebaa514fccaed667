"""Parallels over the whole stock for the Leitung: clusters with their reasons, decisions and what became of them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offers.models import Offer
from offers.parallels.compare import Shared
from offers.parallels.history import decisions_between, with_fates
from offers.parallels.models import ComparedOffer, ParallelCluster, ParallelPair
from offers.parallels.words import Reasons, in_one_sentence
from offers.steering import report_parallels
from offers.steering.access import for_leads
from offers.steering.filters import PeriodFilter

PER_PAGE = 10
DECISIONS = 50  # on a page
PAIRS_SHOWN = 5  # of a cluster; the others stand in the list of pairs


@dataclass(frozen=True)
class Row:
    """A pair with its reasons as a sentence."""

    pair: ParallelPair
    why: str


@dataclass(frozen=True)
class Cluster:
    """Offers that hang together, and the closest of the pairs among them that nobody has decided about.

    `offers` are those of the pairs shown; `more_offers` and `more_pairs` say how many are not shown.
    """

    count: int
    offers: list[Offer]
    closest: Row
    others: list[Row]
    more_offers: int
    more_pairs: int


@require_safe
@for_leads
def parallels(request: HttpRequest) -> HttpResponse:
    """Clusters with something to decide, ten a page; what was decided and avoided between two days.

    The counts are those of the last comparison (`stock`), at most some minutes old.
    """
    counted = ParallelCluster.objects.to_decide().with_closest_pairs(PAIRS_SHOWN)
    page = Paginator(counted, PER_PAGE).get_page(request.GET.get("seite"))
    period = PeriodFilter(request.GET)
    sections = (report_parallels.avoided, report_parallels.parallels)
    pairs = ParallelPair.objects.all()
    context = {
        "page": page,
        "clusters": _clusters(list(page)),
        "open": pairs.count() - pairs.decided().count(),
        "returned": pairs.returned().count(),
        "waiting": ComparedOffer.objects.missing(),
        "period": period,
        "query": urlencode({"von": period.first, "bis": period.last}),
        "sections": [section(period.first, period.last) for section in sections],
    }
    return render(request, "offers/parallels/parallels.html", context)


@require_safe
@for_leads
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision between two days and what became of it, the newest first."""
    period = PeriodFilter(request.GET)
    page = Paginator(decisions_between(period.first, period.last), DECISIONS).get_page(request.GET.get("seite"))
    context = {"page": page, "decisions": list(with_fates(list(page), period.last)), "period": period}
    return render(request, "offers/parallels/decisions.html", context)


def _clusters(counted: list[Any]) -> list[Cluster]:
    pairs = ParallelPair.objects.select_related("first__provider", "second__provider").in_bulk(
        [pk for cluster in counted for pk in cluster.shown]
    )
    reasons = Reasons()
    found = []
    for cluster in counted:
        held = [pairs[pk] for pk in cluster.shown if pk in pairs]
        offers = {offer.pk: offer for pair in held for offer in (pair.first, pair.second)}
        if held:
            closest, *others = (Row(pair, in_one_sentence(reasons.of(Shared(**pair.shared)))) for pair in held)
            found.append(
                Cluster(
                    cluster.offers,
                    sorted(offers.values(), key=lambda offer: offer.title),
                    closest,
                    others,
                    max(cluster.offers - len(offers), 0),
                    max(cluster.undecided - len(held), 0),
                )
            )
    return found
