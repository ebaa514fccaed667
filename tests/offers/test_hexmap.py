"""The hexagon map: geometry, counts that equal the finder's, order, and places it never shows."""

import re
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from offers.enums import Cost
from offers.finder import Catalogue, Search
from offers.hexmap.grid import HexMap, SpotMap
from offers.hexmap.shape import SIZE, abbreviations, corners, lines, middle, number
from offers.models import Offer
from portal.models import District
from tests.offers.factories import OfferFactory, TopicFactory
from tests.offers.steps import count_behind
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import borough, quarter, social_area

NEIGHBOURS = [(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def place(name: str, q: int, r: int, parent: District | None = None) -> District:
    district = quarter(name, parent)
    district.hex_q, district.hex_r = q, r
    district.save()
    return district


@pytest.fixture
def town() -> dict[str, District]:
    """Two Sozialräume with two Stadtteile each; Nord lies north of Süd."""
    north, south = social_area("Nord", borough("Bezirk Nord")), social_area("Süd", borough("Bezirk Süd"))
    return {
        "Südost": place("Südost", 1, 1, south),
        "Südwest": place("Südwest", 0, 1, south),
        "Nordwest": place("Nordwest", 0, 0, north),
        "Nordost": place("Nordost", 1, 0, north),
    }


# Shape


@given(st.integers(-20, 20), st.integers(-20, 20))
def test_neighbours_touch_and_others_do_not(q: int, r: int) -> None:
    x, y = middle(q, r)
    for dq, dr in NEIGHBOURS:
        nx, ny = middle(q + dq, r + dr)
        assert ((nx - x) ** 2 + (ny - y) ** 2) ** 0.5 == pytest.approx(SIZE * 3**0.5)
    fx, fy = middle(q + 2, r - 1)
    assert ((fx - x) ** 2 + (fy - y) ** 2) ** 0.5 > SIZE * 1.9


def test_corners_are_six_points_with_decimal_points() -> None:
    points = corners(1, 2).split()

    assert len(points) == 6
    assert all(re.fullmatch(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?", point) for point in points)


@pytest.mark.parametrize(("value", "expected"), [(1.0, "1"), (1.25, "1.25"), (-0.5, "-0.5"), (17.32051, "17.32")])
def test_numbers_are_short(value: float, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Holten", ["Holten"]),
        ("Lirich-Süd", ["Lirich-", "Süd"]),
        ("Neue Mitte (mit Grafenbusch)", ["Neue", "Mitte"]),
        ("Schmachtendorf", ["Schmach-", "tendorf"]),
        ("Brücktorviertel", ["Brücktor-", "viertel"]),
        ("Bcdfghjklmnpq", ["Bcdfghjklmnpq"]),
        ("", [""]),
    ],
)
def test_names_break_into_two_lines(name: str, expected: list[str]) -> None:
    assert lines(name) == expected


def test_abbreviations_differ() -> None:
    names = ["Vonderort", "Vondern", "Lirich-Süd", "Lirich-Nord", "Osterfeld-Mitte", "Osterfeld-Heide", "Ost", "Ö"]

    found = abbreviations(names)

    assert found[:4] == ["Vond", "Vonn", "LirS", "LirN"]
    assert len(set(found)) == len(names)


# Counts


@pytest.mark.django_db
@pytest.mark.slow
def test_every_number_is_what_its_link_lists(client: Client, town: dict[str, District]) -> None:
    topic = TopicFactory.create(slug="sport")
    everywhere = [None, [town["Nordwest"]], [town["Nordwest"].parent], [town["Nordost"], town["Südwest"]]]
    for catchment in everywhere:
        OfferFactory.create(catchment=catchment, topics=[topic], cost=Cost.FREE, ages=NumericRange(0, 36))
    OfferFactory.create(catchment=[town["Südost"]], ages=NumericRange(100, 120))
    OfferFactory.create(catchment=[town["Südost"]], status="draft")

    for query in ("", "?alter=14", "?thema=sport&kostenlos=1", "?ort=nordwest"):
        found = client.get(f"/kette/karte/{query}").context["map"]
        parts = [(hexagon.url, hexagon.count) for hexagon in found.hexagons]
        parts += [(group.url, group.count) for group in found.groups]
        for url, count in parts:
            assert count_behind(client, url) == count, url


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(catchments=st.lists(st.sets(st.integers(0, 8), min_size=1, max_size=4), max_size=8))
def test_counts_equal_the_rule_for_districts(catchments: list[set[int]], town: dict[str, District]) -> None:
    Offer.objects.all().delete()
    districts = list(District.objects.order_by("pk"))
    for catchment in catchments:
        OfferFactory.create(catchment=[districts[at] for at in catchment if at < len(districts)])

    found = HexMap(Search(), Catalogue())

    for hexagon in found.hexagons:
        district = District.objects.get(name=hexagon.name)
        assert hexagon.count == Offer.objects.public().for_districts([district]).count()


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_takes_the_same_queries_for_one_and_three_offers(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create()
    with django_assert_num_queries(2):
        client.get("/kette/karte/")
    OfferFactory.create_batch(2, topics=[TopicFactory.create()])
    with django_assert_num_queries(2):
        client.get("/kette/karte/?alter=14&ort=nordwest")


# The page


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_reads_from_top_to_bottom_and_left_to_right(client: Client) -> None:
    found = client.get("/kette/karte/").context["map"]

    assert [hexagon.name for hexagon in found.hexagons] == ["Nordwest", "Nordost", "Südwest", "Südost"]


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_everything_on_the_map_is_in_the_list(client: Client) -> None:
    OfferFactory.create()
    page = client.get("/kette/karte/?alter=14").content.decode()
    drawing, rest = page.split("hexmap__drawing", 1)[1].split("</svg>", 1)

    on_the_map = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', drawing)
    assert len(on_the_map) == 4
    for url, label in on_the_map:
        name, count = re.fullmatch(r"(.+): (\d+) Angebote?", label).groups()  # type: ignore[union-attr]
        assert f'href="{url}"' in rest
        assert f'{name} <span class="number">{count}<' in rest
    assert "alter=14" in on_the_map[0][0]


@pytest.mark.django_db
def test_marks_the_chosen_place_and_all_that_lies_in_it(client: Client, town: dict[str, District]) -> None:
    assert town["Nordost"].parent
    found = client.get(f"/kette/karte/?ort={town['Nordost'].parent.slug}").context["map"]

    assert [hexagon.name for hexagon in found.hexagons if hexagon.is_chosen] == ["Nordwest", "Nordost"]


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_shades_run_from_fewest_to_most(town: dict[str, District]) -> None:
    OfferFactory.create_batch(4, catchment=[town["Nordwest"]])
    OfferFactory.create(catchment=[town["Südost"]])

    found = HexMap(Search(), Catalogue())

    shades = {hexagon.name: hexagon.shade for hexagon in found.hexagons}
    assert shades == {"Nordwest": 5, "Nordost": 1, "Südwest": 1, "Südost": 2}
    assert [(shade.number, shade.first, shade.last) for shade in found.shades] == [(1, 0, 0), (2, 1, 1), (5, 4, 4)]


@pytest.mark.django_db
def test_a_city_without_hexagons_says_so(client: Client) -> None:
    quarter("Osterfeld")

    assert "Noch keine Karte" in text(client.get("/kette/karte/"))


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("query", ["alter=-1", "ort=nirgends", "thema=x", "q=%00", "sprache=xx", "seite=0"])
def test_bad_values_get_a_page_with_a_message(client: Client, query: str) -> None:
    response = client.get(f"/kette/karte/?{query}")

    assert response.status_code == 200
    assert response.context["errors"]
    assert len(response.context["map"].hexagons) == 4


# The spot


@pytest.mark.django_db
def test_a_spot_map_marks_where_a_place_is(town: dict[str, District]) -> None:
    found = SpotMap(District.objects.all(), [town["Nordost"].pk])

    drawing = render_to_string("offers/hexmap/_spot_map.html", {"map": found})
    assert drawing.count("spot--marked") == 1
    assert "Lage in der Stadt: Nordost" in drawing


@pytest.mark.django_db
def test_a_spot_map_without_a_place_on_it_draws_nothing(town: dict[str, District]) -> None:
    assert town["Nordost"].parent
    for marked in ([], [0], [town["Nordost"].parent.pk]):
        assert render_to_string("offers/hexmap/_spot_map.html", {"map": SpotMap(town.values(), marked)}).strip() == ""


@pytest.mark.django_db
def test_an_offers_page_marks_its_places_and_never_a_confidential_one(
    client: Client, town: dict[str, District]
) -> None:
    provider = PartnerFactory.create()
    shown = PlaceFactory.create(partner=provider, district=town["Nordost"])
    facts = {"name": "", "street": "", "postcode": "", "city": "", "district": None}
    hidden = PlaceFactory.create(partner=provider, is_confidential=True, **facts)
    both = OfferFactory.create(provider=provider, places=[shown, hidden])
    secret = OfferFactory.create(provider=provider, places=[hidden])

    assert "Lage in der Stadt: Nordost " in text(client.get(both.get_absolute_url()))
    assert client.get(both.get_absolute_url()).content.decode().count("spot--marked") == 1
    page = client.get(secret.get_absolute_url()).content.decode()
    assert "spot--marked" not in page
