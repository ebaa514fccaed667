"""Fill databases of three sizes, start the production web server on each and measure the family's pages.

The job service stays out: comparing so many new offers for the first time would take it hours and a core of two. What
it does within minutes, splitting words and writing those of cards, is done before.
`--million` adds one with a million offers, `--size 1000` measures that size alone. A kept page is "vorrätig" and comes
packed, the others are drawn for each request. The constant page has as many bytes and is asked in turn with each.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from statistics import median

import psutil
import psycopg
from django.conf import settings

from portal.embedded import Cluster
from portal.management.commands.serve import web_server
from portal.refusal import Refusal
from tests.bench.inside import inside
from tests.bench.load import CONNECTIONS, ROUNDS, Measured, at_half_load, compare, fetch, measure
from tests.bench.pages import FILTERED, addresses, known_words
from tests.bench.parallels import parallels
from tests.bench.steering import SIZE as STEERING_SIZE
from tests.bench.steering import steering
from tests.bench.texts import NAME as FRESH
from tests.bench.texts import PER_ROUND, fresh_texts, rounds
from tests.running import free_port

SIZES = (1_000, 50_000, 200_000)
MILLION = 1_000_000
SECONDS = 5  # at half load
KEPT = (FILTERED, "Angebot")  # kinds that are measured as kept pages, too
BUSY = 20  # percent of a core
QUIET = 3  # seconds without a statement
_BUSY_STATEMENTS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND backend_type = 'client backend'
        AND pid <> pg_backend_pid()
"""
FOLDER = settings.VAR_DIR / "bench"
PRODUCTION = {
    "PORTAL_BASE_URL": "https://portal.example.org",
    "PORTAL_EMAIL_URL": "smtp://127.0.0.1",
    "PORTAL_SECRET_KEY": "only-for-the-bench-" + "0" * 40,
}
COLUMNS = "{:>8}  {:<34} {:>4} {:>7} {:>7} {:>7} {:>9}  {}"
HEAD = COLUMNS.format("Angebote", "Seite", "kB", "je s", "p50 ms", "p99 ms", "konstant", "Verhältnis")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = [f"Bench vom {time.strftime('%d.%m.%Y %H:%M')}: {CONNECTIONS} Verbindungen, {os.cpu_count()} Kerne", HEAD]
    print(*report, sep="\n", flush=True)
    cluster = Cluster(FOLDER / "postgres")
    with cluster.running(), _server(web_server("tests.bench.constant:application", free_port()), {}) as constant:
        for count in _sizes(sys.argv[1:]):
            for line in _measure_size(cluster, count, constant):
                print(line, flush=True)
                report.append(line)
    (FOLDER / "result.txt").write_text("\n".join(report) + "\n", encoding="utf-8")
    return 0


def _sizes(arguments: list[str]) -> tuple[int, ...]:
    if "--size" in arguments:
        return (int(arguments[arguments.index("--size") + 1]),)
    return (*SIZES, MILLION) if "--million" in arguments else SIZES


def _measure_size(cluster: Cluster, size: int, constant: int) -> Iterator[str]:
    url, made, written = _fill(cluster, size)
    yield f"{size:>8}  erzeugt in {made:.0f} s, Wörter der Suche und der Karten in {written:.0f} s"
    with psycopg.connect(url) as connection:
        pages = addresses(connection)
        fresh = fresh_texts(known_words(connection), (ROUNDS + 1) * PER_ROUND)
        [count] = connection.execute("SELECT count(*) FROM offers_offer").fetchone() or (0,)
    with _portal(url, PORTAL_PAGE_CACHE_MB="0") as port:
        _begin(port, url)
        for name, paths in pages.items():
            yield from _measure_page(count, name, paths, port, constant)
        yield from _measure_fresh(count, fresh, port, constant)
        yield _memory(port)
    with _portal(url) as port:
        for name in KEPT:
            yield from _measure_page(count, f"{name}, vorrätig", pages[name], port, constant)
        yield _memory(port)
    yield from inside(url, {**pages, FRESH: fresh}, {**PRODUCTION, "VAR_DIR": str(FOLDER)})
    yield from parallels(url)
    if size == STEERING_SIZE:
        with _portal(url) as port:
            yield from steering(url, port, {**PRODUCTION, "VAR_DIR": str(FOLDER)})


def _measure_page(count: int, name: str, paths: list[str], port: int, constant: int) -> Iterator[str]:
    answers = [fetch(port, path) for path in paths * 2]  # each process has drawn its cards then
    if any(status != HTTPStatus.OK for status, _size in answers):
        raise Refusal(
            f"{name}: {[path for path, (s, _) in zip(paths, answers, strict=False) if s != HTTPStatus.OK][:3]}"
        )
    _settle(port)
    size = sum(size for _status, size in answers) // len(answers)
    same_size = [f"/{size}/"]
    for warm, asked in ((port, paths), (constant, same_size)):
        measure(warm, asked, 1, FOLDER)
    found = compare(lambda: measure(port, paths, 1, FOLDER), lambda: measure(constant, same_size, 1, FOLDER))
    yield _line(count, name, size, found.page, f"{found.yardstick.rate:.0f}", found.ratios)
    if name == FILTERED:
        half = at_half_load(port, paths, SECONDS, FOLDER, found.page)
        yield _line(count, f"{name}, halbe Last", size, half)


