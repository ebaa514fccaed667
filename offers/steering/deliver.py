"""The report in the night: made when it is due, kept on the shelf, and mailed to the Leitung."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from offers.models import ReportMail, ReportOrder
from offers.steering.enums import MailRhythm
from offers.steering.report import Report
from offers.steering.shelf import keep
from portal.mail import queue_mail


def last_month(today: date | None = None) -> tuple[date, date]:
    """The first and the last day of the month before."""
    last = (today or timezone.localdate()).replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def last_year(today: date | None = None) -> tuple[date, date]:
    """The twelve months up to yesterday."""
    last = (today or timezone.localdate()) - timedelta(days=1)
    return last - timedelta(days=364), last


def send_what_is_due() -> int:
    """Make and mail what the night owes: each day the last twelve months, once the month before; how many mails.

    A month is due until it was made, so that a server that was off on the first of a month makes it up.
    """
    mails = 0
    for span, rhythm in ((last_month(), MailRhythm.MONTHLY), (last_year(), MailRhythm.NIGHTLY)):
        people = recipients([rhythm])
        done = ReportOrder.objects.between(*span).made().filter(ordered_by=None).exists()
        if done or not (people or rhythm == MailRhythm.MONTHLY):
            continue
        mails += make_and_mail(*span, people=people)
    return mails


def make_and_mail(first: date, last: date, *, people: Iterable[User]) -> int:
    """Make the report, keep it as an order of the night, and queue a mail with it to each; returns how many."""
    report = Report(first, last)
    path, digest = keep(report)
    with transaction.atomic():
        ReportOrder.objects.create(first=first, last=last, digest=digest, made_at=timezone.now())
        return queue_report_mails(report, path, people=people)


@transaction.atomic
def queue_report_mails(report: Report, path: Path, *, people: Iterable[User]) -> int:
    """A mail with the report's sentences, its address behind the door, and the PDF; returns how many."""
    days = {"von": report.first.isoformat(), "bis": report.last.isoformat()}
    mails = 0
    for person in people:
        mails += 1
        queue_mail(
            to=person.email,
            subject=_("Bericht %(span)s") % {"span": report.span},
            template="mail/offers/report.txt",
            context={"report": report, "address": f"{reverse('offers:report')}?{urlencode(days)}"},
            file=path,
        )
    return mails


def recipients(rhythms: Iterable[str]) -> list[User]:
    """Who of the Leitung has a mail address and wants the report in one of these rhythms; without a word monthly."""
    leads = User.objects.filter(groups__name="Leitung", is_active=True, is_staff=True).exclude(email="")
    chosen = dict(ReportMail.objects.values_list("person_id", "rhythm"))
    wanted = set(rhythms)
    return [lead for lead in leads.order_by("pk") if chosen.get(lead.pk, MailRhythm.MONTHLY) in wanted]
