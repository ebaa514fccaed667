"""`python -m tests.bench.sheets`: a table of 700 offers down, and up again with every row changed (at most 30 s).

Runs in the database of VAR_DIR and takes everything back; `tests.bench.papers` starts it beside its own portal.
"""

import io
import os
import sys
import time
import uuid

import django
from django.db import transaction
from openpyxl import load_workbook

ROWS = 700


def changed(content: bytes) -> bytes:
    """Another phone number and other times in every row, as somebody would save it."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Angebote"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, ROWS + 2):
        sheet.cell(line, heads["Telefon"]).value = f"0208 7{line}"
        sheet.cell(line, heads["Zeiten"]).value = "Mo, Do 9:00–11:30\nSa 14 Uhr"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def measure() -> None:
    from offers.models import Offer, UploadedSheet
    from offers.sheets.actions import run_check
    from offers.sheets.words import Words
    from offers.sheets.write import as_xlsx, rows_of
    from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
    from tests.partners.factories import PartnerFactory
    from tests.partners.people import member

    partner, topic = PartnerFactory.create(name="Träger der Messung"), TopicFactory.create(label="Thema der Messung")
    for number in range(ROWS):
        made = OfferFactory.create(title=f"Angebot {number}", provider=partner, topics=[topic])
        ScheduleFactory.create(offer=made)
    own, words = member(partner), Words()
    start = time.perf_counter()
    content = as_xlsx(rows_of(Offer.objects.filter(provider=partner), words), words)
    down = time.perf_counter() - start
    sheet = UploadedSheet.objects.create(
        person=own.person, partner=partner, submission_id=uuid.uuid4(), name="messung.xlsx", content=changed(content)
    )
    start = time.perf_counter()
    run_check(sheet.pk)
    up = time.perf_counter() - start
    sheet.refresh_from_db()
    found = len([row for row in sheet.result["rows"] if row["payload"]])
    print(f"Tabelle mit {ROWS} Angeboten: {down:.1f} s hinunter, {up:.1f} s geprüft, {found} Änderungen", flush=True)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    with transaction.atomic():
        measure()
        transaction.set_rollback(True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
