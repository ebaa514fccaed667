"""The hand-out for a family as a PDF: words for templates/pdf/handout.typ."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.qr import qr_svg, qr_width
from offers.shortlist.entries import Entry
from offers.typesetting import typeset
from portal.city import city

NORMAL_PRINT, LARGE_PRINT = 10.5, 17.0  # points; large print as associations of blind people ask (16 and more)
_DATES_IN_A_LIST = 3


def handout(entries: Sequence[Entry], *, address: str, large: bool = False) -> bytes:
    """One paper about the offers, whose QR code leads to `address`; an offer alone gives its name to the paper."""
    alone = entries[0] if len(entries) == 1 else None
    today = date_format(timezone.localdate(), "j. F Y")
    count = ngettext("%(count)d Angebot", "%(count)d Angebote", len(entries)) % {"count": len(entries)}
    standing = _("Stand: %(day)s") % {"day": today}
    content = {
        **frame(title=alone.offer.title if alone else _("Ihre Angebote"), address=address, large=large),
        "lead": alone.offer.summary if alone else f"{count} · {standing}",
        "phone_word": _("Telefon"),
        "dates_word": _("Die nächsten Termine"),
        "note_word": _("Notiz"),
        "offers": [_offer(entry, alone=bool(alone)) for entry in entries],
        "help_title": _("Hilfe sofort"),
        "help": emergency_numbers(),
        "closing": closing() + (f" {standing}." if alone else ""),
    }
    return typeset("handout", content)


def frame(*, title: str, address: str, large: bool = False) -> dict[str, object]:
    """What every paper of the portal has: title, sender, print size, code and foot line."""
    return {
        "title": title,
        "author": _("Präventionsportal %(city)s") % {"city": city()["name"]},
        "size": LARGE_PRINT if large else NORMAL_PRINT,
        "qr": qr_svg(address),
        "qr_width": qr_width(address),
        "qr_alt": _("QR-Code zu %(address)s") % {"address": address},
        "qr_caption": _("Immer der neueste Stand: Code mit dem Handy scannen"),
        "qr_address": address,
        "footer": _("Präventionsportal %(city)s") % {"city": city()["name"]},
        "page_word": _("Seite"),
    }


def emergency_numbers() -> list[list[str]]:
    """For whom, and which number; the same as on the page for immediate help."""
    return [
        [_("Notruf"), _("112 (Notarzt und Feuerwehr), 110 (Polizei)")],
        [_("Für Eltern"), _("0800 111 0550, Nummer gegen Kummer")],
        [_("Für Kinder"), _("116 111, Nummer gegen Kummer")],
        [_("Bei Gewalt"), _("116 016, Hilfetelefon Gewalt gegen Frauen, rund um die Uhr")],
        [_("In jeder Krise"), _("0800 111 0 111, TelefonSeelsorge, rund um die Uhr")],
    ]


def closing() -> str:
    """Who stands behind the paper, and that times change."""
    facts = city()
    return (
        _("Zeiten und Orte können sich ändern: Rufen Sie vor dem ersten Besuch kurz an. Fragen: %(office)s")
        % {"office": ", ".join(part for part in (facts.get("office_name"), facts.get("office_phone")) if part)}
        + "."
    )


def _offer(entry: Entry, *, alone: bool) -> dict[str, object]:
    page, offer, reach = entry.page, entry.offer, entry.page.reach
    ask = _("beim Träger erfragen")
    facts = [
        [_("Für wen"), page.for_whom or ask],
        [_("Wann"), entry.when or ask],
        [_("Wo"), entry.where or ask],
        [_("Kosten"), page.cost or ask],
        [_("Anmeldung"), page.registration],
        [_("Sprachen"), page.languages],
        [_("E-Mail"), reach.email],
        [_("Anbieter"), entry.provider],
    ]
    if alone:
        facts.insert(5, [_("Barrierefreiheit"), page.accessibility])
    dates = [_date(day, times) for day, times in ((date.day, times) for date, times in page.dates)]
    return {
        "number": entry.number,
        "title": offer.title,
        "format": offer.get_format_display(),
        "summary": offer.summary,
        "phone": reach.phone,
        "phone_link": f"tel:{reach.phone_link}",
        "facts": [[label, str(value)] for label, value in facts if value],
        "dates": dates if alone else dates[:_DATES_IN_A_LIST],
        "standing": page.standing,
    }


def _date(day: object, times: str) -> str:
    words = date_format(day, "l, j. F Y")  # type: ignore[arg-type]  # the stubs know dates only by their own union
    return f"{words}, {times}" if times else words
