"""What is drawn once and then kept ready in the process: result cards and the pages of offers.

Cards are kept by the stamp of the offer's search row, which changes with anything a card says; pages by the state of
everything public. Both are also kept by language and day ("ab 3. Mai" is over one day), and bounded.
"""

import time
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from offers.cards import cards
from offers.finder import Catalogue
from offers.finder.results import Hit, offers_in_order
from portal.clock import today
from portal.drawing import draw
from portal.shelf import Shelf
from portal.watch import watch

CARDS_ROOM = 12_000_000  # bytes
PAGES_ROOM = 8_000_000
PAGE_KEPT_FOR = 300  # seconds; a page leaves out today's dates once they are over
_LETTER = 1.1  # bytes of a German letter, roughly

_cards: Shelf[SafeString] = Shelf(CARDS_ROOM)
_pages: Shelf[tuple[bytes, float]] = Shelf(PAGES_ROOM)  # with the time at which it was drawn


def ready_cards(hits: Sequence[Hit], catalogue: Catalogue) -> list[SafeString]:
    """The cards of a page of results as HTML; only what is new is read (three queries) and drawn."""
    language, day = get_language(), today()
    keys = [(hit.offer, hit.stamp, language, day) for hit in hits]
    found = {key[0]: html for key in keys if (html := _cards.get(key)) is not None}
    missing = {key[0]: key for key in keys if key[0] not in found}
    if missing:
        offers = offers_in_order(missing)
        for offer, card in zip(offers, cards(offers, catalogue), strict=True):
            html = draw("offers/_offer_card.html", **{f"card.{name}": value for name, value in vars(card).items()})
            found[offer.pk] = html
            _cards.put(missing[offer.pk], html, int(len(html) * _LETTER) + 300)
    return [found[key[0]] for key in keys if key[0] in found]


def drawn_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a view's pages ready for one state of what is public; not what has a query, nothing inside a transaction."""

    @wraps(view)
    def ready(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.META["QUERY_STRING"] or connection.in_atomic_block:
            return view(request, *args, **kwargs)
        # The state from before it is drawn: what changes meanwhile draws it anew.
        key = request.path, get_language(), watch.state()
        kept = _pages.get(key)
        if kept is not None and time.monotonic() - kept[1] < PAGE_KEPT_FOR:
            return HttpResponse(kept[0])
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            _pages.put(key, (response.content, time.monotonic()), len(response.content) + 400)
        return response

    return ready
