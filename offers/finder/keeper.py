"""Keeps one stock and one catalogue for the process in step with the database.

`portal.watch` says that something has changed. Then the changed rows alone are read. All of them are read in a thread
of its own when so many came one by one that the numbering has become untidy (meanwhile changes are still taken up one
by one), and when too many changed at once for the log to name them: until they are read, the old stock and with it the
old state of everything public count in this process, but for whoever asks `watch.look`.
"""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils.translation import get_language

from offers.finder.catalogue import Catalogue
from offers.finder.stock import COLUMNS, Rows, Stock
from portal.watch import watch

QUICK = 0.05  # seconds; a stock that loads so fast is always read whole
MOST_LATE = 300  # offers outside the numbering before it is made anew
LONGEST_BETWEEN = 24 * 60 * 60.0  # seconds; the log of changes is kept twice as long

_STATE = "SELECT coalesce(max(id), 0) || '.' || count(*), pg_current_snapshot()::text FROM portal_publicchange"
_NEW = "SELECT offers FROM portal_publicchange WHERE NOT pg_visible_in_snapshot(xid, %s::pg_snapshot)"
_ROWS = f"""
    COPY (
        SELECT offer_id, stamp, title_key, {", ".join(sql for sql, _parse in COLUMNS.values())}
        FROM offers_searchrow WHERE published {{which}}
        ORDER BY title_key COLLATE "C", offer_id
    ) TO STDOUT
"""  # noqa: S608  # our own columns


@dataclass(frozen=True)
class _Kept:
    """A stock, what the watch said when it was last compared, and what of the database it holds."""

    stock: Stock
    state: str
    version: str
    snapshot: str
    read_at: float
    took: float  # seconds for the whole


class Keeper:
    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._own: tuple[str, Stock] | None = None
        self._catalogue: tuple[tuple[str, str], Catalogue] | None = None
        self._lock = threading.Lock()
        self._renewing: threading.Thread | None = None

    def stock(self) -> Stock:
        """The stock as the database is now, give or take a second.

        Inside a transaction it is read anew whenever something has changed, and for this transaction only: what is
        not committed must not reach other visitors.
        """
        if connection.in_atomic_block:
            return self._stock_of_this_transaction()
        state = watch.state()
        kept = self._kept
        if kept is None or kept.state != state:
            with self._lock:
                kept = self._in_step(self._kept, state)
        return kept.stock

    def catalogue(self) -> Catalogue:
        """Districts, phases and topics as they are now, read once for all requests (each anew inside a transaction)."""
        if connection.in_atomic_block:
            return Catalogue()
        state = watch.state(), get_language()
        kept = self._catalogue
        if kept is None or kept[0] != state:
            kept = self._catalogue = state, Catalogue()
        return kept[1]

    def forget(self) -> None:
        """Read everything anew next time."""
        self._kept = self._own = self._catalogue = None

    def admit(self, version: str) -> str:
        """For `portal.watch`: the stock's own version while all of it is being read anew."""
        kept = self._kept
        if kept is None or kept.took < QUICK or connection.in_atomic_block or _changed(kept.snapshot) is not None:
            return version
        with self._lock:
            self._renew_soon()
        return kept.version

    def settle(self) -> None:
        renewing = self._renewing
        if renewing is not None:
            renewing.join()

    def _in_step(self, kept: _Kept | None, state: str) -> _Kept:
        if kept is not None and kept.state == state:
            return kept
        if kept is None or kept.took < QUICK or time.monotonic() - kept.read_at > LONGEST_BETWEEN:
            self._kept = _load(state)
            return self._kept
        version, snapshot = _state()
        changed = _changed(kept.snapshot)
        if changed is None:
            self._renew_soon()
            self._kept = replace(kept, state=state)
            return self._kept
        stock = _with_changes(kept.stock, changed)
        self._kept = _Kept(stock, state, version, snapshot, time.monotonic(), kept.took)
        if len(stock.late) > MOST_LATE:
            self._renew_soon()
        return self._kept

    def _renew_soon(self) -> None:
        if self._renewing is None or not self._renewing.is_alive():
            self._renewing = threading.Thread(target=self._renew, name="stock", daemon=True)
            self._renewing.start()

    def _renew(self) -> None:
        try:
            fresh = _load("")
            with self._lock:
                self._kept = fresh  # the next request takes up what has changed in the meantime
        finally:
            connection.close()

    def _stock_of_this_transaction(self) -> Stock:
        version, _snapshot = _state()
        if self._own is None or self._own[0] != version:
            self._own = version, Rows().read(_lines()).stock()
        return self._own[1]


keeper = Keeper()
watch.follower = keeper


def _load(state: str) -> _Kept:
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")  # a million rows take their time
        version, snapshot = _state()
        stock = Rows().read(_lines()).stock()
    _give_back()
    return _Kept(stock, state, version, snapshot, time.monotonic(), time.monotonic() - started)


def _give_back() -> None:
    """Return to the system what only the reading needed: a tenth of the process's memory at 200,000 offers."""
    with contextlib.suppress(AttributeError, OSError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)


def _with_changes(stock: Stock, changed: set[int]) -> Stock:
    if not changed:
        return stock
    return stock.changed(changed, Rows().read(_lines(f"AND offer_id IN ({', '.join(map(str, changed))})")))


def _state() -> tuple[str, str]:
    """The catalogue's version, and which transactions the database shows."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        version, snapshot = cursor.fetchone()
    return version, snapshot


def _changed(since: str) -> set[int] | None:
    """The offers whose rows have changed since a snapshot; None for too many to name."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [since])
        noted = [offers for (offers,) in cursor.fetchall()]
    return None if any(offers is None for offers in noted) else {offer for offers in noted for offer in offers}


def _lines(which: str = "") -> Iterable[bytes]:
    with connection.cursor() as cursor, cursor.copy(_ROWS.format(which=which)) as copy:
        yield from map(bytes, copy)
