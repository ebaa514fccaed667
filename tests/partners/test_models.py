from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partners.models import Contact, Partner, Place
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [{"street": "Weg 1"}, {"postcode": "46045"}, {"city": "Musterstadt"}, {"latitude": 51.5}, {"directions": "Tor 2"}],
)
def test_a_confidential_place_cannot_hold_an_address(address: dict[str, object]) -> None:
    """Rule 7: what is not stored cannot leave."""
    partner = PartnerFactory.create()
    with pytest.raises(IntegrityError, match="place_confidential_has_no_address"), transaction.atomic():
        Place.objects.create(partner=partner, name="Schutzhaus", is_confidential=True, **address)


def test_a_confidential_place_has_no_district_either() -> None:
    with pytest.raises(IntegrityError, match="place_confidential_has_no_address"), transaction.atomic():
        PlaceFactory.create(street="", postcode="", city="", district=quarter("Altstadt"), is_confidential=True)


def test_a_place_with_an_address_cannot_be_made_confidential_by_update() -> None:
    place = PlaceFactory.create()
    with pytest.raises(IntegrityError, match="place_confidential_has_no_address"), transaction.atomic():
        Place.objects.filter(pk=place.pk).update(is_confidential=True)


def test_the_form_says_why() -> None:
    place = PlaceFactory.create()
    place.is_confidential = True
    with pytest.raises(ValidationError, match="geheimer Ort"):
        place.full_clean()


def test_with_address_leaves_confidential_places_out() -> None:
    shown = PlaceFactory.create()
    PlaceFactory.create(is_confidential=True, street="", postcode="", city="")
    assert list(Place.objects.with_address()) == [shown]


def test_address_in_one_line() -> None:
    assert PlaceFactory.build(partner=None).address == "Beispielweg 1, 46045 Musterstadt"
    assert PlaceFactory.build(partner=None, street="", postcode="").address == "Musterstadt"


def test_a_name_needs_consent() -> None:
    with pytest.raises(IntegrityError, match="contact_name_needs_consent"), transaction.atomic():
        ContactFactory.create(person_name="Erika Muster")
    with pytest.raises(IntegrityError, match="contact_name_needs_consent"), transaction.atomic():
        ContactFactory.create(person_name="Erika Muster", consent_on=date(2026, 1, 1), consent_by="E. Muster")


def test_withdrawn_consent_hides_the_name_at_once() -> None:
    contact: Contact = ContactFactory.create(
        person_name="Erika Muster", consent_by="E. Muster", consent_on=date(2026, 1, 1), consent_text="Ja, im Portal."
    )
    assert contact.public_name == "Erika Muster"
    contact.consent_withdrawn_on = date(2026, 2, 1)
    assert contact.public_name == ""


def test_a_contact_needs_a_way_to_reach_it() -> None:
    with pytest.raises(ValidationError, match="Telefon oder E-Mail"):
        Contact(partner=PartnerFactory.create(), label="Büro").full_clean()


def test_source_note_stands_until_the_owner_confirmed() -> None:
    partner: Partner = PartnerFactory.create(source="Stadtmagazin", source_year=2019)
    assert partner.source_note == "Angaben aus Stadtmagazin, 2019, noch nicht vom Träger bestätigt"
    partner.confirmed_on = date(2026, 11, 1)
    assert partner.source_note == ""
    assert PartnerFactory.create().source_note == ""


def test_slug_is_readable_and_unique() -> None:
    first, second = (
        PartnerFactory.create(name="Bücherei für Groß & Klein"),
        PartnerFactory.create(name="Bücherei fuer Gross Klein"),
    )
    assert first.slug == "buecherei-fuer-gross-klein"
    assert second.slug == "buecherei-fuer-gross-klein-2"
