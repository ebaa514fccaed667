"""Text in cells: nothing a spreadsheet would run, nothing it cannot hold, and back again without a lost character."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

LONGEST = 32_767  # UTF-16 units in a cell of Excel
_SHOWN = 4_000  # characters of a text that is longer
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_RUNS = re.compile(r"'*\s*[=+\-@\t\r\n|%＝＋－＠]")


def escape(text: str) -> str:
    """As XLSX writes characters that XML cannot carry: a carriage return is "_x000D_"."""
    return _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", _CODE.sub("_x005F_", text))


def unescape(text: str) -> str:
    return _CODED.sub(lambda match: chr(int(match[1], 16)), text)


def legible(text: str) -> str:
    """Without characters that nobody types and HTML cannot carry."""
    return _UNTYPED.sub("", text)


def fit(text: str) -> str:
    """What a cell holds of a text. Whoever leaves a shortened cell alone changes nothing."""
    if len(escape(text).encode("utf-16-le")) // 2 <= LONGEST:
        return text
    return text[:_SHOWN] + _(" … (hier gekürzt; alles bleibt, solange Sie diese Zelle nicht ändern)")


def harmless(text: str) -> str:
    """For CSV, where text cannot be told from a formula: whatever a spreadsheet might run gets an apostrophe."""
    return f"'{text}" if _RUNS.match(text) else text


def as_meant(text: str) -> str:
    """Takes the apostrophe of `harmless` away again."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def text_of(value: Any, kind: str, epoch: datetime) -> str:
    """What a cell of a spreadsheet says: 7.0 is "7", a day is "31.12.2026"; in a column of days its number is a day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if kind == "day" and _is_serial(value):
        value = from_excel(float(value), epoch)
    if kind == "times" and isinstance(value, float) and 0 < value < 1:
        value = (WINDOWS_EPOCH + timedelta(days=value, seconds=30)).time()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y" if value.time() == time(0) else "%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    return str(value)


def _is_serial(value: Any) -> bool:
    """Days since 1900, between 1954 and 2119."""
    number = float(value) if isinstance(value, int | float) or (
        isinstance(value, str) and re.fullmatch(r"[2-7]\d{4}", value.strip())
    ) else 0.0  # fmt: skip
    return 20_000 <= number < 80_000
