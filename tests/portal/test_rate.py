"""Of many sendings at the same moment no more get through than one after the other, and the hour slides."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from offers.models import ErrorReport
from portal.models import FormUse
from portal.rate import SENDINGS_AN_HOUR, SENDINGS_OF_A_PAGE, Meter, connection_of, of_page
from tests.offers.factories import OfferFactory
from tests.offers.steps import Page, old_stamp
from tests.portal.factories import city

AT_ONCE = 12
PATIENCE = 120.0  # seconds a busy machine may take


@contextmanager
def held_back() -> Iterator[psycopg.Connection[Any]]:
    """Nobody can count while this lasts; all who want to wait side by side."""
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "prepare_threshold", "client_encoding"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters) as office:
        office.execute("LOCK TABLE portal_formuse IN EXCLUSIVE MODE")
        yield office


def all_at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of the many got who acted in the same moment, with a real connection each."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connection.close()  # of this thread

    with ThreadPoolExecutor(AT_ONCE) as threads:
        with held_back() as office:
            asked: list[Future[Any]] = [threads.submit(one, number) for number in range(AT_ONCE)]
            queue = "SELECT count(*) FROM pg_locks WHERE relation = 'portal_formuse'::regclass AND NOT granted"
            end = time.monotonic() + PATIENCE
            while (office.execute(queue).fetchone() or (0,))[0] < AT_ONCE:
                assert time.monotonic() < end, "not all have come to the counter"
                time.sleep(0.02)
        return [one.result(PATIENCE) for one in asked]


@pytest.mark.django_db(transaction=True)
def test_of_many_in_the_same_moment_only_as_many_as_there_is_room_for_are_counted_in() -> None:
    meter = Meter("report", "203.0.113.7", SENDINGS_AN_HOUR)
    assert sum(all_at_once(lambda _number: meter.take())) == SENDINGS_AN_HOUR
    assert FormUse.objects.get().count == SENDINGS_AN_HOUR


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pages", "room"), [("many", SENDINGS_AN_HOUR), ("one", SENDINGS_OF_A_PAGE)])
def test_a_flood_of_reports_stores_no_more_than_the_limit(pages: str, room: int) -> None:
    city()
    path = reverse("offers:report_error", args=[OfferFactory.create().slug])
    caught = Page(Client().get(path)).values
    stamps = [old_stamp() for _number in range(AT_ONCE)] if pages == "many" else [old_stamp()] * AT_ONCE

    def send(number: int) -> int:
        own = {"vorgang": str(uuid.uuid4()), "stempel": stamps[number], "message": f"Falsch {number}."}
        address = "203.0.113.7" if pages == "many" else f"203.0.113.{number}"
        return Client().post(path, {**caught, **own}, REMOTE_ADDR=address).status_code

    assert all_at_once(send).count(302) == room
    assert ErrorReport.objects.count() == room


@pytest.mark.django_db
def test_the_hour_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0 // 3600 * 3600
    monkeypatch.setattr("portal.rate.time.time", lambda: now)
    meter = Meter("report", "203.0.113.7", 4)
    assert [meter.take() for _number in range(6)] == [True] * 4 + [False] * 2
    assert Meter("report", "203.0.113.8", 4).take(), "others are not in the way"
    assert Meter("submission", "203.0.113.7", 4).take(), "nor is another form"
    now += 3600
    assert not meter.take(), "the hour before counts in full yet"
    now += 1800
    assert [meter.take() for _number in range(3)] == [True, True, False], "half of it is over"
    now += 2 * 3600
    assert meter.take()
    assert FormUse.objects.count() == 1, "what is older is forgotten"


@pytest.mark.django_db
def test_what_was_refused_takes_no_place() -> None:
    stamp = old_stamp()
    for _number in range(9):
        of_page(stamp).take()
    assert FormUse.objects.get().count == SENDINGS_OF_A_PAGE


@pytest.mark.django_db
def test_reports_of_barriers_are_counted_too() -> None:
    city()
    for number in range(20):
        values = {"what": f"Nr. {number}", "vorgang": str(uuid.uuid4()), "stempel": old_stamp()}
        answer = Client().post("/barrierefreiheit/", values, REMOTE_ADDR="203.0.113.7")
    assert "Bitte schreiben Sie diese Zahl in Ziffern" in answer.content.decode()
    assert "Nr. 19" in answer.content.decode(), "what was typed stands there still"
    assert ProcrastinateJob.objects.filter(task_name="portal.deliver_mail").count() == SENDINGS_AN_HOUR


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("<b>", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_proxy_says_who_sends(said: str, counted: str, settings: Any, rf: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP=said)
    assert connection_of(request) == "127.0.0.1", "who is not behind a proxy could write what they like"
    settings.PRODUCTION = True
    assert connection_of(request) == counted
