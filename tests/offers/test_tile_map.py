"""What the map with streets is given: nothing without a host, never a confidential place, a guess is called one."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.offers.factories import OfferFactory
from tests.partners.factories import PlaceFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db


def places_on_the_map(client: Client, **facts: Any) -> list[dict[str, Any]] | None:
    offer = OfferFactory.create(**facts)
    found = re.search('data-map="([^"]*)"', client.get(offer.get_absolute_url()).content.decode())
    return json.loads(unescape(found[1])) if found else None


def test_shows_each_open_place_and_calls_a_guess_a_guess(client: Client, settings: Any) -> None:
    settings.TILES_URL = "https://karten.example.org/{z}/{x}/{y}.png"
    home = quarter("Osterfeld-Mitte")
    home.latitude, home.longitude = 51.5, 6.88
    home.save()
    places = [
        PlaceFactory.create(name='Haus "A"', latitude=51.51, longitude=6.89),
        PlaceFactory.create(name="Haus B", district=home),
        PlaceFactory.create(name="Haus C"),
        PlaceFactory.create(name="Schutz", is_confidential=True, street="", postcode="", city=""),
    ]

    found = places_on_the_map(client, places=places)

    assert found
    assert sorted((one["name"], one["at"], one["exact"]) for one in found) == [
        ('Haus "A"', [51.51, 6.89], True),
        ("Haus B", [51.5, 6.88], False),
    ]


def test_without_a_host_or_a_known_place_there_is_no_map(client: Client, settings: Any) -> None:
    place = PlaceFactory.create(latitude=51.51, longitude=6.89)

    assert places_on_the_map(client, places=[place]) is None
    settings.TILES_URL = "https://karten.example.org/{z}/{x}/{y}.png"
    assert places_on_the_map(client, places=[PlaceFactory.create()]) is None
    assert places_on_the_map(client, places=[place]) is not None
