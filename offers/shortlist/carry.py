"""Without script, results and offer pages carry the list along in `merk=a.b.c`.

The pages themselves are drawn as for everybody (and may be kept ready-made); only where a list is carried, its names
are written into the finished page: into the links to results and offers, into the search forms and into the buttons.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.shortlist.state import Shortlist

CARRIED = "merk"
_BUTTON = re.compile(r'name="o" value="([0-9A-Za-z]{8})" data-keep><span data-word>[^<]*<')


def carrying(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view's page with the list of `merk` written into it; without a list the page as it is."""

    @wraps(view)
    def with_list(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if CARRIED not in request.META["QUERY_STRING"] or CARRIED not in request.GET:
            return response
        if response.status_code not in (200, 301, 302) or response.streaming:
            return response
        kept = Shortlist.from_query(request.GET, CARRIED)
        if kept.names and "Location" in response:
            response["Location"] += f"{'&' if '?' in response['Location'] else '?'}{CARRIED}={kept.carried}"
        elif kept.names:
            response.content = _written(response.content.decode(), kept, request).encode()
        return response

    return with_list


def _written(page: str, kept: Shortlist, request: HttpRequest) -> str:
    hidden = f'<input type="hidden" name="{CARRIED}" value="{kept.carried}">'
    offers = re.escape(reverse("offers:list"))
    page = re.sub(rf'(<a [^>]*href="{offers}[^"#]*)', lambda found: _longer(found[1], kept), page)
    page = re.sub(rf'(<form [^>]*action="{offers}"[^>]*>)', rf"\1{hidden}", page)
    came_from = ""
    if request.path == reverse("offers:list"):
        others = [(name, value) for name, values in request.GET.lists() if name != CARRIED for value in values]
        came_from = f'<input type="hidden" name="suche" value="{escape(urlencode(others))}">'
    keep = re.escape(reverse("offers:shortlist_keep"))
    page = re.sub(
        rf'(<form [^>]*action="{keep}"[^>]*) data-carried="">',
        lambda found: f'{found[1]} data-carried="{kept.carried}">{hidden}{came_from}{_link(kept)}',
        page,
    )
    return _BUTTON.sub(lambda found: _button(found, kept), page)


def _longer(link: str, kept: Shortlist) -> str:
    return f"{link}{'&amp;' if '?' in link else '?'}{CARRIED}={kept.carried}"


def _button(found: re.Match[str], kept: Shortlist) -> str:
    name = found[1]
    if name not in kept.names:
        return found[0]
    return f'name="ohne" value="{name}" data-keep class="is-kept"><span data-word>{_("Gemerkt – wieder entfernen")}<'


def _link(kept: Shortlist) -> str:
    words = ngettext("Merkliste (%(count)d)", "Merkliste (%(count)d)", len(kept)) % {"count": len(kept)}
    return f'<a class="shortlist-bar" href="{escape(kept.url())}">{words}</a>'
