"""A search as clean values, its address and what it means as rules over the offers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.urls import reverse
from django.utils import timezone

from offers.enums import Day, Daytime, Sorting
from offers.finder.ages import Age
from offers.finder.catalogue import Area
from offers.finder.periods import Period
from offers.models import LifePhase, Offer, OfferQuerySet
from offers.search.layers import Reading
from portal.drawing import once
from portal.positions import Position

WHEELCHAIR = "rollstuhl"  # a choice of `barrierefrei` that is no AccessFeature
RADII = (1, 2, 5, 10)  # kilometres
PARTS_OF_A_DAY = 4  # slots of a weekday: unknown, morning, afternoon, evening
# What filters, in the order of the parameters in every address, so that one search has one address.
DIMENSIONS = (
    *("alter", "phase", "ort", "naehe", "umkreis", "thema", "form", "zugang", "tag", "zeit", "wann", "kostenlos"),
    *("kosten_unklar", "ohne_anmeldung", "sprache", "dolmetschen", "barrierefrei", "fuer", "regelangebot", "q"),
)
_PARAMETERS = (*DIMENSIONS, "sortierung")
# Filters of which several choices may be picked; an offer with one of them is enough.
SEVERAL = ("thema", "form", "zugang", "tag", "zeit", "sprache", "fuer")
# Filters whose choices are counted.
FACETS = (
    *("phase", "ort", "umkreis", "thema", "form", "zugang", "tag", "zeit", "wann", "kostenlos", "ohne_anmeldung"),
    *("sprache", "dolmetschen", "barrierefrei", "fuer", "regelangebot"),
)


@dataclass(frozen=True)
class Search:
    """What somebody looks for. Empty values do not filter; several values of one kind mean "one of them".

    The exception is `barrierefrei`: all of its values at one place. `umkreis` is kilometres around `naehe`, else
    around the middle of `ort`, and means nothing without either. `sortierung` filters nothing.
    """

    alter: tuple[Age, ...] = ()
    phase: LifePhase | None = None
    ort: Area | None = None
    naehe: Position | None = None
    umkreis: int = 0
    thema: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    zugang: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    zeit: tuple[str, ...] = ()
    wann: Period | None = None
    kostenlos: bool = False
    kosten_unklar: bool = False  # reached by a link beside `kostenlos` only
    ohne_anmeldung: bool = False
    sprache: tuple[str, ...] = ()
    dolmetschen: bool = False
    barrierefrei: tuple[str, ...] = ()
    fuer: tuple[str, ...] = ()
    regelangebot: bool = False
    q: str = ""
    sortierung: str = Sorting.BEST.value
    reading: Reading | None = field(default=None, compare=False)  # how `q` is understood, when more than its words

    def __bool__(self) -> bool:
        values = self.__dict__
        return any([values[name] for name in DIMENSIONS])  # noqa: C419  # twice as fast as a generator

    @property
    def centre(self) -> Position | None:
        """Where distances are measured from."""
        return self.naehe or (self.ort.centre if self.ort else None)

    @property
    def slots(self) -> list[int]:
        """The slots `tag` and `zeit` ask for (see OfferQuerySet.on_slots); empty when neither is asked for."""
        if not (self.tag or self.zeit):
            return []
        parts = [1 + list(Daytime).index(Daytime(part)) for part in self.zeit] or range(PARTS_OF_A_DAY)
        days = self.tag or Day.values
        return sorted(Day(day).weekday * PARTS_OF_A_DAY + part for day in days for part in parts)

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Name and value for the URL, in the one order, without empty ones."""
        values = self.__dict__
        for name in _PARAMETERS:
            value = values[name]
            if not value:
                continue
            if name == "alter":
                yield from ((name, age.value) for age in value)
            elif isinstance(value, tuple):
                yield from ((name, part) for part in sorted(value))
            else:
                yield name, _as_text(value)

    def url(self, page: int = 1) -> str:
        """The one address of this search."""
        query = self._query
        if page > 1:
            query = f"{query}&seite={page}" if query else f"seite={page}"
        return f"{_list_url()}?{query}" if query else _list_url()

    @property
    def _query(self) -> str:
        kept: str | None = self.__dict__.get("_asked")
        if kept is None:  # functools' cached_property takes a lock, and a results page makes a dozen addresses
            kept = self.__dict__["_asked"] = "&".join([f"{name}={_quoted(value)}" for name, value in self.parameters()])
        return kept

    def changed(self, **changes: Any) -> "Search":
        """The same search with other values; much quicker than `replace`, which a results page does a dozen times."""
        found = object.__new__(Search)
        found.__dict__.update(self.__dict__)
        found.__dict__.pop("_asked", None)
        found.__dict__.update(changes)
        return found

    def url_without_age(self) -> str:
        """The same search among the offers that name no age."""
        return self.changed(alter=(Age.parse("ohne"),)).url()

    def with_unknown_cost(self) -> "Search":
        """The same search among the offers whose cost nobody knows."""
        return self.changed(kostenlos=False, kosten_unklar=True)

    def without(self, *names: str) -> "Search":
        """The same search with these dimensions open; without a centre nothing is near."""
        found = self.changed(**{name: getattr(EVERYTHING, name) for name in names})
        if found.centre:
            return found
        sorting = "" if found.sortierung == Sorting.NEAREST else found.sortierung
        return found.changed(umkreis=0, sortierung=sorting)

    def without_value(self, name: str, value: object) -> "Search":
        """The same search without one of several values."""
        changes: dict[str, Any] = {name: tuple(part for part in getattr(self, name) if part != value)}
        return self.changed(**changes)

    def offers(self, queryset: OfferQuerySet | None = None) -> OfferQuerySet:
        """The public offers that fit (design rules 1 to 4 and 6)."""
        offers = Offer.objects.public() if queryset is None else queryset
        offers = self._by_place_and_time(self._by_family(offers))
        if self.thema:
            offers = offers.on_topics(self.thema)
        if self.form:
            offers = offers.of_formats(self.form)
        if self.zugang:
            offers = offers.reached_by(self.zugang)
        if self.kostenlos:
            offers = offers.free_of_charge()
        if self.kosten_unklar:
            offers = offers.of_unknown_cost()
        if self.ohne_anmeldung:
            offers = offers.without_registration()
        if self.dolmetschen:
            offers = offers.with_interpreting()
        if self.regelangebot:
            offers = offers.regular()
        return offers.matching(self.reading or self.q) if self.q else offers

    def _by_family(self, offers: OfferQuerySet) -> OfferQuerySet:
        if self.alter:
            offers = offers.for_children([age.ages for age in self.alter])
        if self.phase:
            by_age = self.phase.ages is not None
            offers = offers.for_ages(self.phase.ages) if by_age else offers.for_audience(self.phase.audience)
        if self.fuer:
            offers = offers.for_one_of(self.fuer)
        return offers.in_languages(self.sprache) if self.sprache else offers

    def _by_place_and_time(self, offers: OfferQuerySet) -> OfferQuerySet:
        if self.ort:
            offers = offers.for_districts(self.ort.districts)
        if self.umkreis and self.centre:
            offers = offers.within(self.centre, self.umkreis * 1000)
        if self.barrierefrei:
            features = [feature for feature in self.barrierefrei if feature != WHEELCHAIR]
            offers = offers.with_access_features(features, wheelchair=WHEELCHAIR in self.barrierefrei)
        if self.slots:
            offers = offers.on_slots(self.slots)
        return offers.with_date_on(self.wann.days) if self.wann else offers

    def in_order(self, offers: OfferQuerySet) -> OfferQuerySet:
        """As `sortierung` says; what fits best means: most of the children, then the words, then just this age."""
        if self.sortierung == Sorting.NEAREST and self.centre:
            return offers.nearest_first(self.centre)
        if self.sortierung == Sorting.NEXT_DATE:
            return offers.next_date_first((self.wann and self.wann.first) or timezone.localdate())
        if self.sortierung == Sorting.NEWEST:
            return offers.newest_first()
        children = [age.ages for age in self.alter]
        return offers.best_first(self.reading, children=children, by_age=bool(self.alter or self.phase))


EVERYTHING = Search()


@lru_cache(maxsize=2_000)
def _quoted(value: str) -> str:
    return quote_plus(value, safe=",")


@once
def _list_url() -> str:
    return reverse("offers:list")


def _as_text(value: object) -> str:
    if isinstance(value, Area | Position | Period):
        return value.value
    if isinstance(value, LifePhase):
        return value.slug
    return "1" if value is True else str(value)
