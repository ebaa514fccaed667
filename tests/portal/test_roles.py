"""The roles of the Büro: who may see and do what in the admin."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from offers.enums import ProposalStatus
from tests.networks.factories import NetworkFactory
from tests.offers.factories import ErrorReportFactory, OfferFactory, ProposalFactory, ScheduleFactory
from tests.partners.factories import ContactFactory, PlaceFactory
from tests.portal.staff import open_form, signed_in, staff

pytestmark = pytest.mark.django_db

REGISTER = [
    "portal_district", "portal_postcode", "portal_schoolholiday", "partners_partner", "partners_place",
    "partners_contact", "networks_network", "networks_membership", "networks_meeting", "offers_topic",
    "offers_lifephase", "offers_offer", "offers_schedule", "offers_funding", "offers_proposal", "offers_errorreport",
]  # fmt: skip
ACCOUNTS = ["auth_user", "auth_group"]


def answers(user: User, models: list[str], view: str = "changelist") -> set[int]:
    client = signed_in(user)
    return {client.get(reverse(f"admin:{model}_{view}")).status_code for model in models}


@pytest.mark.slow
def test_the_editors_see_and_edit_the_register_but_no_accounts() -> None:
    anna = staff("Redaktion")
    assert answers(anna, REGISTER) == {200}
    assert answers(anna, ACCOUNTS) == {403}
    addable = [model for model in REGISTER if model not in {"offers_proposal", "offers_errorreport"}]
    assert answers(anna, addable, "add") == {200}


def test_the_editors_delete_nothing_but_times_and_funding() -> None:
    anna = staff("Redaktion")
    for thing in (OfferFactory.create(), PlaceFactory.create(), ContactFactory.create(), NetworkFactory.create()):
        url = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_delete", args=[thing.pk])
        assert signed_in(anna).post(url, {"post": "yes"}).status_code == 403
        assert type(thing)._default_manager.filter(pk=thing.pk).exists()
    assert anna.has_perm("offers.delete_schedule")
    assert not anna.has_perm("offers.delete_offer")


def test_the_editors_decide_proposals() -> None:
    assert staff("Redaktion").has_perm("offers.decide_proposal")
    assert staff("Leitung").has_perm("offers.decide_proposal")
    assert not staff().has_perm("offers.decide_proposal")


@pytest.mark.slow
def test_the_lead_deletes_and_keeps_accounts() -> None:
    chief = staff("Leitung")
    assert answers(chief, REGISTER + ACCOUNTS) == {200}
    offer = OfferFactory.create()
    ScheduleFactory.create(offer=offer)
    url = reverse("admin:offers_offer_delete", args=[offer.pk])
    assert signed_in(chief).post(url, {"post": "yes"}).status_code == 302
    assert not type(offer).objects.exists()


def test_the_lead_makes_nobody_an_administrator() -> None:
    chief, boss, anna = staff("Leitung"), staff(name="boss", superuser=True), staff("Redaktion")
    client = signed_in(chief)
    url = reverse("admin:auth_user_change", args=[anna.pk])
    sent = open_form(client, url)
    assert "is_superuser" not in sent
    assert "user_permissions" not in sent
    client.post(url, {**sent, "is_superuser": "on", "groups": [Group.objects.get(name="Leitung").pk]})
    anna.refresh_from_db()
    assert not anna.is_superuser
    assert [group.name for group in anna.groups.all()] == ["Leitung"]
    for view in ("change", "delete"):
        assert client.post(reverse(f"admin:auth_user_{view}", args=[boss.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[boss.pk]), {}).status_code == 403


def test_staff_without_a_role_see_nothing_and_are_told_so() -> None:
    nobody = staff()
    assert answers(nobody, REGISTER + ACCOUNTS) == {403}
    page = signed_in(nobody).get(reverse("admin:index")).content.decode()
    assert "Ihr Konto hat noch keine Rolle" in page
    assert "Das ist zu tun" not in page


def test_the_index_shows_editors_what_waits() -> None:
    ErrorReportFactory.create()
    ProposalFactory.create(status=ProposalStatus.UNCONFIRMED)
    assert "Das ist zu tun" in signed_in(staff("Redaktion")).get(reverse("admin:index")).content.decode()


def test_visitors_are_asked_to_sign_in() -> None:
    answer = Client().get(reverse("admin:offers_offer_changelist"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "Anmelden für die Redaktion" in answer.content.decode()
