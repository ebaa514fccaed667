"""`manage.py worker`: work off the jobs in the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

GRACE_SECONDS = 10.0  # for jobs that run when the worker is asked to stop; an unfinished one is tried again later


class Command(BaseCommand):
    help = "Arbeitet die Aufträge in der Datenbank ab (Mails und anderes); endet sauber mit SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="aufhören, wenn nichts mehr ansteht")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        run_worker(wait=not once)


def run_worker(*, wait: bool) -> None:
    """Run jobs until a signal comes, or until none is left. A done job is deleted: it may hold a mail address."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined] # Django's connector has it
        worker.run_worker(
            wait=wait,
            concurrency=2,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=wait,
        )
