"""`manage.py take_bounces`: what a mail server says could not be delivered."""

import mailbox
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offers.freshness.bounces import LARGEST, take_bounce


class Command(BaseCommand):
    help = (
        "Nimmt zurückgekommene E-Mails an: eine von der Standardeingabe (für „|“ im Mailserver) oder alle aus einem "
        "Maildir. Wer nicht mehr zu erreichen ist, wird eine Aufgabe für das Büro."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--maildir", type=Path, help="Ordner mit cur, new und tmp; gelesene E-Mails verschwinden")

    def handle(self, *args: Any, maildir: Path | None, **options: Any) -> None:
        if maildir is None:
            count = len(take_bounce(sys.stdin.buffer.read(LARGEST)))
        elif (maildir / "new").is_dir():
            count = self._empty(mailbox.Maildir(str(maildir), create=False))
        else:
            raise CommandError(f"{maildir} ist kein Maildir.")
        self.stdout.write(f"Aufgaben: {count}")

    def _empty(self, box: "mailbox.Maildir") -> int:
        count = 0
        for key in list(box.keys()):
            count += len(take_bounce(box.get_bytes(key)))
            box.remove(key)
        return count
