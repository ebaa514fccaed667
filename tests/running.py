"""The portal as people start it: `manage.py serve` in a folder of its own."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from portal.embedded import Cluster

UP = "Das Portal läuft: "
LONG = 300  # seconds that a busy machine may take, far more than a quiet one does


def free_port() -> int:
    """One that nobody listens on now; from below those the system gives to connections, so that it stays free."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", 20_000 + secrets.randbelow(12_000)))
            return int(probe.getsockname()[1])


class Portal:
    """A running `manage.py serve`."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.port = free_port()
        self.var = var
        self._environment = environment
        self.address = f"http://127.0.0.1:{self.port}"
        self.output = var / f"output-{self.port}"

    def __enter__(self) -> "Portal":
        own = {"VAR_DIR": str(self.var), "PORT": str(self.port), **self._environment}
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with self.output.open("w") as output:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env={**kept, **own},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.family = [psutil.Process(self.process.pid)]
        end = time.monotonic() + LONG
        while UP not in self.said() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        if UP not in self.said() and self.process.poll() is None:
            self.kill()
            pytest.fail(f"not up after {LONG} seconds: {self.said()}")
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            try:
                self.stop(signal.SIGTERM)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def stop(self, kind: int) -> int:
        self.family += self.family[0].children(recursive=True)
        self.process.send_signal(kind)
        return self.process.wait(LONG)

    def kill(self) -> None:
        """Whatever has not ended by itself would meet the next test, the database too."""
        database = Cluster(self.var / "postgres").server_pid()
        for pid in [*(child.pid for child in self.family[0].children(recursive=True)), self.process.pid, database]:
            with contextlib.suppress(ProcessLookupError):
                if pid:
                    os.kill(pid, signal.SIGKILL)
        self.process.wait(LONG)

    def left(self) -> list[psutil.Process]:
        return [process for process in psutil.wait_procs(self.family, timeout=30)[1] if process.is_running()]
