import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange

from networks.enums import MembershipRole
from networks.models import Membership, Network
from tests.networks.factories import MembershipFactory, NetworkFactory
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def test_predecessor_and_successor_are_two_ends_of_one_link() -> None:
    old, new = NetworkFactory.create(name="Bündnis", ended_year=2012), NetworkFactory.create(name="Arbeitsgruppe")
    new.predecessors.add(old)
    assert list(old.successors.all()) == [new]
    assert list(Network.objects.active()) == [new]


def test_one_membership_at_a_time() -> None:
    membership = MembershipFactory.create()
    with pytest.raises(IntegrityError, match="membership_once_at_a_time"), transaction.atomic():
        MembershipFactory.create(network=membership.network, partner=membership.partner)
    Membership.objects.filter(pk=membership.pk).update(until_year=2020)
    MembershipFactory.create(network=membership.network, partner=membership.partner, since_year=2021)
    assert Membership.objects.current().count() == 1


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"founded_year": 2013, "ended_year": 2012}, "network_ends_after_it_began"),
        ({"ages": NumericRange(12, 12)}, "network_ages_not_empty"),
    ],
)
def test_network_constraints(values: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NetworkFactory.create(**values)


def test_a_membership_ends_after_it_began() -> None:
    with pytest.raises(IntegrityError, match="membership_ends_after_it_began"), transaction.atomic():
        MembershipFactory.create(since_year=2020, until_year=2019)


def test_members_stand_chair_first_then_by_name() -> None:
    network = NetworkFactory.create()
    for name, role in [
        ("Zebra", MembershipRole.CHAIR),
        ("Ärzte", MembershipRole.MEMBER),
        ("Bund", MembershipRole.MEMBER),
    ]:
        MembershipFactory.create(network=network, partner=PartnerFactory.create(name=name), role=role)
    assert [m.partner.name for m in network.memberships.in_listing_order()] == ["Zebra", "Ärzte", "Bund"]
