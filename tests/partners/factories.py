import factory

from partners.enums import PartnerKind
from partners.models import Contact, Partner, Place


class PartnerFactory(factory.django.DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda number: f"Verein Sonnenschein {number}")
    kind = PartnerKind.CLUB


class PlaceFactory(factory.django.DjangoModelFactory[Place]):
    class Meta:
        model = Place

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda number: f"Haus der Familie {number}")
    street = "Beispielweg 1"
    postcode = "46045"
    city = "Musterstadt"


class ContactFactory(factory.django.DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    partner = factory.SubFactory(PartnerFactory)
    label = "Anmeldung"
    phone = "0208 123456"
