"""The map, and pages for figures about the districts: population from a CSV file, outlines from GeoJSON."""

from dataclasses import replace

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from offers.finder import Catalogue
from offers.models import DistrictOutline, Population, SocialIndex
from offers.steering.access import for_leads
from offers.steering.coverage_map import CoverageMap
from offers.steering.figures import COLUMNS, Sheet, read_figures, store_figures
from offers.steering.filters import CoverageFilter
from offers.steering.forms import FileForm, OutlineForm
from offers.steering.matrix import Matrix
from offers.steering.outlines import Outlines, read_outlines, store_outlines
from offers.steering.picture import Picture
from portal.enums import DistrictKind
from portal.models import District

_MOST_MISTAKES = 50
_SAMPLE = """{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"name": "Mitte"},
   "geometry": {"type": "Polygon", "coordinates": [[[6.85, 51.47], [6.86, 51.47], [6.86, 51.48], [6.85, 51.47]]]}}
]}"""


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def population(request: HttpRequest) -> HttpResponse:
    """All figures with their source; a file is checked first and stored only without a mistake."""
    form = FileForm(request.POST or None, request.FILES or None)
    sheet: Sheet | None = None
    if request.method == "POST" and form.is_valid():
        sheet = read_figures(form.content)
        if sheet.is_good and "laden" in request.POST:
            store_figures(sheet)
            count = len(sheet.figures)
            said = ngettext("%(count)d Zahl ist geladen.", "%(count)d Zahlen sind geladen.", count) % {"count": count}
            messages.success(request, said)
            return redirect("offers:population")
        if sheet.is_good:
            form = form.again(request.POST)
    context = {
        "form": form,
        "sheet": sheet,
        "mistakes": sheet.mistakes[:_MOST_MISTAKES] if sheet else [],
        "columns": ";".join(COLUMNS),
        "figures": Population.objects.in_listing_order(),
        "knows_ages": Population.objects.filter(ages__isnull=False).exists(),
        "indices": SocialIndex.objects.heaviest_first(),
    }
    return render(request, "offers/steering/population.html", context)


@require_safe
@for_leads
def coverage_map(request: HttpRequest) -> HttpResponse:
    """One column of the matrix as a map of the Stadtteile, with the same facts as a table."""
    filterset = CoverageFilter(request.GET, catalogue=Catalogue())
    picture = Picture(Matrix(replace(filterset.question, kind=DistrictKind.QUARTER.value)))
    columns = picture.matrix.columns
    asked = filterset.clean.get("spalte")
    column = next((one for one in columns if one.key == asked), columns[0] if columns else None)
    context = {
        "filter": filterset,
        "selects": [select for select in filterset.selects() if select.name != "raster"],
        "columns": columns,
        "column": column,
        "map": CoverageMap(picture, column) if column else None,
        "decisions": picture.decisions,
        "has_children": picture.has_children,
        "rule_is_missing": picture.matrix.rule_is_missing,
        "sources": _sources(),
    }
    return render(request, "offers/steering/coverage_map.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def outlines(request: HttpRequest) -> HttpResponse:
    """Load the true shapes of the Stadtteile; a file is checked first and stored only without a mistake."""
    form = OutlineForm(request.POST or None, request.FILES or None)
    found: Outlines | None = None
    if request.method == "POST" and form.is_valid():
        found = read_outlines(form.content)
        if found.is_good and "laden" in request.POST:
            store_outlines(found, form.cleaned_data["source"])
            messages.success(request, _("Die Umrisse sind geladen."))
            return redirect("offers:coverage_map")
        if found.is_good:
            form = form.again(request.POST)
    mistakes = found.mistakes[:_MOST_MISTAKES] if found else []
    context = {
        "form": form,
        "found": found,
        "mistakes": mistakes,
        "sample": _SAMPLE,
        "loaded": DistrictOutline.objects.count(),
        "sources": _sources(),
        "quarters": District.objects.quarters().count(),
    }
    return render(request, "offers/steering/outlines.html", context)


def _sources() -> QuerySet[DistrictOutline, str]:
    """Where the outlines come from, each source once."""
    return DistrictOutline.objects.values_list("source", flat=True).order_by("source").distinct()
