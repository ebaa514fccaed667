import pytest
from django.db import IntegrityError, connection, transaction

from portal.enums import DistrictKind
from portal.models import District, FormerSlug, Postcode
from tests.portal.factories import DistrictFactory, PostcodeFactory, borough, city, fresh, quarter, social_area

pytestmark = pytest.mark.django_db


def test_lineage_runs_from_the_city_to_the_row() -> None:
    south = borough("Süd")
    area = social_area("Mitte", south)
    part = quarter("Altstadt", area)
    assert part.lineage == [city().pk, south.pk, area.pk, part.pk]


def test_lineage_follows_when_a_branch_moves() -> None:
    area = social_area("Mitte", borough("Süd"))
    part = quarter("Altstadt", area)
    north = borough("Nord")
    District.objects.filter(pk=area.pk).update(parent=north)
    assert fresh(part).lineage == [city().pk, north.pk, area.pk, part.pk]


def test_lineage_cannot_be_written_by_hand() -> None:
    part = quarter("Altstadt")
    before = part.lineage
    District.objects.filter(pk=part.pk).update(lineage=[1, 2, 3])
    assert fresh(part).lineage == before


def test_a_district_cannot_lie_inside_itself() -> None:
    area = social_area("Mitte", borough("Süd"))
    part = quarter("Altstadt", area)
    with pytest.raises(IntegrityError, match="inside itself"), transaction.atomic():
        District.objects.filter(pk=area.pk).update(parent=part)


def test_descendants_are_all_inside_and_the_lineage_all_around() -> None:
    south = borough("Süd")
    area = social_area("Mitte", south)
    part, other = quarter("Altstadt", area), quarter("Neustadt", area)
    quarter("Anderswo")
    assert set(District.objects.descendants_of(south)) == {south, area, part, other}
    assert part.lineage == [city().pk, south.pk, area.pk, part.pk]


def test_touching_holds_ancestors_and_descendants_but_no_siblings() -> None:
    south = borough("Süd")
    area = social_area("Mitte", south)
    part, sibling = quarter("Altstadt", area), quarter("Neustadt", area)
    assert set(District.objects.touching(part)) == {city(), south, area, part}
    assert sibling in District.objects.touching(area)
    assert sibling not in District.objects.touching(part)


@pytest.mark.parametrize(("kind", "with_parent"), [(DistrictKind.CITY, True), (DistrictKind.QUARTER, False)])
def test_only_the_city_has_no_parent(kind: str, with_parent: bool) -> None:
    parent = city() if with_parent else None
    with pytest.raises(IntegrityError, match="district_only_the_city_has_no_parent"), transaction.atomic():
        DistrictFactory.create(name="Falsch", kind=kind, parent=parent)


def test_two_districts_never_share_a_hexagon() -> None:
    District.objects.filter(pk=quarter("Altstadt").pk).update(hex_q=1, hex_r=2)
    with pytest.raises(IntegrityError, match="district_one_per_hexagon"), transaction.atomic():
        District.objects.filter(pk=quarter("Neustadt").pk).update(hex_q=1, hex_r=2)


def test_postcodes_and_quarters_are_many_to_many() -> None:
    left, right = quarter("Links"), quarter("Rechts")
    code = PostcodeFactory.create(code="46117")
    code.districts.set([left, right])
    assert set(left.postcodes.all()) == {code}
    with pytest.raises(IntegrityError, match="postcode_five_digits"), transaction.atomic():
        Postcode.objects.create(code="461")


def test_a_changed_slug_is_remembered_also_in_raw_sql() -> None:
    part = quarter("Altstadt")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_district SET slug = 'mitte' WHERE id = %s", [part.pk])
    assert District.objects.at_slug("altstadt") == part
    assert District.objects.at_slug("mitte") == part
    with pytest.raises(District.DoesNotExist):
        District.objects.at_slug("nirgends")


def test_a_slug_that_comes_back_is_no_former_one() -> None:
    part = quarter("Altstadt")
    for slug in ("mitte", "altstadt"):
        District.objects.filter(pk=part.pk).update(slug=slug)
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["mitte"]


def test_a_new_row_never_takes_a_former_slug() -> None:
    part = quarter("Altstadt")
    District.objects.filter(pk=part.pk).update(slug="mitte")
    assert quarter("Altstadt").slug == "altstadt-2"


def test_german_order_needs_no_icu() -> None:
    for name in ("Zoo", "Österreich", "Oberdorf", "Ahorn", "äpfel", "Ostdorf"):
        quarter(name, social_area(f"x{name}", borough(f"y{name}")))
    names = list(District.objects.quarters().in_listing_order().values_list("name", flat=True))
    assert names == ["Ahorn", "äpfel", "Oberdorf", "Ostdorf", "Österreich", "Zoo"]
