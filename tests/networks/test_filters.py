"""The filters of the register of networks."""

import pytest

from networks.filters import NetworkFilter
from networks.models import Network
from tests.networks.factories import NetworkFactory
from tests.portal.factories import borough, city, quarter, social_area

pytestmark = pytest.mark.django_db


def names(**given: str) -> set[str]:
    return {network.name for network in NetworkFilter(given, Network.objects.all()).rows}


@pytest.fixture(autouse=True)
def _networks() -> None:
    NetworkFactory.create(name="Frühe Hilfen", purpose="Familien begleiten")
    NetworkFactory.create(name="Altes Bündnis", ended_year=2014)


def test_without_filter_all_are_there() -> None:
    assert names() == {"Frühe Hilfen", "Altes Bündnis"}


def test_by_text_in_name_or_purpose() -> None:
    assert names(q="bündnis") == {"Altes Bündnis"}
    assert names(q="begleiten") == {"Frühe Hilfen"}


def test_by_state() -> None:
    assert names(stand="aktiv") == {"Frühe Hilfen"}
    assert names(stand="beendet") == {"Altes Bündnis"}


def test_by_level_of_the_widest_district() -> None:
    """A network for a quarter and its city is one of the city; one without a district is on no level."""
    around = borough("Sterkrade")
    inside = quarter("Holten", social_area("Nord", around))
    for name, districts in (("Stadt", [city(), inside]), ("Bezirk", [around]), ("Viertel", [inside])):
        NetworkFactory.create(name=name).districts.set(districts)
    assert names(ebene="stadt") == {"Stadt"}
    assert names(ebene="stadtbezirk") == {"Bezirk"}
    assert names(ebene="sozialraum") == set()
    assert names(ebene="stadtteil") == {"Viertel"}
    filters = NetworkFilter({"ebene": "quatsch", "q": "viertel"}, Network.objects.all())
    assert {network.name for network in filters.rows} == {"Viertel"}
    assert "ebene" in filters.form.errors


def test_a_bad_state_is_named_and_the_text_still_filters() -> None:
    filters = NetworkFilter({"stand": "quatsch", "q": "hilfen"}, Network.objects.all())
    assert {network.name for network in filters.rows} == {"Frühe Hilfen"}
    assert "stand" in filters.form.errors


@pytest.mark.parametrize("bad", ["\0", "\ud800", "x" * 10_000])
def test_a_bad_text_is_named(bad: str) -> None:
    filters = NetworkFilter({"q": bad, "stand": "aktiv"}, Network.objects.all())
    assert {network.name for network in filters.rows} == {"Frühe Hilfen"}
    assert "q" in filters.form.errors


def test_the_choices_are_the_states() -> None:
    assert [
        value for value, _label in NetworkFilter({}, Network.objects.all()).form.fields["stand"].choices if value
    ] == ["aktiv", "beendet"]
