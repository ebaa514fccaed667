"""The public register of partners."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from networks.enums import MembershipRole
from offers.enums import Status
from tests.networks.factories import MembershipFactory
from tests.offers.factories import OfferFactory
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db
LIST = "/partner/"


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_list_goes_from_a_to_z_with_kind_and_district(client: Client) -> None:
    PlaceFactory.create(partner=PartnerFactory.create(name="Zebra"), district=quarter("Osterfeld"))
    PartnerFactory.create(name="Ärztehaus")
    page = text(client, LIST)
    assert "2 Partner" in page
    assert page.index("Ärztehaus") < page.index("Zebra")
    assert ">A</h2>" in page
    assert '<li class="tag">Osterfeld</li>' in page
    assert '<li class="tag">Verein</li>' in page


def test_a_bad_value_is_explained_beside_its_field(client: Client) -> None:
    PartnerFactory.create(name="Verein Mond")
    page = text(client, LIST + "?art=quatsch&q=mond")
    assert 'aria-describedby="id_art_error"' in page
    assert "Verein Mond" in page


def test_nothing_found_says_so_and_leads_back(client: Client) -> None:
    page = text(client, LIST + "?q=gibtesnicht")
    assert "Kein Partner gefunden" in page
    assert f'href="{LIST}"' in page


def test_fifty_stand_on_a_page_and_the_count_is_true(client: Client) -> None:
    PartnerFactory.create_batch(51)
    first, second = text(client, LIST), text(client, LIST + "?seite=2")
    assert "51 Partner" in first
    assert (first.count('class="card"'), second.count('class="card"')) == (50, 1)
    assert text(client, LIST + "?seite=quatsch").count('class="card"') == 50


def test_the_list_asks_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    PlaceFactory.create(district=quarter("Osterfeld"))
    for number in range(2):
        with django_assert_num_queries(3):
            client.get(LIST)
        for extra in range(2):
            PlaceFactory.create(district=quarter(f"Teil {number} {extra}"))


def test_the_page_says_who_how_and_where(client: Client) -> None:
    parent = PartnerFactory.create(name="Dachverband")
    partner = PartnerFactory.create(
        name="Verein Mond", parent=parent, description="Für alle da.", phone="0208 12-34", email="info@mond.example",
        website="https://mond.example/", source="Broschüre", source_year=2019,
    )  # fmt: skip
    PartnerFactory.create(name="Mondgruppe Süd", parent=partner)
    PlaceFactory.create(partner=partner, street="Beispielweg 5", district=quarter("Osterfeld"))
    page = text(client, partner.get_absolute_url())
    for wanted in ("Dachverband", "Für alle da.", 'href="tel:02081234"', 'href="mailto:info@mond.example"',
                   "https://mond.example/", "Beispielweg 5", "Angebote für Osterfeld", "Mondgruppe Süd",
                   "Angaben aus Broschüre, 2019, noch nicht vom Träger bestätigt"):  # fmt: skip
        assert wanted in page


def test_a_confidential_place_has_no_address_on_the_page(client: Client) -> None:
    partner = PartnerFactory.create()
    PlaceFactory.create(
        partner=partner, name="Schutzhaus", is_confidential=True, street="", postcode="", city="",
    )  # fmt: skip
    page = text(client, partner.get_absolute_url())
    assert "Die Adresse ist geheim" in page
    assert "46045 Musterstadt" not in page


def test_a_name_shows_only_while_the_consent_stands(client: Client) -> None:
    given = {"person_name": "Kim Beispiel", "consent_by": "Kim Beispiel", "consent_on": date(2026, 1, 2)}
    contact = ContactFactory.create(**given, consent_text="Ja, gern.")
    url = contact.partner.get_absolute_url()
    assert "Kim Beispiel" in text(client, url)
    contact.consent_withdrawn_on = date(2026, 3, 1)
    contact.save()
    page = text(client, url)
    assert "Kim Beispiel" not in page
    assert "Ja, gern." not in page
    assert "Anmeldung" in page


def test_only_public_offers_show_own_and_shared(client: Client) -> None:
    partner = PartnerFactory.create()
    OfferFactory.create(provider=partner, title="Krabbelgruppe Öffentlich")
    OfferFactory.create(provider=partner, title="Geheimer Entwurf", status=Status.DRAFT)
    OfferFactory.create(title="Gemeinsames Fest").cooperation.add(partner)
    OfferFactory.create(title="Gemeinsamer Entwurf", status=Status.DRAFT).cooperation.add(partner)
    page = text(client, partner.get_absolute_url())
    assert "Krabbelgruppe Öffentlich" in page
    assert "Gemeinsames Fest" in page
    assert "Entwurf" not in page


def test_networks_show_with_role_and_year(client: Client) -> None:
    membership = MembershipFactory.create(role=MembershipRole.CHAIR, since_year=2013)
    MembershipFactory.create(partner=membership.partner, network__name="Altes Netz", until_year=2015)
    page = text(client, membership.partner.get_absolute_url())
    assert f'<a href="{membership.network.get_absolute_url()}">{membership.network}</a>: Vorsitz, seit 2013' in page
    assert "Altes Netz" not in page


def test_a_partner_of_whom_little_is_known_still_has_a_page(client: Client) -> None:
    page = text(client, PartnerFactory.create().get_absolute_url())
    assert "beim Träger erfragen" in page
    assert "Zurzeit steht hier kein Angebot" in page


def test_an_earlier_address_leads_to_the_present_one_and_an_unknown_one_nowhere(client: Client) -> None:
    partner = PartnerFactory.create(slug="alt")
    partner.slug = "neu"
    partner.save()
    answer = client.get("/partner/alt/")
    assert (answer.status_code, answer["Location"]) == (301, "/partner/neu/")
    text(client, "/partner/gab-es-nie/", 404)


def test_the_page_asks_as_often_for_three_offers_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    partner = PartnerFactory.create()
    for _round in range(2):
        OfferFactory.create(provider=partner)
        OfferFactory.create().cooperation.add(partner)
        MembershipFactory.create(partner=partner)
        PlaceFactory.create(partner=partner)
        with django_assert_num_queries(8):
            client.get(partner.get_absolute_url())


def test_no_cookie_is_set(client: Client) -> None:
    assert not client.get(LIST).cookies
    assert not client.get(PartnerFactory.create().get_absolute_url()).cookies
