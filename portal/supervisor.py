"""Run a few programs side by side: all or none."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from portal.refusal import Refusal

GRACE_SECONDS = 12.0  # more than the worker and the web server give their own work
GRACE_IN_TROUBLE = 3.0  # without its database no program ends politely
LOOK_SECONDS = 0.3  # how often to look whether all are still there
PR_SET_PDEATHSIG = 1  # Linux: signal to get when the parent dies


def supervise(
    programs: Mapping[str, Sequence[str]], *, when_up: Callable[[], bool], trouble: Callable[[], Refusal | None]
) -> int:
    """Start all programs and return once a signal has stopped them: 130 for Ctrl-C, 0 for SIGTERM.

    `when_up` is asked until it returns True. Raises Refusal when a program ends by itself or `trouble` names one. They
    are stopped in the order given, each first politely; a program whose supervisor is killed is ended by the kernel.
    """
    asked = threading.Event()
    received: list[int] = []

    def stop(number: int, frame: object) -> None:
        received.append(number)
        asked.set()

    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, stop) for kind in kinds}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            running[name] = _start(command)
        up = False
        while not asked.wait(LOOK_SECONDS if up else 0.05):
            _refuse_if_gone(running)
            reason = trouble()
            if reason:
                raise reason
            up = up or when_up()
    finally:
        grace = GRACE_SECONDS if received else GRACE_IN_TROUBLE
        for process in running.values():
            _stop(process, grace)
        for kind, handler in before.items():
            signal.signal(kind, handler)
    return 130 if received[0] == signal.SIGINT else 0


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops in order."""
    parent = os.getpid()

    def end_with_parent() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died in between
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 own command
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def _refuse_if_gone(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Refusal(f"{name} ist unerwartet beendet (Code {process.returncode}); das Portal hält darum an.")


def _stop(process: subprocess.Popen[bytes], grace: float) -> None:
    """Politely, then by force with all it has started."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, 0)  # has it left children behind?
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
