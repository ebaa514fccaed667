"""Whose offer a form changes is said by the address alone (that no form takes more: tests/test_mass_assignment.py)."""

from collections.abc import Callable

import pytest

from partners.models import Affiliation
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory
from tests.partners.people import inside, member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", [lambda own: own.partner.slug, lambda own: own.partner.slug.upper()])
def test_an_organisation_is_named_by_the_address_alone(change: Callable[[Affiliation], str]) -> None:
    """Whatever the form says: the offer of somebody else is not touched."""
    own = member(PartnerFactory.create())
    foreign = OfferFactory.create(title="Fremdes")
    body = {"offer": foreign.pk, "partner": foreign.provider_id, "slug": foreign.slug, "aktion": "speichern"}
    path = f"/mein-bereich/{change(own)}/angebote/{foreign.slug}/aendern/"
    assert inside(own.person).post(path, body).status_code == 404
