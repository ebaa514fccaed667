"""Must hold 1: processes are killed at random moments, and nothing that was acknowledged is lost or doubled."""

import contextlib
import email
import http.client
import os
import queue
import random
import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from offers.freshness.enums import Answer
from offers.freshness.links import link
from offers.models import Offer, Proposal, ReviewAnswer
from portal.mail import queue_mail
from portal.management.commands.serve import web_server
from portal.models import Notice
from tests.offers import steps
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import quarter
from tests.running import free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = 120.0  # seconds a busy machine may take
REFERENCE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")


def wait_until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, f"{what} took more than {LONG} seconds"
        time.sleep(0.02)


class Program:
    """A process of its own on the tests' database, to be killed with all it has started."""

    def __init__(self, command: list[str], **environment: str) -> None:
        where = connection.settings_dict
        parts = {"host": where["HOST"], "port": where["PORT"], "user": where["USER"], "password": where["PASSWORD"]}
        given = {**parts, **{name: where["OPTIONS"][name] for name in ("host", "port") if name in where["OPTIONS"]}}
        query = urllib.parse.urlencode({name: value for name, value in given.items() if value})
        address = f"postgresql:///{where['NAME']}?{query}"
        self._command = command
        own = {"DATABASE_URL": address, "VAR_DIR": str(settings.VAR_DIR), "PORTAL_WEB_WORKERS": "1"}
        self._environment = {**os.environ, **own, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=settings.BASE_DIR,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(LONG)


class Web(Program):
    def __init__(self) -> None:
        self.port = free_port()
        super().__init__(web_server("tests.portal.served:application", self.port), PORT=str(self.port))

    def start(self) -> None:
        super().start()
        wait_until(self.answers, "starting the web server")

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("/healthz")[0] == 200
        return False

    def ask(self, path: str, typed: Any = None) -> tuple[int, str, str]:
        """Status, final path and page; `typed` is posted."""
        sent = urllib.parse.urlencode(typed, doseq=True).encode() if typed is not None else None
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", sent, timeout=30
            ) as answer:  # own address
                return answer.status, urllib.parse.urlsplit(answer.url).path, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, path, error.read().decode()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    server.start()
    yield server
    server.kill()


def new_offer(number: int) -> tuple[str, dict[str, Any]]:
    """What the last page of a submission sends."""
    typed: dict[str, Any] = {name: value for step in steps.STEPS for name, value in step.items()}
    own = {"title": f"Angebot {number}", "sender_email": f"traeger{number}@example.org"}
    guard = {"vorgang": str(uuid.uuid4()), "stempel": steps.old_stamp(), "schritt": "5", "besucht": "1 2 3 4"}
    return steps.URL, {**typed, **own, **guard, "aktion": "senden"}


def change(web: Web, offer: Offer) -> tuple[str, dict[str, Any]]:
    """What the page behind a link in a mail sends."""
    path = link(offer, Answer.CHANGED)

    class Shown:
        content = web.ask(path)[2].encode()

    values: dict[str, Any] = {**steps.Page(Shown).values, "stempel": steps.old_stamp(), "phone": f"0208 {offer.pk}"}
    return path, values


def register() -> None:
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")


