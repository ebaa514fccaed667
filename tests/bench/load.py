"""Ask a server on this machine for pages, for a few seconds, and measure."""

import http.client
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

CONNECTIONS = 8
FIRST_ANSWER = 180  # seconds; with a million offers a process reads for a while before it answers
ROUNDS = 5  # each a second for the page and one for the yardstick
# As the proxy sends them on from a browser, which takes packed pages.
HEADERS = {"Host": "portal.example.org", "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip, deflate, br"}


class Measured(NamedTuple):
    """Requests a second and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


class Compared(NamedTuple):
    """A page and its yardstick, the middle of all rounds; `ratios` of each round, ascending."""

    page: Measured
    yardstick: Measured
    ratios: list[float]


def compare(page: Callable[[], Measured], yardstick: Callable[[], Measured]) -> Compared:
    """Both in turn: what else the machine does meets both, and a round that it spoils is not the middle one."""
    rounds = [(page(), yardstick()) for _number in range(ROUNDS)]
    pages, yardsticks = zip(*rounds, strict=True)
    return Compared(_middle(pages), _middle(yardsticks), sorted(one.rate / other.rate for one, other in rounds))


def _middle(measured: Sequence[Measured]) -> Measured:
    return Measured(*map(median, zip(*measured, strict=True)))


def fetch(port: int, path: str) -> tuple[int, int]:
    """Status and size in bytes of one page."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=FIRST_ANSWER)
    try:
        client.request("GET", path, headers=HEADERS)
        answer = client.getresponse()
        return answer.status, len(answer.read())
    finally:
        client.close()


def measure(port: int, paths: Sequence[str], seconds: int, folder: Path, *, pause: float = 0.0) -> Measured:
    """Ask for the paths in turn over a few connections; wrk does it if it is installed, else threads of Python.

    `pause` is how many milliseconds each connection waits after an answer.
    """
    if not shutil.which("wrk"):
        return _with_threads(port, paths, seconds, pause)
    listed = folder / "paths.txt"
    listed.write_text("\n".join(paths) + "\n", encoding="utf-8")
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--latency"]
    for name, value in HEADERS.items():
        command += ["--header", f"{name}: {value}"]
    script = Path(__file__).with_name("rotate.lua")
    command += [
        "--timeout",
        "20s",
        "--script",
        str(script),
        f"http://127.0.0.1:{port}",
        "--",
        str(listed),
        f"{pause:.3f}",
    ]
    return read_wrk(subprocess.check_output(command, text=True))


def read_wrk(output: str) -> Measured:
    """The figures of wrk's report; raises ValueError when a request failed."""
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)", output)
    if failed:
        raise ValueError(f"requests failed: {failed[0]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    shares = {share: _milliseconds(text) for share, text in re.findall(r"(50|99)%\s+([\d.]+(?:us|ms|s|m))", output)}
    if rate is None or len(shares) != 2:
        raise ValueError(output)
    return Measured(float(rate[1]), shares["50"], shares["99"])


def _milliseconds(text: str) -> float:
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def at_half_load(port: int, paths: Sequence[str], seconds: int, folder: Path, full: Measured) -> Measured:
    """The same with pauses, so that about half as many requests arrive as the server can answer."""
    round_trip = CONNECTIONS / full.rate * 1000  # milliseconds at full load
    return measure(port, paths, seconds, folder, pause=max(1.0, 2 * round_trip - full.p50 / 2))


def _with_threads(port: int, paths: Sequence[str], seconds: int, pause: float = 0.0) -> Measured:
    """Slower than wrk, so the constant page comes out too slow and the ratios too kind."""
    took: list[float] = []
    failed: list[int] = []
    end = time.perf_counter() + seconds

    def ask(offset: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        turn = offset
        while (start := time.perf_counter()) < end:
            client.request("GET", paths[turn % len(paths)], headers=HEADERS)
            answer = client.getresponse()
            answer.read()
            took.append(time.perf_counter() - start)
            time.sleep(pause / 1000)
            turn += 1
            if answer.status != http.HTTPStatus.OK:
                failed.append(answer.status)
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise ValueError(f"requests failed: {failed[:3]}")
    took.sort()
    return Measured(len(took) / seconds, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000)
