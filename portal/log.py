"""Logs that say what broke, never who asked for what."""

import logging
import re

from django.conf import settings
from django.core.mail import mail_admins
from django.http import HttpRequest

ARGUMENTS = re.compile(r"(?<=\d)\]\(.*\)", re.DOTALL)  # as in "portal.deliver_mail[17](to='…', body='…')"


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


def _asked_wrongly(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", None)
    return isinstance(status, int) and 400 <= status < 500
