"""Jobs of steering; offers/tasks.py makes them known to the queue."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from procrastinate.contrib.django import app

from offers.models import ReportOrder
from offers.steering.deliver import send_what_is_due
from offers.steering.demand_store import forget_old
from offers.steering.parallel_count import count_parallels
from offers.steering.shelf import clear, make
from offers.steering.warnings import warn_of_ends
from portal.tasks import with_own_connection


@app.periodic(cron="11 4 * * *")
@app.task(name="offers.forget_searches", queueing_lock="offers.forget_searches")
@with_own_connection
def forget_searches(timestamp: int = 0) -> None:
    """Every night: counted searches are deleted after 25 months."""
    forget_old()


@app.periodic(cron="31 4 * * *")
@app.task(name="offers.nightly_report", queue="paper", queueing_lock="offers.nightly_report")
@with_own_connection
def nightly_report(timestamp: int = 0) -> None:
    """Every night: count the parallels, make and mail the reports that are due, clear the shelf."""
    count_parallels()
    send_what_is_due()
    clear()


@app.periodic(cron="15 7 * * *")
@app.task(name="offers.warn_of_ends", queueing_lock="offers.warn_of_ends")
@with_own_connection
def warn_of_coming_ends(timestamp: int = 0) -> None:
    """Every morning: tell Leitung and Büro what has come within 12, 6 or 3 months of its end."""
    warn_of_ends()


@app.task(name="offers.make_report", queue="paper")
@with_own_connection
def make_report(*, order: int) -> None:
    """Make the report that somebody waits for."""
    make(ReportOrder.objects.get(pk=order))


@transaction.atomic
def order_report(*, first: date, last: date, by: User) -> ReportOrder:
    """Queue a report as PDF, unless the same one is being made; returns the order that tells how far it is."""
    order = ReportOrder.objects.between(first, last).waiting().first()
    if order is None:
        order = ReportOrder.objects.create(first=first, last=last, ordered_by=by)
        make_report.defer(order=order.pk)
    return order
