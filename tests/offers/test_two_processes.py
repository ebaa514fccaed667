"""One second after a change no process of the web server serves the old page."""

import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from portal.embedded import Cluster
from tests.running import Portal

ASKED = 24  # times, each on a connection of its own: both processes answer some of them


def asked(portal: Portal, path: str) -> list[str]:
    pages = []
    for _number in range(ASKED):
        with urllib.request.urlopen(portal.address + path, timeout=30) as answer:  # noqa: S310  # our own server
            pages.append(answer.read().decode())
    return pages


@pytest.mark.slow
def test_all_processes_know_a_change_within_a_second(scratch: Path) -> None:
    with (
        Portal(scratch) as portal,
        psycopg.connect(Cluster(scratch / "postgres").url(), autocommit=True) as connection,
    ):
        found = connection.execute(
            "SELECT id, slug FROM offers_offer JOIN offers_searchrow ON offer_id = id"
            " WHERE published AND last_day >= current_date ORDER BY title_key LIMIT 1"
        ).fetchone()
        assert found
        paths = ["/angebote/", f"/angebote/{found[1]}/"]
        for path in paths:
            assert not any("Ganz neuer Titel" in page for page in asked(portal, path))

        connection.execute("UPDATE offers_offer SET title = '0 Ganz neuer Titel' WHERE id = %s", [found[0]])
        time.sleep(1.0)

        for path in paths:
            assert all("Ganz neuer Titel" in page for page in asked(portal, path)), path
