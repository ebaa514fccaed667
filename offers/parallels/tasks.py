"""The job that keeps the pairs of the stock in step."""

from procrastinate.contrib.django import app

from offers.parallels.stock import compare_what_changed
from portal.tasks import with_own_connection


@app.periodic(cron="*/10 * * * *")
@app.task(name="offers.compare_offers", queue="search", queueing_lock="offers.compare_offers")
@with_own_connection
def compare_offers(timestamp: int = 0) -> None:
    """Every ten minutes: compare what changed. Nothing changed costs one look at the fingerprints."""
    compare_what_changed()
