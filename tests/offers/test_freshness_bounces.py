"""Mails that came back are a task for staff; what anybody else writes to the mailbox is not."""

import mailbox
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from offers.freshness.bounces import take_bounce
from offers.freshness.enums import TaskKind
from offers.models import Task
from tests.offers.factories import OfferFactory
from tests.partners.factories import ContactFactory, PartnerFactory

pytestmark = pytest.mark.django_db


def report(address: str, action: str = "failed", status: str = "5.1.1", kind: str = "rfc822") -> bytes:
    """As a mail server writes it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example.org
To: portal@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"

--grenze
Content-Type: text/plain; charset=utf-8

Ihre Nachricht konnte nicht zugestellt werden.

--grenze
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: {kind}; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--grenze
Content-Type: message/rfc822

Subject: Stimmt das noch?
To: {address}

Guten Tag
--grenze--
""".encode()


@pytest.mark.parametrize("address", ["laden@example.org", "Laden@Example.org", "<laden@example.org>"])
def test_an_organisation_that_cannot_be_reached_is_one_task(address: str) -> None:
    partner = PartnerFactory.create(name="Kinderladen", email="laden@example.org")
    for _twice in range(2):
        take_bounce(report(address))
    task = Task.objects.get()
    assert (task.kind, task.partner, task.concerns) == (TaskKind.BOUNCED, partner, "laden@example.org")
    assert "Kinderladen" in task.subject


def test_contacts_and_offers_have_mailboxes_too() -> None:
    contact = ContactFactory.create(email="a@example.org")
    offer = OfferFactory.create(email="b@example.org")
    assert [task.partner for task in take_bounce(report("a@example.org"))] == [contact.partner]
    assert [task.partner for task in take_bounce(report("b@example.org"))] == [offer.provider]


@pytest.mark.parametrize(
    "mail",
    [
        report("laden@example.org", action="delayed", status="4.4.1"),
        report("laden@example.org", action="delivered", status="2.0.0"),
        report("laden@example.org", status="4.2.2"),
        report("laden@example.org", kind="x400"),
        report("fremd@example.org"),
        report("kein"),
        b"From: jemand@example.org\nSubject: laden@example.org failed\n\nFinal-Recipient: rfc822; laden@example.org\n",
        b"",
        b"\x00\xff\xfe" * 1000,
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
    ],
)
def test_everything_else_changes_nothing(mail: bytes) -> None:
    PartnerFactory.create(email="laden@example.org")
    assert take_bounce(mail) == []
    assert not Task.objects.exists()


def test_a_maildir_is_emptied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    PartnerFactory.create(email="laden@example.org")
    box = mailbox.Maildir(str(tmp_path / "box"))
    box.add(report("laden@example.org"))
    box.add(b"Subject: Hallo\n\nHallo\n")
    call_command("take_bounces", maildir=tmp_path / "box")
    assert "Aufgaben: 1" in capsys.readouterr().out
    [left] = box
    assert (left["Subject"], left.get_flags()) == ("Hallo", "S"), "no report and no answer: a person reads it"
    assert Task.objects.open().count() == 1


def test_a_folder_that_is_no_maildir_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="kein Maildir"):
        call_command("take_bounces", maildir=tmp_path)
