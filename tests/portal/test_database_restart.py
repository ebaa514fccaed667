"""Must hold 1: the database is stopped and started under a running portal. A server of its own, really restarted."""

import contextlib
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from portal.embedded import THROWAWAY, Cluster
from tests.offers import steps
from tests.portal.test_jobs_killed import LONG, REFERENCE, Web, new_offer, wait_until

pytestmark = pytest.mark.slow
PREPARE = """
from offers.freshness.enums import Answer
from offers.freshness.links import link
from tests.offers.factories import OfferFactory
from tests.portal.test_jobs_killed import register
register()
print(link(OfferFactory.create(phone="0208 1"), Answer.CHANGED))
"""


class Shown:
    """A page as tests.offers.steps reads it."""

    def __init__(self, page: str) -> None:
        self.content = page.encode()


def typed_in(page: str) -> dict[str, Any]:
    return steps.Page(Shown(page)).values


def manage(address: str, *command: str) -> str:
    environment = {**os.environ, "DATABASE_URL": address, "VAR_DIR": str(settings.VAR_DIR)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


@pytest.fixture(scope="module")
def cluster(scratch: Path) -> Cluster:
    return Cluster(scratch / "postgres", THROWAWAY)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[contextlib.ExitStack]:
    """The running server; closing the stack stops it."""
    with contextlib.ExitStack() as server:
        server.enter_context(cluster.running())
        yield server


@pytest.fixture
def web(cluster: Cluster) -> Iterator[Web]:
    server = Web()
    server._environment["DATABASE_URL"] = cluster.url()
    yield server
    server.kill()


def stored(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url()) as connection:
        return [row[0] for row in connection.execute("SELECT reference FROM offers_proposal").fetchall()]


def test_the_database_restarts_under_the_running_portal(
    cluster: Cluster, database: contextlib.ExitStack, web: Web
) -> None:
    manage(cluster.url(), "migrate", "--verbosity", "0")
    change_path = manage(cluster.url(), "shell", "--verbosity", "0", "-c", PREPARE)
    web.start()
    assert web._process is not None
    process = web._process.pid
    new_path, new = new_offer(1)
    change = {**typed_in(web.ask(change_path)[2]), "stempel": steps.old_stamp(), "phone": "0208 4711"}
    forms = {new_path: new, change_path: change}

    database.close()
    assert cluster.server_pid() is None
    kept = {}
    for path, typed in forms.items():
        status, _path, page = web.ask(path, typed)
        assert status == 503
        assert "Wir sind gleich wieder da" in page
        kept[path] = typed_in(page)
        sent = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        assert kept[path] == sent, "everything that was typed stands in the page, ready to be sent again"
    assert web.ask("/readyz")[0] == 503
    assert web.ask("/healthz")[0] == 200
    assert web.ask("/soforthilfe/")[0] == 200

    with cluster.running():
        for path, typed in kept.items():
            status, _path, page = web.ask(path, typed)
            assert status == 200, page
        assert len(stored(cluster)) == 2
        for path in ("/readyz", "/angebote/", "/themen/"):  # what is drawn ahead asks again after three seconds
            wait_until(lambda path=path: web.ask(path)[0] == 200, path)  # type: ignore[misc]  # its default is typed
        assert web._process.poll() is None
        assert web._process.pid == process, "the web server has not been started anew"


def test_what_is_sent_while_the_database_restarts_again_and_again_is_stored_once(
    cluster: Cluster, database: contextlib.ExitStack, web: Web
) -> None:
    web.start()
    before = set(stored(cluster))
    acknowledged: list[str] = []
    statuses: Counter[int] = Counter()
    calm = threading.Event()

    def people() -> None:
        """Somebody with forty offers who presses "send again" on the page that comes back."""
        for number in range(40):
            path, typed = new_offer(number + 100)
            while True:
                try:
                    status, where, page = web.ask(path, typed)
                except OSError:
                    status, where, page = 0, "", ""
                statuses[status] += 1
                found = REFERENCE.search(page) if where.startswith("/angebote/einreichen/danke/") else None
                if found:
                    acknowledged.append(found[0])
                    break
                if status == 503:
                    assert "Wir sind gleich wieder da" in page
                    typed = typed_in(page)
                calm.wait(0.05)

    person = threading.Thread(target=people, daemon=True)
    person.start()
    for restart in range(3):
        wait_until(lambda wanted=8 * (restart + 1): len(acknowledged) >= wanted, "sending")  # type: ignore[misc]  # its default is typed
        seen = statuses[503]
        database.close()
        wait_until(lambda before=seen: statuses[503] > before, "being told")  # type: ignore[misc]  # as above
        database.enter_context(cluster.running())
    person.join(LONG)
    assert not person.is_alive()
    assert Counter(acknowledged) == Counter(set(stored(cluster)) - before)
    assert len(acknowledged) == 40
    assert set(statuses) == {200, 503}, "nobody got an error page or no answer"
