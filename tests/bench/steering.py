"""The steering pages of a signed-in Leitung on 50,000 offers of 2,000 partners, from the request to the last byte.

Asked of the production server, one page after the other. Beside the time stands the work: seconds of the processor that
web server and database spent, which other load on the machine does not change.
"""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import psutil
import psycopg
from django.conf import settings

from portal.refusal import Refusal
from tests.bench.load import HEADERS

SIZE = 50_000
ROUNDS = 24  # requests for each address
SECONDS_COMPARING = 30.0
PAIRS_OF_ONE = 12  # made up, so that there are as many as after all offers are compared
_DAY, _EARLIER = (date.today() - timedelta(days=days) for days in (10, 40))  # noqa: DTZ011  # any past days
MATRIX, MAP = "/steuerung/abdeckung/", "/steuerung/karte/"
PAGES = {
    "Erste Seite der Steuerung": (None, ["/steuerung/"]),
    "Matrix ohne Filter": (250, [MATRIX]),
    "Matrix nach Stadtteilen": (250, [f"{MATRIX}?raster=stadtteil"]),
    "Matrix, ein Thema": (250, [f"{MATRIX}?thema=beratung", f"{MATRIX}?thema=bewegung&raster=stadtteil"]),
    "Matrix, Präventionsebene": (250, [f"{MATRIX}?ebene=primaer"]),
    "Matrix, Form": (250, [f"{MATRIX}?form=gruppe", f"{MATRIX}?form=kurs"]),
    "Matrix, Sprache": (250, [f"{MATRIX}?sprache=tr", f"{MATRIX}?sprache=ar"]),
    "Matrix, kostenlos": (250, [f"{MATRIX}?kostenlos=1&raster=stadtbezirk"]),
    "Matrix, alle Filter": (250, [f"{MATRIX}?thema=beratung&form=gruppe&sprache=de&kostenlos=1&ebene=primaer"]),
    "Karte der Abdeckung": (250, [f"{MAP}?spalte=3-6", f"{MAP}?spalte=eltern&thema=beratung"]),
    "Matrix eines früheren Tages": (None, [f"{MATRIX}?am={_DAY}"]),
    "Was sich seitdem geändert hat": (None, [f"{MATRIX}?seit={_EARLIER}"]),
    "Liste der Parallelen": (1000, ["/steuerung/parallelen/", "/steuerung/parallelen/?seite=3"]),
}


def steering(url: str, port: int, environment: Mapping[str, str]) -> Iterator[str]:
    """The figures for the server at `port` and its database at `url`, as lines of the report."""
    command = [sys.executable, "-m", "tests.bench.steering"]
    surroundings = {**os.environ, **environment, "DATABASE_URL": url}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(f"Die Steuerung ist gescheitert:\n{done.stderr}")
    *lines, cookie = done.stdout.splitlines()
    for name, (limit, paths) in PAGES.items():
        took, work = _ask(url, port, cookie, paths)
        yield _line(name, took, limit, f", Rechenzeit je Seite {work:.0f} ms")
    yield from lines


