"""Jobs of the tables; offers/tasks.py makes them known to the queue."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from offers.models import UploadedSheet
from offers.sheets.actions import give_up, run_check
from offers.sheets.send import give_up_sending, run_sending
from portal.tasks import with_own_connection

TRIES = 3


@app.task(name="offers.check_sheet", queue="sheets", retry=RetryStrategy(max_attempts=TRIES, wait=2), pass_context=True)
@with_own_connection
def check_sheet(context: JobContext, *, sheet: int) -> None:
    """The dry run of one uploaded table."""
    try:
        run_check(sheet)
    except Exception:
        if context.job.attempts >= TRIES:
            give_up(sheet)
        raise


@app.task(name="offers.send_sheet", queue="sheets", retry=RetryStrategy(max_attempts=TRIES, wait=2), pass_context=True)
@with_own_connection
def send_sheet(context: JobContext, *, sheet: int) -> None:
    """Turn the rows of one checked table into proposals; a second try goes on after the first."""
    try:
        run_sending(sheet)
    except Exception:
        if context.job.attempts >= TRIES:
            give_up_sending(sheet)
        raise


@app.periodic(cron="51 3 * * *")
@app.task(name="offers.forget_sheets", queueing_lock="offers.forget_sheets")
@with_own_connection
def forget_sheets(timestamp: int = 0) -> None:
    """Every night: uploaded tables are deleted after some days, with what the check said."""
    UploadedSheet.objects.outdated().delete()
