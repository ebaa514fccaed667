"""How long the steering pages take for a signed-in Leitung, without a cache: 95 of 100 answers in milliseconds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings

from portal.refusal import Refusal

PAGES = {
    "Abdeckung": [
        "/steuerung/abdeckung/",
        "/steuerung/abdeckung/?raster=stadtteil",
        "/steuerung/abdeckung/?thema=beratung&raster=stadtteil",
        "/steuerung/abdeckung/?kostenlos=1&raster=stadtbezirk",
        "/steuerung/abdeckung/?sprache=tr&form=gruppe",
    ],
    "Karte der Abdeckung": ["/steuerung/karte/?spalte=3-6", "/steuerung/karte/?spalte=eltern&thema=beratung"],
    "Lebenszyklus": ["/steuerung/lebenszyklus/"],
}
LIMITS = {"Abdeckung": 250, "Karte der Abdeckung": 250, "Bericht als PDF": 5_000}  # milliseconds at 50,000 offers
ROUNDS = 12


def steering(url: str) -> Iterator[str]:
    """The lines of the bench for the database at `url`, measured in a process of its own."""
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_DEBUG": "1"}
    command = [sys.executable, "-m", "tests.bench.steering"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Refusal(f"Die Steuerung ist gescheitert:\n{done.stderr}")
    yield from done.stdout.splitlines()


def main() -> None:
    import django

    django.setup()
    from tests.portal.staff import signed_in, staff

    settings.ALLOWED_HOSTS.append("testserver")
    client = signed_in(staff("Leitung", f"bench-{time.time_ns()}"))
    for name, paths in PAGES.items():
        times = []
        for _round in range(ROUNDS if name in LIMITS else 3):
            for path in paths:
                start = time.perf_counter()
                answer = client.get(path)
                times.append((time.perf_counter() - start) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{path}: {answer.status_code}")
        tell(name, times)
    tell("Bericht als PDF", [paper() for _round in range(3)])


def paper() -> float:
    """Milliseconds for what the job does: a year's figures, typeset."""
    from offers.steering.deliver import last_year
    from offers.steering.paper import paper_words
    from offers.steering.report import Report
    from offers.typesetting import typeset

    start = time.perf_counter()
    typeset("report", paper_words(Report(*last_year())))
    return (time.perf_counter() - start) * 1000


def tell(name: str, times: list[float]) -> None:
    times.sort()
    at = times[max(round(len(times) * 0.95) - 1, 0)]
    limit = f", Grenze {LIMITS[name]}" if name in LIMITS else ""
    print(f"          {name}: p50 {times[len(times) // 2]:.0f} ms, p95 {at:.0f} ms{limit}")


if __name__ == "__main__":
    main()
