"""Knows within a second that something public has changed, at the cost of one small query twice a second."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from django.db import DatabaseError, OperationalError

from portal.changes import version as read_version
from portal.clock import today

LOOK_EVERY = 0.4  # seconds; the next request looks again
LOOK_AT_LATEST = 0.8  # seconds; until then others may go on while one looks
AFTER_FAILURE = 3.0  # seconds without asking a database that is down
OUTAGE = 3600.0  # seconds for which the last known version counts while the database is down

_log = logging.getLogger(__name__)


class NothingKnownError(OperationalError):
    """The database cannot be asked, and nothing is known from before."""


class Follower(Protocol):
    """Keeps a copy of what is public in step. While it reads all of it anew, everybody goes on with the old state."""

    def admit(self, version: str) -> str:
        """The version to work with: this one, or an older one as long as the copy is not ready for it."""

    def settle(self) -> None:
        """Wait until the copy is ready."""


class Watch:
    """The state of everything public as one text: the catalogue's version and the city's day.

    Both rise on their own: the version in the transaction that changes something public, the day at local midnight.
    """

    follower: Follower | None = None

    def __init__(self, read: Callable[[], str] = read_version) -> None:
        self._read = read
        self._asking = threading.Lock()
        self._version: str | None = None
        self._known_at = float("-inf")  # the last time the database answered
        self._asked_at = float("-inf")  # the last time somebody tried

    def state(self) -> str:
        """At most a second old; raises NothingKnownError while the database is down and nothing is known."""
        now = time.monotonic()
        if self._down:
            wanted, must_wait = now - self._asked_at > AFTER_FAILURE, False
        else:
            wanted, must_wait = now - self._known_at > LOOK_EVERY, now - self._known_at > LOOK_AT_LATEST
        if wanted and self._asking.acquire(blocking=must_wait):
            try:
                if time.monotonic() - self._known_at > LOOK_EVERY:  # nobody else has looked in the meantime
                    self._look()
            finally:
                self._asking.release()
        return self._known()

    def look(self) -> str:
        """The state at this very moment, for whoever has just changed something."""
        for _reading in range(2):  # one that had begun before the change, and one with it
            with self._asking:
                behind = self._look()
            if not behind or self.follower is None:
                return self._known()
            self.follower.settle()
        with self._asking:
            self._look()
        return self._known()

    @property
    def _down(self) -> bool:
        return self._asked_at > self._known_at

    def _look(self) -> bool:
        """True when there is a newer version that the follower is not ready for."""
        asked_at = time.monotonic()
        try:
            found = self._read()
            if found != self._version:
                self._version = self.follower.admit(found) if self.follower is not None else found
            self._known_at = self._asked_at = asked_at
        except DatabaseError:
            self._asked_at = time.monotonic()
            _log.warning("The database does not say whether something has changed")
            return False
        return found != self._version

    def _known(self) -> str:
        if self._version is None or time.monotonic() - self._known_at > OUTAGE:
            raise NothingKnownError
        return f"{self._version} {today()}"


watch = Watch()
