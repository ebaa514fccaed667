"""An uploaded table until it is sent: stored, checked by a job, dropped."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.models import UploadedSheet
from offers.sheets.archive import UnreadableError
from offers.sheets.check import Check
from offers.sheets.read import read_table
from partners.models import Affiliation


@transaction.atomic
def upload(*, own: Affiliation, name: str, content: bytes, submission_id: uuid.UUID) -> UploadedSheet:
    """Store the file and queue its check. The same submission_id is stored once."""
    from offers.sheets.tasks import check_sheet  # it calls run_check below

    sheet, created = UploadedSheet.objects.get_or_create(
        person=own.person,
        submission_id=submission_id,
        defaults={"partner": own.partner, "name": name[-120:], "content": content},
    )
    if created:
        check_sheet.defer(sheet=sheet.pk)
    return sheet


def run_check(pk: int) -> None:
    """The dry run, outside a transaction, so that its progress is seen. Done twice it says the same."""
    sheet = UploadedSheet.objects.select_related("partner").filter(pk=pk, checked_at=None).first()
    if sheet is None:
        return
    own = UploadedSheet.objects.filter(pk=pk)
    try:
        table = read_table(bytes(sheet.content))
        own.update(rows=len(table.lines), done=0)

        def progress(done: int) -> None:
            own.update(done=done)

        result = Check(table, sheet.partner).run(progress)
    except UnreadableError as error:
        result = {"problem": str(error)}
    own.update(result=result, checked_at=timezone.now(), content=b"")


def give_up(pk: int) -> None:
    """After the last try: the person is told instead of waiting for ever."""
    problem = _("Das hat leider nicht geklappt, und es liegt an uns. Das Büro sieht den Fehler und kümmert sich.")
    UploadedSheet.objects.filter(pk=pk, checked_at=None).update(
        result={"problem": problem}, checked_at=timezone.now(), content=b""
    )


@transaction.atomic
def drop(*, sheet: UploadedSheet) -> bool:
    """Forget the table; False while it is being sent, for nobody could say then how far it came."""
    locked = UploadedSheet.objects.select_for_update().only("pk").get(pk=sheet.pk)
    if UploadedSheet.objects.sending().filter(pk=locked.pk).exists():
        return False
    locked.delete()
    return True
