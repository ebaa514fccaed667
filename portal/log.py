"""Logs that say what broke, never who asked for what."""

import logging

from django.conf import settings
from django.core.mail import mail_admins
from django.http import HttpRequest


class ErrorMail(logging.Handler):
    """Mails an error with its traceback to PORTAL_ADMINS.

    Django's own handler would add the query string, the form's fields and the address of whoever asked.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if settings.ADMINS:
            subject = f"{record.levelname}: {record.name}"
            mail_admins(subject, self.format(record), fail_silently=True)


def client_without_address(
    username: str | None, ip_address: str | None, user_agent: str | None, path_info: str | None, request: HttpRequest
) -> str:
    """How the login guard names a client in the log."""
    return f"{{username: {username!r}}}"
