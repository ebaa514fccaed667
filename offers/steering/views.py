"""The steering pages on coverage: overview, matrix, what is behind a cell, and the rule."""

from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from networks.models import Network
from offers.finder import Catalogue
from offers.models import CoverageDecision, CoverageRule, Offer, SearchCount, Topic
from offers.steering.access import for_leads
from offers.steering.behind import offers_behind, with_providers
from offers.steering.ends import ending_within_a_year, endings
from offers.steering.filters import CoverageFilter, address, on_day
from offers.steering.forms import DecisionForm, RuleForm
from offers.steering.freshness import Standing
from offers.steering.matrix import Cell, Matrix
from offers.steering.picture import Picture
from offers.steering.stock import Question
from offers.steering.topic_gaps import TopicGaps
from offers.steering.wanted import YEAR, unmet_by_cell
from portal.models import District

_MOST_GAPS = 20
_TOP_GAPS, _TOP_ENDINGS, _TOP_BEHIND = 8, 5, 5  # on the first page
_PER_PAGE = 50


@require_safe
@for_leads
def overview(request: HttpRequest) -> HttpResponse:
    """Where to start: what is missing, ends, is searched for in vain, is not confirmed; with the ways to all pages."""
    question = Question()
    matrix = Matrix(question)
    standing = Standing(question)
    context = {
        "topics": TopicGaps(),
        "picture": Picture(matrix),
        "most_gaps": _TOP_GAPS,
        "ending": ending_within_a_year(question).count(),
        "endings": endings(matrix, most=_TOP_ENDINGS),
        "without_stage": Offer.objects.public().without_stage().count(),
        "unmet": SearchCount.objects.between(question.day - YEAR, question.day).without_result(),
        "fresh": standing.all,
        "behind": standing.providers(standing.behind(_TOP_BEHIND)),
        "silent": Network.objects.silent().count(),
    }
    return render(request, "offers/steering/overview.html", context)


@require_safe
@for_leads
def coverage(request: HttpRequest) -> HttpResponse:
    """Life phase × district, today or on a past day, and what changed since another one."""
    filterset = CoverageFilter(request.GET, catalogue=Catalogue())
    picture = Picture(Matrix(filterset.question))
    since = filterset.since
    context = {
        "filter": filterset,
        "picture": picture,
        "gaps": picture.gaps[:_MOST_GAPS],
        "more_gaps": max(len(picture.gaps) - _MOST_GAPS, 0),
        "since": since,
        "changes": picture.since(Matrix(on_day(filterset.question, since))) if since else [],
        "rule": picture.matrix.rule,
    }
    return render(request, "offers/steering/coverage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def coverage_cell(request: HttpRequest, district: str, column: str) -> HttpResponse:
    """One cell: why it has its state, the offers behind it, and the decision to leave it empty."""
    filterset = CoverageFilter(request.GET, catalogue=Catalogue())
    matrix, cell = _cell_or_404(filterset.question, district, column)
    question = matrix.question
    form = _decision_form(request, cell, question)
    if form is not None and request.method == "POST":
        if "entfernen" in request.POST and cell.decision:
            cell.decision.delete()
            messages.success(request, _("Die Entscheidung ist zurückgenommen."))
            return redirect(request.get_full_path())
        if form.is_valid():
            form.save()
            messages.success(request, _("Die Entscheidung ist gespeichert."))
            return redirect(request.get_full_path())
    offers = offers_behind(question, cell.column, cell.district, matrix.tree)
    page = Paginator(offers, _PER_PAGE).get_page(filterset.page)
    context = {
        "filter": filterset,
        "cell": cell,
        "state": cell.state.label,
        "rule": matrix.rule,
        "page": page,
        "offers": with_providers(page.object_list),
        "unmet": unmet_by_cell(question.day, question.thema).get((cell.district.pk, cell.column.key), 0),
        "form": form,
        "back_url": address(reverse("offers:coverage"), question),
    }
    return render(request, "offers/steering/coverage_cell.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def coverage_rule(request: HttpRequest) -> HttpResponse:
    """Set from when on a cell is covered; the history keeps what was set before."""
    form = RuleForm(request.POST or None, instance=CoverageRule.objects.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Die Regel ist gespeichert und gilt ab jetzt."))
        return redirect("offers:coverage")
    return render(request, "offers/steering/coverage_rule.html", {"form": form})


def _cell_or_404(question: Question, slug: str, key: str) -> tuple[Matrix, Cell]:
    """The matrix with rows of the district's kind, and the cell."""
    district = District.objects.filter(slug=slug).first()
    if district is None:
        raise Http404(_("Dieses Gebiet gibt es nicht."))
    matrix = Matrix(replace(question, kind=district.kind))
    cell = matrix.cell(district, key)
    if cell is None:
        raise Http404(_("Diese Zelle gibt es nicht."))
    return matrix, cell


def _decision_form(request: HttpRequest, cell: Cell, question: Question) -> DecisionForm | None:
    """None where no decision can be made: in the past, and under filters other than one topic."""
    if question.is_past or replace(question, kind="", thema=()) != replace(Question(), kind=""):
        return None
    if len(question.thema) > 1:
        return None
    topic = Topic.objects.get(slug=question.thema[0]) if question.thema else None
    fresh = CoverageDecision(
        district=cell.district,
        phase_id=cell.column.phase_id,
        transition=cell.column.key.removeprefix("uebergang-") if cell.column.is_transition else "",
        topic=topic,
    )
    return DecisionForm(request.POST or None, instance=cell.decision or fresh)
