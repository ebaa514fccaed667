"""`python -m tests.bench.papers`: a hand-out of 40 offers (at most 1 s) and all Wegweiser (at most 60 s), timed."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median

from django.conf import settings

from tests.running import Portal

RUNS = 7
OFFERS = 40
ADDRESS = re.compile(r'data-keep[^>]*value="([\w-]+)"|value="([\w-]+)"[^>]*data-keep')


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 own address
        body: bytes = answer.read()
    return body


def references(portal: Portal) -> list[str]:
    """The short names of offers as the results pages offer them for keeping."""
    found: list[str] = []
    for page in range(1, 10):
        if len(found) >= OFFERS:
            break
        text = fetch(f"{portal.address}/angebote/?seite={page}").decode()
        found += [first or second for first, second in ADDRESS.findall(text)]
    return found[:OFFERS]


def timed(address: str) -> tuple[float, int]:
    """Seconds of the middle one of some runs, and the size in bytes."""
    times, size = [], 0
    for _ in range(RUNS):
        start = time.perf_counter()
        size = len(fetch(address))
        times.append(time.perf_counter() - start)
    return median(times), size


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    folder = Path(settings.VAR_DIR) / "bench-papers"
    folder.mkdir(parents=True, exist_ok=True)
    with Portal(folder) as portal:
        query = "&".join(f"o={name}" for name in references(portal))
        for title, name in (("A4", "angebote.pdf"), ("Großdruck", "angebote-gross.pdf")):
            seconds, size = timed(f"{portal.address}/merkliste/{name}?{query}")
            print(
                f"Merkliste mit {query.count('o=')} Angeboten, {title}: {seconds:.2f} s, {size // 1000} kB", flush=True
            )
        environment = {**os.environ, "VAR_DIR": str(folder)}
        command = [sys.executable, "manage.py", "wegweiser"]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
        )
        print(done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stderr, flush=True)
        tables = subprocess.run(
            [sys.executable, "-m", "tests.bench.sheets"], cwd=settings.BASE_DIR, env=environment, check=False
        )
    return done.returncode or tables.returncode


if __name__ == "__main__":
    sys.exit(main())