def test_what_the_web_server_acknowledged_before_it_was_killed_is_stored_once(web: Web) -> None:
    register()
    provider = PartnerFactory.create(email="laden@example.org")
    offers = [OfferFactory.create(provider=provider, catchment=[]) for _number in range(150)]
    Offer.objects.update(review_due=timezone.localdate())
    for offer in offers:
        offer.refresh_from_db()
    waiting: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
    forms = [*(new_offer(number) for number in range(150)), *(change(web, offer) for offer in offers)]
    random.Random(7).shuffle(forms)
    for form in forms:
        waiting.put(form)
    acknowledged: list[str] = []

    def send() -> None:
        """A person who presses the button again until a number comes back."""
        while True:
            try:
                path, typed = waiting.get_nowait()
            except queue.Empty:
                return
            while True:
                with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                    _status, _path, page = web.ask(path, typed)
                    found = REFERENCE.search(page)
                    if found:
                        acknowledged.append(found[0])
                        break
                time.sleep(0.05)

    people = [threading.Thread(target=send) for _person in range(3)]
    for person in people:
        person.start()
    chance = random.Random(11)
    for number in range(30):
        wait_until(lambda wanted=number * 10: len(acknowledged) >= wanted, "sending")  # type: ignore[misc]  # its default is typed
        time.sleep(chance.uniform(0, 0.15))
        web.kill()
        web.start()
    for person in people:
        person.join(LONG)
    assert len(acknowledged) == 300
    assert Counter(acknowledged) == Counter(Proposal.objects.values_list("reference", flat=True))
    assert set(Counter(acknowledged).values()) == {1}
    new = Proposal.objects.for_new_offers().values_list("payload__title", flat=True)
    assert sorted(new) == sorted(f"Angebot {number}" for number in range(150))
    assert ReviewAnswer.objects.filter(proposal__isnull=False).count() == 150
    at_once = ProcrastinateJob.objects.filter(task_name="portal.deliver_mail").count() - 150
    assert 1 <= at_once <= len(people)  # the Büro is told of the first change at once, and of what came in that moment,
    assert Notice.objects.waiting().count() == 150 - at_once  # of the others in one mail an hour


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps the id of every mail it has accepted."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.accepted: list[str] = []
        super().__init__(("127.0.0.1", 0), Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed says no good-bye."""


class Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 hier")
        for line in iter(self.rfile.readline, b""):
            word = line.strip().upper()[:4]
            if word == b"DATA":
                self._say("354 bitte")
                lines = []
                for part in iter(self.rfile.readline, b".\r\n"):
                    lines.append(part)
                self.server.accepted.append(str(email.message_from_bytes(b"".join(lines))["Message-ID"]))
                time.sleep(0.01)
            self._say("221 tschüs".encode("ascii", "replace").decode() if word == b"QUIT" else "250 gut")
            if word == b"QUIT":
                return

    def _say(self, words: str) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.wfile.write(f"{words}\r\n".encode())


def test_two_hundred_mails_arrive_though_the_worker_is_killed_and_each_kill_doubles_one_at_most() -> None:
    for number in range(200):
        queue_mail(to=f"a{number}@example.org", subject="Ihr Angebot", template="mail/offers/_closing.txt", context={})
    mailbox = Mailbox()
    threading.Thread(target=mailbox.serve_forever, daemon=True).start()
    address = f"smtp://127.0.0.1:{mailbox.server_address[1]}"
    worker = Program([sys.executable, "manage.py", "worker"], PORTAL_EMAIL_URL=address)
    kills, chance = 5, random.Random(3)
    try:
        for number in range(kills):
            worker.start()
            wait_until(lambda wanted=30 * (number + 1): len(mailbox.accepted) >= wanted, "sending")  # type: ignore[misc]  # as above
            time.sleep(chance.uniform(0, 0.05))
            worker.kill()
        worker.start()
        wait_until(lambda: len(set(mailbox.accepted)) == 200, "sending the rest")
        wait_until(_no_mail_waits, "finishing")
    finally:
        worker.kill()
        mailbox.shutdown()
        mailbox.server_close()
    assert len(mailbox.accepted) <= 200 + kills


def _no_mail_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail'")
        return bool(cursor.fetchone() == (0,))


@contextlib.contextmanager
def closed_database() -> Iterator[None]:
    """As while the server restarts: every connection is cut and no new one accepted."""
    name = connection.settings_dict["NAME"]
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    for ours in ("cursor_factory", "context", "prepare_threshold", "client_encoding"):
        parameters.pop(ours, None)
    connection.close()
    with psycopg.connect(**parameters, autocommit=True) as office:
        office.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            office.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            office.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def test_while_the_database_restarts_people_read_german_and_lose_nothing_they_typed(web: Web) -> None:
    register()
    path, typed = new_offer(1)
    assert web.ask("/themen/")[0] == 200
    with closed_database():
        status, _path, page = web.ask(path, typed)
        assert status == 503
        assert "Wir sind gleich wieder da" in page
        assert web.ask("/readyz")[0] == 503
        assert web.ask("/healthz")[0] == 200

    class Shown:
        content = page.encode()

    kept = steps.Page(Shown).values
    assert kept["title"] == ["Angebot 1"]
    assert {name: values for name, values in kept.items() if values != [""]} == {
        name: value if isinstance(value, list) else [value] for name, value in typed.items() if value
    }
    status, where, page = web.ask(path, kept)
    assert (status, where.startswith("/angebote/einreichen/danke/")) == (200, True)
    assert Proposal.objects.get().payload["title"] == "Angebot 1"
