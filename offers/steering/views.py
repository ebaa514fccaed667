"""The steering pages on coverage: overview, matrix, what is behind a cell, and the rule."""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from networks.models import Network
from offers.finder import Catalogue
from offers.models import CoverageDecision, CoverageRule, SearchCount, Topic
from offers.steering.access import for_leads
from offers.steering.behind import offers_behind, with_providers
from offers.steering.coverage_table import coverage_table, file_name
from offers.steering.decisions import in_words, scopes_of
from offers.steering.ends import next_endings
from offers.steering.filters import CoverageFilter, address, on_day
from offers.steering.forms import DecisionForm, RuleForm
from offers.steering.freshness import Standing
from offers.steering.matrix import Cell, Matrix
from offers.steering.picture import Picture
from offers.steering.sheets import as_file
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
    standing = Standing(question, matrix)
    coming, ending = next_endings(matrix, _TOP_ENDINGS)
    context = {
        "topics": TopicGaps(matrix),
        "picture": Picture(matrix),
        "most_gaps": _TOP_GAPS,
        "ending": ending,
        "endings": coming,
        "without_stage": standing.without_stage,
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
        "gaps": picture.gap_groups[:_MOST_GAPS],
        "more_gaps": sum(len(group.gaps) for group in picture.gap_groups[_MOST_GAPS:]),
        "since": since,
        "query": urlencode(filterset.pairs()),
        "changes": picture.since(Matrix(on_day(filterset.question, since))) if since else [],
        "rule": picture.matrix.rule,
        "decisions": picture.decisions,
    }
    return render(request, "offers/steering/coverage.html", context)


@require_safe
@for_leads
def coverage_file(request: HttpRequest, kind: str) -> HttpResponse:
    """What the matrix shows under the same filters, as CSV or XLSX."""
    filterset = CoverageFilter(request.GET, catalogue=Catalogue())
    question, since = filterset.question, filterset.since
    return as_file(coverage_table(question, since), kind, file_name(question, since))


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def coverage_cell(request: HttpRequest, district: str, column: str) -> HttpResponse:
    """One cell: why it has its state, the offers behind it, and decisions to leave it empty."""
    filterset = CoverageFilter(request.GET, catalogue=Catalogue())
    matrix, cell = _cell_or_404(filterset.question, district, column)
    question = matrix.question
    holding = matrix.decisions.holding(cell.district, cell.column)
    form = _decision_form(request, matrix, cell, holding)
    if form is not None and request.method == "POST":
        if "entfernen" in request.POST:
            mine = [one.pk for one in holding if str(one.pk) == request.POST["entfernen"]]
            if CoverageDecision.objects.filter(pk__in=mine).delete()[0]:
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
        "rule_is_missing": matrix.rule_is_missing,
        "page": page,
        "offers": with_providers(page.object_list),
        "unmet": unmet_by_cell(question.day, question.thema).get((cell.district.pk, cell.column.key), 0),
        "form": form,
        "holding": in_words(holding, matrix.tree, matrix.columns),
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


def _decision_form(
    request: HttpRequest, matrix: Matrix, cell: Cell, holding: Sequence[CoverageDecision]
) -> DecisionForm | None:
    """None where no decision can be made: in the past, and under filters other than one topic."""
    question = matrix.question
    if question.is_past or len(question.thema) > 1:
        return None
    if replace(question, kind="", thema=()) != replace(Question(), kind=""):
        return None
    topic = Topic.objects.get(slug=question.thema[0]) if question.thema else None
    scopes = scopes_of(cell.district, cell.column, matrix.tree, topic)
    return DecisionForm(request.POST or None, scopes=scopes, holding=holding)
