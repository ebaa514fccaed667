"""Jobs of the ground floor."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

from django.core.mail import EmailMultiAlternatives
from django.db import connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portal.changes import prune
from portal.public_holidays import keep_public_holidays

# Tries after 5 s, 25 s, 2 min, 10 min, 52 min, 4 h and 22 h: a mail server may be down for a day.
PATIENCE = RetryStrategy(max_attempts=7, exponential_wait=5)


P = ParamSpec("P")


def with_own_connection(job: Callable[P, None]) -> Callable[P, None]:
    """For jobs that use the database: the worker runs each in a thread, whose connection must end with the job."""

    @functools.wraps(job)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            job(*args, **kwargs)
        finally:
            connections.close_all()

    return run


@app.task(name="portal.deliver_mail", queue="mail", retry=PATIENCE)
def deliver_mail(*, to: str, subject: str, body: str, message_id: str, html: str = "", file: str = "") -> None:
    """Hand one mail to the mail server. A second try repeats the Message-ID, so that a reader sees it once.

    `file` is the path of what goes with it; without it the mail goes alone.
    """
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject=subject, body=body, to=[to], headers=headers)
    if html:
        mail.attach_alternative(html, "text/html")
    if file and Path(file).is_file():
        mail.attach_file(file)
    mail.send()


@app.periodic(cron="41 3 * * *")
@app.task(name="portal.keep_calendar_and_log", queueing_lock="portal.keep_calendar_and_log")
@with_own_connection
def keep_calendar_and_log(timestamp: int = 0) -> None:
    """Every night: public holidays as the library has them; forget changes that every reader has seen."""
    keep_public_holidays()
    prune()


@app.periodic(cron="37 * * * *")
@app.task(name="portal.forget_form_uses", queue="upkeep", queueing_lock="portal.forget_form_uses")
@with_own_connection
def forget_form_uses(timestamp: int = 0) -> None:
    """Forget how often forms were sent (portal/rate.py), also when nobody sends anything."""
    from portal.rate import forget  # models are not loaded yet when the queue reads this file

    forget()


@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.mail_gathered", queue="mail", queueing_lock="portal.mail_gathered", retry=PATIENCE)
@with_own_connection
def send_gathered_mails(timestamp: int = 0) -> None:
    """Whoever was told something within the last hour gets the rest in one mail when it is over (portal/notices.py)."""
    from portal.notices import mail_gathered  # models are not loaded yet when the queue reads this file

    mail_gathered()
