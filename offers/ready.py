"""What is drawn once and then kept ready in the process: result cards and the pages of offers.

Cards are kept by the stamp of the offer's search row, which changes with anything a card says; pages by the state of
everything public. Both are also kept by language and day ("ab 3. Mai" is over one day), and bounded.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from offers.card_words import kept_cards
from offers.cards import Card, cards
from offers.finder import Catalogue
from offers.finder.results import Hit, offers_in_order
from portal.clock import today
from portal.drawing import between, once
from portal.positions import GRID_METRES
from portal.shelf import Shelf
from portal.watch import watch

CARDS_ROOM = 10_000_000  # bytes
PAGES_ROOM = 5_000_000
PAGE_KEPT_FOR = 300  # seconds; a page leaves out today's dates once they are over
_LETTER = 1.1  # bytes of a German letter, roughly

_cards: Shelf[tuple[str, str]] = Shelf(CARDS_ROOM)  # what stands before and after the distance
_pages: Shelf[tuple[bytes, float]] = Shelf(PAGES_ROOM)  # with the time at which it was drawn


def ready_cards(hits: Sequence[Hit], catalogue: Catalogue, *, kept: bool = False, from_here: bool = True) -> SafeString:
    """The cards of a page of results as HTML; only what is new is read and drawn. `kept` says that words may be kept.

    Distances are measured `from_here`, where the visitor is, or from the middle of the place asked for.
    """
    language, day = get_language(), today()
    keys = [(hit.offer, hit.stamp, language, day) for hit in hits]
    found = {key[0]: ready for key in keys if (ready := _cards.get(key)) is not None}
    missing = {key[0]: key for key in keys if key[0] not in found}
    for offer, card in _read([hit for hit in hits if hit.offer in missing], catalogue, kept=kept).items():
        values = {f"card.{name}": value for name, value in vars(card).items()}
        before, after = between("offers/_offer_card.html", "card.distance", **values)
        found[offer] = before, after
        _cards.put(missing[offer], (before, after), int((len(before) + len(after)) * _LETTER) + 400)
    parts: list[str] = []
    for hit in hits:
        if card_of := found.get(hit.offer):
            before, after = card_of
            parts += (before, "" if hit.metres is None else _distance(round(hit.metres, -2), from_here), after)
    return SafeString("".join(parts))


def _read(hits: Sequence[Hit], catalogue: Catalogue, *, kept: bool) -> Mapping[int, Card]:
    """The cards of offers, in words; one query, and three more for those whose words are not `kept`."""
    found = dict(kept_cards(hits)) if kept and hits else {}
    offers = offers_in_order(hit.offer for hit in hits if hit.offer not in found)
    return found | {offer.pk: card for offer, card in zip(offers, cards(offers, catalogue), strict=True)}


@once
def _distance(metres: float, from_here: bool) -> str:
    """ " · etwa 1,2 km entfernt": positions are rounded to 500 metres, so no more is known."""
    if metres < GRID_METRES:
        far = _("weniger als %(count)d\u00a0m") % {"count": GRID_METRES}
    elif metres < 1000:
        far = _("etwa %(count)d\u00a0m") % {"count": metres}
    else:
        far = _("etwa %(kilometres)s\u00a0km") % {"kilometres": number_format(metres / 1000, 1)}
    words = _("%(far)s entfernt") if from_here else _("%(far)s von der Ortsmitte")
    return escape(f" · {words % {'far': far}}")


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
