"""The filters of the register of partners."""

import pytest

from partners.enums import PartnerKind
from partners.filters import PartnerFilter
from partners.models import Partner
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def names(**given: str) -> set[str]:
    return {partner.name for partner in PartnerFilter(given, Partner.objects.all()).rows}


@pytest.fixture(autouse=True)
def _partners() -> None:
    PartnerFactory.create(name="Verein Mond", short_name="VM")
    PartnerFactory.create(name="Stadt Musterstadt", kind=PartnerKind.CITY)


def test_without_filter_all_are_there() -> None:
    assert names() == {"Verein Mond", "Stadt Musterstadt"}


def test_by_text_in_name_or_short_name() -> None:
    assert names(q="mond") == {"Verein Mond"}
    assert names(q="vm") == {"Verein Mond"}


def test_by_kind() -> None:
    assert names(art="stadt") == {"Stadt Musterstadt"}


@pytest.mark.parametrize("bad", [{"art": "quatsch"}, {"art": "\0"}])
def test_a_bad_kind_is_named_and_the_text_still_filters(bad: dict[str, str]) -> None:
    filters = PartnerFilter({**bad, "q": "mond"}, Partner.objects.all())
    assert {partner.name for partner in filters.rows} == {"Verein Mond"}
    assert "art" in filters.form.errors


@pytest.mark.parametrize("bad", ["\0", "\ud800", "x" * 10_000])
def test_a_bad_text_is_named_and_the_kind_still_filters(bad: str) -> None:
    filters = PartnerFilter({"q": bad, "art": "stadt"}, Partner.objects.all())
    assert {partner.name for partner in filters.rows} == {"Stadt Musterstadt"}
    assert "q" in filters.form.errors


def test_the_choices_are_the_kinds() -> None:
    choices = [value for value, _label in PartnerFilter({}, Partner.objects.all()).form.fields["art"].choices if value]
    assert choices == PartnerKind.values


def test_each_active_filter_has_its_own_way_out() -> None:
    filters = PartnerFilter({"q": "mond", "art": "verein"}, Partner.objects.all())
    assert [(chip.label, chip.url) for chip in filters.chips()] == [("„mond“", "?art=verein"), ("Verein", "?q=mond")]
