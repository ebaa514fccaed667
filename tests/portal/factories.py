from datetime import date

import factory

from portal.enums import DistrictKind
from portal.models import District, Postcode, SchoolHoliday


class DistrictFactory(factory.django.DjangoModelFactory[District]):
    """A Stadtteil; `tree()` below makes a whole city."""

    class Meta:
        model = District

    name = factory.Sequence(lambda number: f"Stadtteil {number}")
    kind = DistrictKind.QUARTER


class PostcodeFactory(factory.django.DjangoModelFactory[Postcode]):
    class Meta:
        model = Postcode
        skip_postgeneration_save = True

    code = factory.Sequence(lambda number: f"{46000 + number}")


class SchoolHolidayFactory(factory.django.DjangoModelFactory[SchoolHoliday]):
    class Meta:
        model = SchoolHoliday

    name = "Herbstferien"
    first_day = date(2026, 10, 17)
    last_day = date(2026, 10, 31)


def city() -> District:
    """The root of the tree; made once per test."""
    found = District.objects.filter(kind=DistrictKind.CITY).first()
    return found or fresh(DistrictFactory.create(name="Musterstadt", slug="musterstadt", kind=DistrictKind.CITY))


def borough(name: str) -> District:
    """A Stadtbezirk of the city."""
    return fresh(DistrictFactory.create(name=name, kind=DistrictKind.BOROUGH, parent=city()))


def social_area(name: str, parent: District) -> District:
    return fresh(DistrictFactory.create(name=name, kind=DistrictKind.SOCIAL_AREA, parent=parent))


def quarter(name: str, parent: District | None = None) -> District:
    """A Stadtteil; without a parent in a social area and borough of its own."""
    if parent is None:
        parent = social_area(f"Sozialraum {name}", borough(f"Bezirk {name}"))
    return fresh(DistrictFactory.create(name=name, parent=parent))


def fresh(district: District) -> District:
    """With the lineage the database has written."""
    district.refresh_from_db()
    return district