def _measure_fresh(count: int, paths: list[str], port: int, constant: int) -> Iterator[str]:
    """Texts that nobody has asked for; each round has its own."""
    parts = rounds(paths)
    size = sum(fetch(port, path)[1] for path in next(parts)[:40]) // 40
    found = compare(lambda: measure(port, next(parts), 1, FOLDER), lambda: measure(constant, [f"/{size}/"], 1, FOLDER))
    yield _line(count, FRESH, size, found.page, f"{found.yardstick.rate:.0f}", found.ratios)
    yield f"{'':>8}  Jeder Text zum ersten Mal: {min(1.0, PER_ROUND / found.page.rate):.0%} der Anfragen"


def _begin(port: int, url: str) -> None:
    """Let each process read its stock and the common words; of a million offers that takes minutes."""
    for _process in range(20):
        fetch(port, "/angebote/")
    quiet = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while quiet < QUIET:
            time.sleep(1)
            busy = connection.execute(_BUSY_STATEMENTS).fetchone()
            quiet = 0 if busy and busy[0] else quiet + 1


def _settle(port: int) -> None:
    """Wait until the server has done what it does beside its answers, such as reading the common words."""
    processes = _processes(port)
    while max(process.cpu_percent(0.3) for process in processes) > BUSY:
        pass


def _processes(port: int) -> list[psutil.Process]:
    """The processes that answer."""
    own = psutil.Process().children(recursive=True)
    return [one for one in own if f"--port {port} " in " ".join(one.cmdline()) and not one.children()]


def _memory(port: int) -> str:
    """Resident and own memory of each process of the web server."""
    memories = [process.memory_full_info() for process in _processes(port)]
    found = [f"{memory.rss / 1e6:.0f} MB (eigene {memory.uss / 1e6:.0f})" for memory in memories]
    return f"{'':>8}  Speicher je Prozess: {', '.join(found)}"


def _line(count: int, name: str, size: int, page: Measured, constant: str = "", ratios: Sequence[float] = ()) -> str:
    figures = (f"{size / 1000:.0f}", f"{page.rate:.0f}", f"{page.p50:.1f}", f"{page.p99:.1f}", constant)
    spread = f"{median(ratios):.3f} ({ratios[0]:.3f}–{ratios[-1]:.3f})" if ratios else ""
    return COLUMNS.format(count, name, *figures, spread).rstrip()


def _fill(cluster: Cluster, count: int) -> tuple[str, float, float]:
    """A fresh database with the city's pack and made-up offers, `count` in all, as tidy as after a night.

    Its address, and the seconds that making the offers and what is done with their words took.
    """
    name = f"bench_{count}"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    environment = {"DATABASE_URL": cluster.url(name)}
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "load_pack", str(settings.PACK_DIR))
    with psycopg.connect(cluster.url(name)) as connection:
        real = connection.execute("SELECT count(*) FROM offers_offer").fetchone()
    started = time.monotonic()
    _manage(environment, "generate_offers", "--force", "--count", str(count - (real[0] if real else 0)))
    made = time.monotonic()
    for job in ("search.splitting import split_new_words", "card_words import write_card_words"):
        _manage(environment, "shell", "-c", f"from offers.{job} as run; run()")
    written = time.monotonic()
    with psycopg.connect(cluster.url(name), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return cluster.url(name), made - started, written - made


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Refusal(f"„{' '.join(arguments[:1])}“ ist gescheitert:\n{done.stderr}")


@contextlib.contextmanager
def _portal(url: str, **others: str) -> Iterator[int]:
    """The portal's web server with production settings and some others."""
    port = free_port()
    environment = {**PRODUCTION, "DATABASE_URL": url, "VAR_DIR": str(FOLDER), "PORT": str(port), **others}
    _manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    with _server(web_server("portal.wsgi:application", port), environment, port):
        yield port


@contextlib.contextmanager
def _server(command: list[str], environment: Mapping[str, str], port: int | None = None) -> Iterator[int]:
    port = port or int(command[command.index("--port") + 1])
    log = FOLDER / "server.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise Refusal(f"Der Server startet nicht; mehr steht in {log}.")
        with contextlib.suppress(OSError):
            fetch(port, "/healthz")
            return
        time.sleep(0.1)
    raise Refusal(f"Der Server antwortet nicht; mehr steht in {log}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refusal as refusal:
        sys.exit(str(refusal))
