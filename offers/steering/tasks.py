"""Jobs of steering; offers/tasks.py makes them known to the queue."""

from procrastinate.contrib.django import app

from offers.steering.deliver import last_month, make_report, queue_report_mails
from offers.steering.demand_store import forget_old
from portal.tasks import with_own_connection


@app.periodic(cron="11 4 * * *")
@app.task(name="offers.forget_searches", queueing_lock="offers.forget_searches")
@with_own_connection
def forget_searches(timestamp: int = 0) -> None:
    """Every night: counted searches are deleted after 25 months."""
    forget_old()


@app.periodic(cron="31 4 1 * *")
@app.task(name="offers.monthly_report", queue="paper", queueing_lock="offers.monthly_report")
@with_own_connection
def monthly_report(timestamp: int = 0) -> None:
    """In the night to the first of a month: the report over the month before, and a mail to the Leitung."""
    first, last = last_month()
    make_report(first, last)
    queue_report_mails(first, last)
