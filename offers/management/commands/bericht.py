"""`manage.py bericht`: make the report now, and mail it when asked to."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offers.steering.deliver import last_month, queue_report_mails, recipients, send_what_is_due
from offers.steering.enums import MailRhythm
from offers.steering.report import Report
from offers.steering.shelf import keep
from portal.refusal import Refusal


class Command(BaseCommand):
    help = "Macht den Bericht der Steuerung als PDF (ohne Angaben: über den letzten Monat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--von", type=date.fromisoformat, help="erster Tag, zum Beispiel 2026-01-01")
        parser.add_argument("--bis", type=date.fromisoformat, help="letzter Tag")
        parser.add_argument("--nach", type=Path, help="Datei, in die das PDF geschrieben wird")
        parser.add_argument(
            "--mail", action="store_true", help="schickt ihn allen mit der Rolle Leitung, die ihn wollen"
        )
        parser.add_argument("--nachts", action="store_true", help="was der Auftragsdienst jede Nacht macht")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["nachts"]:
            self.stdout.write(f"{send_what_is_due()} Mails eingereiht.")
            return
        first, last = last_month()
        first, last = options["von"] or first, options["bis"] or last
        if first > last:
            raise Refusal("--von liegt nach --bis.")
        report = Report(first, last)
        path, _digest = keep(report)
        if options["nach"]:
            options["nach"].write_bytes(path.read_bytes())
        said = options["nach"] or path
        self.stdout.write(f"{said}, {said.stat().st_size // 1024} kB")
        if options["mail"]:
            count = queue_report_mails(report, path, people=recipients([MailRhythm.MONTHLY, MailRhythm.NIGHTLY]))
            self.stdout.write(f"{count} Mails eingereiht.")
