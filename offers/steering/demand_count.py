"""Counts searches in the process and writes them into the database at most once a minute."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing.util import Finalize

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from offers.steering.demand import Asked, read_note
from offers.steering.demand_store import store

EVERY = 60.0  # seconds between two writes; 0: only when `flush` is called
_MOST_WAITING = 50_000
_log = logging.getLogger(__name__)


class Buffer:
    """The counts of this process that are not in the database yet."""

    def __init__(self) -> None:
        self._counts: Counter[Asked] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._at_the_end: Finalize | None = None

    def add(self, what: Asked, times: int = 1) -> None:
        with self._lock:
            if len(self._counts) < _MOST_WAITING or what in self._counts:
                self._counts[what] += times
            if self._timer is None and EVERY:
                self._timer = threading.Timer(EVERY, self.write)
                self._timer.daemon = True
                self._timer.start()
                self._write_at_the_end()

    def _write_at_the_end(self) -> None:
        """Once in each process: workers of the web server are forked and end without the functions of `atexit`."""
        if self._at_the_end is None or not self._at_the_end.still_active():
            self._at_the_end = Finalize(None, self._end, exitpriority=0)

    def _end(self) -> None:
        if EVERY:
            self.write()

    def take(self) -> Counter[Asked]:
        """All that waits; the buffer is empty afterwards."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
            self._timer = None
        return taken

    def flush(self) -> None:
        """Write what waits; when the database does not answer, it goes on waiting."""
        taken = self.take()
        if not taken:
            return
        try:
            store(taken)
        except Exception:
            for what, times in taken.items():
                self.add(what, times)
            raise

    def write(self) -> None:
        """In a thread of its own, with a connection that ends with it."""
        try:
            self.flush()
        except Exception:  # whatever is wrong: searching goes on, and the next minute tries again
            _log.warning("Searches could not be counted yet")
        finally:
            connection.close()


class CountSearchesMiddleware:
    """Stands before the page cache and counts the note beside an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        note: str = getattr(response, "note", "")
        if note and request.method == "GET":
            buffer.add(read_note(note))
        return response


buffer = Buffer()
