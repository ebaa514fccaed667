"""Entry of every command: has the database up meanwhile, and ends in a sentence where the surroundings are wrong."""

import contextlib
import os
import signal
import sys
import types

from portal.refusal import Refusal, refusal_from_os_error

WITHOUT_DATABASE = {"help", "version", "--help", "-h", "--version", "collectstatic", "compilemessages", "makemessages"}


def main(argv: list[str]) -> int:
    """Run a command; the exit code is 1 after a refusal, 130 after Ctrl-C."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    signal.signal(signal.SIGTERM, _leave)
    try:
        _run(argv)
    except Refusal as refusal:
        return _say(refusal)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        known = refusal_from_os_error(error)
        if known is None:
            raise
        return _say(known)
    return 0


def _run(argv: list[str]) -> None:
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.db import Error

    from portal.database import refusal_from_database_error
    from portal.embedded import Cluster
    from portal.log import print_without_rows

    sys.excepthook = print_without_rows
    needs_server = settings.EMBEDDED and len(argv) > 1 and argv[1] not in WITHOUT_DATABASE
    cluster = Cluster(settings.EMBEDDED_DIR)
    with cluster.running() if needs_server else contextlib.nullcontext():
        try:
            execute_from_command_line(argv)
        except Error as error:
            known = cluster.why_it_failed() if needs_server and "connection" in str(error) else None
            raise known or refusal_from_database_error(error) or error from error


def _say(refusal: Refusal) -> int:
    print(refusal, file=sys.stderr, flush=True)
    return 1


def _leave(number: int, frame: types.FrameType | None) -> None:
    """Turn SIGTERM into an ordinary exit, so that the database is stopped."""
    raise SystemExit(128 + number)
