"""`manage.py serve`: everything that has to run, from an empty or a filled database to a portal that answers."""

import errno
import hashlib
import http.client
import secrets
import socket
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.database import require_database, require_right_to_migrate
from portal.embedded import Cluster
from portal.refusal import Refusal, tell
from portal.supervisor import supervise

HOST = "127.0.0.1"  # only this machine; a proxy with TLS stands before it (deploy/)
LOGIN = "buero"
MOST_REVIVALS, CALM_SECONDS = 3, 60.0  # of PostgreSQL; more within a minute help nobody
ONE_AT_A_TIME = 715_007  # advisory lock: two portals on one database prepare one after the other


class Command(BaseCommand):
    help = "Bereitet Datenbank, Datenpaket und Dateien vor und startet Webserver und Auftragsdienst."
    requires_system_checks = ()  # `make check` runs them; here they would cost a second

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_busy_port()
        require_database()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            try:
                self._prepare()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
        connection.close()
        code = supervise(_programs(), when_up=self._greet_when_up, trouble=Revival())
        self.stdout.write("\nDas Portal ist beendet.")
        sys.exit(code)

    def _prepare(self) -> None:
        self._migrate()
        self._load_pack()
        if not settings.PRODUCTION:
            self._create_login()
        if not settings.DEBUG:
            self._collect_static()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if steps:
            require_right_to_migrate()
            self.stdout.write(f"Datenbank: {len(steps)} Änderungen …")
            call_command("migrate", verbosity=0, interactive=False)

    def _load_pack(self) -> None:
        """Load the pack when it has changed since it was last loaded into this very database."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database"
                " WHERE datname = current_database()"
            )
            database = cursor.fetchone()[0]
        stamp, state = settings.VAR_DIR / "pack.stamp", f"{database} {_digest([settings.PACK_DIR])}"
        if not _is(stamp, state):
            call_command("load_pack", str(settings.PACK_DIR))
            stamp.write_text(state)

    def _create_login(self) -> None:
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        get_user_model()._default_manager.create_superuser(username=LOGIN, password=password)
        self.stdout.write(
            f"\nAnmeldung für die Redaktion: {settings.BASE_URL}/admin/\n"
            f"  Name:     {LOGIN}\n"
            f"  Passwort: {password}   (wird nur dieses eine Mal gezeigt)\n"
            "  Beim ersten Anmelden richten Sie eine Authenticator-App oder einen Passkey ein.\n"
        )

    def _collect_static(self) -> None:
        stamp = settings.VAR_DIR / "static.stamp"
        locks = [settings.BASE_DIR / "package-lock.json", settings.BASE_DIR / "requirements" / "base.txt"]
        own = [settings.BASE_DIR / "static", settings.BASE_DIR / "node_modules" / ".portal"]
        state = _digest(own) + _digest(locks)
        if not _is(stamp, state) or not (settings.STATIC_ROOT / "staticfiles.json").is_file():
            self.stdout.write("Dateien für den Browser …")
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.write_text(state)

    def _greet_when_up(self) -> bool:
        if not _answers():
            return False
        self.stdout.write(f"Das Portal läuft: {settings.BASE_URL} – Ende mit Strg+C.")
        return True


def _programs() -> dict[str, list[str]]:
    """What runs, in the order in which it is stopped."""
    worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
    return {"Der Webserver": web_server("portal.wsgi:application", settings.PORT), "Der Auftragsdienst": worker}


def web_server(application: str, port: int) -> list[str]:
    """The command that serves a WSGI application. No access log: it would hold search texts."""
    command = [sys.executable, "-m", "portal.web", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    command += ["--workers", str(settings.WEB_WORKERS), "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
    return [*command, "--workers-kill-timeout", "5", "--no-access-log", application]


class Revival:
    """Starts the embedded PostgreSQL again when it has vanished; meanwhile the web server says that it is soon back.

    Asked for trouble, it names what it cannot mend: a server that does not start or that vanishes again and again.
    """

    def __init__(self) -> None:
        self._revived: deque[float] = deque(maxlen=MOST_REVIVALS)

    def __call__(self) -> Refusal | None:
        cluster = Cluster(settings.EMBEDDED_DIR)
        if not settings.EMBEDDED or cluster.server_pid() is not None:
            return None
        reason = cluster.why_it_failed()
        if len(self._revived) == MOST_REVIVALS and time.monotonic() - self._revived[0] < CALM_SECONDS:
            return reason
        self._revived.append(time.monotonic())
        try:
            cluster.revive()
        except Refusal as refusal:
            return refusal
        if reason:
            tell(f"{reason} Es läuft wieder.")
        return None


def _refuse_busy_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refusal(
                    f"Port {settings.PORT} ist schon belegt: Bitte das andere Programm beenden oder einen anderen Port "
                    "nehmen, zum Beispiel mit PORT=8123 make run."
                ) from error
            raise Refusal(f"Port {settings.PORT} ist für dieses Konto nicht erlaubt.") from error


def _answers() -> bool:
    """Whether the web server answers a request, with whatever status."""
    client = http.client.HTTPConnection(HOST, settings.PORT, timeout=5)
    try:
        client.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        client.getresponse().read()
    except OSError:
        return False
    finally:
        client.close()
    return True


def _is(stamp: Path, state: str) -> bool:
    return stamp.is_file() and stamp.read_text() == state


def _digest(paths: list[Path]) -> str:
    """Fingerprint of files and of all files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(settings.BASE_DIR)}\n".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
