"""The portal as people start it: real processes, real signals, an own folder for its data."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from portal.embedded import Cluster
from portal.refusal import Refusal
from portal.supervisor import supervise
from tests.running import LONG, UP, Portal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def var(scratch: Path) -> Path:
    """Prepared by a first start, whose output is kept in `first`."""
    with Portal(scratch) as portal:
        assert UP in portal.said(), portal.said()
        (scratch / "first").write_text(portal.said(), encoding="utf-8")
    return scratch


def test_the_first_start_prints_the_password_once_and_the_second_has_nothing_to_do(var: Path) -> None:
    password = re.compile(r"Passwort: \S{12,}")
    assert len(password.findall((var / "first").read_text(encoding="utf-8"))) == 1
    with Portal(var) as portal:
        assert portal.said() == f"{UP}{portal.address} – Ende mit Strg+C.\n"
        with urllib.request.urlopen(f"{portal.address}/readyz") as answer:  # noqa: S310 own address
            assert answer.status == 200


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_stops_web_server_worker_and_database(var: Path, kind: int, code: int) -> None:
    with Portal(var) as portal:
        assert portal.stop(kind) == code
    assert portal.left() == []
    assert len(portal.family) >= 4
    assert Cluster(var / "postgres").server_pid() is None


def test_a_busy_port_is_one_sentence(var: Path) -> None:
    portal = Portal(var)
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", portal.port))
        squatter.listen()
        with portal:
            assert portal.process.wait(LONG) == 1
    assert portal.said().startswith(f"Port {portal.port} ist schon belegt")
    assert portal.said().count("\n") == 1


def test_two_portals_share_the_database(var: Path) -> None:
    with Portal(var) as first, Portal(var) as second:
        assert first.stop(signal.SIGTERM) == 0
        with urllib.request.urlopen(f"{second.address}/readyz") as answer:  # noqa: S310 own address
            assert answer.status == 200
    assert Cluster(var / "postgres").server_pid() is None


def test_a_part_that_dies_stops_the_others(var: Path) -> None:
    with Portal(var) as portal:
        family = portal.family[0].children(recursive=True)
        [worker] = [process for process in family if "worker" in process.cmdline()]
        worker.kill()
        assert portal.process.wait(LONG) == 1
    assert portal.said().endswith("Der Auftragsdienst ist unerwartet beendet (Code -9); das Portal hält darum an.\n")
    portal.family += family
    assert portal.left() == []


def test_a_database_that_dies_is_started_again_and_help_is_there_all_the_time(var: Path) -> None:
    with Portal(var) as portal:
        cluster = Cluster(var / "postgres")
        killed = cluster.server_pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        end = time.monotonic() + LONG
        while "Es läuft wieder." not in portal.said():
            assert _status(f"{portal.address}/soforthilfe/") == 200
            assert time.monotonic() < end, portal.said()
        assert cluster.server_pid() not in {None, killed}
        for page in ("readyz", "angebote/"):  # the list asks again after three seconds
            while _status(f"{portal.address}/{page}") != 200:
                assert time.monotonic() < end, portal.said()
        while not _listening(cluster):  # the job service, too
            assert portal.process.poll() is None, portal.said()
            assert time.monotonic() < end, portal.said()
        assert portal.stop(signal.SIGTERM) == 0
    assert f"PostgreSQL in {var / 'postgres'} ist unerwartet beendet" in portal.said()


def test_a_database_that_cannot_start_again_is_named(scratch: Path) -> None:
    with Portal(scratch) as portal:
        cluster = Cluster(scratch / "postgres")
        pid = cluster.server_pid()
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # so that nobody starts it before its data are gone
        (cluster.directory / "global" / "pg_control").rename(scratch / "pg_control")
        os.kill(pid, signal.SIGKILL)
        assert portal.process.wait(LONG) == 1
        (scratch / "pg_control").rename(cluster.directory / "global" / "pg_control")
    assert "Traceback" not in portal.said()
    assert portal.said().splitlines()[-1].startswith(f"PostgreSQL in {scratch / 'postgres'} startet nicht: ")


def _listening(cluster: Cluster) -> bool:
    """Whether a worker waits for jobs."""
    with psycopg.connect(cluster.url()) as connection:
        [(found,)] = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'").fetchall()
    return bool(found)


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 own address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_program_that_cannot_start_is_named() -> None:
    programs = {"Das Programm": [sys.executable, "-c", "raise SystemExit(7)"]}
    with pytest.raises(Refusal, match=r"^Das Programm ist unerwartet beendet \(Code 7\)"):
        supervise(programs, when_up=lambda: True, trouble=lambda: None)


def test_a_missing_rights_error_keeps_no_traceback(tmp_path: Path) -> None:
    """A folder that cannot be made: the parent is a file."""
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "VAR_DIR": str(tmp_path / "file" / "var"), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
@pytest.mark.parametrize("folder", ["/proc", "/proc/portal", "/proc/self/portal/var"])
@pytest.mark.parametrize("key", ["", "k" * 60])
def test_a_folder_that_takes_no_files_keeps_no_traceback(folder: str, key: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "VAR_DIR": folder, "PORTAL_SECRET_KEY": key, "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == f"In diesem Ordner lässt sich nichts anlegen ({folder}): Bitte einen anderen nehmen.\n"
