"""Jobs of the networks' floor."""

from procrastinate.contrib.django import app

from networks.actions import send_what_is_due
from portal.tasks import with_own_connection


@app.periodic(cron="30 7 * * *")
@app.task(name="networks.send_letters", queueing_lock="networks.send_letters")
@with_own_connection
def send_letters(timestamp: int = 0) -> None:
    """Every morning: invitations, reminders, questions about overdue decisions."""
    send_what_is_due()
