"""Load a city's pack: facts about districts, partners, networks and offers from CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.packs.load import PackRefused, load_pack
from portal.packs.write import FileReport


class Command(BaseCommand):
    help = (
        "Lädt ein Städtepaket in einem Zug: alles oder, wenn eine Zeile falsch ist, nichts. Was im Portal bearbeitet "
        "oder gelöscht wurde, bleibt, wie es ist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="Ordner mit den CSV-Dateien, zum Beispiel portal/data/<stadt>")
        parser.add_argument("--check", action="store_true", help="nur prüfen, nichts laden")

    def handle(self, *args: Any, folder: Path, check: bool, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"Den Ordner {folder} gibt es nicht.")
        try:
            reports = load_pack(folder, check_only=check, progress=self.stdout.write)
        except PackRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(str(refused)) from None
        for report in reports:
            for sentence in report.left_alone:
                self.stdout.write(f"Nicht angefasst: {report.name}: {sentence}.")
        self.stdout.write(_summary(reports, check=check))


def _summary(reports: list[FileReport], *, check: bool) -> str:
    created, changed = sum(report.created for report in reports), sum(report.changed for report in reports)
    if check:
        return f"Das Paket ist in Ordnung. Neu wären {created} Zeilen, geändert {changed}. Nichts geladen."
    if not created and not changed:
        return "Nichts geändert."
    return f"{created} Zeilen neu, {changed} geändert."
