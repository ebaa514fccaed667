"""Jobs: what a dead worker left behind is found, what fails for good is parked, and an outage loses nothing typed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.mail import queue_mail
from portal.management.commands.worker import run_worker
from portal.models import FormUse
from portal.tasks import forget_form_uses
from tests.offers.steps import Page


def queue(to: str = "traeger@example.org") -> None:
    queue_mail(to=to, subject="Ihr Angebot", template="mail/offers/_closing.txt", context={})


def jobs(task: str = "portal.deliver_mail") -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s", [task])
        return list(cursor.fetchall())


def dead_worker_took_all(seconds: int) -> None:
    """As a worker leaves the table that was killed so long after its last sign of life."""
    with connection.cursor() as cursor:
        moment = timezone.now() - timedelta(seconds=seconds)
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [moment])
        [worker] = cursor.fetchone() or [None]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])


@pytest.mark.django_db(transaction=True)
def test_mails_a_dead_worker_had_in_hand_are_sent_by_the_next() -> None:
    queue()
    dead_worker_took_all(seconds=40)
    run_worker(wait=False)
    assert len(mail.outbox) == 1
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_still_lives_keeps_its_jobs() -> None:
    queue()
    dead_worker_took_all(seconds=5)
    run_worker(wait=False)
    assert mail.outbox == []
    assert [status for status, _attempts in jobs()] == ["doing"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_poison_mail_is_parked_after_seven_tries_and_holds_up_no_other(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = mail.EmailMessage.send

    def fail_for_one(self: mail.EmailMessage, **kwargs: Any) -> int:
        if self.to == ["gift@example.org"]:
            raise ConnectionRefusedError
        return send(self, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", fail_for_one)
    queue("gift@example.org")
    queue()
    for _try in range(9):
        run_worker(wait=False)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    assert [sent.to for sent in mail.outbox] == [["traeger@example.org"]]
    assert [status for status, _attempts in jobs()] == ["failed"]


@pytest.mark.django_db(transaction=True)
def test_the_use_of_forms_is_forgotten_even_when_nobody_sends_anything() -> None:
    FormUse.objects.create(hour=1, digest=b"x" * 16)
    forget_form_uses.defer()
    run_worker(wait=False)
    assert not FormUse.objects.exists()


@pytest.mark.urls("tests.urls")
@pytest.mark.django_db
def test_an_outage_of_the_database_keeps_what_was_typed() -> None:
    client = Client(raise_request_exception=False)
    typed = {"title": 'Krabbelgruppe "Käfer" & <Co>', "topics": ["fruehe-hilfen", "sprache"], "message": "eins\nzwei"}
    response = client.post("/test/503/?a=1", typed)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    body = response.content.decode()
    assert "Sie sind aber noch da" in body
    assert re.search(r'action="/test/503/\?a=1"', body)
    assert Page(response).values == {
        "title": [typed["title"]], "topics": ["fruehe-hilfen", "sprache"], "message": ["eins\r\nzwei"],
    } or Page(response).values["message"] == ["eins\nzwei"]  # fmt: skip


@pytest.mark.urls("tests.urls")
@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["password", "new_password1", "code", "credential"])
def test_an_outage_writes_no_secret_into_a_page(secret: str) -> None:
    response = Client(raise_request_exception=False).post("/test/503/", {"login": "a", secret: "geheim"})
    assert response.status_code == 503
    assert "geheim" not in response.content.decode()


@pytest.mark.urls("tests.urls")
@pytest.mark.django_db
def test_an_outage_while_reading_says_so_in_german() -> None:
    response = Client(raise_request_exception=False).get("/test/503/")
    assert response.status_code == 503
    assert "Wir sind gleich wieder da" in response.content.decode()
    assert "<form" not in response.content.decode()
