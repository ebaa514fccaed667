"""The steering pages on what begins and ends, on freshness, and on what was searched for."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from offers.enums import FundingSource, Lifecycle
from offers.models import Funding, Offer
from offers.steering.access import for_leads
from offers.steering.ends import next_endings
from offers.steering.filters import PeriodFilter
from offers.steering.freshness import Freshness
from offers.steering.lifecycle import chart, quarters_before, steps_of
from offers.steering.matrix import Matrix
from offers.steering.past import first_recorded_day
from offers.steering.stock import Question
from offers.steering.wanted import demand_between

_MOST_ENDINGS = 25
_MOST_BARS = 40
_MOST_ENDED = 10
_QUARTERS = 6


@require_safe
@for_leads
def lifecycle(request: HttpRequest) -> HttpResponse:
    """What ends within a year and what tears then; fundings over time."""
    question = Question()
    stages = dict(Offer.objects.public().by_lifecycle())
    fundings = Funding.objects.of_standing_offers()
    coming, total = next_endings(Matrix(question), _MOST_ENDINGS)
    context = {
        "endings": coming,
        "total": total,
        "stages": _in_words(stages),
        "without_stage": stages.get("", 0),
        "offers": sum(stages.values()),
        "chart": chart(list(fundings[:_MOST_BARS]), question.day),
        "funders": [(FundingSource(row["source"]).label, row) for row in fundings.by_source()],
        "open_ends": fundings.without_end()[:_MOST_BARS],
        "ended": Offer.objects.ended_last().select_related("provider")[:_MOST_ENDED],
    }
    return render(request, "offers/steering/lifecycle.html", context)


def _in_words(stages: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each stage with its number, also those without an offer."""
    projects, extended, regular, unknown = (
        stages.get(stage, 0) for stage in (Lifecycle.PROJECT, Lifecycle.EXTENDED, Lifecycle.REGULAR, "")
    )
    return [
        (ngettext("Projekt", "Projekte", projects), projects),
        (ngettext("verlängertes Projekt", "verlängerte Projekte", extended), extended),
        (ngettext("Regelangebot", "Regelangebote", regular), regular),
        (_("Laufzeit unbekannt"), unknown),
    ]


@require_safe
@for_leads
def freshness(request: HttpRequest) -> HttpResponse:
    """How much is regular and how much is confirmed, at the ends of the past quarters and today."""
    today = timezone.localdate()
    first = first_recorded_day() or today
    days = [day for day in quarters_before(today, _QUARTERS) if day >= first]
    return render(request, "offers/steering/freshness.html", {"days": days, "freshness": Freshness(days)})


@require_safe
@for_leads
def lifecycle_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer: its stages with dates, who pays until when, and the next decision."""
    offer = Offer.objects.filter(slug=slug).select_related("provider").first()
    if offer is None:
        raise Http404(_("Dieses Angebot gibt es nicht."))
    context = {"offer": offer, "steps": steps_of(offer), "fundings": list(offer.fundings.all())}
    return render(request, "offers/steering/lifecycle_offer.html", context)


@require_safe
@for_leads
def demand(request: HttpRequest) -> HttpResponse:
    """What was searched for between two days, and what was not there."""
    period = PeriodFilter(request.GET)
    context = {"period": period, "demand": demand_between(period.first, period.last)}
    return render(request, "offers/steering/demand.html", context)
