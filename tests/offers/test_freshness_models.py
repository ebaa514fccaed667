"""What the database itself keeps true about reminders, answers and tasks."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from offers.freshness.enums import Answer, Channel, Stage, TaskKind
from offers.models import LinkCheck, Reminder, ReviewAnswer, Task
from portal.enums import Fault
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db
DUE = date(2027, 3, 1)


def test_a_stage_of_a_due_date_is_mailed_once() -> None:
    offer = OfferFactory.create()
    Reminder.objects.create(offer=offer, due=DUE, stage=Stage.DUE, address="a@example.org")
    Reminder.objects.create(offer=offer, due=DUE, stage=Stage.AFTER, address="a@example.org")
    with pytest.raises(IntegrityError, match="reminder_once_a_stage"):
        Reminder.objects.create(offer=offer, due=DUE, stage=Stage.DUE, address="b@example.org")


def test_a_due_date_is_answered_once() -> None:
    offer = OfferFactory.create()
    ReviewAnswer.objects.create(offer=offer, due=DUE, answer=Answer.CONFIRMED, channel=Channel.LINK)
    with pytest.raises(IntegrityError, match="reviewanswer_once_a_due_date"):
        ReviewAnswer.objects.create(offer=offer, due=DUE, answer=Answer.ENDED, channel=Channel.LINK)


def test_a_task_is_open_once_and_may_come_back_after_it_was_done() -> None:
    partner = PartnerFactory.create()
    task = Task.objects.create(kind=TaskKind.NO_ADDRESS, partner=partner, subject="Adresse fehlt", due=DUE)
    with pytest.raises(IntegrityError, match="task_open_once"), transaction.atomic():
        Task.objects.create(kind=TaskKind.NO_ADDRESS, partner=partner, subject="Adresse fehlt", due=DUE)
    Task.objects.filter(pk=task.pk).update(done_at=timezone.now())
    Task.objects.create(kind=TaskKind.NO_ADDRESS, partner=partner, subject="Adresse fehlt", due=DUE)
    assert (Task.objects.open().count(), Task.objects.done().count()) == (1, 1)


def test_a_website_is_broken_with_a_reason_only() -> None:
    with pytest.raises(IntegrityError, match="linkcheck_broken_with_fault"):
        LinkCheck.objects.create(url="https://example.org/", checked_at=timezone.now(), fault=Fault.NAME)


def test_the_use_of_forms_stays_out_of_the_write_ahead_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'portal_formuse'")
        assert cursor.fetchone() == ("u",)
