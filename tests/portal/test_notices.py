"""A flood of things to tell becomes a few mails: the first at once, everything else of the hour in one."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from offers.actions import Sender, report_error, submit_change
from offers.desk.decisions import DECISIONS_AT_ONCE, approve_proposal
from offers.models import Offer
from offers.proposals import fingerprint, snapshot
from portal.city import city
from portal.enums import Rhythm
from portal.management.commands.worker import run_worker
from portal.models import Notice
from portal.notices import LINES, mail_gathered, notify, rhythm_of, set_rhythm
from portal.tasks import send_gathered_mails
from tests.offers.factories import OfferFactory, TopicFactory
from tests.portal.staff import signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def mails() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail' ORDER BY id")
        found = [json.loads(row[0]) for row in cursor.fetchall()]
    return [(args["to"], args["subject"], args["body"]) for args in found]


def an_hour_passes() -> None:
    Notice.objects.filter(mailed_at__isnull=False).update(mailed_at=timezone.now() - timedelta(minutes=61))


def tell(number: int, to: str = "buero@example.org", **more: Any) -> None:
    template, path = "mail/offers/_closing.txt", f"/sache/{number}/"
    notify(to=to, subject=f"Sache {number}", template=template, context={}, path=path, **more)


def test_fifty_reports_make_one_mail_at_once_and_one_for_all_the_others() -> None:
    offer = OfferFactory.create(title="Krabbelgruppe")
    for number in range(50):
        report_error(offer=offer, submission_id=uuid.uuid4(), message=f"Fehler {number}")
    [(to, subject, _body)] = mails()
    assert (to, subject) == (city()["office_email"], "Fehler gemeldet: Krabbelgruppe")
    assert mail_gathered() == 0, "not before the hour is over"
    an_hour_passes()
    assert mail_gathered() == 1
    assert mail_gathered() == 0, "once"
    [_first, (to, subject, body)] = mails()
    assert (to, subject) == (city()["office_email"], "49 Nachrichten aus dem Präventionsportal")
    assert body.count("/admin/offers/errorreport/") == LINES
    assert f"Und {49 - LINES} weitere." in body
    an_hour_passes()
    report_error(offer=offer, submission_id=uuid.uuid4(), message="noch einer")
    assert len(mails()) == 3, "after a quiet hour the next one goes at once"


def test_ten_decisions_make_four_mails_to_the_sender() -> None:
    boss = staff("Leitung")
    offer: Offer = OfferFactory.create(topics=[TopicFactory.create()])
    for number in range(10):
        offer.refresh_from_db()
        proposal = submit_change(
            offer=offer, by=Sender(email="Traeger@Example.org"), payload={"title": f"Titel {number}"},
            base=snapshot(offer), base_version=offer.version, submission_id=uuid.uuid4(), tell=False,
        )  # fmt: skip
        approve_proposal(proposal=proposal, by=boss, seen=fingerprint(offer))
    assert len(mails()) == DECISIONS_AT_ONCE
    an_hour_passes()
    mail_gathered()
    assert len(mails()) == DECISIONS_AT_ONCE + 1
    assert "Titel 9" in mails()[-1][2]


def test_each_address_has_its_own_hour_and_one_line_stays_what_it_is() -> None:
    tell(1)
    tell(2)
    tell(3, to="BUERO@example.org")
    tell(4, to="anna@example.org", detail="Bitte die Uhrzeit ergänzen.")
    tell(5, to="anna@example.org")
    assert [to for to, _subject, _body in mails()] == ["buero@example.org", "anna@example.org"]
    an_hour_passes()
    assert mail_gathered() == 2
    assert [(to, subject) for to, subject, _body in mails()[2:]] == [
        ("anna@example.org", "Sache 5"),
        ("buero@example.org", "2 Nachrichten aus dem Präventionsportal"),
    ]
    assert "http://127.0.0.1:8000/sache/3/" in mails()[-1][2]


def test_each_address_can_have_another_rhythm() -> None:
    today = timezone.localtime().replace(hour=9, minute=0)
    set_rhythm(address="Buero@example.org", rhythm=Rhythm.DAILY)
    set_rhythm(address="anna@example.org", rhythm=Rhythm.AT_ONCE)
    for number in (1, 2, 3):
        tell(number)
        tell(number, to="anna@example.org")
    assert [to for to, _subject, _body in mails()] == ["anna@example.org"] * 3
    Notice.objects.waiting().update(noted_at=today)
    assert [mail_gathered(today.replace(hour=hour)) for hour in (9, 23)] == [0, 0], "not before the next morning"
    tomorrow = today + timedelta(days=1)
    assert [mail_gathered(tomorrow.replace(hour=hour)) for hour in (6, 7, 8)] == [0, 1, 0]
    to, subject, body = mails()[-1]
    assert (to, subject) == ("buero@example.org", "3 Nachrichten aus dem Präventionsportal")
    assert "einmal am Tag" in body


def test_the_office_sees_and_sets_its_rhythm() -> None:
    browser = signed_in(staff("Leitung"))
    page = reverse("admin:portal_mails")
    office = city()["office_email"]
    tell(1, to=office)
    tell(2, to=office)
    seen = browser.get(page).content.decode()
    assert "Gerade wartet 1 Nachricht." in seen
    assert 'value="stunde" id="id_rhythm_1" checked' in " ".join(seen.replace("required", "").split())
    assert "Gespeichert" in browser.post(page, {"rhythmus": "1", "rhythm": "tag"}, follow=True).content.decode()
    assert rhythm_of(office) == Rhythm.DAILY
    wrong = browser.post(page, {"rhythmus": "1", "rhythm": "nie"})
    assert wrong.status_code == 200
    assert wrong.context["form"].errors
    assert rhythm_of(office) == Rhythm.DAILY
    assert signed_in(staff("Redaktion")).post(page, {"rhythmus": "1", "rhythm": "sofort"}).status_code == 403


def test_what_was_mailed_is_forgotten_after_two_days() -> None:
    tell(1)
    tell(2)
    Notice.objects.filter(mailed_at__isnull=False).update(mailed_at=timezone.now() - timedelta(days=3))
    mail_gathered()
    assert [notice.subject for notice in Notice.objects.all()] == ["Sache 2"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told_and_the_job_sends_the_rest() -> None:
    tell(1)
    with transaction.atomic():
        tell(2)
        transaction.set_rollback(True)
    tell(3)
    an_hour_passes()
    send_gathered_mails.defer()
    run_worker(wait=False)
    run_worker(wait=False)
    assert [sent.subject for sent in mail.outbox] == ["Sache 1", "Sache 3"]
    assert "Sache 2" not in str(mail.outbox[-1].body)
