"""The shortlist and what can be handed over of it or of one offer."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offers.models import Offer
from offers.qr import qr_svg
from offers.shortlist.calendar import calendar
from offers.shortlist.comparison import comparison
from offers.shortlist.entries import Entry, Listed, look_up, single
from offers.shortlist.handout import handout
from offers.shortlist.page import count_in_words, rows, share_links
from offers.shortlist.state import MOST_COMPARED, MOST_OFFERS, Shortlist

_LONGEST_SEARCH = 1500


@require_safe
def shortlist(request: HttpRequest) -> HttpResponse:
    """The list of the address, in its order; nothing of it is kept here."""
    asked = Shortlist.from_query(request.GET)
    listed = look_up(asked)
    address = settings.BASE_URL + listed.shortlist.url()
    context = {
        "listed": listed,
        "rows": rows(listed),
        "address": address,
        "share": share_links(address, count_in_words(len(listed.entries))),
        "most": MOST_OFFERS,
        "most_compared": MOST_COMPARED,
        "search_url": f"{reverse('offers:list')}?merk={listed.shortlist.carried}" if listed.entries else "",
    }
    return render(request, "offers/shortlist/shortlist.html", context)


@require_safe
def keep(request: HttpRequest) -> HttpResponse:
    """Without script: one offer more (`o`) or fewer (`ohne`), then back to the search one came from (`suche`)."""
    kept = Shortlist.from_query(request.GET, "merk")
    for name in Shortlist.from_query(request.GET).names:
        kept = kept.with_name(name)
    for name in Shortlist.from_query(request.GET, "ohne").names:
        kept = kept.without(name)
    if "suche" not in request.GET:
        return redirect(kept.url())
    came_from = request.GET["suche"].replace("\0", "")[:_LONGEST_SEARCH]
    joint = "&" if came_from else ""
    return redirect(f"{reverse('offers:list')}?{came_from}{joint}merk={kept.carried}")


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four offers side by side: the chosen ones (`v`), else the first of the list."""
    listed = look_up(Shortlist.from_query(request.GET))
    chosen = set(Shortlist.from_query(request.GET, "v").names)
    picked = [entry for entry in listed.entries if entry.reference in chosen] or listed.entries
    context = {
        "listed": listed,
        "comparison": comparison(picked[:MOST_COMPARED]),
        "left_out": max(0, len(picked) - MOST_COMPARED) if chosen else 0,
        "most": MOST_COMPARED,
        "back_url": listed.shortlist.url(),
    }
    return render(request, "offers/shortlist/compare.html", context)


@require_safe
def shortlist_pdf(request: HttpRequest) -> HttpResponse:
    return _handed(_listed(request), large=False)


@require_safe
def shortlist_large_pdf(request: HttpRequest) -> HttpResponse:
    return _handed(_listed(request), large=True)


@require_safe
def shortlist_qr(request: HttpRequest) -> HttpResponse:
    """The list's address as a code; asks the database nothing, so it also serves for names that lead nowhere."""
    return _picture(settings.BASE_URL + Shortlist.from_query(request.GET).url())


@require_safe
def shortlist_calendar(request: HttpRequest) -> HttpResponse:
    return _calendar(_listed(request).entries, "merkliste")


@require_safe
def offer_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _handed_alone(_public(slug), large=False)


@require_safe
def offer_large_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _handed_alone(_public(slug), large=True)


@require_safe
def offer_qr(request: HttpRequest, slug: str) -> HttpResponse:
    return _picture(_public(slug).entries[0].address)


@require_safe
def offer_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    return _calendar(_public(slug).entries, slug)


def _listed(request: HttpRequest) -> Listed:
    listed = look_up(Shortlist.from_query(request.GET))
    if not listed.entries:
        raise Http404(_("Auf dieser Liste ist kein Angebot."))
    return listed


def _public(slug: str) -> Listed:
    """A list of the one public offer at this address (design rule 3)."""
    try:
        offer = Offer.objects.public().with_page_relations().get(slug=slug)
    except Offer.DoesNotExist:
        raise Http404(_("Dieses Angebot gibt es nicht.")) from None
    return single(offer, timezone.now())


def _handed(listed: Listed, *, large: bool) -> HttpResponse:
    made = handout(listed.entries, address=settings.BASE_URL + listed.shortlist.url(), large=large)
    return _file(made, "application/pdf", "angebote.pdf", inline=True)


def _handed_alone(listed: Listed, *, large: bool) -> HttpResponse:
    entry = listed.entries[0]
    made = handout(listed.entries, address=entry.address, large=large)
    return _file(made, "application/pdf", f"{entry.offer.slug}.pdf", inline=True)


def _picture(address: str) -> HttpResponse:
    return _file(qr_svg(address).encode(), "image/svg+xml", "qr.svg", inline=True)


def _calendar(entries: Sequence[Entry], name: str) -> HttpResponse:
    if not any(entry.page.dates for entry in entries):
        raise Http404(_("Wir kennen keine festen Termine."))
    return _file(calendar(entries), "text/calendar; charset=utf-8", f"{name}.ics", inline=False)


def _file(content: bytes, kind: str, name: str, *, inline: bool) -> HttpResponse:
    way = "inline" if inline else "attachment"
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'{way}; filename="{name}"', "X-Robots-Tag": "noindex"},
    )
