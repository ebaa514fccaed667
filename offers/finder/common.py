"""The words that many offers hold, as sets of numbers in the process: asking the database for them takes too long.

From `LEAST` offers on they are read in a thread of their own; until then, and for all other words, the index answers.
Of a stock up to `SMALL` all words are read, so that it answers alone. A set that several words share (all words of one
topic) is kept once.
"""

import threading
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from pyroaring import BitMap

from offers.finder.stock import Stock

LEAST = 500  # offers
SMALL = 20_000
MANY = 100  # offers of a large stock that hold a word
_COMMON = """
    COPY (
        SELECT lexeme, array_agg(offer_id)
        FROM (SELECT offer_id, unnest(tsvector_to_array(document)) FROM offers_searchrow WHERE published)
            AS held (offer_id, lexeme)
        GROUP BY lexeme HAVING count(*) > %s
    ) TO STDOUT
"""
_NONE = BitMap()
_OF_OFFERS = "SELECT offer_id, tsvector_to_array(document) FROM offers_searchrow WHERE offer_id = ANY (%s)"


@dataclass(frozen=True)
class Common:
    """Sets by marked stem (see SearchRow), for the offers that have these numbers; `all_words`: none is left out."""

    ids: "array[int]"
    sets: Mapping[str, BitMap]
    all_words: bool = False

    def fits(self, stock: Stock) -> bool:
        """False when the offers have been numbered anew."""
        return stock.ids[: len(self.ids)] == self.ids

    def with_late(self, stock: Stock) -> Mapping[str, BitMap]:
        """The sets with the offers that came after the numbers were given."""
        late = {stock.ids[number]: number for number in range(len(self.ids), len(stock.ids)) if number in stock.alive}
        if not late:
            return self.sets
        sets = dict(self.sets)
        with connection.cursor() as cursor:
            cursor.execute(_OF_OFFERS, [list(late)])
            for offer, lexemes in cursor.fetchall():
                for lexeme in lexemes if self.all_words else sets.keys() & lexemes:
                    sets[lexeme] = sets.get(lexeme, _NONE) | BitMap([late[offer]])
        return sets


class Reader:
    """Reads the common words of a stock in the background; one at a time."""

    def __init__(self) -> None:
        self._common: Common | None = None
        self._thread: threading.Thread | None = None

    def common(self, stock: Stock) -> Common | None:
        """None until they have been read."""
        if len(stock.ids) < LEAST:
            return None
        common = self._common
        if common is not None and common.fits(stock):
            return common
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read, args=[stock], name="common words", daemon=True)
            self._thread.start()
        return None

    def _read(self, stock: Stock) -> None:
        try:
            self._common = read_common(stock)
        except DatabaseError:
            if threading.main_thread().is_alive():
                raise  # else a short command is over and has taken its database with it
        finally:
            connection.close()


def read_common(stock: Stock) -> Common:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # hundreds of thousands of offers take their time
        small = len(stock.ids) <= SMALL
        with cursor.copy(_COMMON, [0 if small else MANY]) as copy:
            return Common(stock.ids, _sets(map(bytes, copy), stock), small)


def _sets(lines: Iterable[bytes], stock: Stock) -> dict[str, BitMap]:
    sets: dict[str, BitMap] = {}
    shared: dict[int, BitMap] = {}
    for line in lines:
        lexeme, _tab, offers = line.rstrip(b"}\n").partition(b"\t{")
        key = hash(offers)
        if key not in shared:
            shared[key] = stock.numbers(map(int, offers.split(b",")))
            shared[key].run_optimize()
            shared[key].shrink_to_fit()
        sets[lexeme.decode()] = shared[key]
    return sets
