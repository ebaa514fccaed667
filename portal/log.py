"""Logs that say what broke, never who asked for what."""

import contextlib
import logging
import re
import sys
import traceback
from types import TracebackType

import psycopg
from django.conf import settings
from django.core.mail import mail_admins
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest
from procrastinate.exceptions import ConnectorException

from portal.embedded import Cluster

ARGUMENTS = re.compile(r"(?<=\d)\]\(.*\)", re.DOTALL)  # as in "portal.deliver_mail[17](to='…', body='…')"

# What PostgreSQL adds to an error: the row that failed or the statement with its values, over any number of lines.
ROW = re.compile(
    r"\n[ |]*(?:DETAIL|HINT|CONTEXT|QUERY|LINE \d+):.*?"
    r"(?=\n[ |]*\n[ |]*(?:The above exception was|During handling of)|\n[ |]*Traceback \(most recent|\Z)",
    re.DOTALL,
)
# A value at the end of the error itself, as in 'invalid input syntax for type date: "…"'; names of constraints stay.
VALUE = re.compile(r"""^([ |]*(?:psycopg|django\.db)[\w.]*: [^\n"]*: )".*$""", re.MULTILINE)
DRIVER = "psycopg.Error"  # how a traceback names one
LOST = (OperationalError, InterfaceError, ConnectorException)


class ErrorMail(logging.Handler):
    """Mails an error with its traceback to PORTAL_ADMINS.

    Django's own handler would add the query string, the form's fields and the address of whoever asked. A request that
    makes no sense is no error of ours: anybody could fill the mailbox with it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if settings.ADMINS and not _asked_wrongly(record):
            subject = f"{record.levelname}: {record.name}"
            mail_admins(subject, self.format(record), fail_silently=True)


def client_without_address(
    username: str | None, ip_address: str | None, user_agent: str | None, path_info: str | None, request: HttpRequest
) -> str:
    """How the login guard names a client in the log: enough to tell two names apart, not enough to write to one."""
    name = username or ""
    return f"{{username: {name[:2]}…, {len(name)}}}"


class WithoutArguments(logging.Filter):
    """Takes a job's arguments out of the queue's messages: they may hold a mail address or a confirmation link."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("procrastinate"):
            record.msg, record.args = ARGUMENTS.sub("]", record.getMessage()), None
        return True


class WithoutTraceback(logging.Filter):
    """Says a request that makes no sense in one line: its traceback shows Django's own code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _asked_wrongly(record):
            record.exc_info = record.exc_text = None
        return True


class WithoutRows(logging.Filter):
    """Takes the data out of database errors: a row that breaks a constraint may hold a confidential address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.exc_text = without_rows(record.exc_text or logging.Formatter().formatException(record.exc_info))
        with contextlib.suppress(TypeError, ValueError, KeyError):  # arguments that do not fit are for the handler
            said = record.getMessage()
            for error in filter(_is_of_the_database, record.args if isinstance(record.args, tuple) else ()):
                said = said.replace(str(error), without_rows(f"{DRIVER}: {error}").removeprefix(f"{DRIVER}: "))
            if record.args or without_rows(said) != said:
                record.msg, record.args = without_rows(said), None
        return True


class WithoutLostDatabase(logging.Filter):
    """Leaves it to the supervisor to say in one sentence that the embedded database is gone.

    Without it every program would print at length that it has lost its connection.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return not (settings.EMBEDDED and _tells_of_a_lost_connection(record) and _database_is_gone())


def without_rows(text: str) -> str:
    """An error's text without the rows and values that PostgreSQL quotes."""
    return VALUE.sub(r"\1…", ROW.sub("", text))


def print_without_rows(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """For `sys.excepthook`: what nobody caught."""
    sys.stderr.write(without_rows("".join(traceback.format_exception(kind, error, trace))))


def _is_of_the_database(error: object) -> bool:
    return isinstance(error, DatabaseError | psycopg.Error)


def _tells_of_a_lost_connection(record: logging.LogRecord) -> bool:
    if record.name.startswith(("psycopg.pool", "procrastinate")):
        return True
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and not isinstance(error, LOST):
        error = error.__cause__ or error.__context__
    return error is not None


def _database_is_gone() -> bool:
    return Cluster(settings.EMBEDDED_DIR).server_pid() is None


def _asked_wrongly(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", None)
    return isinstance(status, int) and 400 <= status < 500
