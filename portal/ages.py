"""Ages as whole months in half-open ranges (design rule 1): `[0,36)` is "0–3 Jahre", pregnancy is negative."""

import re

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

PREGNANCY = NumericRange(-9, 0)
ALL_AGES = NumericRange(None, None)
OLDEST_MONTHS = 99 * 12


def parse_age(text: str) -> NumericRange:
    """The month range a short age text means: "14" or "14m" = months, "2j" = the third year of life, "schwanger".

    Raises ValueError for anything else and for ages beyond 99 years.
    """
    cleaned = text.strip().lower().replace(" ", "")
    if cleaned in {"schwanger", "schwangerschaft"}:
        return PREGNANCY
    match = re.fullmatch(r"(\d{1,4})(m|monate?|j|jahre?)?", cleaned, re.ASCII)
    if not match:
        raise ValueError(text)
    number = int(match[1])
    years = bool(match[2]) and match[2].startswith("j")
    months = number * 12 if years else number
    if months > OLDEST_MONTHS:
        raise ValueError(text)
    return NumericRange(months, months + (12 if years else 1))


def age_label(ages: NumericRange | None) -> str:
    """How the page says an age range; "" when no age is known. Bounds are months."""
    if ages is None:
        return ""
    lower, upper = ages.lower, ages.upper
    if lower is None and upper is None:
        return _("alle Altersgruppen")
    if upper is None:
        return _("Schwangere und Familien jeden Alters") if lower < 0 else _("ab %(age)s") % {"age": _point(lower)}
    if lower is None:
        return _("bis %(age)s") % {"age": _point(upper)}
    if upper <= 0:
        return _("Schwangerschaft")
    if lower < 0:
        return _("Schwangerschaft bis %(age)s") % {"age": _point(upper)}
    if lower == 0:
        return _("bis %(age)s") % {"age": _point(upper)}
    if lower % 12 == 0 and upper % 12 == 0:
        if upper - lower == 12:
            return _point(lower)
        return _("%(lower)d bis %(upper)s") % {"lower": lower // 12, "upper": _point(upper)}
    return _("%(lower)s bis %(upper)s") % {"lower": _point(lower), "upper": _point(upper)}


def _point(months: int) -> str:
    if months % 12 == 0 and months:
        years = months // 12
        return ngettext("%(count)d Jahr", "%(count)d Jahre", years) % {"count": years}
    return ngettext("%(count)d Monat", "%(count)d Monate", months) % {"count": months}
