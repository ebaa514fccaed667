"""Looks for what a visitor has left behind: in log files, in every column of the database, on the disk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from playwright.sync_api import Request, Response
from psycopg import sql

OWN_HOSTS = {"127.0.0.1", "localhost", ""}  # "" is data:, blob: and about:blank
STAFF = ("/admin/", "/konto/", "/mein-bereich/", "/steuerung/")  # whoever signs in has a cookie
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|[\w.+-]+@[\w-]+\.\w+|[0-9a-f]{0,4}::[0-9a-f]{1,4}")
WATCH = """
    window.breaches = [];
    document.addEventListener('securitypolicyviolation', (event) =>
        window.breaches.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));
"""  # a page with this script writes down what breaks its policy
LARGEST = 50_000_000  # bytes of a file that is read


@dataclass(frozen=True)
class Marks:
    """What one visitor has typed or sent, unlike anything in the city's own facts."""

    place: tuple[str, ...]  # digits of a position finer than 500 m
    birth: tuple[str, ...]
    words: str

    def in_log(self, text: str) -> list[str]:
        """Neither place nor birth nor words stand in a log."""
        return [mark for mark in (*self.place, *self.birth, self.words) if mark.lower() in text.lower()]

    def in_row(self, text: str) -> list[str]:
        """Words may be counted, but never beside an address of a person or a machine."""
        found = [mark for mark in (*self.place, *self.birth) if mark.lower() in text.lower()]
        if self.words.lower() in text.lower() and ADDRESS.search(text):
            found.append(f"{self.words} beside an address")
        return found


def in_files(folder: Path, marks: Marks) -> list[str]:
    """Everything below a folder but the database's own files and the collected static files."""
    found = []
    for file in folder.rglob("*"):
        inside = file.relative_to(folder).parts[0]
        if not file.is_file() or inside in ("postgres", "static") or file.stat().st_size > LARGEST:
            continue
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"{file.name}: {mark} in {line[:200]}" for line in lines for mark in marks.in_log(line)]
    return found


def in_database(url: str, marks: Marks) -> list[str]:
    """Every row of every table, all its columns as text: numbers, arrays and documents, too."""
    with psycopg.connect(url) as connection:
        return [
            f"{table}: {mark}"
            for schema, table in _tables(connection)
            for row in _rows(connection, schema, table, marks)
            for mark in marks.in_row(row)
        ]


def _tables(connection: psycopg.Connection[tuple[str, str]]) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()


def _rows(connection: psycopg.Connection[tuple[str, str]], schema: str, table: str, marks: Marks) -> Iterator[str]:
    any_mark = "|".join(re.escape(mark) for mark in (*marks.place, *marks.birth, marks.words))
    query = sql.SQL("SELECT one::text FROM {} AS one WHERE one::text ~* %s").format(sql.Identifier(schema, table))
    for row in connection.execute(query, [any_mark]):
        yield str(row[0])


class Watch:
    """Hosts that were asked and cookies that were set while browser tests ran."""

    def __init__(self) -> None:
        self.foreign: set[str] = set()
        self.cookies: set[str] = set()

    def request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host not in OWN_HOSTS:
            self.foreign.add(host)

    def response(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if "set-cookie" in response.headers and not path.startswith(STAFF):
            self.cookies.add(path)