def _line(name: str, took: Sequence[float], limit: float | None, more: str = "") -> str:
    """Times in milliseconds."""
    times = sorted(took)
    p50, p95 = times[len(times) // 2], times[max(len(times) * 95 // 100 - 1, 0)]
    digits = 0 if p95 > 1 else 3
    bound = f" (Grenze {limit})" if limit else ""
    return f"{SIZE:>8}  {name}: p50 {p50:.{digits}f} ms, p95 {p95:.{digits}f} ms{bound}{more}"


def _ask(url: str, port: int, cookie: str, paths: Sequence[str]) -> tuple[list[float], float]:
    """How long each answer took, and the work for one on average, in milliseconds."""
    took = []
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for number in range(-4, ROUNDS * len(paths)):  # both processes draw their templates first
        if number == 0:
            before = _work(url, port)
        path = paths[number % len(paths)]
        start = time.perf_counter()
        client.request("GET", path, headers={**HEADERS, "Cookie": cookie})
        answer = client.getresponse()
        answer.read()
        took.append((time.perf_counter() - start) * 1000)
        if answer.status != HTTPStatus.OK:
            raise Refusal(f"{path}: {answer.status}")
    client.close()
    return took[4:], (_work(url, port) - before) * 1000 / len(took[4:])


def _work(url: str, port: int) -> float:
    """Seconds that the web server's processes and their connections in the database have computed so far."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
    mine = [child for child in psutil.Process().children(recursive=True) if f"--port {port} " in _words(child)]
    total = 0.0
    for process in [*mine, *(psutil.Process(pid) for (pid,) in rows if psutil.pid_exists(pid))]:
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return total


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) + " "
    except psutil.Error:
        return ""


# In a process of its own, with the portal -----------------------------------------------------------------------------


def _prepare() -> Iterator[str]:
    from tests.bench.past import give_a_past
    from tests.portal.staff import signed_in, staff

    give_a_past()
    yield from _clusters()
    yield from _paper()
    yield _line("Eine Suche mitzählen", _counting(), 0.2)
    client = signed_in(staff("Leitung", f"bench-{time.time_ns()}"))
    yield f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _clusters() -> Iterator[str]:
    """Compare for half a minute as the job does, make up the pairs of the others, number all."""
    from django.db import connection

    from offers.models import Offer, ParallelPair
    from offers.parallels.stock import compare_what_changed, number_all_clusters

    started, spent = time.perf_counter(), time.process_time()
    count = compare_what_changed(SECONDS_COMPARING)
    each = (time.perf_counter() - started) / max(count, 1)
    public = Offer.objects.public().count()
    yield (
        f"{SIZE:>8}  Parallelen des Bestands: {count} verglichen, {each * 1000:.0f} ms je Angebot (Python "
        f"{(time.process_time() - spent) * 1000 / max(count, 1):.1f}); alle {public} zum ersten Mal: "
        f"{each * public / 60:.0f} min in Läufen von 5 min"
    )
    with connection.cursor() as cursor:
        cursor.execute(_MADE_UP, [PAIRS_OF_ONE])
    started = time.perf_counter()
    number_all_clusters()
    memory = psutil.Process().memory_info().rss / 1e6
    yield (
        f"{SIZE:>8}  Gruppen aus {ParallelPair.objects.count()} Paaren: {time.perf_counter() - started:.1f} s, "
        f"{memory:.0f} MB im ganzen Prozess"
    )


# Neighbours of the same topic and place.
_MADE_UP = """
    WITH placed AS (
        SELECT row.offer_id AS id, row.topics[1] AS topic, link.district_id AS area,
               row_number() OVER (PARTITION BY row.topics[1], link.district_id ORDER BY row.offer_id) AS number
        FROM offers_searchrow AS row JOIN offers_offer_catchment AS link USING (offer_id) WHERE row.published
    )
    INSERT INTO offers_parallelpair (first_id, second_id, score, shared, fingerprint, found_at)
    SELECT one.id, other.id, 0.34 + 0.5 * (one.id * other.id %% 97) / 97, '{"ageless": true}', md5(one.id::text), now()
    FROM placed AS one JOIN placed AS other USING (topic, area)
    WHERE other.number BETWEEN one.number + 1 AND one.number + %s
    ON CONFLICT DO NOTHING
"""


def _paper() -> Iterator[str]:
    from django.db import connection

    from offers.steering.report import Report
    from offers.steering.shelf import keep

    both = [psutil.Process(), psutil.Process(connection.connection.info.backend_pid)]

    def worked() -> float:
        return float(sum(spent.user + spent.system for spent in (process.cpu_times() for process in both)))

    took, before = [], worked()
    for days in range(3):
        start = time.perf_counter()
        keep(Report(_EARLIER, _DAY - timedelta(days=days)))
        took.append((time.perf_counter() - start) * 1000)
    work = (worked() - before) * 1000 / len(took)
    yield _line("Bericht als PDF", took, 5000, f", Rechenzeit {work:.0f} ms")


def _counting() -> list[float]:
    """What counting adds to a results page: the note on the answer and taking it off."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from offers.finder import Search
    from offers.steering.demand import note_search
    from offers.steering.demand_count import CountSearchesMiddleware

    search, request, response = (
        Search(thema=("beratung",), q="Hilfe"),
        RequestFactory().get("/angebote/"),
        HttpResponse(),
    )

    def added(counted: Any) -> float:
        start = time.perf_counter()
        counted(request)
        return (time.perf_counter() - start) * 1000

    def noted(_request: Any) -> HttpResponse:
        note_search(response, search, 7)
        return response

    counted = CountSearchesMiddleware(noted)
    return [added(counted) for _time in range(5_000)]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    print(*_prepare(), sep="\n")
