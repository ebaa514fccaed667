"""Jobs of the offers' floor."""

from procrastinate.contrib.django import app

from offers.search.splitting import split_new_words


@app.task(name="offers.split_words", queue="search")
def split_words(*, transaction: str) -> None:
    """Split compounds that are new; deferred by `offers_index` within `transaction`. Harmless when nothing is new."""
    split_new_words()
