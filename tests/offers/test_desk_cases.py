"""Hints and claims can be asked about and answered as proposals can, and words go with every decision."""

import mailbox
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from offers.desk.actions import NoAddressError, ask_back, close_claim, close_report
from offers.desk.links import answer_path
from offers.models import CaseMessage, ErrorReport, TextBlock
from partners.accounts.actions import claim
from partners.models import Claim
from tests.offers.factories import ErrorReportFactory, OfferFactory
from tests.offers.steps import sent
from tests.offers.test_desk import QUEUE, answers, mail_from
from tests.offers.test_submission import text
from tests.partners.factories import PartnerFactory
from tests.portal.staff import signed_in, staff

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAGES = {ErrorReport: "admin:offers_errorreport_change", Claim: "admin:partners_claim_change"}


def hint(**values: str) -> ErrorReport:
    offer = OfferFactory.create(title="Krabbelgruppe")
    return ErrorReportFactory.create(offer=offer, message="Die Zeit stimmt nicht.", **values)


def wanted(email: str = "kim@example.org") -> Claim:
    return claim(email=email, name="Kim Beispiel", organisation="Haus", partner=None, reference="7KQ4-M2XD")


def page_of(case: ErrorReport | Claim) -> str:
    return reverse(PAGES[type(case)], args=[case.pk])


@pytest.mark.parametrize("kind", ["report", "claim"])
def test_asked_back_by_mail_the_answer_lands_on_the_case(kind: str, client: Client) -> None:
    office = signed_in(staff("Redaktion", "anna"))
    case = hint(reply_email="familie@example.org") if kind == "report" else wanted("familie@example.org")
    sent()  # what was mailed before
    form = {"entscheidung": "fragen", "reason": "An welchem Tag waren Sie dort?"}
    answer = office.post(f"{page_of(case)}?eingang=alle", form, follow=True)
    assert "Ihre Frage ist unterwegs" in text(answer)
    [message] = sent()
    assert message.to == ["familie@example.org"]
    assert "An welchem Tag waren Sie dort?" in message.body
    question = CaseMessage.objects.get()
    assert question.case == case
    assert "Antwort steht aus" in text(office.get(QUEUE, {"sicht": "rueckfragen"}))
    path = answer_path(question)
    opened = text(client.get(path))
    assert ("Frage zu Ihrem Hinweis" if kind == "report" else "Frage zu Ihrem Konto") in opened
    assert "Vielen Dank" in text(client.post(path, answers(text="Am Montag."), follow=True))
    assert "Antwort ist da" in text(office.get(QUEUE, {"sicht": "antworten"}))
    seen = text(office.get(page_of(case)))
    assert "An welchem Tag waren Sie dort?" in seen
    assert "Am Montag." in seen
    kept = CaseMessage.objects.get(kind="antwort")
    assert kept.address == ("" if kind == "report" else "familie@example.org"), "a family leaves no address twice"
    office.post(page_of(case), {"entscheidung": "erledigt" if kind == "report" else "ablehnen"})
    assert client.post(answer_path(question), answers(text="Noch was.")).status_code == 410


def test_an_answer_by_mail_finds_its_hint_or_its_claim(tmp_path: Path) -> None:
    by = staff("Redaktion", "anna")
    report, account, other = hint(reply_email="familie@example.org"), wanted(), hint(reply_email="andere@example.org")
    for case in (report, account, other):
        ask_back(case=case, by=by, text="Wann?")
    box = mailbox.Maildir(str(tmp_path / "box"))
    for sender, number, body in (
        ("familie@example.org", f"H-{report.pk}", "Am Montag."),
        ("kim@example.org", "7KQ4-M2XD", "Im Haus."),
        ("familie@example.org", f"H-{other.pk}", "Zu einem fremden Hinweis."),
    ):
        box.add(mail_from(sender, f"Re: Frage ({number})", body))
    call_command("take_bounces", maildir=tmp_path / "box", verbosity=0)
    assert [message.text for message in report.messages.filter(kind="antwort")] == ["Am Montag."]
    assert [message.text for message in account.messages.filter(kind="antwort")] == ["Im Haus."]
    assert not other.messages.filter(kind="antwort").exists()


def test_a_mail_that_nobody_can_read_keeps_no_other_waiting(tmp_path: Path) -> None:
    account = wanted()
    ask_back(case=account, by=staff("Redaktion", "anna"), text="Wann?")
    box = mailbox.Maildir(str(tmp_path / "box"))
    for sender in (b"=?utf-8?q?=41?= <", b"<@", b"k\x00m@example.org", b"kim@example.org"):
        box.add(b"From: " + sender + b"\nSubject: Re: Frage (7KQ4-M2XD)\n\nIm Haus.")
    call_command("take_bounces", maildir=tmp_path / "box", verbosity=0)
    assert [message.text for message in account.messages.filter(kind="antwort")] == ["Im Haus."]
    assert len(box) == 3


def test_words_go_with_the_decision_and_stay_on_the_case() -> None:
    office = signed_in(staff("Redaktion", "anna"))
    report, account = hint(reply_email="familie@example.org"), wanted()
    sent()  # what was mailed before
    office.post(page_of(report), {"entscheidung": "erledigt", "reason": "Wir haben angerufen: Es stimmt."})
    office.post(page_of(account), {"entscheidung": "ablehnen", "reason": "Das Haus hat schon ein Konto."})
    to_family, to_person = sent()
    assert (to_family.to, to_person.to) == (["familie@example.org"], ["kim@example.org"])
    assert "Wir haben angerufen: Es stimmt." in to_family.body
    assert "Das Haus hat schon ein Konto." in to_person.body
    assert "Wir haben angerufen: Es stimmt." in text(office.get(page_of(report)))
    assert "Das Haus hat schon ein Konto." in text(office.get(page_of(account)))


def test_wrong_wishes_change_nothing_and_lose_nothing() -> None:
    office = signed_in(staff("Redaktion", "anna"))
    report, account, silent = hint(reply_email="familie@example.org"), wanted(), hint()
    sent()  # what was mailed before
    block = TextBlock.objects.get(title="Text bitte einfacher")
    for case in (report, account):
        assert "worum es geht" in text(office.post(page_of(case), {"entscheidung": "fragen"}))
        assert "Schaltfläche" in text(office.post(page_of(case), {"reason": "Guten Tag"}))
        inserted = office.post(page_of(case), {"entscheidung": "einfuegen", "block": block.pk, "reason": "Guten Tag,"})
        assert inserted.context["form"]["reason"].value() == f"Guten Tag,\n\n{block.text}"
    assert "wählen Sie die Organisation" in text(office.post(page_of(account), {"entscheidung": "annehmen"}))
    passed = office.post(page_of(report), {"entscheidung": "weitergeben", "reason": "Bitte prüfen."})
    assert "Beim Weitergeben geht keine Nachricht" in text(passed)
    assert "Nachricht an den Absender" not in text(office.get(page_of(silent)))
    unheard = office.post(page_of(silent), {"entscheidung": "erledigt", "reason": "Danke!"}, follow=True)
    assert "gibt es keine E-Mail-Adresse" in text(unheard)
    by = staff("Redaktion", "berta")
    with pytest.raises(NoAddressError):
        close_report(report=silent, by=by, text="Danke!")
    assert ErrorReport.objects.open().count() == 2
    assert Claim.objects.waiting().count() == 1
    assert (CaseMessage.objects.count(), sent()) == (0, [])
    close_claim(claim=account, by=by, partner=PartnerFactory.create(name="Haus"), accept=True, text="Willkommen!")
    assert "Willkommen!" in sent()[-1].body
