"""`manage.py worker`: work off the jobs in the database."""

import asyncio
import contextlib
import logging
import signal
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

GRACE_SECONDS = 10.0  # for jobs that run when the worker is asked to stop; an unfinished one is tried again later
MAIL = "mail"  # has a worker of its own: one mail at a time, and no long job makes mails wait
STALLED_SECONDS = 30.0  # without a sign of life from its worker a job is taken for abandoned
PAUSE_SECONDS = 2.0  # while the database restarts
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Arbeitet die Aufträge in der Datenbank ab (Mails und anderes); endet sauber mit SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="aufhören, wenn nichts mehr ansteht")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        run_worker(wait=not once)


def run_worker(*, wait: bool) -> None:
    """Run jobs until a signal comes, or until none is left. A done job is deleted: it may hold a mail address.

    A database that goes away is waited for; what was running then is found and tried again.
    """
    asyncio.run(_run(wait))


async def _run(wait: bool) -> None:
    stopped = asyncio.Event()
    workers: list[Worker] = []

    def stop() -> None:
        stopped.set()
        for worker in workers:
            worker.stop()

    if wait:
        for kind in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(kind, stop)
    while not stopped.is_set():
        workers.clear()
        try:
            await _work(wait, workers)
        except (ConnectorException, psycopg.OperationalError):
            if not wait:
                raise
        if not wait or stopped.is_set():
            return
        _log.warning("The database does not answer; the worker tries again")  # some losses end the workers in peace
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), PAUSE_SECONDS)


async def _work(wait: bool, workers: list[Worker]) -> None:
    """Two workers side by side: one for mails, one for everything else; and somebody who looks for stalled jobs."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined] # Django's connector has it
    with app.replace_connector(connector) as running:
        running.perform_import_paths()
        # Whoever only works off what is there orders nothing new.
        running.periodic_defaults = {} if wait else {"max_delay": -1.0}
        others = sorted({task.queue for task in running.tasks.values()} - {MAIL})
        workers += [_worker(running, [MAIL], wait, 1), _worker(running, others, wait, 2)]
        async with running.open_async():
            await retry_stalled(running)
            looking = asyncio.create_task(_look_for_stalled(running))
            jobs = [asyncio.create_task(worker.run()) for worker in workers]
            try:
                await asyncio.gather(*jobs)
            finally:
                looking.cancel()
                for worker in workers:
                    worker.stop()
                await asyncio.gather(looking, *jobs, return_exceptions=True)


def _worker(running: App, queues: list[str], wait: bool, concurrency: int) -> Worker:
    return Worker(
        app=running,
        queues=queues,
        wait=wait,
        concurrency=concurrency,
        delete_jobs="successful",
        shutdown_graceful_timeout=GRACE_SECONDS,
        install_signal_handlers=False,
        update_heartbeat_interval=STALLED_SECONDS / 3,
        stalled_worker_timeout=STALLED_SECONDS,
    )


async def _look_for_stalled(running: App) -> None:
    while True:
        await asyncio.sleep(STALLED_SECONDS / 2)
        await retry_stalled(running)


async def retry_stalled(running: App) -> None:
    """Put jobs whose worker has died back into the queue: it said for too long no more that it lives."""
    for job in await running.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        with contextlib.suppress(ConnectorException):  # somebody else was quicker
            await running.job_manager.retry_job(job)
