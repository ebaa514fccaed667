"""Networks in the admin."""

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from networks.models import Membership, Network
from tests.networks.factories import MembershipFactory, NetworkFactory
from tests.offers.factories import TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.staff import open_form, signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(staff("Redaktion", "anna"))


def test_a_network_is_edited_with_members_and_meetings(client: Client) -> None:
    network, partner = NetworkFactory.create(), PartnerFactory.create()
    url = reverse("admin:networks_network_change", args=[network.pk])
    sent = {
        **open_form(client, url),
        "ages_0": "0", "ages_1": "m", "ages_2": "6", "ages_3": "j",
        "memberships-TOTAL_FORMS": "1", "memberships-0-partner": partner.pk, "memberships-0-role": "chair",
        "meetings-TOTAL_FORMS": "1", "meetings-0-held_on": "04.12.2025", "meetings-0-title": "Konferenz",
    }  # fmt: skip
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()
    network.refresh_from_db()
    assert network.ages == NumericRange(0, 72)
    assert network.memberships.get().partner == partner
    assert network.meetings.get().title == "Konferenz"


@pytest.mark.slow
def test_topics_are_edited_at_the_network_and_recorded(client: Client) -> None:
    network, topic = NetworkFactory.create(), TopicFactory.create(label="Turnen")
    url = reverse("admin:networks_network_change", args=[network.pk])
    name = "Topic_networks"
    sent = {**open_form(client, url), f"{name}-TOTAL_FORMS": "1", f"{name}-0-topic": topic.pk}
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert list(topic.networks.all()) == [network]
    assert "Turnen" in client.get(network.get_absolute_url()).content.decode()
    again = client.get(reverse("admin:networks_network_history", args=[network.pk]), follow=True)
    assert "Turnen" in again.content.decode()


def test_a_member_cannot_be_entered_twice(client: Client) -> None:
    membership = MembershipFactory.create()
    url = reverse("admin:networks_membership_add")
    sent = {"network": membership.network.pk, "partner": membership.partner.pk, "role": "member"}
    assert "Dieser Partner ist schon Mitglied." in client.post(url, sent).content.decode()


def test_a_stale_form_is_stopped_after_a_change_of_members_only(client: Client) -> None:
    membership = MembershipFactory.create()
    url = reverse("admin:networks_network_change", args=[membership.network.pk])
    mine = open_form(client, url)
    Membership.objects.update(since_year=1999)
    page = client.post(url, {**mine, "name": "Anders"}).content.decode()
    assert "1999" in page
    assert Network.objects.get().name != "Anders"


def test_the_list_filters_by_state(client: Client) -> None:
    NetworkFactory.create(name="Neues")
    NetworkFactory.create(name="Altes", ended_year=2014)
    url = reverse("admin:networks_network_changelist")
    for query, wanted in [("", {"Neues", "Altes"}), ("?stand=aktiv", {"Neues"}), ("?stand=beendet", {"Altes"})]:
        assert {network.name for network in client.get(url + query).context["cl"].result_list} == wanted


@pytest.mark.parametrize(("model", "queries"), [("network", 7), ("membership", 8)])
def test_the_lists_ask_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, model: str, queries: int
) -> None:
    network = NetworkFactory.create(coordinator=PartnerFactory.create())
    for _round in range(2):
        MembershipFactory.create(network=network)
        with django_assert_num_queries(queries):
            assert client.get(reverse(f"admin:networks_{model}_changelist")).status_code == 200
        MembershipFactory.create(network=network)
        NetworkFactory.create(coordinator=PartnerFactory.create()) if model == "network" else None
