"""Jobs of the offers' floor."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from offers.card_words import write_card_words
from offers.freshness import tasks as freshness_tasks  # noqa: F401  # its jobs are declared by importing them
from offers.parallels import tasks as parallels_tasks  # noqa: F401  # likewise
from offers.search.splitting import split_new_words
from offers.search.upkeep import bring_up_to_date
from offers.sheets import tasks as sheets_tasks  # noqa: F401  # likewise
from offers.steering import tasks as steering_tasks  # noqa: F401  # likewise
from offers.wegweiser.shelf import make_all
from portal.tasks import with_own_connection


@app.task(name="offers.split_words", queue="search")
@with_own_connection
def split_words(*, transaction: str) -> None:
    """Split compounds that are new; deferred by `offers_index` within `transaction`. Harmless when nothing is new."""
    split_new_words()


@app.periodic(cron="2 * * * *")
@app.task(name="offers.bring_rows_up_to_date", queue="search", queueing_lock="offers.bring_rows_up_to_date")
@with_own_connection
def bring_rows_up_to_date(timestamp: int = 0) -> None:
    """Move the dates of the search rows on. Asked every hour: whoever was down at midnight does it an hour later."""
    bring_up_to_date()


@app.periodic(cron="7 * * * *")
@app.task(name="offers.write_card_words", queue="search", queueing_lock="offers.write_card_words")
@with_own_connection
def write_cards(timestamp: int = 0) -> None:
    """Put result cards into words ahead of time, where there are many. Every hour: a card's words hold for a day."""
    write_card_words()


@app.periodic(cron="23 3 * * *")
@app.task(name="offers.make_booklets", queue="paper", queueing_lock="offers.make_booklets")
@with_own_connection
def make_booklets(timestamp: int = 0) -> None:
    """Make the Wegweiser of all Sozialräume anew, every night and when one is missing."""
    for _booklet in make_all():
        pass


def ask_for_booklets() -> None:
    """Queue `make_booklets` unless it waits already."""
    try:
        with transaction.atomic():
            make_booklets.defer()
    except AlreadyEnqueued:
        pass
