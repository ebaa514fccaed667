"""Pages for figures about the districts: population from a CSV file, outlines from GeoJSON."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from offers.models import Population, SocialIndex
from offers.steering.access import for_leads
from offers.steering.figures import COLUMNS, Sheet, read_figures, store_figures
from offers.steering.forms import FileForm

_MOST_MISTAKES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_leads
def population(request: HttpRequest) -> HttpResponse:
    """All figures with their source; a file is checked first and stored only without a mistake."""
    form = FileForm(request.POST or None, request.FILES or None)
    sheet: Sheet | None = None
    if request.method == "POST" and form.is_valid():
        sheet = read_figures(form.cleaned_data["file"].read())
        if sheet.is_good and "laden" in request.POST:
            store_figures(sheet)
            count = len(sheet.figures)
            said = ngettext("%(count)d Zahl ist geladen.", "%(count)d Zahlen sind geladen.", count) % {"count": count}
            messages.success(request, said)
            return redirect("offers:population")
    context = {
        "form": form,
        "sheet": sheet,
        "mistakes": sheet.mistakes[:_MOST_MISTAKES] if sheet else [],
        "columns": ";".join(COLUMNS),
        "figures": Population.objects.in_listing_order(),
        "indices": SocialIndex.objects.select_related("district").order_by("risk", "district__name"),
    }
    return render(request, "offers/steering/population.html", context)
