"""Jobs that keep the register true; offers/tasks.py makes them known to the queue."""

from procrastinate.contrib.django import app

from offers.freshness.reminders import send_reminders
from offers.freshness.websites import check_websites
from portal.tasks import PATIENCE, with_own_connection


@app.periodic(cron="7 5-17 * * *")  # every hour of the day, so that a standstill is made up the same day
@app.task(name="offers.remind_partners", queue="freshness", queueing_lock="offers.remind_partners", retry=PATIENCE)
@with_own_connection
def remind_partners(timestamp: int = 0) -> None:
    """Ask organisations about offers that are due (design rule 4)."""
    send_reminders()


@app.periodic(cron="41 1 * * *")
@app.task(name="offers.check_websites", queue="websites", queueing_lock="offers.check_websites")
@with_own_connection
def ask_websites(timestamp: int = 0) -> None:
    """Ask the websites in the register whether they still answer."""
    check_websites()
