"""`manage.py take_bounces`: what a mail server says could not be delivered, and answers to questions of the Büro."""

import mailbox
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offers.desk.inbound import take_answer
from offers.freshness.bounces import LARGEST, failed_recipients, take_bounce

SEEN = "S"  # Maildir's flag for a mail somebody has looked at


class Command(BaseCommand):
    help = (
        "Nimmt E-Mails an, die zum Portal zurückkommen: eine von der Standardeingabe (für „|“ im Mailserver) oder alle "
        "aus einem Maildir. Wer nicht mehr zu erreichen ist, wird eine Aufgabe für das Büro; eine Antwort auf eine "
        "Rückfrage kommt zu ihrem Vorgang. Alles andere bleibt im Maildir liegen, als gelesen."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--maildir", type=Path, help="Ordner mit cur, new und tmp; was verstanden ist, verschwindet"
        )

    def handle(self, *args: Any, maildir: Path | None, **options: Any) -> None:
        self.tasks = self.answers = 0
        if maildir is None:
            self._take(sys.stdin.buffer.read(LARGEST))
        elif (maildir / "new").is_dir():
            self._empty(mailbox.Maildir(str(maildir), create=False))
        else:
            raise CommandError(f"{maildir} ist kein Maildir.")
        self.stdout.write(f"Aufgaben: {self.tasks}, Antworten: {self.answers}")

    def _empty(self, box: "mailbox.Maildir") -> None:
        for key, mail in list(box.items()):
            if SEEN in mail.get_flags():
                continue
            if self._take(box.get_bytes(key)):
                box.remove(key)
            else:
                mail.set_subdir("cur")
                mail.add_flag(SEEN)
                box[key] = mail

    def _take(self, raw: bytes) -> bool:
        """Whether the mail was a delivery report or an answer."""
        tasks = take_bounce(raw)
        self.tasks += len(tasks)
        if tasks or any(failed_recipients(raw)):
            return True
        taken = take_answer(raw) is not None
        self.answers += taken
        return taken
