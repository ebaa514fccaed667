"""The search rows are what a full rebuild would make, whoever wrote to the database and how."""

import random
import threading
from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from offers.cards import cards
from offers.enums import Access, Audience, Cost, Format, Lifecycle, Registration, ScheduleKind, Status
from offers.finder import Catalogue
from offers.models import FormatWords, Offer, Schedule, SearchRow, Topic
from offers.models.offer_queryset import DORMANT_AFTER_DAYS
from offers.search import install
from offers.search.splitting import split_new_words
from offers.search.upkeep import bring_up_to_date
from partners.enums import AccessFeature, WheelchairAccess
from partners.models import Partner, Place
from portal.models import District, PublicHoliday, SchoolHoliday
from portal.text import GermanSortKey
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import DistrictFactory, SchoolHolidayFactory, borough, city, quarter, social_area

WORDS = [
    "Familienhebammen",
    "Schuldnerberatung",
    "Krabbelgruppe",
    "Elterncafé",
    "Kita-Platz",
    "Sport",
    "Deutsch",
    "Übung",
]
NOWHERE: dict[str, Any] = {
    "street": "", "postcode": "", "city": "", "district": None, "latitude": None, "longitude": None, "directions": "",
}  # fmt: skip


def rows() -> dict[int, tuple[Any, ...]]:
    """Every row by its offer, without the stamp: the one thing that a rebuild changes."""
    columns = [field.attname for field in SearchRow._meta.concrete_fields if field.attname != "stamp"]
    return {row[0]: row[1:] for row in SearchRow.objects.values_list(*columns)}


def stamps() -> dict[int, int]:
    return dict(SearchRow.objects.values_list("offer_id", "stamp"))


def row(offer: Offer) -> SearchRow:
    return SearchRow.objects.get(offer=offer)


def rebuild() -> None:
    SearchRow.objects.all().delete()
    install.rebuild()


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


