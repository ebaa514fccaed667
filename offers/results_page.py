"""The results page: what it says, filled into pieces that were drawn once (`portal.drawing`).

Where something is wrong with the parameters, Django draws the same templates with the messages beside the fields.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers import card_words
from offers.enums import Sorting
from offers.filters import OfferFilter
from offers.finder import Catalogue, Results
from offers.finder.ages import Age
from offers.finder.pages import PageLinks
from offers.finder.panel import Panel, age_choices
from offers.finder.wording import Chip, chips, heading
from offers.panel_pieces import Choices, Counts, pieces
from offers.ready import ready_cards
from portal.drawing import around, draw, draw_each, once

TEMPLATE = "offers/offer_list.html"


def results_page(
    request: HttpRequest, results: Results, catalogue: Catalogue, asked: int, filterset: OfferFilter | None = None
) -> str:
    """The whole page; `filterset` when something is wrong with what was asked, `asked` is the page's number."""
    search = results.search
    panel = Panel(search, results.tally, catalogue)
    active = chips(search, catalogue)
    drawn = pieces(catalogue).draw(search, results.tally.facets, filterset)
    sorting_shown = results.count > 1 or bool(filterset and "sortierung" in filterset.errors)
    values: dict[str, Any] = {
        "heading": heading(search, catalogue),
        "canonical": settings.BASE_URL + search.url(results.number),
        "filtered": bool(search),
        "page_error": _page_error(results, asked),
        "ignored": search.q if results.ignored_text else "",
        "filter_words": _filter_words(len(active)),
        "q": filterset.typed["q"] if filterset else search.q,
        "kinder": filterset.typed.get("kinder", "") if filterset else "",
        "children": _children(
            panel.ages_shown, results.tally.facets, invalid=bool(filterset and filterset.form["alter"].errors)
        ),
        "naehe": search.naehe.value if search.naehe else "",
        "active_words": _active_words(panel.active_details),
        "unknown_cost": search.kosten_unklar,
        "chips": draw_each("offers/_chip.html", map(_chip, active)),
        "sortings": _sortings(search.sortierung, bool(search.centre)) if sorting_shown else "",
        "note": _note(results),
        "cards": ready_cards(
            results.hits, catalogue, kept=card_words.are_kept(results.stock), from_here=search.naehe is not None
        ),
        **drawn,
        **_page_links(results),
        **_more_to_find(results),
    }
    if filterset is not None:
        return render_to_string(TEMPLATE, {**values, "form": filterset.form, "errors": filterset.wrong}, request)
    return draw(TEMPLATE, request.path, **values)


def _page_links(results: Results) -> dict[str, str]:
    links = PageLinks(results)
    number = links.number
    several = links.total > 1
    shown = links.pages if several else []
    rows: list[Mapping[str, str | int]] = [{"number": one.number, "url": one.url, "gap": one.gap} for one in shown]
    return {
        "page_number": str(number) if number > 1 else "",
        "page_words": _page_words(number, links.total) if several else "",
        "previous": links.previous,
        "next": links.next,
        "pages": draw_each("offers/_page_link.html", rows),
    }


def _more_to_find(results: Results) -> dict[str, str]:
    tally, search = results.tally, results.search
    found = {
        "count_words": offers_in_words(tally.count),
        "wider": draw_each(
            "offers/_wider_one.html",
            ({"url": one.url, "label": one.label, "words": offers_in_words(one.count)} for one in results.wider),
        ),
        "unknown_cost_words": "",
        "unknown_cost_url": "",
        "without_age_words": "",
        "without_age_url": "",
    }
    if tally.unknown_cost:
        found["unknown_cost_words"] = _unknown_cost_words(tally.unknown_cost)
        found["unknown_cost_url"] = search.with_unknown_cost().url()
    if tally.without_age:
        found["without_age_words"] = _without_age_words(tally.without_age)
        found["without_age_url"] = search.url_without_age()
    return found


@once
def _unknown_cost_words(count: int) -> str:
    return ngettext(
        "Bei %(count)d weiteren Angebot sind die Kosten unbekannt.",
        "Bei %(count)d weiteren Angeboten sind die Kosten unbekannt.",
        count,
    ) % {"count": count}


@once
def _without_age_words(count: int) -> str:
    return ngettext(
        "%(count)d weiteres Angebot ohne Altersangabe ansehen",
        "%(count)d weitere Angebote ohne Altersangabe ansehen",
        count,
    ) % {"count": count}


@once
def offers_in_words(count: int) -> str:
    """ "1 Angebot", "20 Angebote"."""
    return ngettext("%(count)d Angebot", "%(count)d Angebote", count) % {"count": count}


def _note(results: Results) -> str:
    """How the words were understood, when that was not just as they stand there."""
    reading = results.search.reading
    if not reading:
        return ""
    context = {"reading": reading, "count": results.count, "instead_url": results.instead_url}
    return "" if reading.layer == "words" else render_to_string("offers/_search_note.html", context)


def _page_error(results: Results, asked: int) -> str:
    if asked <= results.number:
        return ""
    said: dict[str, Any] = {"last": results.number}
    return _("So viele Seiten gibt es nicht. Sie sehen die letzte Seite: %(last)d.") % said


@once
def _page_words(number: int, total: int) -> str:
    return _("Seite %(number)d von %(total)d") % {"number": number, "total": total}


@once
def _filter_words(count: int) -> str:
    if not count:
        return _("Filter")
    return ngettext("Filter (%(count)d aktiv)", "Filter (%(count)d aktiv)", count) % {"count": count}


@once
def _active_words(count: int) -> str:
    return ngettext("(%(count)d aktiv)", "(%(count)d aktiv)", count) % {"count": count} if count else ""


def _chip(chip: Chip) -> dict[str, str]:
    return {"label": chip.label, "url": chip.url}


def _children(ages: Sequence[Age | None], counts: Counts, *, invalid: bool) -> SafeString:
    """The select of each child."""
    parts: list[str] = []
    for number, age in enumerate(ages, start=1):
        before, after = _child(number, invalid)
        options = _ages(age).draw(counts, {"alter": (age.value,) if age else ()})
        parts += (before, options, after)
    return SafeString("".join(parts))


@once
def _child(number: int, invalid: bool) -> tuple[str, str]:
    """What stands before and after the options of a child's select."""
    return around("offers/_child.html", "options", number=number, is_first=number == 1, invalid=invalid)


@once
def _ages(chosen: Age | None) -> Choices:
    return Choices("offers/_option.html", ("", age_choices(chosen), ""))


@once
def _sortings(chosen: str, centred: bool) -> SafeString:
    """The ways to sort; the nearest first only where distances can be measured."""
    shown = [(value, label) for value, label in Sorting.choices if value != Sorting.NEAREST or centred]
    return draw_each(
        "offers/_plain_option.html",
        ({"value": value, "label": str(label), "selected": value == chosen} for value, label in shown),
    )
