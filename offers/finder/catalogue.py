"""What can be searched for: the city's areas, phases and topics, read in one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.finder.periods import periods
from offers.models import LifePhase, Topic
from offers.search.words import question
from portal.enums import DistrictKind
from portal.models import District, Postcode, SchoolHoliday
from portal.positions import Position


@dataclass(frozen=True)
class Area:
    """A place to search in: a district, or the districts a postcode mainly covers."""

    value: str
    label: str
    phrase: str  # as in "Angebote … in Osterfeld"
    districts: tuple[District, ...] = field(compare=False)
    centre: Position | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AreaGroup:
    label: str
    areas: tuple[Area, ...]


_DISTRICT = ("id", "parent_id", "slug", "kind", "name", "latitude", "longitude", "hex_q", "hex_r", "lineage")
_PHASE = ("id", "slug", "label", "audience", "chain_step", "position")
_HOLIDAY = ("name", "first_day", "last_day")
_TOPIC = ("id", "slug", "label", "description", "synonyms", "position")


def _read(*querysets: QuerySet[Any, Any]) -> list[list[dict[str, Any]]]:
    """The rows of several short lists in one statement."""
    queries = [queryset.query.sql_with_params() for queryset in querysets]
    lists = ", ".join(f"(SELECT coalesce(json_agg(row), '[]') FROM ({sql}) AS row)" for sql, _values in queries)  # noqa: S608  # SQL made by the ORM, values apart
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lists}", [value for _sql, values in queries for value in values])
        return list(cursor.fetchone() or ())


def _phase(first: int | None, end: int | None, **values: Any) -> LifePhase:
    """`first` and `end` are the ages in months, half-open; both None for a phase with an audience instead."""
    return LifePhase(ages=None if first is None and end is None else NumericRange(first, end), **values)


class Catalogue:
    """Districts, postcodes, phases and topics of one request."""

    def __init__(self) -> None:
        today = timezone.localdate()
        districts, phases, topics, codes, covers, holidays = _read(
            District.objects.in_listing_order().values(*_DISTRICT),
            LifePhase.objects.in_listing_order().values(*_PHASE, first=F("ages__startswith"), end=F("ages__endswith")),
            Topic.objects.in_listing_order().values(*_TOPIC),
            Postcode.objects.order_by("code").values("code", "latitude", "longitude"),
            Postcode.objects.filter(districts__isnull=False).order_by("code").values("code", "districts"),
            SchoolHoliday.objects.not_over(today).values(*_HOLIDAY)[:1],
        )
        self.districts = {row["id"]: District(**row) for row in districts}
        self.phases = {row["slug"]: _phase(**row) for row in phases}
        self.topics = {row["slug"]: Topic(**row) for row in topics}
        covered: dict[str, list[District]] = defaultdict(list)
        for row in covers:
            covered[row["code"]].append(self.districts[row["districts"]])
        self._covered = dict(covered)
        self._centres = {row["code"]: _position(row["latitude"], row["longitude"]) for row in codes}
        days = [(row["name"], *(date.fromisoformat(row[name]) for name in _HOLIDAY[1:])) for row in holidays]
        self.periods = periods(today, days)

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Every area by its value in the URL (slug or postcode)."""
        areas = {district.slug: _district_area(district) for district in self.districts.values()}
        areas |= {code: self._postcode_area(code, districts) for code, districts in self._covered.items()}
        return areas

    @cached_property
    def place_words(self) -> frozenset[str]:
        """The words of all district names, folded as the search does."""
        return frozenset(word for district in self.districts.values() for word in question(district.name).words)

    @cached_property
    def area_groups(self) -> list[AreaGroup]:
        """The choices of "Wo wohnen Sie?": Stadtteile by Stadtbezirk, larger areas, postcodes."""
        groups = [
            AreaGroup(
                _("Stadtteile in %(borough)s") % {"borough": borough.name}, self._areas(DistrictKind.QUARTER, borough)
            )
            for borough in self.of_kind(DistrictKind.BOROUGH)
        ]
        groups.append(AreaGroup(_("Sozialräume"), self._areas(DistrictKind.SOCIAL_AREA)))
        groups.append(AreaGroup(_("Stadtbezirke"), self._areas(DistrictKind.BOROUGH)))
        groups.append(AreaGroup(_("Postleitzahlen"), tuple(self.areas[code] for code in self._covered)))
        return [group for group in groups if group.areas]

    def of_kind(self, kind: str) -> list[District]:
        return [district for district in self.districts.values() if district.kind == kind]

    def wider_areas(self, area: Area) -> list[Area]:
        """The areas around one, nearest first, without the area itself and the city."""
        depth: dict[int, int] = {}
        for district in area.districts:
            for pk in district.lineage[:-1] if area.value == district.slug else district.lineage:
                depth[pk] = self._depth(pk)
        kinds = {DistrictKind.SOCIAL_AREA, DistrictKind.BOROUGH}
        nearest_first = sorted((pk for pk in depth if self.districts[pk].kind in kinds), key=lambda pk: -depth[pk])
        return [self.areas[self.districts[pk].slug] for pk in nearest_first]

    def district_names(self, ids: Iterable[int]) -> list[str]:
        """Names in listing order."""
        wanted = set(ids)
        return [district.name for pk, district in self.districts.items() if pk in wanted]

    def names_the_city(self, ids: Iterable[int]) -> bool:
        return any(self.districts[pk].kind == DistrictKind.CITY for pk in ids if pk in self.districts)

    def _areas(self, kind: str, inside: District | None = None) -> tuple[Area, ...]:
        return tuple(
            self.areas[district.slug]
            for district in self.of_kind(kind)
            if inside is None or inside.pk in district.lineage
        )

    def _depth(self, pk: int) -> int:
        return len(self.districts[pk].lineage)

    def _postcode_area(self, code: str, districts: list[District]) -> Area:
        phrase = _("in %(name)s") % {"name": code}
        return Area(code, code, phrase, tuple(districts), self._centres[code])


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    return None if latitude is None or longitude is None else Position(latitude, longitude)


def _district_area(district: District) -> Area:
    name = {"name": district.name}
    label, phrase = district.name, _("in %(name)s") % name
    if district.kind == DistrictKind.SOCIAL_AREA:
        label, phrase = _("Sozialraum %(name)s") % name, _("im Sozialraum %(name)s") % name
    elif district.kind == DistrictKind.BOROUGH:
        label = _("Stadtbezirk %(name)s") % name
    elif district.kind == DistrictKind.CITY:
        label, phrase = _("ganze Stadt"), _("in ganz %(name)s") % name
    return Area(district.slug, label, phrase, (district,), _position(district.latitude, district.longitude))
