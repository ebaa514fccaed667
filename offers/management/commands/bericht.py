"""`manage.py bericht`: make the report now, and mail it when asked to."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offers.steering.deliver import last_month, make_report, queue_report_mails
from portal.refusal import Refusal


class Command(BaseCommand):
    help = "Macht den Bericht der Steuerung als PDF (ohne Angaben: über den letzten Monat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--von", type=date.fromisoformat, help="erster Tag, zum Beispiel 2026-01-01")
        parser.add_argument("--bis", type=date.fromisoformat, help="letzter Tag")
        parser.add_argument("--nach", type=Path, help="Datei, in die das PDF geschrieben wird")
        parser.add_argument("--mail", action="store_true", help="schickt allen mit der Rolle Leitung eine Mail")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = last_month()
        first, last = options["von"] or first, options["bis"] or last
        if first > last:
            raise Refusal("--von liegt nach --bis.")
        path = make_report(first, last, options["nach"])
        self.stdout.write(f"{path}, {path.stat().st_size // 1024} kB")
        if options["mail"]:
            count = queue_report_mails(first, last)
            self.stdout.write(f"{count} Mails eingereiht.")
