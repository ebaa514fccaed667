"""The worker is killed while it sends a table: the next one goes on, and every row is sent once."""

import sys
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from offers.models import Proposal, UploadedSheet
from offers.sheets.send import BATCH, order, proposals_of
from tests.partners.factories import PartnerFactory
from tests.partners.people import member
from tests.portal.test_jobs_killed import Program, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 40 * BATCH


def test_a_killed_worker_leaves_nothing_half_sent_and_the_next_sends_the_rest() -> None:
    own = member(PartnerFactory.create(name="Verein Sonne"))
    plain: dict[str, Any] = {"offer": None, "version": None, "base": {}, "conflicts": [], "similar": [], "waiting": ""}
    rows = [{**plain, "line": line, "payload": {"title": f"Angebot {line}"}} for line in range(2, ROWS + 2)]
    sheet = UploadedSheet.objects.create(
        person=own.person,
        partner=own.partner,
        submission_id=uuid.uuid4(),
        name="viele.xlsx",
        checked_at=timezone.now(),
        result={"rows": rows},
    )
    order(sheet=sheet, keep={}, parallels={})
    worker = Program([sys.executable, "manage.py", "worker"])
    worker.start()
    try:
        wait_until(lambda: proposals_of(sheet).count() >= 3 * BATCH, "beginning to send")
        worker.kill()
        with transaction.atomic(), connection.cursor() as cursor:  # one moment: the database may end a batch just now
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            sheet.refresh_from_db()
            assert sheet.sent_at is None, "killed on the way"
            assert proposals_of(sheet).count() == sheet.done
        worker.start()
        wait_until(lambda: UploadedSheet.objects.get().sent_at is not None, "sending the rest")
    finally:
        worker.kill()
    assert [proposal.payload["title"] for proposal in proposals_of(sheet)] == [row["payload"]["title"] for row in rows]
    assert Proposal.objects.count() == ROWS
