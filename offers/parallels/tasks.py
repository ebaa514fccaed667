"""The job that keeps the pairs of the stock in step."""

from procrastinate.contrib.django import app

from offers.parallels.stock import compare_what_changed, number_all_clusters
from portal.tasks import with_own_connection


@app.periodic(cron="*/10 * * * *")
@app.task(name="offers.compare_offers", queue="search", queueing_lock="offers.compare_offers")
@with_own_connection
def compare_offers(timestamp: int = 0) -> None:
    """Every ten minutes: compare what changed. Nothing changed costs one look at the fingerprints."""
    compare_what_changed()


@app.periodic(cron="40 2 * * *")
@app.task(name="offers.number_clusters", queue="search", queueing_lock="offers.number_clusters")
@with_own_connection
def number_clusters(timestamp: int = 0) -> None:
    """Once a night all clusters anew, also those whose pairs went with an offer that was deleted or merged."""
    number_all_clusters()
