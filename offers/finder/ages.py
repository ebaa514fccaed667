"""The ages searched for: of one child or of several, as people write them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.ages import PREGNANCY, parse_age

WITHOUT_AGE = "ohne"
CHILD_UNTIL = 14  # years; whoever is older is not called a child (SGB VIII § 7)
OLDEST_CHILD = 17  # years; a bare number in a text means years up to here, months above
MOST_CHILDREN = 8
_NUMBERS = ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
# How people write what `parse_children` reads, one after the other.
_REWRITTEN: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\b(?:anderthalb|ein(?:und)?einhalb)(?: ?j[a-zä]*|\b)", "18 monate"),
    (r"\bein(?:e[mns]?|s)?(?=\b|jährig)", "1"),
    *((rf"\b{word}(?=\b|jährig)", str(number)) for number, word in enumerate(_NUMBERS)),
    (r"[0-9]+ kinder\b|\b(?:alt(?:er)?|baby|etwa|ist|kind(?:er)?|meine?|mit|sind|sohn|tochter|von)\b|:", " "),
    (r"\bungeboren\w*", "schwanger"),
    (r"\bneugeboren\w*", "0 monate"),
    (r"([0-9]{1,2})(?:[,.]5| ?½| 1/2)[ -]?j[a-zä]*", lambda found: f"{int(found[1]) * 12 + 6} monate"),
    (r"([0-9]{1,2}) ?j[a-z]* ([0-9]{1,2}) ?m[a-z]*", lambda found: f"{int(found[1]) * 12 + int(found[2])} monate"),
    (r"([0-9]{1,3}) ?wochen?", lambda found: f"{int(found[1]) * 12 // 52} monate"),
)


@dataclass(frozen=True)
class Age:
    """The age searched for: months, half-open; `ages` is None for offers that name no age."""

    value: str
    ages: NumericRange | None

    @classmethod
    def parse(cls, text: str) -> "Age":
        """ "14" or "14m" (months), "2j", "18-27j" (years, half-open), "schwanger", "ohne"; else ValueError."""
        cleaned = re.sub(r"\s", "", text.lower())
        if cleaned == WITHOUT_AGE:
            return cls(WITHOUT_AGE, None)
        span = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})j", cleaned)
        if span:
            first, last = int(span[1]), int(span[2])
            if first >= last:
                raise ValueError(text)
            return cls(f"{first}-{last}j", NumericRange(first * 12, last * 12))
        ages = parse_age(cleaned)
        if ages == PREGNANCY:
            return cls("schwanger", ages)
        years = ages.upper - ages.lower > 1
        return cls(f"{ages.lower // 12}j" if years else str(ages.lower), ages)

    @property
    def years(self) -> int | None:
        """The year of life in full years; None for months, spans and what is no age."""
        if self.ages is None or self.ages == PREGNANCY or self.ages.upper - self.ages.lower != 12:
            return None
        return int(self.ages.lower) // 12

    @property
    def label(self) -> str:
        """For choices and chips: "14 Monate", "unter 1 Jahr", "2 Jahre"."""
        if self.ages is None:
            return _("ohne Altersangabe")
        if self.ages == PREGNANCY:
            return _("schwanger")
        lower, upper = self.ages.lower, self.ages.upper
        if upper - lower == 1:
            return ngettext("%(count)d Monat", "%(count)d Monate", lower) % {"count": lower}
        if upper - lower > 12:
            return _("%(lower)d bis %(upper)d Jahre") % {"lower": lower // 12, "upper": upper // 12}
        if lower == 0:
            return _("unter 1 Jahr")
        return ngettext("%(count)d Jahr", "%(count)d Jahre", lower // 12) % {"count": lower // 12}

    @property
    def phrase(self) -> str:
        """As in "Angebote für Kinder mit 14 Monaten in Osterfeld"."""
        if self.ages is None:
            return self.label
        if self.ages == PREGNANCY:
            return _("für die Schwangerschaft")
        lower, upper = self.ages.lower, self.ages.upper
        if upper - lower > 12:
            return _("für Menschen von %(lower)d bis %(upper)d Jahren") % {"lower": lower // 12, "upper": upper // 12}
        if lower == 0 and upper == 12:
            return _("für Kinder unter 1 Jahr")
        if upper - lower == 1:
            return ngettext("für Kinder mit %(count)d Monat", "für Kinder mit %(count)d Monaten", lower) % {
                "count": lower
            }
        years = lower // 12
        if years < CHILD_UNTIL:
            return ngettext("für Kinder mit %(count)d Jahr", "für Kinder mit %(count)d Jahren", years) % {
                "count": years
            }
        return _("für Menschen mit %(count)d Jahren") % {"count": years}


# What the selects offer: pregnancy, each year of childhood, young adults.
LISTED = tuple(map(Age.parse, ("schwanger", *(f"{year}j" for year in range(OLDEST_CHILD + 1)), "18-27j")))


def in_order(ages: Iterable[Age]) -> tuple[Age, ...]:
    """Each age once, the youngest first; those without an age last."""
    return tuple(sorted({age.value: age for age in ages}.values(), key=_by_months))


def parse_children(text: str) -> list[Age]:
    """Several children as people write them: "3 und 7", "3, 7 Jahre", "14 Monate und 5 Jahre", "schwanger und 2".

    A unit also counts for the bare numbers before it. Without any, numbers up to 17 are years and others months.
    "1,5 Jahre", "2 Jahre 3 Monate", "6 Wochen" and "zwei Kinder, drei und sieben" are read, too. Raises ValueError for
    anything else.
    """
    parts = _parts(text)
    unit = ""
    ages = []
    for part in reversed(parts):
        written = re.fullmatch(r"([0-9]{1,4})[\s-]*(m|mon|monate?n?|j|jahre?n?|jährige?[mnrs]?)?\.?", part)
        if not written:
            ages.append(Age.parse(part))
            continue
        unit = (written[2] or unit)[:1]
        ages.append(Age.parse(written[1] + (unit or ("j" if int(written[1]) <= OLDEST_CHILD else "m"))))
    if not 0 < len(ages) <= MOST_CHILDREN:
        raise ValueError(text)
    return ages


def _parts(text: str) -> list[str]:
    """One for each child."""
    plain = " ".join(text.lower().split())
    for written, meant in _REWRITTEN:
        plain = " ".join(re.sub(written, meant, plain).split())
    return [
        part
        for part in re.split(r"\s*(?:,|;|/|\+|&|\bund\b|\bsowie\b)\s*|(?<=[0-9])\s+(?=[0-9])", plain.strip())
        if part
    ]


def phrase(ages: tuple[Age, ...]) -> str:
    """As in "Angebote für Kinder mit 3 und 7 Jahren in Osterfeld"; "" without an age."""
    if len(ages) < 2:
        return ages[0].phrase if ages else ""
    if all(age.years is not None and 0 < age.years < CHILD_UNTIL for age in ages):
        return _("für Kinder mit %(ages)s Jahren") % {"ages": _listed([str(age.years) for age in ages])}
    return _("für mehrere Kinder: %(ages)s") % {"ages": _listed([age.label for age in ages])}


def _listed(words: list[str]) -> str:
    return _("%(words)s und %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}


def _by_months(age: Age) -> tuple[int, int, str]:
    if age.ages is None:
        return 10**6, 0, ""
    return age.ages.lower, age.ages.upper, age.value