class Editor:
    """Makes random edits by every road there is."""

    def __init__(self, seed: int) -> None:
        self.random, self.numbers = random.Random(seed), count()
        self.topics = TopicFactory.create_batch(3)
        self.partners = PartnerFactory.create_batch(3)
        area = social_area("Mitte", borough("Nord"))
        self.quarters = [quarter(f"Viertel {number}", area) for number in range(3)] + [quarter("Insel")]
        self.places = [
            PlaceFactory.create(district=self.random.choice(self.quarters), latitude=51.5, longitude=6.8)
            for _number in range(4)
        ]
        for _number in range(5):
            self.create()

    def words(self) -> str:
        return " ".join(self.random.sample(WORDS, 2))

    def day(self) -> date:
        return timezone.localdate() + timedelta(days=self.random.randrange(-30, 230))

    def some(self, choices: Any) -> list[str]:
        return self.random.sample(list(choices.values), self.random.randrange(3))

    def any_offer(self) -> Offer:
        return self.random.choice(Offer.objects.order_by("pk"))

    def any(self, model: type[Model]) -> Any:
        return self.random.choice([*model._default_manager.order_by("pk")] or [None])

    def any_quarter(self) -> District:
        return self.random.choice(District.objects.filter(kind="quarter").order_by("pk"))

    # -- the offer ----------------------------------------------------------------------------------------------------

    def create(self) -> None:
        offer = OfferFactory.create(
            title=self.words(),
            summary=self.words(),
            provider=self.random.choice(self.partners),
            topics=self.random.sample(self.topics, 2),
            catchment=[self.random.choice(District.objects.order_by("pk"))],
            places=self.random.sample(self.places, self.random.randrange(3)),
        )
        self.add_times(offer)

    def save(self) -> None:
        offer = self.any_offer()
        offer.title, offer.description, offer.format = self.words(), self.words(), self.random.choice(Format.values)
        offer.cost, offer.cost_note = self.random.choice([*Cost.values, ""]), self.words()
        offer.access, offer.audiences = self.some(Access), self.some(Audience)
        offer.save()

    def update_in_bulk(self) -> None:
        offers = Offer.objects.filter(pk__gte=self.any_offer().pk)
        changes: dict[str, Any] = {
            "summary": self.words(),
            "lifecycle": self.random.choice(Lifecycle.values),
            "status": self.random.choice(Status.values),
            "registration": self.random.choice(Registration.values),
            "interpreting": self.random.choice([True, False, None]),
            "languages": ["de", "tr"],
            "verified_at": timezone.now() - timedelta(days=self.random.randrange(900)),
        }
        name = self.random.choice(list(changes))
        offers.update(**{name: changes[name]})

    def end(self) -> None:
        Offer.objects.filter(pk=self.any_offer().pk).update(
            starts_on=None, ends_on=self.random.choice([None, self.day()])
        )

    def update_by_sql(self) -> None:
        sql("UPDATE offers_offer SET title = %s, format = %s WHERE id %% 2 = 0", self.words(), Format.GROUP)
        sql("UPDATE offers_offer SET ages = int4range(%s, 90) WHERE id %% 3 = 0", self.random.randrange(80))

    def delete(self) -> None:
        if Offer.objects.count() > 3:
            self.any_offer().delete()

    # -- links and times ----------------------------------------------------------------------------------------------

    def delete_by_sql(self) -> None:
        sql("DELETE FROM offers_offer_topics WHERE offer_id = %s", self.any_offer().pk)

    def change_topics(self) -> None:
        self.any_offer().topics.set(self.random.sample(self.topics, self.random.randrange(3)))

    def change_who_works_along(self) -> None:
        self.any_offer().cooperation.set(self.random.sample(self.partners, self.random.randrange(3)))

    def change_catchment(self) -> None:
        self.any_offer().catchment.set(self.random.sample([*District.objects.order_by("pk")], self.random.randrange(3)))

    def move_links_by_sql(self) -> None:
        sql("UPDATE offers_offer_catchment SET district_id = %s WHERE offer_id IN (SELECT offer_id FROM"
            " offers_offer_catchment GROUP BY offer_id HAVING count(*) = 1)", self.any_quarter().pk)  # fmt: skip

    def change_places(self) -> None:
        self.any_offer().places.set(self.random.sample(self.places, self.random.randrange(3)))

    def add_times(self, offer: Offer | None = None) -> None:
        kind = self.random.choice(ScheduleKind.values)
        hour = self.random.choice([None, 9, 13, 18])
        start, end = (None, None) if hour is None else (time(hour), time(hour + 1))
        ScheduleFactory.create(
            offer=offer or self.any_offer(), kind=kind, start_time=start, end_time=end, valid_from=self.day(),
            weekdays=[] if kind == ScheduleKind.DATES else self.random.sample(range(7), 2),
            interval_weeks=3 if kind == ScheduleKind.INTERVAL else None,
            week_of_month=self.random.choice([1, 5, -1]) if kind == ScheduleKind.MONTHLY else None,
            dates=[self.day(), self.day()] if kind == ScheduleKind.DATES else [],
            pauses_in_school_holidays=self.random.random() < 0.5,
        )  # fmt: skip

    def change_times(self) -> None:
        Schedule.objects.exclude(start_time=None).update(start_time=time(self.random.randrange(7)), note=self.words())

    def drop_times(self) -> None:
        Schedule.objects.filter(offer=self.any_offer()).delete()

    # -- what offers share --------------------------------------------------------------------------------------------

    def change_words_of_a_topic(self) -> None:
        Topic.objects.filter(pk=self.random.choice(self.topics).pk).update(synonyms=[self.words()])

    def rename_a_provider(self) -> None:
        name = f"{self.words()} {next(self.numbers)}"
        chosen, above = self.random.choice(self.partners), self.random.choice([None, *self.partners])
        Partner.objects.filter(pk=chosen.pk).update(
            name=name, short_name=self.words(), parent=None if above == chosen else above
        )

    def change_words_of_a_format(self) -> None:
        FormatWords.objects.update_or_create(
            format=self.random.choice(Format.values), defaults={"synonyms": [self.words()]}
        )

    def drop_words_of_a_format(self) -> None:
        FormatWords.objects.all()[:1].get().delete() if FormatWords.objects.exists() else None

    def move_a_place(self) -> None:
        at: dict[str, Any] = self.random.choice(
            [{"latitude": 51.0, "longitude": self.random.random()}, {"latitude": None}]
        )
        place = Place.objects.filter(pk=self.random.choice(self.places).pk, is_confidential=False)
        place.update(
            district=self.any_quarter(),
            wheelchair=self.random.choice(WheelchairAccess.values),
            access_features=self.some(AccessFeature),
            **at,
        )

    def hide_a_place(self) -> None:
        place = Place.objects.filter(pk=self.random.choice(self.places).pk)
        place.update(is_confidential=True, **NOWHERE) if self.random.random() < 0.3 else place.update(
            is_confidential=False
        )

    def change_the_map(self) -> None:
        area = self.random.choice(District.objects.filter(kind="social_area").order_by("pk"))
        if self.random.random() < 0.5:
            District.objects.filter(pk=self.any_quarter().pk).update(parent=area, latitude=self.random.random())
        else:
            sql("UPDATE portal_district SET longitude = %s WHERE kind = 'quarter'", self.random.random())

    def add_a_quarter(self) -> None:
        quarter(
            f"Neu {next(self.numbers)}", self.random.choice(District.objects.filter(kind="social_area").order_by("pk"))
        )

    def drop_a_quarter(self) -> None:
        unused = District.objects.filter(kind="quarter", name__startswith="Neu", places=None)
        if unused.exists():
            unused[0].delete()

    def change_the_calendar(self) -> None:
        if self.random.random() < 0.5:
            first = self.day()
            name = f"Ferien {next(self.numbers)}"
            SchoolHolidayFactory.create(name=name, first_day=first, last_day=first + timedelta(days=12))
            PublicHoliday.objects.get_or_create(day=self.day())
        else:
            SchoolHoliday.objects.all().delete()
            sql("DELETE FROM portal_publicholiday WHERE extract(month FROM day) = %s", self.random.randrange(1, 13))

    def edit(self, times: int) -> None:
        kept = {"words", "day", "some", "any_offer", "any", "any_quarter", "edit"}
        names = [name for name in vars(Editor) if not name.startswith("_") and name not in kept]
        ways: list[Callable[[], None]] = [getattr(self, name) for name in names]
        for _number in range(times):
            self.random.choice(ways)()


