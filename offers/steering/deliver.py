"""The report in the night: once a month as a file, and a mail with its address to the Leitung."""

import os
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from offers.steering.paper import report_pdf
from offers.steering.report import Report
from portal.mail import queue_mail


def last_month(today: date | None = None) -> tuple[date, date]:
    """The first and the last day of the month before."""
    last = (today or timezone.localdate()).replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def make_report(first: date, last: date, path: Path | None = None) -> Path:
    """Write the PDF, by default to VAR_DIR/berichte/; whoever reads it meanwhile has the old one whole."""
    path = path or Path(settings.VAR_DIR) / "berichte" / f"bericht-{first.isoformat()}-{last.isoformat()}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_bytes(report_pdf(Report(first, last)))
    draft.replace(path)
    return path


@transaction.atomic
def queue_report_mails(first: date, last: date) -> int:
    """Tell everybody with the role Leitung where the report is; it stays behind the door. Returns how many."""
    found = Report(first, last)
    address = reverse("offers:report") + "?" + urlencode({"von": first.isoformat(), "bis": last.isoformat()})
    people = User.objects.filter(groups__name="Leitung", is_active=True, is_staff=True).exclude(email="")
    for person in people.order_by("pk"):
        queue_mail(
            to=person.email,
            subject=_("Bericht %(span)s") % {"span": found.span},
            template="mail/offers/report.txt",
            context={"report": found, "address": address},
        )
    return len(people)
