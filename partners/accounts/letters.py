"""Mails of the doors: an address that has an account and one that has none cost the same work."""

from typing import Any

from partners.tasks import discard_mail
from portal.mail import queue_mail, write_mail


def post(*, to: str, known: bool, subject: str, template: str, context: dict[str, Any]) -> None:
    """Queue a mail; when `to` is not known here, one that goes nowhere, so that no visitor can tell."""
    if known:
        queue_mail(to=to, subject=subject, template=template, context=context)
    else:
        body, html = write_mail(subject=subject, template=template, context=context)
        discard_mail.defer(to=to, subject=subject, body=body, html=html)
