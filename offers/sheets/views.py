"""/mein-bereich/<Organisation>/tabelle/: down to Excel, up again, look at what would change, send."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offers.models import Offer, UploadedSheet
from offers.sheets import actions, send
from offers.sheets.forms import SendForm, UploadForm
from offers.sheets.page import A_PAGE, Result
from offers.sheets.words import Words
from offers.sheets.write import XLSX_TYPE, as_csv, as_xlsx, rows_of
from partners.accounts.rights import for_members
from partners.models import Affiliation

PROPOSALS_A_PAGE = 100
get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@get_and_post
@for_members
def sheets(request: HttpRequest, own: Affiliation) -> HttpResponse:
    """Download, upload, and the tables this person uploaded lately."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = actions.upload(own=own, name=file.name, content=file.read(), submission_id=form.submission_id)
        return redirect("sheets:sheet", own.partner.slug, made.public_id)
    context = {
        "own": own,
        "form": form,
        "offers": Offer.objects.filter(provider=own.partner).count(),
        "uploaded": UploadedSheet.objects.filter(partner=own.partner, person=own.person).defer("content", "result"),
    }
    return render(request, "offers/sheets/sheets.html", context)


@require_safe
@for_members
def download(request: HttpRequest, own: Affiliation, kind: str) -> HttpResponse:
    """All offers of the organisation, each in its present state."""
    if kind not in {"xlsx", "csv"}:
        raise Http404(_("Diese Seite gibt es nicht."))
    words = Words()
    rows = rows_of(Offer.objects.filter(provider=own.partner).in_listing_order(), words)
    content = as_xlsx(rows, words) if kind == "xlsx" else as_csv(rows)
    name = f"angebote-{own.partner.slug}-{timezone.localdate().isoformat()}.{kind}"
    return HttpResponse(
        content,
        content_type=XLSX_TYPE if kind == "xlsx" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@get_and_post
@for_members
def sheet(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    """How far the check or the sending is; in between what would change, and the button that sends it."""
    found = _sheet_or_404(own, key)
    is_sending = found.ordered_at is not None and found.sent_at is None
    if found.checked_at is None or is_sending:
        return render(request, "offers/sheets/progress.html", {"own": own, "sheet": found, "is_sending": is_sending})
    if request.headers.get("HX-Request"):  # the progress bar has reached its end
        return HttpResponse(headers={"HX-Refresh": "true"})
    if found.stopped and request.method == "POST":
        send.go_on(sheet=found)
        return redirect("sheets:sheet", own.partner.slug, found.public_id)
    if found.sent_at or found.stopped:
        return _sent(request, own, found)
    result = Result(found)
    form = SendForm(request.POST if request.method == "POST" else None, sheet=found)
    if request.method == "POST" and result.ready and form.is_valid():
        return _send(own, found, form)
    page = Paginator(result.told, A_PAGE).get_page(request.GET.get("seite"))
    context = {
        "own": own,
        "sheet": found,
        "result": result,
        "form": form,
        "page": page,
        "rows": list(result.shown(list(page.object_list))),
    }
    return render(request, "offers/sheets/sheet.html", context)


def _send(own: Affiliation, found: UploadedSheet, form: SendForm) -> HttpResponse:
    send.order(sheet=found, keep=form.keep, parallels=form.answered, message=form.cleaned_data["message"])
    return redirect("sheets:sheet", own.partner.slug, found.public_id)


def _sent(request: HttpRequest, own: Affiliation, found: UploadedSheet) -> HttpResponse:
    """What has come of the table."""
    page = Paginator(send.proposals_of(found), PROPOSALS_A_PAGE).get_page(request.GET.get("seite"))
    return render(request, "offers/sheets/sent.html", {"own": own, "sheet": found, "page": page})


@require_POST
@for_members
def drop(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    """Forget a table that was not sent, or what was kept of one that was."""
    if actions.drop(sheet=_sheet_or_404(own, key)):
        messages.success(request, _("Die Tabelle ist verworfen."))
    else:
        messages.error(
            request, _("Die Tabelle wird gerade gesendet. Danach können Sie einzelne Vorschläge zurücknehmen.")
        )
    return redirect("sheets:sheets", own.partner.slug)


def _sheet_or_404(own: Affiliation, key: uuid.UUID) -> UploadedSheet:
    return get_object_or_404(
        UploadedSheet.objects.filter(partner=own.partner, person=own.person).defer("content", "result"), public_id=key
    )
