"""Parallels over the whole stock for the Leitung: clusters with their reasons, and what was decided."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offers.models import Offer
from offers.parallels.compare import Shared
from offers.parallels.enums import PairAnswer
from offers.parallels.models import PairDecision, ParallelPair
from offers.parallels.words import Reasons, in_one_sentence
from offers.steering.access import for_leads

PER_PAGE = 20
PAIRS_SHOWN = 10  # of a cluster; the others stand in the list of pairs


@dataclass(frozen=True)
class Row:
    """A pair with its reasons as a sentence."""

    pair: ParallelPair
    why: str


@dataclass(frozen=True)
class Cluster:
    """Offers that hang together, and the pairs among them that nobody has decided about, the closest first."""

    offers: list[Offer]
    rows: list[Row]
    more: int


@require_safe
@for_leads
def parallels(request: HttpRequest) -> HttpResponse:
    """Clusters with something to decide, twenty a page; what was decided this year."""
    open_pairs = ParallelPair.objects.public().open()
    page = Paginator(open_pairs.clusters(), PER_PAGE).get_page(request.GET.get("seite"))
    first_day = timezone.localdate().replace(month=1, day=1)
    labels = dict(PairAnswer.choices)
    context = {
        "page": page,
        "clusters": _clusters([row["cluster"] for row in page], open_pairs),
        "open": open_pairs.count(),
        "returned": ParallelPair.objects.public().returned().count(),
        "decisions": [
            (labels[row["answer"]], row["partners"], row["staff"])
            for row in PairDecision.objects.since(first_day).by_answer()
        ],
        "year": first_day.year,
    }
    return render(request, "offers/parallels/parallels.html", context)


def _clusters(numbers: list[int], open_pairs: Any) -> list[Cluster]:
    found: dict[int, list[ParallelPair]] = {number: [] for number in numbers}
    pairs = open_pairs.filter(cluster__in=numbers).select_related("first__provider", "second__provider")
    for pair in pairs.most_alike_first():
        found[pair.cluster].append(pair)
    reasons = Reasons()
    clusters = []
    for held in found.values():
        offers = {offer.pk: offer for pair in held for offer in (pair.first, pair.second)}
        shown = [Row(pair, in_one_sentence(reasons.of(Shared(**pair.shared)))) for pair in held[:PAIRS_SHOWN]]
        clusters.append(Cluster(sorted(offers.values(), key=lambda offer: offer.title), shown, len(held) - len(shown)))
    return clusters
