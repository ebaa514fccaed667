"""Every mail template with made-up words in the place of real ones, to be looked at and sent as a probe."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.mail import write_mail

WORDS = {
    "title": "Elterncafé am Mittwoch",
    "name": "Familienzentrum Beispiel",
    "organisation": "Familienzentrum Beispiel",
    "sender_organisation": "Familienzentrum Beispiel",
    "sender_name": "Kim Beispiel",
    "email": "postfach@example.org",
    "reply_email": "familie@example.org",
    "reference": "ABCD-2345",
    "reason": "Bitte ergänzen Sie noch, an welchen Tagen das Angebot stattfindet.",
    "message": "Die Telefonnummer stimmt nicht.",
    "correction": "0208 123456",
    "get_field_display": "Telefon",
    "code": "A1B2C3",
    "minutes": "10",
    "role": "Bearbeitung",
    "what": "Mein Vorlese-Programm liest die Filter nicht vor.",
    "page": "Angebote finden",
    "reply": "0208 123456",
    "span": "für Oktober 2026",
    "text": "3 Angebote enden bald.",
    "address": "/beispiel/",
    "subject": "Neuer Vorschlag wartet: ABCD-2345",
    "detail": "Bitte ergänzen Sie noch die Uhrzeit.",
    "path": "/beispiel/",
    "note": "Ein neuer zweiter Faktor wurde eingerichtet.",
    "get_absolute_url": "/angebote/beispiel/",
    "provider": "Familienzentrum Beispiel",
    "label": "Kita-Zeit",
    "before": "gedeckt",
    "after": "dünn",
}
LINES = {"lines": "Veröffentlicht: Titel, Zeiten", "districts": "Osterfeld"}  # where a mail shows what it walks over
TITLE = re.compile(r"\{# (?P<title>.+) #\}")
FALSE = {"is_dormant", "is_ended", "is_overdue", "base_version", "daily"}


class Sample:
    """Answers every question of a template: `proposal.offer.title` is a title, `…_at` and `…_due` are days."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):
            raise KeyError(name)
        if name in FALSE:
            return False
        if name in WORDS:
            return WORDS[name]
        if name.endswith(("_at", "_on", "_due", "_from", "day")):
            return _soon()
        return f"/beispiel/{name}/" if name.endswith("path") else Sample(name)

    def __iter__(self) -> Iterator["Sample"]:
        yield Sample(self._name)

    def __len__(self) -> int:
        return 1

    def __str__(self) -> str:
        return LINES.get(self._name, f"[{self._name}]")


def _soon() -> datetime:
    return timezone.now() + timedelta(days=30)


def samples() -> list[str]:
    """The names of all mail templates."""
    root = settings.BASE_DIR / "templates"
    files = sorted((root / "mail").rglob("*.txt"))
    return [str(file.relative_to(root)) for file in files if not _is_part(file)]


def _is_part(file: Path) -> bool:
    return file.name.startswith("_")


def title_of(template: str) -> str:
    """What the mail is and who gets it: the remark in the first line of its template."""
    words = (settings.BASE_DIR / "templates" / template).read_text(encoding="utf-8").partition("\n")[0]
    found = TITLE.fullmatch(words)
    return found["title"] if found else Path(template).stem


def write_sample(template: str) -> tuple[str, str, dict[str, Any]]:
    """The text and the page with made-up words, and what `queue_mail` needs to send it."""
    subject = f"Probe: {title_of(template).partition(' – ')[0]}"
    names = (
        "proposal", "report", "partner", "lines", "claim", "invitation", "offer", "path", "title", "code", "minutes",
        "note", "role", "change_path", "confirm_path", "message", "page", "reply", "what", "overdue", "address",
        "notices", "organisation",
    )  # fmt: skip
    whole = Sample()
    context = {name: whole[name] for name in names} | dict.fromkeys(("count", "more", "months"), 3)
    text, page = write_mail(subject=subject, template=template, context=context)
    return text, page, {"subject": subject, "context": context}
