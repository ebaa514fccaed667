"""What a page costs inside: statements and their time, its bytes plain and packed, with everything drawn before."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from portal.refusal import Refusal
from tests.bench.load import HEADERS

FIRST = 60  # addresses of a kind


def inside(url: str, pages: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> Iterator[str]:
    """The figures for the database at `url`, as lines of the report."""
    asked = json.dumps({name: list(paths)[:FIRST] for name, paths in pages.items()})
    surroundings = {**os.environ, **environment, "DATABASE_URL": url, "PORTAL_PAGE_CACHE_MB": "0"}
    command = [sys.executable, "-m", "tests.bench.inside"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=surroundings, input=asked, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refusal(f"Das Zählen der Abfragen ist gescheitert:\n{done.stderr}")
    yield from done.stdout.splitlines()


def _figures(pages: Mapping[str, Sequence[str]]) -> Iterator[str]:
    from django.db import connection
    from django.test import Client

    statements: list[float] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            statements.append(time.perf_counter() - started)

    client = Client(headers={name.lower(): value for name, value in HEADERS.items()})
    with connection.execute_wrapper(timed):
        for name, paths in pages.items():
            for when in ("kalt", "warm"):
                statements.clear()
                contents = [client.get(path).content for path in paths]
                plain = sum(map(len, contents)) // len(contents)
                packed = sum(len(gzip.compress(content, 6)) for content in contents) // len(contents)
                each, spent = len(statements) / len(paths), sum(statements) * 1000 / len(paths)
                yield (
                    f"{'':>8}  {name:<22} {when}: {each:.2f} Abfragen je Seite, {spent:.2f} ms darin; "
                    f"{plain:,} Bytes, gepackt {packed:,}"
                ).replace(",", ".")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    print(*_figures(json.load(sys.stdin)), sep="\n")
