"""A search as clean values, its address and what it means as rules over the offers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.finder.catalogue import Area
from offers.models import LifePhase, Offer, OfferQuerySet
from offers.search.layers import Reading
from portal.ages import PREGNANCY, parse_age

WITHOUT_AGE = "ohne"
# The order of the parameters in every address, so that one search has one address.
DIMENSIONS = ("alter", "phase", "ort", "thema", "form", "kostenlos", "sprache", "q")
CHILD_UNTIL = 14  # years; whoever is older is not called a child (SGB VIII § 7)
FACETS = ("thema", "form", "kostenlos", "sprache")


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


@dataclass(frozen=True)
class Search:
    """What somebody looks for. Empty values do not filter; several values of one kind mean "one of them"."""

    alter: Age | None = None
    phase: LifePhase | None = None
    ort: Area | None = None
    thema: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    kostenlos: bool = False
    sprache: tuple[str, ...] = ()
    q: str = ""
    reading: Reading | None = field(default=None, compare=False)  # how `q` is understood, when more than its words

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in DIMENSIONS)

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Name and value for the URL, in the one order, without empty ones."""
        for name in DIMENSIONS:
            value = getattr(self, name)
            if isinstance(value, tuple):
                yield from ((name, part) for part in sorted(value))
            elif value:
                yield name, _as_text(value)

    def url(self, page: int = 1) -> str:
        """The one address of this search."""
        parameters = [*self.parameters(), *([("seite", str(page))] if page > 1 else [])]
        return reverse("offers:list") + ("?" + urlencode(parameters) if parameters else "")

    def url_without_age(self) -> str:
        """The same search among the offers that name no age."""
        return replace(self, alter=Age(WITHOUT_AGE, None)).url()

    def without(self, *names: str) -> "Search":
        """The same search with these dimensions open."""
        return replace(self, **{name: getattr(_EVERYTHING, name) for name in names})

    def without_value(self, name: str, value: str) -> "Search":
        """The same search without one of several values."""
        changes: dict[str, Any] = {name: tuple(part for part in getattr(self, name) if part != value)}
        return replace(self, **changes)

    def offers(self, queryset: OfferQuerySet | None = None) -> OfferQuerySet:
        """The public offers that fit (design rules 1 to 4 and 6)."""
        offers = Offer.objects.public() if queryset is None else queryset
        if self.alter:
            offers = offers.for_ages(self.alter.ages) if self.alter.ages is not None else offers.without_age()
        if self.phase:
            by_age = self.phase.ages is not None
            offers = offers.for_ages(self.phase.ages) if by_age else offers.for_audience(self.phase.audience)
        if self.ort:
            offers = offers.for_districts(self.ort.districts)
        if self.thema:
            offers = offers.on_topics(self.thema)
        if self.form:
            offers = offers.of_formats(self.form)
        if self.kostenlos:
            offers = offers.free_of_charge()
        if self.sprache:
            offers = offers.in_languages(self.sprache)
        return offers.matching(self.reading or self.q) if self.q else offers

    def in_order(self, offers: OfferQuerySet) -> OfferQuerySet:
        """Best match first: by the words of a text, else what is made for just this age, else by title."""
        if not self.reading and (self.alter or self.phase):
            return offers.narrowest_age_first()
        return offers.in_listing_order(self.reading or "")


_EVERYTHING = Search()


def _as_text(value: object) -> str:
    if isinstance(value, Age | Area):
        return value.value
    if isinstance(value, LifePhase):
        return value.slug
    return "1" if value is True else str(value)
