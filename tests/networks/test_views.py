"""The public register of networks."""

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from networks.enums import MembershipRole
from offers.enums import Status
from tests.networks.factories import MembershipFactory, NetworkFactory
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db
LIST = "/netzwerke/"


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_list_shows_the_active_first_with_their_members(client: Client) -> None:
    NetworkFactory.create(name="Altes Bündnis", ended_year=2014)
    network = NetworkFactory.create(name="Zukunft", purpose="Gemeinsam planen", founded_year=2013)
    MembershipFactory.create(network=network)
    MembershipFactory.create(network=network, until_year=2020)
    page = text(client, LIST)
    assert page.index("Zukunft") < page.index("Altes Bündnis")
    for wanted in ("2 Netzwerke", "Gemeinsam planen", "seit 2013", "1 Mitglied<", "beendet 2014"):
        assert wanted in page


def test_a_bad_value_is_explained_and_nothing_found_leads_back(client: Client) -> None:
    NetworkFactory.create()
    assert 'aria-describedby="id_stand_error"' in text(client, LIST + "?stand=quatsch")
    page = text(client, LIST + "?q=gibtesnicht")
    assert "Kein Netzwerk gefunden" in page
    assert f'href="{LIST}"' in page


def test_the_list_asks_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _round in range(2):
        MembershipFactory.create(network__coordinator=PartnerFactory.create())
        with django_assert_num_queries(2):
            client.get(LIST)
        MembershipFactory.create(network__coordinator=PartnerFactory.create())


def test_the_page_tells_all_that_is_known(client: Client) -> None:
    chair = PartnerFactory.create(name="Stadt Musterstadt")
    network = NetworkFactory.create(
        name="Arbeitsgruppe", purpose="Chancen für alle", coordinator=chair, rhythm="viermal im Jahr",
        founded_year=2014, ages=NumericRange(0, 36), source="Bericht", source_year=2014,
    )  # fmt: skip
    network.districts.add(quarter("Osterfeld"))
    before, after = NetworkFactory.create(name="Bündnis vorher"), NetworkFactory.create(name="Runde danach")
    network.predecessors.add(before)
    after.predecessors.add(network)
    MembershipFactory.create(network=network, partner=chair, role=MembershipRole.CHAIR, since_year=2014)
    MembershipFactory.create(network=network, partner__name="Früherer Verein", until_year=2018)
    page = text(client, network.get_absolute_url())
    for wanted in ("Chancen für alle", "viermal im Jahr", "2014", "bis 3 Jahre", "Osterfeld", before.get_absolute_url(),
                   after.get_absolute_url(), chair.get_absolute_url(), ": Vorsitz", "Früherer Verein", "bis 2018",
                   "Angaben aus Bericht, 2014, noch nicht vom Träger bestätigt"):  # fmt: skip
        assert wanted in page


def test_only_public_offers_of_present_members_show(client: Client) -> None:
    network = NetworkFactory.create()
    member = MembershipFactory.create(network=network).partner
    former = MembershipFactory.create(network=network, until_year=2018).partner
    OfferFactory.create(provider=member, title="Krabbelgruppe")
    OfferFactory.create(provider=member, title="Geheimer Entwurf", status=Status.DRAFT)
    OfferFactory.create(provider=former, title="Angebot von früher")
    page = text(client, network.get_absolute_url())
    assert "Krabbelgruppe" in page
    assert "Geheimer Entwurf" not in page
    assert "Angebot von früher" not in page


def test_what_is_not_known_is_said(client: Client) -> None:
    page = text(client, NetworkFactory.create(ended_year=2014).get_absolute_url())
    assert "nicht bekannt" in page
    assert "Die Mitglieder sind hier noch nicht bekannt." in page
    assert "Dieses Netzwerk gibt es nicht mehr." in page


def test_an_earlier_address_leads_to_the_present_one(client: Client) -> None:
    network = NetworkFactory.create(slug="alt")
    network.slug = "neu"
    network.save()
    answer = client.get("/netzwerke/alt/")
    assert (answer.status_code, answer["Location"]) == (301, "/netzwerke/neu/")
    text(client, "/netzwerke/gab-es-nie/", 404)


def test_the_page_asks_as_often_for_three_members_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    network = NetworkFactory.create()
    for _round in range(2):
        OfferFactory.create(provider=MembershipFactory.create(network=network).partner)
        with django_assert_num_queries(8):
            client.get(network.get_absolute_url())
        MembershipFactory.create(network=network)
