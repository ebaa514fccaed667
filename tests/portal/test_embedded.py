import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from portal import embedded
from portal.database import refusal_from_database_error, refuse_old
from portal.embedded import THROWAWAY, Cluster
from portal.refusal import Refusal

HOLD = """
import sys
from pathlib import Path
from portal.embedded import THROWAWAY, Cluster
with Cluster(Path(sys.argv[1]), THROWAWAY).running():
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def cluster(scratch: Path) -> Cluster:
    """Its folder's name is long, with spaces and umlauts, so that the socket lies elsewhere."""
    return Cluster(scratch / ("ein langer schöner Name " + "x" * 80) / "postgres", THROWAWAY)


@pytest.fixture
def other_program(cluster: Cluster) -> Iterator[subprocess.Popen[str]]:
    """Another program that uses the same server."""
    command = [sys.executable, "-c", HOLD, str(cluster.directory)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "up\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def _answer(cluster: Cluster) -> object:
    with psycopg.connect(cluster.url()) as connection:
        return connection.execute("SELECT lower('ÄÖÜ'), current_database()").fetchone()


@pytest.mark.slow
def test_starts_and_stops(cluster: Cluster) -> None:
    assert cluster.server_pid() is None
    with cluster.running():
        assert _answer(cluster) == ("äöü", "portal")
        pid = cluster.server_pid()
        assert pid is not None
    assert cluster.server_pid() is None
    assert not cluster.socket_directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.slow
def test_the_socket_is_for_the_own_account_alone(cluster: Cluster) -> None:
    with cluster.running():
        assert len(os.fsencode(cluster.socket_directory / ".s.PGSQL.5432")) <= embedded.SOCKET_LIMIT
        assert cluster.socket_directory.stat().st_mode & 0o077 == 0
        assert cluster.directory.stat().st_mode & 0o077 == 0


def test_who_leaves_first_does_not_stop_the_server(cluster: Cluster, other_program: subprocess.Popen[str]) -> None:
    with cluster.running():
        pass
    assert cluster.server_pid() is not None
    other_program.communicate()
    assert cluster.server_pid() is None


def test_a_killed_user_does_not_keep_the_server_up(cluster: Cluster, other_program: subprocess.Popen[str]) -> None:
    with cluster.running():
        other_program.kill()
        other_program.wait()
    assert cluster.server_pid() is None


@pytest.mark.parametrize("pid", ["999999999", str(os.getpid()), ""], ids=["gone", "reused", "empty"])
def test_a_stale_lock_is_removed(cluster: Cluster, capsys: pytest.CaptureFixture[str], pid: str) -> None:
    with cluster.running():
        pass
    lock = cluster.directory / "postmaster.pid"
    text = f"{pid}\n{cluster.directory}\n1\n5432\n{cluster.socket_directory}\n\n 1 1\nready\n" if pid else ""
    lock.write_text(text)
    with cluster.running():
        assert _answer(cluster) == ("äöü", "portal")
    assert "war verwaist und ist entfernt" in capsys.readouterr().err


def test_a_lock_is_left_alone_while_somebody_uses_the_database(
    cluster: Cluster, other_program: subprocess.Popen[str]
) -> None:
    pid = cluster.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while cluster.server_pid() is not None:
        time.sleep(0.05)
    with pytest.raises(Refusal, match="ein anderes Programm benutzt sie gerade"), cluster.running():
        pass
    assert (cluster.directory / "postmaster.pid").exists()


def test_a_crash_is_named_and_the_next_start_recovers(cluster: Cluster) -> None:
    with cluster.running():
        pid = cluster.server_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while cluster.server_pid() is not None:
            time.sleep(0.05)
        assert "ist unerwartet beendet" in str(cluster.why_it_failed())
    with cluster.running():
        assert cluster.why_it_failed() is None


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "ROOM_TO_CREATE", 2**62)
    with pytest.raises(Refusal, match=r"^Die Festplatte ist voll"), Cluster(tmp_path / "postgres").running():
        pass


def test_data_of_another_release_are_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal, match="gehören zu PostgreSQL 9"), Cluster(tmp_path / "postgres").running():
        pass


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "brief.txt").write_text("wichtig")
    with pytest.raises(Refusal, match="keine Datenbank"), Cluster(tmp_path / "postgres").running():
        pass
    assert (tmp_path / "postgres" / "brief.txt").read_text() == "wichtig"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("failed to resolve host 'x': [Errno -2] Name or service not known", "der Rechner ist unbekannt"),
        (
            "connection failed: connection to server at 1, port 1 failed: Connection refused",
            "antwortet kein PostgreSQL",
        ),
        ('connection failed: FATAL:  password authentication failed for user "x"', "Passwort"),
        ('connection failed: FATAL:  database "x" does not exist', "diese Datenbank gibt es dort nicht"),
        ("connection timeout expired", "nicht zu erreichen"),
    ],
)
def test_a_failed_connection_is_one_sentence(text: str, says: str) -> None:
    sentence = str(refusal_from_database_error(OperationalError(text)))
    assert says in sentence
    assert "\n" not in sentence


def test_an_error_in_a_statement_keeps_its_traceback() -> None:
    assert refusal_from_database_error(OperationalError("deadlock detected")) is None


def test_an_old_server_is_refused() -> None:
    refuse_old(150000)
    with pytest.raises(Refusal, match="mindestens PostgreSQL 15"):
        refuse_old(140012)
