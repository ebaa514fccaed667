from datetime import time, timedelta

import factory
from django.utils import timezone

from networks.models import Attendance, Decision, Meeting, Membership, Network, NetworkDocument, SelfReview
from tests.partners.factories import PartnerFactory


class NetworkFactory(factory.django.DjangoModelFactory[Network]):
    class Meta:
        model = Network

    name = factory.Sequence(lambda number: f"Netzwerk Frühe Hilfen {number}")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    network = factory.SubFactory(NetworkFactory)
    partner = factory.SubFactory(PartnerFactory)


class MeetingFactory(factory.django.DjangoModelFactory[Meeting]):
    """A public meeting in a month, from 14 to 16 o'clock."""

    class Meta:
        model = Meeting

    network = factory.SubFactory(NetworkFactory)
    title = factory.Sequence(lambda number: f"Sitzung {number}")
    held_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    starts_at = time(14)
    ends_at = time(16)
    is_public = True


class AttendanceFactory(factory.django.DjangoModelFactory[Attendance]):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    partner = factory.SubFactory(PartnerFactory)


class DecisionFactory(factory.django.DjangoModelFactory[Decision]):
    class Meta:
        model = Decision

    meeting = factory.SubFactory(MeetingFactory)
    text = "Ein gemeinsames Faltblatt entsteht."
    due_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


class NetworkDocumentFactory(factory.django.DjangoModelFactory[NetworkDocument]):
    class Meta:
        model = NetworkDocument

    network = factory.SubFactory(NetworkFactory)
    title = "Geschäftsordnung für alle"
    content = PDF
    size = len(PDF)
    is_public = True


class SelfReviewFactory(factory.django.DjangoModelFactory[SelfReview]):
    class Meta:
        model = SelfReview

    network = factory.SubFactory(NetworkFactory)
    year = 2026
    continuation = "ja"
