"""Counted searches: they add up, tell nobody apart, and no rare word ever shows."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from offers.finder import Area, Catalogue, Search
from offers.finder.ages import Age
from offers.models import SearchCount, SearchTerm, SearchTermDay
from offers.steering import demand_count
from offers.steering.demand import Asked, asked, may_be_kept
from offers.steering.demand_count import buffer
from offers.steering.demand_store import forget_old, store
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.portal.factories import borough, quarter, social_area

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_buffer() -> Iterator[None]:
    buffer.take()
    yield
    buffer.take()


@pytest.fixture
def areas() -> list[District]:
    found = [social_area(f"Raum {number}", borough(f"Bezirk {number}")) for number in range(3)]
    for number, area in enumerate(found):
        quarter(f"Viertel {number}", area)
    return found


def on(what: Asked, day: date) -> Asked:
    return what._replace(day=day.isoformat())


def test_a_search_is_counted_once_with_phase_area_topic_and_bucket(client: Client, areas: list[District]) -> None:
    LifePhaseFactory.create(label="Schwanger", ages=NumericRange(-9, 3))
    baby = LifePhaseFactory.create(label="Baby", ages=NumericRange(0, 36))
    topic = TopicFactory.create(slug="sport", label="Sport", synonyms=["Turnen"])
    for _number in range(2):
        assert client.get("/angebote/?alter=1&ort=viertel-1&thema=sport&sprache=tr").status_code == 200
    client.get("/angebote/?q=turnen")
    client.get("/angebote/")
    client.get("/angebote/?thema=sport&seite=2")
    client.head("/angebote/?thema=sport")
    buffer.flush()

    rows = SearchCount.objects.order_by("count").values_list(
        "day", "phase", "area", "topic", "language", "bucket", "count"
    )
    today = timezone.localdate()
    assert list(rows) == [
        (today, None, None, topic.pk, "", 0, 1),
        (today, baby.pk, areas[1].pk, topic.pk, "tr", 0, 2),
    ]
    assert not SearchTermDay.objects.exists()


@pytest.mark.parametrize(("results", "bucket"), [(0, 0), (1, 1), (3, 1), (4, 4), (900, 4)])
def test_results_fall_into_three_buckets(results: int, bucket: int) -> None:
    assert asked(Search(q="x"), results).bucket == bucket


def test_kept_pages_count_too_and_carry_no_note(client: Client, settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 1_000_000
    OfferFactory.create()
    visitor = Client()
    for _number in range(5):
        answer = visitor.get("/angebote/?kostenlos=1")
        assert answer.status_code == 200
        assert not any("note" in name.lower() for name in answer.headers)
    buffer.flush()
    assert SearchCount.objects.aggregate(sum=Sum("count"))["sum"] == 5


def test_ten_thousand_searches_of_200_people_add_up_and_tell_nobody_apart(areas: list[District]) -> None:
    phases = [LifePhaseFactory.create(label=f"P{n}", slug=f"p{n}", ages=NumericRange(n * 36, n * 36 + 36), position=n)
              for n in range(4)]  # fmt: skip
    topics = TopicFactory.create_batch(5)
    catalogue = Catalogue()
    dice = random.Random(7)
    # Each person has a place, a child, a language and a word of their own that nobody else uses.
    people: list[dict[str, Any]] = [
        {
            "ort": catalogue.areas[dice.choice(areas).slug],
            "alter": (Age.parse(str(dice.randrange(140))),),
            "sprache": (dice.choice(["tr", "ar", "de"]),),
            "word": f"geheimes wort von person {chr(97 + number // 26)}{chr(97 + number % 26)}",
        }
        for number in range(200)
    ]
    expected: Counter[tuple[Any, ...]] = Counter()
    start = timezone.localdate() - timedelta(days=4)
    for number in range(10_000):
        person = people[number % 200]
        topic = dice.choice([None, *topics])
        results = dice.choice([0, 2, 30])
        word = dice.choice(["", "", "trampolin", person["word"]]) if topic is None else ""
        search = Search(
            alter=person["alter"], ort=person["ort"], sprache=person["sprache"], thema=(topic.slug,) if topic else (),
            q=str(word),
        )  # fmt: skip
        day = start + timedelta(days=number % 5)
        buffer.add(on(asked(search, results), day))
        phase = phases[person["alter"][0].ages.lower // 36]
        expected[day, phase.pk, person["ort"].districts[0].pk, topic and topic.pk, person["sprache"][0],
                 {0: 0, 2: 1, 30: 4}[results]] += 1  # fmt: skip
        if number % 2500 == 0:
            buffer.flush()
    buffer.flush()

    rows = SearchCount.objects.values_list("day", "phase", "area", "topic", "language", "bucket", "count")
    assert {row[:-1]: row[-1] for row in rows} == dict(expected)
    # A row holds nothing but what it counts, so two people who ask alike are one number.
    assert {field.name for field in SearchCount._meta.fields} == {
        "id", "day", "phase", "area", "topic", "language", "bucket", "count",
    }  # fmt: skip
    assert set(SearchTerm.objects.values_list("term", flat=True)) <= {"trampolin"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(digest, 'escape') FROM offers_searchtermday")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert "person" not in stored
    assert "geheim" not in stored


def test_a_word_shows_from_its_fifth_day_on_and_never_before() -> None:
    what = asked(Search(q="  Trampolin "), 0)
    first = date(2026, 3, 1)
    for number in range(4):
        store(Counter({on(what, first + timedelta(days=number)): 100}))
        assert not SearchTerm.objects.exists()
    store(Counter({on(what, first + timedelta(days=3)): 1}))
    assert not SearchTerm.objects.exists()
    store(Counter({on(what, first + timedelta(days=4)): 2}))
    store(Counter({on(what, first + timedelta(days=4)): 1}))
    assert list(SearchTerm.objects.values_list("term", "day", "bucket", "count")) == [
        ("trampolin", first + timedelta(days=4), 0, 3)
    ]


@pytest.mark.parametrize("words", ["", "0208 123456", "anna@example.org", "x" * 61, "ich heiße anna und suche"])
def test_words_that_could_name_somebody_are_never_kept(words: str) -> None:
    assert not may_be_kept(words)
    store(Counter({asked(Search(q=words, kostenlos=True), 0): 1}))
    assert not SearchTermDay.objects.exists()


def test_a_count_that_cannot_be_written_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(counts: Counter[Asked]) -> None:
        raise OSError("no database")

    demand_count.count_search(Search(kostenlos=True), 3)
    with monkeypatch.context() as patch:
        patch.setattr(demand_count, "store", fail)
        with pytest.raises(OSError, match="no database"):
            buffer.flush()
    demand_count.count_search(Search(kostenlos=True), 3)
    buffer.flush()
    assert SearchCount.objects.get().count == 2


def test_after_25_months_nothing_is_left() -> None:
    today = date(2026, 11, 22)
    for day in (date(2024, 10, 21), date(2024, 10, 22), today):
        SearchCount.objects.create(day=day, bucket=0, count=1)
        SearchTerm.objects.create(day=day, term="trampolin", bucket=0, count=1)
        SearchTermDay.objects.create(day=day, digest=b"0" * 16)
    assert forget_old(today) == 3
    assert [one.day for one in SearchCount.objects.order_by("day")] == [date(2024, 10, 22), today]


def test_counting_costs_next_to_nothing() -> None:
    """0.2 ms are the limit; the fastest of many runs tells what it costs on a busy machine, too."""
    catalogue_free = Search(alter=(Age.parse("14"),), thema=("sport",), q="krabbelgruppe", ort=Area("x", "x", "x", ()))
    fastest = 1.0
    for _number in range(200):
        start = time.perf_counter()
        demand_count.count_search(catalogue_free, 12)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.0002
