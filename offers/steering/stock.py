"""Which offers the coverage matrix counts: today's, or those of a past day, under the same filters and rules."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from offers.models import LifePhase, Offer, OfferQuerySet, Topic
from offers.models.offer import OfferCatchment, OfferTopic
from offers.steering.past import as_of, end_of, events_of, standing
from portal.enums import DistrictKind
from portal.models import District


@dataclass(frozen=True)
class Question:
    """What the matrix shows: rows of one kind of district, the filters, and the day."""

    kind: str = DistrictKind.SOCIAL_AREA.value
    thema: tuple[str, ...] = ()
    ebene: str = ""
    form: tuple[str, ...] = ()
    sprache: tuple[str, ...] = ()
    kostenlos: bool = False
    day: date = field(default_factory=timezone.localdate)

    @property
    def is_past(self) -> bool:
        return self.day < timezone.localdate()

    @property
    def moment(self) -> datetime | None:
        """The end of a past day; None for what is so now."""
        return end_of(self.day) if self.is_past else None


def standing_offers(question: Question) -> OfferQuerySet:
    """What is published and not ended on the day and passes the filters; `is_asleep` tells the dormant (rules 3, 4).

    For a past day the rows are events that have the offers' fields.
    """
    if question.moment is None:
        offers = Offer.objects.all()
        offers = offers.on_topics(question.thema) if question.thema else offers
    else:
        offers = _offers_then(question, question.moment)
    offers = offers.published().not_ended(question.day).with_dormancy(question.day)
    if question.ebene:
        offers = offers.of_level(question.ebene)
    if question.form:
        offers = offers.of_formats(question.form)
    if question.sprache:
        offers = offers.in_languages(question.sprache)
    return offers.free_of_charge() if question.kostenlos else offers


def _offers_then(question: Question, moment: datetime) -> OfferQuerySet:
    events: Any = OfferQuerySet(events_of(Offer))  # has the offers' fields, so that their rules work on it
    offers: OfferQuerySet = standing(events, moment)
    if question.thema:
        topics = list(Topic.objects.filter(slug__in=question.thema).values_list("pk", flat=True))
        links = topic_links(question).filter(topic_id__in=topics)
        offers = offers.filter(id__in=links.values("offer_id"))
    return offers


def catchment_links(question: Question) -> QuerySet[Any]:
    """Offers and the districts they are for."""
    if question.moment is None:
        links: QuerySet[Any] = Offer.catchment.through.objects.all()
        return links
    return as_of(OfferCatchment.__bases__[0], question.moment)


def topic_links(question: Question) -> QuerySet[Any]:
    """Offers and the topics they are about."""
    if question.moment is None:
        links: QuerySet[Any] = Offer.topics.through.objects.all()
        return links
    return as_of(OfferTopic.__bases__[0], question.moment)


def topics_of(question: Question) -> list[Topic]:
    """All topics as they were called on the day, in listing order."""
    if question.moment is None:
        return list(Topic.objects.in_listing_order())
    rows = as_of(Topic, question.moment).values("id", "slug", "label")
    order = {pk: number for number, pk in enumerate(Topic.objects.in_listing_order().values_list("pk", flat=True))}
    then = [Topic(**row) for row in rows]
    return sorted(then, key=lambda topic: (order.get(topic.pk, len(order)), topic.label))


def districts(question: Question) -> list[District]:
    """The tree as it stood, in listing order."""
    if question.moment is None:
        return list(District.objects.in_listing_order())
    fields = ("id", "parent_id", "slug", "kind", "name", "hex_q", "hex_r", "lineage")
    rows = as_of(District, question.moment).values(*fields)
    order = {pk: number for number, pk in enumerate(District.objects.in_listing_order().values_list("pk", flat=True))}
    then = [District(**row) for row in rows]
    return sorted(then, key=lambda district: (order.get(district.pk, len(order)), district.name))


def phases(question: Question) -> list[LifePhase]:
    """The life phases as they stood, in their order."""
    if question.moment is None:
        return list(LifePhase.objects.in_listing_order())
    fields = ("id", "slug", "label", "ages", "audience", "position")
    rows = as_of(LifePhase, question.moment).order_by("position", "id").values(*fields)
    return [LifePhase(**row) for row in rows]
