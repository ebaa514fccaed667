"""`python -m tests.bench.sheets`: tables of 700 rows down, and up again: changed, new and mixed (each at most 30 s).

Prints for each the seconds of the check and of the sending, and how many of them this process itself worked. Runs in
the database of VAR_DIR and takes everything back; `tests.bench.papers` starts it beside its own portal.
"""

import io
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django
from django.db import transaction
from openpyxl import load_workbook

ROWS = 700
WHAT = ("Krabbelgruppe", "Elterncafé", "Turnen", "Vorlesen", "Musikgarten", "Schwimmkurs", "Sprachspiele")
WHERE = ("am Park", "im Turm", "an der Ruhr", "im Hof", "am Kanal", "im Norden", "am Markt", "in der Mühle")
WHOM = ("für Geschwister", "für Alleinerziehende", "mit Großeltern", "auf Türkisch", "am Morgen", "nach der Kita")
Timed = tuple[float, float]


def timed(work: Callable[[], Any]) -> Timed:
    """Seconds that passed, and seconds this process worked (the database works beside it)."""
    start, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - worked


def changed(sheet: Any, heads: dict[str, int], line: int) -> None:
    """Another phone number and other times."""
    sheet.cell(line, heads["Telefon"]).value = f"0208 7{line}"
    sheet.cell(line, heads["Zeiten"]).value = "Mo, Do 9:00–11:30\nSa 14 Uhr"


def new(sheet: Any, heads: dict[str, int], line: int) -> None:
    """An offer nobody has yet; some are like others."""
    words = " ".join(some[line % len(some)] for some in (WHAT, WHERE, WHOM))
    for head, text in {
        "Kennung": None,
        "Name des Angebots": f"{words} {line}",
        "In ein bis zwei Sätzen": f"{words}: gemeinsam spielen und andere Familien treffen.",
        "Form": "Gruppe",
        "Zugang": "Familien kommen zu uns",
        "Kosten": "kostenlos",
        "Anmeldung": "ohne Anmeldung",
        "Ort: Name": f"Haus {line % 30}",
        "Ort: Straße": f"Beispielweg {line % 30 + 1}",
        "Zeiten": "Mi 9:30–11:00",
    }.items():
        sheet.cell(line, heads[head]).value = text


def edited(content: bytes, edit: Callable[[int], Callable[..., None]]) -> bytes:
    """The table as somebody would save it; `edit` says what happens to a line."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Angebote"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, ROWS + 2):
        edit(line)(sheet, heads, line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


EDITS: dict[str, Callable[[int], Callable[..., None]]] = {
    "geänderte": lambda line: changed,
    "neue": lambda line: new,
    "gemischte": lambda line: new if line % 2 else changed,
}


def measure() -> None:
    from offers.models import Offer
    from offers.sheets.words import Words
    from offers.sheets.write import as_xlsx, rows_of
    from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
    from tests.partners.factories import PartnerFactory
    from tests.partners.people import member

    partner = PartnerFactory.create(name="Träger der Messung")
    topics = [TopicFactory.create(label=f"{words} der Messung") for words in WHAT]
    for number in range(2, ROWS + 2):
        topic = topics[number % len(topics)]
        ScheduleFactory.create(offer=OfferFactory.create(title=f"Angebot {number}", provider=partner, topics=[topic]))
    own, words = member(partner), Words()
    down: list[bytes] = []
    passed, _worked = timed(lambda: down.append(as_xlsx(rows_of(Offer.objects.filter(provider=partner), words), words)))
    print(f"Tabelle mit {ROWS} Angeboten: {passed:.1f} s hinunter", flush=True)
    for name, edit in EDITS.items():
        with transaction.atomic():
            up(own, name, edited(down[0], edit))
            transaction.set_rollback(True)


def up(own: Any, name: str, content: bytes) -> None:
    from offers.models import UploadedSheet
    from offers.sheets.actions import run_check
    from offers.sheets.send import order, proposals_of, run_sending

    sheet = UploadedSheet.objects.create(
        person=own.person, partner=own.partner, submission_id=uuid.uuid4(), name="messung.xlsx", content=content
    )
    check = timed(lambda: run_check(sheet.pk))
    sheet.refresh_from_db()
    found = sum(bool(row["payload"]) for row in sheet.result["rows"])
    like = sum(bool(row["similar"]) for row in sheet.result["rows"])
    order(sheet=sheet, keep={}, parallels={})
    send = timed(lambda: run_sending(sheet.pk))
    sheet.refresh_from_db()
    print(
        f"{found} {name} Zeilen: {check[0]:.1f} s geprüft (davon {check[1]:.1f} s gerechnet), {like} mit Ähnlichem; "
        f"{send[0]:.1f} s gesendet ({send[1]:.1f} s gerechnet), {proposals_of(sheet).count()} Vorschläge",
        flush=True,
    )


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    with transaction.atomic():
        measure()
        transaction.set_rollback(True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
