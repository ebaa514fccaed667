"""Up to four offers side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from offers.shortlist.entries import Entry

_ROWS: list[tuple[object, Callable[[Entry], str]]] = [
    (_("Form"), lambda entry: entry.offer.get_format_display()),
    (_("Für wen"), lambda entry: entry.page.for_whom),
    (_("Wann"), lambda entry: entry.when),
    (_("Wo"), lambda entry: entry.where),
    (_("Kosten"), lambda entry: entry.page.cost),
    (_("Anmeldung"), lambda entry: entry.page.registration),
    (_("Sprachen"), lambda entry: entry.page.languages),
    (_("Barrierefreiheit"), lambda entry: entry.page.accessibility),
    (_("Telefon"), lambda entry: _call(entry)),
    (_("Anbieter"), lambda entry: entry.provider),
    (_("Stand"), lambda entry: entry.page.standing),
]


def _call(entry: Entry) -> str:
    """The number, ready to tap."""
    reach = entry.page.reach
    return format_html('<a href="tel:{}">{}</a>', reach.phone_link, reach.phone) if reach.phone else ""


@dataclass(frozen=True)
class Comparison:
    """A column for each offer, a row for each question; "" where the answer is not known."""

    entries: Sequence[Entry]
    rows: Sequence[tuple[str, Sequence[str]]]


def comparison(entries: Sequence[Entry]) -> Comparison:
    return Comparison(entries, [(str(label), [answer(entry) for entry in entries]) for label, answer in _ROWS])
