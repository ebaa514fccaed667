"""The rules of the domain over offers, each a method that can be put together with the others."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone

from offers.enums import Cost, Lifecycle, Registration, Status
from offers.search.expressions import holds, relevance
from offers.search.layers import Reading, read
from partners.enums import WheelchairAccess
from partners.models import Place
from portal.bases import SluggedQuerySet
from portal.models import District
from portal.positions import METRES_PER_DEGREE, Position
from portal.text import GermanSortKey

if TYPE_CHECKING:
    from offers.models.offer import Offer  # noqa: F401  # `SluggedQuerySet["Offer"]` names it

DORMANT_AFTER_DAYS = 60


class OfferQuerySet(SluggedQuerySet["Offer"]):
    def published(self) -> "OfferQuerySet":
        return self.filter(status=Status.PUBLISHED)

    def not_ended(self, day: date | None = None) -> "OfferQuerySet":
        """Not ended today, or on another day."""
        day = day or timezone.localdate()
        return self.exclude(lifecycle=Lifecycle.ENDED).filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def overdue(self) -> "OfferQuerySet":
        """Nobody has confirmed them in time; they stay public until they are dormant."""
        return self.filter(review_due__lt=timezone.localdate())

    def unconfirmed(self) -> "OfferQuerySet":
        """Their provider has not yet said that they are true."""
        return self.filter(confirmed_on=None)

    def dormant(self) -> "OfferQuerySet":
        """Overdue by more than 60 days (design rule 4)."""
        return self.filter(review_due__lt=timezone.localdate() - timedelta(days=DORMANT_AFTER_DAYS))

    def with_dormancy(self, day: date) -> "OfferQuerySet":
        """`is_asleep` says whether they are dormant on a day."""
        earliest = day - timedelta(days=DORMANT_AFTER_DAYS)
        return self.annotate(is_asleep=ExpressionWrapper(Q(review_due__lt=earliest), output_field=BooleanField()))

    def awake(self) -> "OfferQuerySet":
        """Not dormant on the day of `with_dormancy`."""
        known: Any = self  # types know no annotations
        found: OfferQuerySet = known.filter(is_asleep=False)
        return found

    def local_first(self, citywide: QuerySet[Any, Any]) -> "OfferQuerySet":
        """Those for the whole city (`citywide` are their ids) last, marked by `is_citywide`; else by title."""
        marked = self.annotate(is_citywide=ExpressionWrapper(Q(id__in=citywide), output_field=BooleanField()))
        return marked.order_by("is_citywide", GermanSortKey("title"), "id")

    def ending_until(self, day: date, fundings: QuerySet[Any]) -> "OfferQuerySet":
        """Offers that end by a day, soonest first; `ending_on` is their own end or, when they are not regular and
        every one of their fundings has an end, the last one of those.
        """
        fundings = fundings.filter(offer_id=OuterRef("id"))
        last = fundings.order_by().values("offer_id").annotate(last=Max("ends_on")).values("last")
        paid = Case(
            When(Q(lifecycle=Lifecycle.REGULAR) | Exists(fundings.filter(ends_on=None)), then=None),
            default=Subquery(last),
            output_field=DateField(),
        )
        can = self.filter(Q(ends_on__lte=day) | Exists(fundings.filter(ends_on__lte=day)))  # few, before it costs more
        found = can.annotate(ending_on=Least("ends_on", paid)).filter(ending_on__lte=day, ending_on__isnull=False)
        return found.order_by("ending_on", GermanSortKey("title"), "id")

    def with_total(self) -> "OfferQuerySet":
        """`total` says how many there are, also where only the first are read."""
        return self.annotate(total=Window(Count("id")))

    def by_lifecycle(self) -> Any:
        """Stage and number of offers; "" is unknown."""
        return self.order_by().values_list("lifecycle").annotate(offers=Count("pk"))

    def ended_last(self) -> "OfferQuerySet":
        """What was public once and has ended, the last first; those whose day nobody knows come after."""
        gone = self.published().filter(Q(lifecycle=Lifecycle.ENDED) | Q(ends_on__lt=timezone.localdate()))
        return gone.order_by(F("ends_on").desc(nulls_last=True), GermanSortKey("title"), "id")

    def public(self) -> "OfferQuerySet":
        """The only door to list, map, print, API, feeds: published, not ended, not dormant (design rule 3)."""
        earliest = timezone.localdate() - timedelta(days=DORMANT_AFTER_DAYS)
        return self.published().not_ended().filter(review_due__gte=earliest)

    def for_ages(self, ages: NumericRange) -> "OfferQuerySet":
        """Offers whose age range has a month in common with `ages`; without an age range none (design rule 1)."""
        return self.filter(ages__overlap=ages)

    def for_children(self, ages: Iterable[NumericRange | None]) -> "OfferQuerySet":
        """Offers that fit at least one of several children; None stands for offers that name no age."""
        fits = Q()
        for one in ages:
            fits |= Q(ages=None) if one is None else Q(ages__overlap=one)
        return self.filter(fits)

    def without_age(self) -> "OfferQuerySet":
        """Offers that name no age; they never show under an age (design rule 1)."""
        return self.filter(ages=None)

    def across_age(self, months: int) -> "OfferQuerySet":
        """Offers that accompany a child over this age: they fit in the month before and in the month after."""
        return self.filter(ages__contains=NumericRange(months - 1, months + 1))

    def beginning_to_fit(self, first: int, last: int) -> "OfferQuerySet":
        """Offers whose age range begins in one of these months of life, both included."""
        return self.filter(ages__startswith__range=(first, last))

    def ceasing_to_fit(self, first: int, last: int) -> "OfferQuerySet":
        """Offers whose first month that no longer fits is one of these, both included."""
        return self.filter(ages__endswith__range=(first, last))

    def for_audience(self, audience: str) -> "OfferQuerySet":
        return self.filter(audiences__contains=[audience])

    def for_one_of(self, audiences: Iterable[str]) -> "OfferQuerySet":
        """Offers that name at least one of the audiences."""
        return self.filter(audiences__overlap=list(audiences))

    def of_level(self, level: str) -> "OfferQuerySet":
        return self.filter(level=level)

    def of_formats(self, formats: Iterable[str]) -> "OfferQuerySet":
        return self.filter(format__in=list(formats))

    def reached_by(self, access: Iterable[str]) -> "OfferQuerySet":
        """Offers one can use in at least one of the ways (Zugang)."""
        return self.filter(access__overlap=list(access))

    def free_of_charge(self) -> "OfferQuerySet":
        """Known to cost nothing; an unknown cost is not free."""
        return self.filter(cost=Cost.FREE)

    def of_unknown_cost(self) -> "OfferQuerySet":
        return self.filter(cost="")

    def without_registration(self) -> "OfferQuerySet":
        """Known to need no registration."""
        return self.filter(registration=Registration.NONE)

    def with_interpreting(self) -> "OfferQuerySet":
        """Interpreting is known to be possible."""
        return self.filter(interpreting=True)

    def regular(self) -> "OfferQuerySet":
        """Regular offers, no projects."""
        return self.filter(lifecycle=Lifecycle.REGULAR)

    def on_slots(self, slots: Iterable[int]) -> "OfferQuerySet":
        """Offers with a schedule on one of these weekdays and times at once.

        A slot is weekday * 4 + part of the day, from Monday = 0; part 0 is an unknown time, 1 morning, 2 afternoon,
        3 evening. Schedules that are over have none.
        """
        return self.filter(search_row__slots__overlap=list(slots))

    def with_date_on(self, days: Iterable[date]) -> "OfferQuerySet":
        """Offers that really take place on one of these days: holidays and pauses are taken out."""
        return self.filter(search_row__dates__overlap=list(days))

    def within(self, position: Position, metres: int) -> "OfferQuerySet":
        """Offers whose nearest place is at most so far away; confidential places count nowhere (design rule 7)."""
        return self.filter(Exists(self._distances(position).filter(square_metres__lte=metres * metres)))

    def with_access_features(self, features: Iterable[str], *, wheelchair: bool = False) -> "OfferQuerySet":
        """Offers with one place that has all of the features (and is fit for a wheelchair)."""
        places = self._places().filter(place__access_features__contains=list(features))
        return self.filter(Exists(places.filter(place__wheelchair=WheelchairAccess.YES) if wheelchair else places))

    def in_languages(self, codes: Iterable[str]) -> "OfferQuerySet":
        """Offers given in at least one of the languages."""
        return self.filter(languages__overlap=list(codes))

    def for_districts(self, districts: Iterable[District]) -> "OfferQuerySet":
        """Offers whose catchment contains one of the districts, an ancestor or a descendant of it (design rule 2)."""
        related = District.objects.touching(*districts).values("pk")
        catchment = self.model.catchment.through.objects.filter(offer=OuterRef("pk"), district__in=related)
        return self.filter(Exists(catchment))

    def on_topics(self, slugs: Iterable[str]) -> "OfferQuerySet":
        """Offers on at least one of the topics, each once (design rule 6)."""
        links = self.model.topics.through.objects.filter(offer=OuterRef("pk"), topic__slug__in=list(slugs))
        return self.filter(Exists(links))

    def matching(self, text: "str | Reading") -> "OfferQuerySet":
        """Offers that hold the words of `text` in German stems, or what a reading of it asks for.

        A text without a word to look for (only "und", "der", "?") leaves all offers in.
        """
        reading = read(text) if isinstance(text, str) else text
        return self.filter(holds(reading)) if reading else self

    def mark_changed(self) -> int:
        """Give each a new version because something around it (topics, times, funding) changed."""
        return self.update(version=0)

    def with_listing_relations(self) -> "OfferQuerySet":
        """Everything a result card shows, in a fixed number of queries."""
        return self.select_related("provider").prefetch_related("topics", "catchment", "places__district", "schedules")

    def topic_first(self, slug: str) -> "OfferQuerySet":
        """In listing order, those on the topic before the others."""
        links = self.model.topics.through.objects.filter(offer=OuterRef("pk"), topic__slug=slug)
        return self.order_by(Exists(links).desc(), GermanSortKey("title"), "pk")

    def narrowest_age_first(self) -> "OfferQuerySet":
        """What is made for just this age before what is there for many."""
        return self.best_first(by_age=True)

    def best_first(
        self, text: "Reading | None" = None, *, children: Sequence[NumericRange | None] = (), by_age: bool = False
    ) -> "OfferQuerySet":
        """What fits most of the children, then by the words of a text, else what is made for just this age."""
        fitting = [
            Case(When(Q(ages=None) if ages is None else Q(ages__overlap=ages), then=1), default=0) for ages in children
        ]
        first = [sum(fitting[1:], start=fitting[0]).desc()] if len(fitting) > 1 else []
        if text:
            first.append(relevance(text).desc())
        elif by_age:
            first.append((F("ages__endswith") - F("ages__startswith")).asc())
        return self.order_by(*first, GermanSortKey("title"), "pk")

    def nearest_first(self, position: Position) -> "OfferQuerySet":
        """By the distance of their nearest open place; offers without a place come last."""
        nearest = self._distances(position).order_by().values("offer").annotate(nearest=Min("square_metres"))
        return self.order_by(Subquery(nearest.values("nearest")).asc(nulls_last=True), GermanSortKey("title"), "pk")

    def next_date_first(self, first: date) -> "OfferQuerySet":
        """By their next real date from a day on; offers without one come last."""
        following = Func(
            F("search_row__dates"),
            Value(first),
            template="(SELECT min(day) FROM unnest(%(expressions)s)",
            arg_joiner=") AS day WHERE day >= ",
            output_field=DateField(),
        )
        return self.order_by(following.asc(nulls_last=True), GermanSortKey("title"), "pk")

    def newest_first(self) -> "OfferQuerySet":
        """By the day on which they came in, latest first."""
        return self.order_by(TruncDate("created_at").desc(), GermanSortKey("title"), "pk")

    def soonest_age_first(self) -> "OfferQuerySet":
        """By the age at which they begin to fit."""
        return self.order_by("ages__startswith", GermanSortKey("title"), "pk")

    def soonest_ending_first(self) -> "OfferQuerySet":
        """By the age at which they cease to fit."""
        return self.order_by("ages__endswith", GermanSortKey("title"), "pk")

    def with_card_relations(self) -> "OfferQuerySet":
        """What a result card says, in three queries; `catchment_ids` are the ids of the catchment's districts."""
        links = self.model.catchment.through.objects.filter(offer=OuterRef("pk")).order_by("district")
        cards = self.select_related("provider").prefetch_related("places", "schedules")
        return cards.annotate(catchment_ids=ArraySubquery(links.values("district")))

    def with_page_relations(self) -> "OfferQuerySet":
        """Everything the offer's own page says, in a fixed number of queries."""
        places = Prefetch("places", Place.objects.select_related("district"))
        return self.select_related("provider", "contact").prefetch_related(
            "topics", "catchment", "cooperation", places, "schedules"
        )

    def in_listing_order(self, text: "str | Reading" = "") -> "OfferQuerySet":
        """Best match first, then by title; without a text by title."""
        reading = read(text) if isinstance(text, str) else text
        if reading:
            return self.order_by(relevance(reading).desc(), GermanSortKey("title"), "pk")
        return self.order_by(GermanSortKey("title"), "pk")

    def _places(self) -> QuerySet[Any]:
        """The links to an offer's open places."""
        links: QuerySet[Any] = self.model.places.through.objects.filter(offer=OuterRef("pk"))
        return links.filter(place__is_confidential=False)

    def _distances(self, position: Position) -> QuerySet[Any]:
        """The open places with `square_metres` from a position; without coordinates at their Stadtteil's centre."""
        known = self._places().annotate(
            latitude=Coalesce("place__latitude", "place__district__latitude"),
            longitude=Coalesce("place__longitude", "place__district__longitude"),
        )
        east = (F("longitude") - position.longitude) * position.metres_east
        north = (F("latitude") - position.latitude) * METRES_PER_DEGREE
        measured: QuerySet[Any] = known.annotate(square_metres=east * east + north * north)
        return measured
