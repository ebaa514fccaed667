"""Whatever stands in the address bar: never a server error, a clear message, and the other filters still work."""

import re
import urllib.parse
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.enums import Cost
from offers.finder.search import DIMENSIONS
from tests.networks.factories import NetworkFactory
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db

PARAMETERS = [*DIMENSIONS, "kinder", "monate", "sortierung", "seite"]
PATHS = [
    *("/", "/angebote/", "/angebote/ein-kurs/", "/themen/", "/partner/", "/netzwerke/"),
    *("/kette/", "/kette/kind/", "/kette/karte/", "/kette/uebergang/kita-grundschule/"),
]
NASTY = [
    "", " ", "\0", "a\0b", "-1", "1e9", "0", "00", "1" * 30, "9223372036854775808", "NaN", "inf", "1.5", "٣", "²", "½",
    "%", "%00", "'", '"><script>', "\\", "&", "|", ":*", "<->", "!", "(", "or", "-", '"', "und der", "x" * 10_000,
    "ß" * 5_000, "\u202e", "\ufffe", "😀" * 300, "ein-kurs", "gibt-es-nicht", "99-98j", "0-99j", "schwanger", "ohne",
    "3 und 7", "3, 7 Jahre", "1,2,3,4,5,6,7,8,9,10", "51.4745,6.8530", "91,6", "nan,inf", "-0.0,-0.0", "1", "2", "mo",
    "abend", "heute", "rollstuhl", "nah", "Osterfeld", "OSTERFELD",
]  # fmt: skip
# Bytes that are no UTF-8, with encoded surrogates among them.
RAW = ["%ED%A0%80", "%FF%FE", "%C0%80", "%", "%zz", "%u0041", "%F4%90%80%80"]
VALUES = st.one_of(
    st.sampled_from(NASTY).map(urllib.parse.quote), st.sampled_from(RAW), st.text(max_size=60).filter(
        lambda text: not re.search("[\ud800-\udfff]", text)
    ).map(urllib.parse.quote),
)  # fmt: skip
NAMES = [*PARAMETERS, "unbekannt", "tag", "o", "art", "geburt", "monat", "jahr"]
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
FUZZ = settings(
    max_examples=100,
    deadline=None,  # the machine's load is no fault of the page
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def _some_offers() -> None:
    topic = TopicFactory.create(slug="sport")
    OfferFactory.create(
        title="Ein Kurs", slug="ein-kurs", topics=[topic], catchment=[quarter("Osterfeld")], cost=Cost.FREE
    )
    OfferFactory.create(title="Anderes", slug="anderes", cost=Cost.FEE)
    PartnerFactory.create()
    NetworkFactory.create()


def settled(client: Client, path: str, query: str) -> Any:
    """The page, after at most one redirect to the one address of a search."""
    response = client.get(path, QUERY_STRING=query)
    if response.status_code == 302 and path == "/angebote/":
        response = client.get(path, QUERY_STRING=urlsplit(response.headers["Location"]).query)
    return response


@pytest.mark.usefixtures("_some_offers")
@pytest.mark.slow
@FUZZ
@given(path=st.sampled_from(PATHS), query=QUERIES)
def test_any_query_gets_a_page(client: Client, path: str, query: str) -> None:
    response = settled(client, path, query)

    assert response.status_code == 200
    assert response.content.decode().count("<h1") == (path != "/angebote/vorschlaege/")
    assert not response.cookies


@pytest.mark.usefixtures("_some_offers")
@pytest.mark.slow
@FUZZ
@given(name=st.sampled_from([name for name in PARAMETERS if name != "kostenlos"]), value=VALUES)
def test_the_other_filters_still_work_or_the_search_is_empty(client: Client, name: str, value: str) -> None:
    response = settled(client, "/angebote/", f"{name}={value}&kostenlos=1")

    assert response.status_code == 200
    page = response.content.decode()
    titles = re.findall(r'<a class="stretched" href="[^"]*">(.*?)</a>', page)
    assert "Anderes" not in titles
    if "Etwas in Ihrer Suche verstehen wir nicht" in page:
        assert titles == ["Ein Kurs"]


@pytest.mark.slow
@pytest.mark.usefixtures("_some_offers")
@pytest.mark.parametrize("name", PARAMETERS)
def test_each_nasty_value_of_each_parameter(client: Client, name: str) -> None:
    for value in [*map(urllib.parse.quote, NASTY), *RAW]:
        response = settled(client, "/angebote/", f"{name}={value}")
        assert response.status_code == 200, value


@pytest.mark.slow
@pytest.mark.usefixtures("_some_offers")
@pytest.mark.parametrize("path", PATHS)
def test_each_nasty_value_on_each_page(client: Client, path: str) -> None:
    for value in [*map(urllib.parse.quote, NASTY), *RAW]:
        query = "&".join(f"{name}={value}" for name in NAMES)
        assert settled(client, path, query).status_code == 200, value


@pytest.mark.usefixtures("_some_offers")
@pytest.mark.parametrize("path", PATHS)
def test_repeated_keys_are_no_error(client: Client, path: str) -> None:
    query = "&".join(f"{name}=1&{name}=sport&{name}=" for name in PARAMETERS)

    assert settled(client, path, query).status_code == 200


@pytest.mark.usefixtures("_some_offers")
def test_thousands_of_parameters_are_refused_with_a_page(client: Client) -> None:
    query = "&".join(f"thema=t{number}" for number in range(3_000))

    response = client.get("/angebote/", QUERY_STRING=query)

    assert response.status_code == 400
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize("slug", ["%00", "%ED%A0%80", "a" * 5_000, "ä", "..%2F", "einreichen"])
def test_a_strange_address_is_no_offer(client: Client, slug: str) -> None:
    response = client.get(f"/angebote/{slug}/")

    assert response.status_code == (200 if slug == "einreichen" else 404)
