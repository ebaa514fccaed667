"""Counted searches: they add up, tell nobody apart, and no rare word ever shows."""

import hashlib
import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from offers.finder import Area, Catalogue, Search
from offers.finder.ages import Age
from offers.models import SearchCount, SearchTerm, SearchTermDay
from offers.steering import demand_count
from offers.steering.demand import Asked, asked, may_be_kept, note_search
from offers.steering.demand_count import CountSearchesMiddleware, buffer
from offers.steering.demand_store import forget_old, store
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.test_jobs_killed import LONG, Web

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


@pytest.mark.slow
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

    buffer.add(asked(Search(kostenlos=True), 3))
    with monkeypatch.context() as patch:
        patch.setattr(demand_count, "store", fail)
        with pytest.raises(OSError, match="no database"):
            buffer.flush()
    buffer.add(asked(Search(kostenlos=True), 3))
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


def test_counting_costs_next_to_nothing(rf: RequestFactory) -> None:
    """All that counting adds to a results page; the fastest of many runs tells it on a busy machine, too."""
    search = Search(alter=(Age.parse("14"),), thema=("sport",), q="krabbelgruppe", ort=Area("x", "x", "x", ()))
    request = rf.get("/angebote/")

    def page(_request: HttpRequest) -> HttpResponse:
        answer = HttpResponse()
        note_search(answer, search, 12)
        return answer

    counted = CountSearchesMiddleware(page)
    fastest = 1.0
    for _number in range(200):
        start = time.perf_counter()
        counted(request)
        fastest = min(fastest, time.perf_counter() - start)
    assert sum(buffer.take().values()) == 200
    assert fastest < 0.0002


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_waits_is_written_every_minute_even_while_searches_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that dies loses what came since the last write; the minute is shortened here."""
    monkeypatch.setattr(demand_count, "EVERY", 0.4)
    what = asked(Search(kostenlos=True), 0)
    added = written = 0
    began = time.monotonic()
    while not written and time.monotonic() - began < 20:
        buffer.add(what)
        added += 1
        written = SearchCount.objects.aggregate(sum=Coalesce(Sum("count"), 0))["sum"]
    assert time.monotonic() - began > 0.3, "not with every search"
    assert 0 < written <= added
    before = time.monotonic()
    while SearchCount.objects.get().count < added and time.monotonic() - before < 20:
        buffer.add(what, 0)
    assert SearchCount.objects.get().count == added, "nothing is lost or counted twice"
    monkeypatch.setattr(demand_count, "EVERY", 0)
    if timer := buffer._timer:
        timer.join(5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_web_server_that_ends_writes_what_it_has_counted() -> None:
    """At a restart not even the last minute is lost: the processes of the web server end in an order of their own."""
    web = Web()
    try:
        web.start()
        for _number in range(3):
            assert web.ask("/angebote/?kostenlos=1")[0] == 200
        assert not SearchCount.objects.exists(), "the minute is not over"
        assert web._process
        os.kill(web._process.pid, signal.SIGTERM)
        web._process.wait(LONG)
        assert SearchCount.objects.get().count == 3
    finally:
        web.kill()


@pytest.mark.slow
def test_two_hundred_people_on_real_pages_leave_nothing_that_tells_them_apart(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with an address, a browser, a cookie and words of their own, on five days: only the common word is left."""
    caplog.set_level(logging.DEBUG)
    today = timezone.localdate()
    needles = set()
    for number in range(200):
        monkeypatch.setattr("offers.steering.demand.today", lambda number=number: today - timedelta(days=number % 5))
        mark = f"xq{number:03d}".translate(str.maketrans("0123456789", "abcdefghij"))
        needles |= {f"wort{mark}", f"198.51.100.{number}", f"Browser-{mark}", f"keks{mark}", f"herkunft{mark}"}
        person = Client(
            REMOTE_ADDR=f"198.51.100.{number}", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
            HTTP_USER_AGENT=f"Browser-{mark}", HTTP_REFERER=f"https://herkunft{mark}.example/",
        )  # fmt: skip
        person.cookies["kennung"] = f"keks{mark}"
        for words in (f"wort{mark}", "trampolin") if number % 8 == 0 else (f"wort{mark}",):
            assert person.get("/angebote/", {"kostenlos": "1", "q": words}).status_code == 200
    buffer.flush()
    assert SearchCount.objects.aggregate(sum=Sum("count"))["sum"] == 225
    assert set(SearchTerm.objects.values_list("term", flat=True)) == {"trampolin"}
    left = caplog.text + everything_stored()
    assert "trampolin" in left
    assert [needle for needle in needles if needle in left] == []
    guessed = {kind(f"wort{mark_of}".encode()).hexdigest() for mark_of in ("xqaaa", "xqaab")
               for kind in (hashlib.md5, hashlib.sha256)}  # fmt: skip
    assert not any(digest[:32] in left for digest in guessed), "a word cannot be guessed from what is kept of it"


def everything_stored() -> str:
    """All rows of all tables as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608  # names from the database itself
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)
