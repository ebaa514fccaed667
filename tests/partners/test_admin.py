"""Partners and places in the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from partners.models import Partner, Place
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.staff import open_form, signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(staff("Redaktion", "anna"))


def test_an_address_of_a_confidential_place_is_refused_in_plain_words_and_stays_typed(client: Client) -> None:
    place = PlaceFactory.create(street="Beispielweg 5")
    url = reverse("admin:partners_place_change", args=[place.pk])
    page = client.post(url, {**open_form(client, url), "is_confidential": "on", "name": "Schutzhaus"}).content.decode()
    assert "Ein geheimer Ort darf keine Adresse haben" in page
    assert 'value="Schutzhaus"' in page
    assert not Place.objects.get().is_confidential
    empty = {"street": "", "postcode": "", "city": ""}
    assert client.post(url, {**open_form(client, url), **empty, "is_confidential": "on"}).status_code == 302
    assert Place.objects.get().is_confidential


def test_a_name_without_consent_is_refused_in_plain_words(client: Client) -> None:
    contact = ContactFactory.create()
    url = reverse("admin:partners_contact_change", args=[contact.pk])
    page = client.post(url, {**open_form(client, url), "person_name": "Kim Beispiel"}).content.decode()
    assert "Ein Name darf nur mit Einwilligung stehen" in page


def test_places_and_contacts_are_edited_with_their_partner(client: Client) -> None:
    partner = PartnerFactory.create()
    url = reverse("admin:partners_partner_change", args=[partner.pk])
    sent = {
        **open_form(client, url),
        "places-TOTAL_FORMS": "1", "places-0-name": "Haus Mond", "places-0-access_features": ["aufzug", "stufenlos"],
        "contacts-TOTAL_FORMS": "1", "contacts-0-label": "Büro", "contacts-0-email": "buero@mond.example",
    }  # fmt: skip
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert partner.places.get().access_features == ["aufzug", "stufenlos"]
    assert partner.contacts.get().email == "buero@mond.example"


def test_a_stale_form_is_stopped_also_after_a_change_of_a_place_only(client: Client) -> None:
    place = PlaceFactory.create()
    url = reverse("admin:partners_partner_change", args=[place.partner.pk])
    mine = open_form(client, url)
    Place.objects.update(street="Neue Gasse 3")
    page = client.post(url, {**mine, "name": "Anders"}).content.decode()
    assert "Neue Gasse 3" in page
    assert "Inzwischen hat jemand anderes" in page
    assert Partner.objects.get().name != "Anders"


@pytest.mark.parametrize(("model", "queries"), [("partner", 7), ("place", 8), ("contact", 7)])
def test_the_lists_ask_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, model: str, queries: int
) -> None:
    for _round in range(2):
        PlaceFactory.create(partner=ContactFactory.create().partner)
        with django_assert_num_queries(queries):
            assert client.get(reverse(f"admin:partners_{model}_changelist")).status_code == 200
        PlaceFactory.create(partner=ContactFactory.create().partner)
