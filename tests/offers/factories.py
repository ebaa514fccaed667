import uuid
from collections.abc import Iterable
from datetime import time
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import NumericRange

from offers.enums import ScheduleKind, Status
from offers.models import ErrorReport, Funding, LifePhase, Offer, Proposal, Schedule, Topic
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city


class TopicFactory(factory.django.DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    label = factory.Sequence(lambda number: f"Thema {number}")


class LifePhaseFactory(factory.django.DjangoModelFactory[LifePhase]):
    class Meta:
        model = LifePhase

    label = factory.Sequence(lambda number: f"Phase {number}")
    ages = NumericRange(0, 36)


class OfferFactory(factory.django.DjangoModelFactory[Offer]):
    """A public offer for the whole city; `topics`, `catchment` and `places` take lists."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    title = factory.Sequence(lambda number: f"Krabbelgruppe {number}")
    summary = "Spielen und Singen für die Kleinsten."
    provider = factory.SubFactory(PartnerFactory)
    status = Status.PUBLISHED
    ages = NumericRange(0, 36)

    @factory.post_generation
    def topics(self: Offer, create: bool, given: Iterable[Topic] | None, **kwargs: Any) -> None:
        self.topics.set(given or [])

    @factory.post_generation
    def catchment(self: Offer, create: bool, given: Iterable[Any] | None, **kwargs: Any) -> None:
        self.catchment.set([city()] if given is None else given)

    @factory.post_generation
    def places(self: Offer, create: bool, given: Iterable[Any] | None, **kwargs: Any) -> None:
        self.places.set(given or [])
        self.refresh_from_db()


class ScheduleFactory(factory.django.DjangoModelFactory[Schedule]):
    class Meta:
        model = Schedule

    offer = factory.SubFactory(OfferFactory)
    kind = ScheduleKind.WEEKLY
    weekdays = [2]
    start_time = time(9, 30)
    end_time = time(11)


class FundingFactory(factory.django.DjangoModelFactory[Funding]):
    class Meta:
        model = Funding

    offer = factory.SubFactory(OfferFactory)
    source = "kommune"


class ProposalFactory(factory.django.DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    sender_email = factory.Sequence(lambda number: f"traeger{number}@example.org")
    submission_id = factory.LazyFunction(uuid.uuid4)
    payload = factory.LazyFunction(lambda: {"title": "Elterncafé"})


class ErrorReportFactory(factory.django.DjangoModelFactory[ErrorReport]):
    class Meta:
        model = ErrorReport

    offer = factory.SubFactory(OfferFactory)
    message = "Die Telefonnummer stimmt nicht."
    submission_id = factory.LazyFunction(uuid.uuid4)
