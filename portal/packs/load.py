"""Load a whole pack in one transaction, or nothing of it."""

from collections.abc import Callable
from pathlib import Path

import pghistory
from django.db import connection, transaction

from portal.packs.parse import ParsedPack, parse_pack
from portal.packs.reader import Problem
from portal.packs.write import FileReport, FileWriter, Ids

LOCK = 7243160  # any number of our own: two loads at once wait for each other


class PackRefused(Exception):  # noqa: N818 -- the name says what happened
    """The pack has problems, so nothing of it was loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} Fehler im Paket, nichts geladen.")
        self.problems = problems


def load_pack(
    folder: Path, *, check_only: bool = False, progress: Callable[[str], None] = lambda _line: None
) -> list[FileReport]:
    """Load the pack in `folder`; loading it again changes only what the pack changed and staff did not.

    With `check_only` everything is checked against the database and then taken back. `progress` gets a line per
    file. Raises PackRefused with every problem of every file.
    """
    pack = parse_pack(folder)
    with transaction.atomic(), pghistory.context(source="load_pack"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        reports, problems = _write(pack, progress)
        if problems:
            raise PackRefused(problems)
        if check_only:
            transaction.set_rollback(True)
    return reports


def _write(pack: ParsedPack, progress: Callable[[str], None]) -> tuple[list[FileReport], list[Problem]]:
    ids: Ids = {}
    reports: list[FileReport] = []
    problems = list(pack.problems)
    for file in pack.files:
        writer = FileWriter(file, ids)
        writer.write(pack.rows[file.name])
        problems += writer.problems
        reports.append(writer.report)
        progress(str(writer.report))
    return reports, sorted(problems)
