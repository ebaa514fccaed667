"""Jobs of steering; offers/tasks.py makes them known to the queue."""

from procrastinate.contrib.django import app

from offers.steering.demand_store import forget_old
from portal.tasks import with_own_connection


@app.periodic(cron="11 4 * * *")
@app.task(name="offers.forget_searches", queueing_lock="offers.forget_searches")
@with_own_connection
def forget_searches(timestamp: int = 0) -> None:
    """Every night: counted searches are deleted after 25 months."""
    forget_old()
