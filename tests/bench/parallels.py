"""Parallels: how long one comparison with the whole stock takes, and how well it does on the planted set."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings

from portal.refusal import Refusal

ASKED = 100  # offers compared with all the others
SMALL = 10_000  # offers; the planted set is judged in a database with fewer


def parallels(url: str) -> Iterator[str]:
    """The figures for the database at `url`, as lines of the report."""
    command = [sys.executable, "-m", "tests.bench.parallels"]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refusal(f"Die Parallelen sind gescheitert:\n{done.stderr}")
    yield from done.stdout.splitlines()


def _figures() -> Iterator[str]:
    from django.db import transaction

    from offers.models import Offer
    from tests.offers.parallels.planted import FIFTH, FIRST, FOURTH, THIRD, judge, plant, planted_cases, unseen, usual
    from tests.offers.parallels.second_set import second_cases

    count = Offer.objects.count()
    took = _milliseconds(count)
    yield (
        f"{count:>8}  Parallelen zu einem Angebot: p50 {statistics.median(took):.0f} ms, "
        f"p95 {took[len(took) * 95 // 100]:.0f} ms, längste {took[-1]:.0f} ms"
    )
    if count < SMALL:
        sets = {
            "gestellt": planted_cases(FIRST),
            "zweiter Satz": second_cases(),
            "dritter Satz": planted_cases(THIRD),
            "vierter Satz": planted_cases(FOURTH),
            "fünfter Satz": planted_cases(FIFTH),
        }
        for name, cases in sets.items():
            with transaction.atomic():
                pairs = plant(cases)
                common = usual(pairs)
                yield f"{count:>8}  {judge(common)} ({name})"
                if len(common) < len(pairs):
                    yield f"{count:>8}  {judge(pairs)} (dazu anderes vom selben Haus zum selben Thema)"
                if name == "fünfter Satz":
                    yield f"{count:>8}  {judge(unseen(pairs))} (davon die ungesehene Hälfte)"
                transaction.set_rollback(True)


def _milliseconds(count: int) -> list[float]:
    """Times of single comparisons, ascending; the offers asked about are spread over the stock."""
    from offers.models import Offer
    from offers.parallels.asked import asked_of
    from offers.parallels.compare import parallels_of

    step = max(count // ASKED, 1)
    ids = list(Offer.objects.public().order_by("pk").values_list("pk", flat=True))[::step][:ASKED]
    took = []
    for asked in asked_of(ids):
        start = time.perf_counter()
        parallels_of(asked, most=3)
        took.append((time.perf_counter() - start) * 1000)
    return sorted(took)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    for line in _figures():
        print(line, flush=True)