@pytest.mark.django_db
@pytest.mark.parametrize("times", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_rows_equal_a_full_rebuild_after_random_edits(times: int) -> None:
    editor = Editor(seed=times)
    editor.edit(times // 2)
    split_new_words()
    editor.edit(times // 2)
    kept = rows()

    rebuild()

    assert kept == rows()
    assert set(kept) == set(Offer.objects.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("times", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_a_stamp_is_new_whenever_the_card_or_the_row_is(times: int) -> None:
    editor = Editor(seed=times)

    def shown() -> dict[int, object]:
        offers = list(Offer.objects.with_card_relations().order_by("pk"))
        return {offer.pk: card for offer, card in zip(offers, cards(offers, Catalogue()), strict=True)}

    cards_before, rows_before, stamps_before = shown(), rows(), stamps()
    for _number in range(times):
        editor.edit(1)
        cards_now, rows_now, stamps_now = shown(), rows(), stamps()
        for pk in cards_before.keys() & cards_now.keys():
            if (cards_before[pk], rows_before[pk]) != (cards_now[pk], rows_now[pk]):
                assert stamps_now[pk] > stamps_before[pk]
        cards_before, rows_before, stamps_before = cards_now, rows_now, stamps_now
    assert len(set(stamps_now.values())) == len(stamps_now)


@pytest.mark.django_db
def test_what_nobody_sees_leaves_the_row_alone() -> None:
    offer = OfferFactory.create(provider=PartnerFactory.create())
    before = stamps()
    Offer.objects.update(note="intern", version=0)
    Partner.objects.update(note="intern", phone="0208 1")
    Offer.objects.update(title=F("title"))
    offer.save()
    assert stamps() == before


@pytest.mark.django_db
@pytest.mark.slow
def test_the_row_says_what_the_rules_say() -> None:
    """Public, catchment, sort key and day of birth as in the plain rules over the offers."""
    Editor(seed=5).edit(60)
    today = timezone.localdate()
    found = SearchRow.objects.filter(published=True, last_day__gte=today)
    assert set(found.values_list("offer", flat=True)) == set(Offer.objects.public().values_list("pk", flat=True))
    assert found.exists()
    for district in District.objects.all():
        by_rule = set(Offer.objects.for_districts([district]).values_list("pk", flat=True))
        by_row = SearchRow.objects.filter(districts__contains=[district.pk])
        assert set(by_row.values_list("offer", flat=True)) == by_rule
    keyed = Offer.objects.annotate(key=GermanSortKey("title")).values_list("pk", "key", "created_at")
    expected = {pk: (key, timezone.localdate(created)) for pk, key, created in keyed}
    assert {row.offer_id: (row.title_key, row.added_on) for row in SearchRow.objects.all()} == expected


@pytest.mark.django_db
def test_flags_places_and_slots() -> None:
    near = quarter("Hafen")
    District.objects.filter(pk=near.pk).update(latitude=51.4, longitude=6.7)
    exact = PlaceFactory.create(latitude=51.5, longitude=6.8, wheelchair="ja", access_features=["stufenlos", "aufzug"])
    rough = PlaceFactory.create(district=near, access_features=["aufzug"])
    unknown = PlaceFactory.create()
    offer = OfferFactory.create(
        cost="free", registration="none", interpreting=True, lifecycle="regel", places=[exact, rough, unknown]
    )
    ScheduleFactory.create(offer=offer, weekdays=[1, 4], start_time=time(12), end_time=None)
    ScheduleFactory.create(offer=offer, weekdays=[4], start_time=time(11, 59), end_time=None)
    ScheduleFactory.create(offer=offer, weekdays=[6], start_time=None, end_time=None)
    ScheduleFactory.create(offer=offer, weekdays=[0], valid_until=timezone.localdate() - timedelta(days=1))
    found = row(offer)
    assert found.flags == ["free", "interpreting", "no_registration", "regular"]
    assert found.features == ["aufzug,rollstuhl,stufenlos", "aufzug", ""]
    assert (found.latitudes, found.longitudes) == ([51.5, 51.4], [6.8, 6.7])
    assert found.slots == [1 * 4 + 2, 4 * 4 + 1, 4 * 4 + 2, 6 * 4]
    assert found.dates_until == timezone.localdate() + timedelta(days=install.DAYS_AHEAD)


@pytest.mark.django_db
def test_a_place_that_becomes_confidential_leaves_the_row_at_once() -> None:
    place = PlaceFactory.create(latitude=51.5, longitude=6.8, wheelchair="ja", district=quarter("Hafen"))
    offer = OfferFactory.create(places=[place])
    assert row(offer).latitudes
    Place.objects.filter(pk=place.pk).update(is_confidential=True, **NOWHERE)
    found = row(offer)
    assert (found.latitudes, found.longitudes, found.features) == ([], [], [])


@pytest.mark.django_db
def test_deleting_by_sql_leaves_no_row() -> None:
    offer = OfferFactory.create(topics=[TopicFactory.create()])
    for table in ("offers_offer_topics", "offers_offer_catchment", "offers_offer_places"):
        sql(f"DELETE FROM {table} WHERE offer_id = %s", offer.pk)  # noqa: S608  # own names
    sql("DELETE FROM offers_offer WHERE id = %s", offer.pk)
    assert not SearchRow.objects.exists()
    sql("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_days_go_by() -> None:
    """A row of yesterday gets its dates counted from today; a row that is missing is made."""
    behind, missing = OfferFactory.create(), OfferFactory.create()
    ScheduleFactory.create(offer=behind, weekdays=list(range(7)))
    expected = rows()
    yesterday = timezone.localdate() - timedelta(days=1)
    SearchRow.objects.filter(offer=behind).update(dates=[yesterday], slots=[], dates_until=yesterday)
    sql("DELETE FROM offers_searchrow WHERE offer_id = %s", missing.pk)
    before = row(behind).stamp
    assert bring_up_to_date() == 2
    assert rows() == expected
    assert row(behind).stamp > before
    assert bring_up_to_date() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_who_change_one_offer_at_once_both_count() -> None:
    """The second waits for the first and then sees what it wrote."""
    topic, offer = TopicFactory.create(label="Bewegung"), OfferFactory.create(title="Alt")
    changed, go_on = threading.Event(), threading.Event()

    def rename() -> None:
        try:
            with transaction.atomic():
                Offer.objects.filter(pk=offer.pk).update(title="Familienhebamme")
                changed.set()
                go_on.wait(30)
        finally:
            connection.close()

    def link() -> None:
        try:
            offer.topics.add(topic)
        finally:
            connection.close()

    first, second = threading.Thread(target=rename), threading.Thread(target=link)
    first.start()
    assert changed.wait(30)
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(30)
    second.join(30)
    kept = rows()
    assert kept[offer.pk][0].count("'^") == 1
    rebuild()
    assert kept == rows()


def test_the_newest_migration_brings_the_present_sql() -> None:
    """After a change in offers/search/sql/: add a migration with this version (see offers/search/install.py)."""
    files = sorted(Path(settings.BASE_DIR, "offers", "migrations").glob("*.py"))
    versions = [line for file in files for line in file.read_text("utf-8").splitlines() if "install_search(" in line]
    assert f'install_search("{install.digest()}")' in versions[-1]
    assert install.DORMANT_AFTER_DAYS == DORMANT_AFTER_DAYS


def test_names_of_the_facts_are_columns() -> None:
    assert set(install.FACTS) < {field.attname for field in SearchRow._meta.concrete_fields}


@pytest.mark.django_db
def test_a_new_district_below_a_catchment_belongs_to_it() -> None:
    area = social_area("Süd", borough("Süd"))
    inside, elsewhere = OfferFactory.create(catchment=[area]), OfferFactory.create(catchment=[quarter("Ost")])
    whole = OfferFactory.create(catchment=[city()])
    new = DistrictFactory.create(name="Neubau", parent=area)
    assert new.pk in row(inside).districts
    assert new.pk in row(whole).districts
    assert new.pk not in row(elsewhere).districts
