"""Things kept ready in the process, up to a number of bytes."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

PROVEN_SHARE = 0.8  # of the room is for what was asked for twice


class Shelf(Generic[Thing]):
    """What was asked for once goes first, so that a walk through odd addresses pushes out nothing that is in use."""

    def __init__(self, room: int) -> None:
        self._room = room  # bytes
        self._lock = threading.Lock()
        self.clear()

    @property
    def bytes(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._once) + len(self._proven)

    def clear(self) -> None:
        with self._lock:
            self._once: OrderedDict[object, tuple[Thing, int]] = OrderedDict()
            self._proven: OrderedDict[object, tuple[Thing, int]] = OrderedDict()
            self._bytes = self._proven_bytes = 0

    def get(self, key: object) -> Thing | None:
        with self._lock:
            kept = self._proven.get(key)
            if kept is not None:
                self._proven.move_to_end(key)
            else:
                kept = self._once.pop(key, None)
                if kept is None:
                    return None
                self._prove(key, kept)
            return kept[0]

    def put(self, key: object, thing: Thing, size: int) -> None:
        """Keep it unless it is larger than the whole room; `size` in bytes."""
        if size > self._room:
            return
        with self._lock:
            proven = self._drop(key)
            self._bytes += size
            if proven:
                self._prove(key, (thing, size))
            else:
                self._once[key] = (thing, size)
            while self._bytes > self._room:
                self._drop(next(iter(self._once or self._proven)))

    def _prove(self, key: object, kept: tuple[Thing, int]) -> None:
        self._proven[key] = kept
        self._proven_bytes += kept[1]
        while self._proven_bytes > self._room * PROVEN_SHARE:
            oldest, back = self._proven.popitem(last=False)
            self._proven_bytes -= back[1]
            self._once[oldest] = back

    def _drop(self, key: object) -> bool:
        """Take something away; True when it had been asked for twice."""
        kept = self._once.pop(key, None)
        if kept is not None:
            self._bytes -= kept[1]
            return False
        kept = self._proven.pop(key, None)
        if kept is not None:
            self._bytes -= kept[1]
            self._proven_bytes -= kept[1]
        return kept is not None
