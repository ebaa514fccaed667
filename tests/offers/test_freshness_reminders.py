"""Who is asked when, and that nobody is asked twice or forgotten."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from offers.enums import Lifecycle, ProposalStatus, Status
from offers.freshness import reminders
from offers.freshness.enums import Answer, Channel, Stage, TaskKind
from offers.freshness.reminders import mailbox, send_reminders, stage_on
from offers.freshness.tasks import remind_partners
from offers.models import Offer, Reminder, ReviewAnswer, Task
from partners.accounts.actions import end_affiliation
from partners.enums import Role
from partners.models import Partner
from portal.management.commands.worker import run_worker
from tests.offers.factories import OfferFactory, ProposalFactory
from tests.partners.factories import ContactFactory, PartnerFactory
from tests.partners.people import member
from tests.portal.factories import city

TODAY = date(2027, 3, 1)


def due_in(days: int, provider: Partner | None = None, **values: Any) -> Offer:
    """An offer whose review is due so many days after TODAY."""
    provider = provider or PartnerFactory.create(email="postfach@example.org")
    offer = OfferFactory.create(provider=provider, catchment=[], **values)
    Offer.objects.filter(pk=offer.pk).update(review_due=TODAY + timedelta(days=days))
    offer.refresh_from_db()
    return offer


def mails(day: date = TODAY) -> list[tuple[str, str]]:
    """Address and subject of what is queued on a day."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        send_reminders(day)
        cursor.execute("SELECT args->>'to', args->>'subject' FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize(
    ("days", "stage"),
    [(31, None), (30, Stage.BEFORE), (1, Stage.BEFORE), (0, Stage.DUE), (-29, Stage.DUE), (-30, Stage.AFTER)],
)
def test_the_stage_is_the_latest_one_reached(days: int, stage: Stage | None) -> None:
    assert stage_on(TODAY + timedelta(days=days), TODAY) == stage


@pytest.mark.slow
@pytest.mark.django_db
def test_over_a_year_an_offer_nobody_answers_for_is_asked_about_three_times() -> None:
    due_in(60)
    asked = [day for day in range(-5, 130) if mails(TODAY + timedelta(days=day))]
    assert asked == [30, 60, 90]
    assert list(Reminder.objects.order_by("stage").values_list("stage", "address")) == [
        (stage, "postfach@example.org") for stage in (-30, 0, 30)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("down", "stages"), [(35, [0]), (70, [30]), (300, [30])])
def test_after_a_standstill_only_the_latest_stage_goes_out(down: int, stages: list[int]) -> None:
    offer = due_in(30)
    day = TODAY + timedelta(days=down)
    assert len(mails(day)) == 1
    assert mails(day) == []
    assert list(Reminder.objects.filter(offer=offer).values_list("stage", flat=True)) == stages


@pytest.mark.django_db
def test_an_organisation_gets_one_mail_with_all_that_is_due() -> None:
    partner = PartnerFactory.create(name="Kinderladen", email="laden@example.org")
    for days in (30, 12, 0, -30, -80, 33):
        due_in(days, partner)
    due_in(60, partner, title="noch lange nicht")
    due_in(0)
    assert mails() == [
        ("laden@example.org", "Stimmt das noch? 6 Angebote im Präventionsportal"),
        ("postfach@example.org", f"Stimmt das noch? {Offer.objects.latest('pk').title}"),
    ]
    assert all(not mails(TODAY + timedelta(days=days)) for days in range(1, 7))


@pytest.mark.slow
@pytest.mark.django_db
def test_an_organisation_is_never_written_to_twice_in_a_week_and_never_late() -> None:
    partner = PartnerFactory.create(email="laden@example.org")
    for days in range(30, 60, 2):
        due_in(days, partner)
    written = [day for day in range(120) if mails(TODAY + timedelta(days=day))]
    assert min(second - first for first, second in pairwise(written)) > reminders.AHEAD_DAYS
    for offer in Offer.objects.all():
        for reminder in offer.reminders.all():
            assert TODAY + timedelta(days=max(written)) >= reminder.due
    assert Reminder.objects.count() == Offer.objects.count() * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"status": Status.DRAFT},
        {"status": Status.WITHDRAWN},
        {"lifecycle": Lifecycle.ENDED},
        {"ends_on": date(2020, 1, 1)},
    ],
)
def test_nobody_is_asked_about_what_is_not_there_for_families(values: dict[str, Any]) -> None:
    due_in(0, **values)
    assert mails() == []


@pytest.mark.django_db
def test_an_answer_ends_the_questions_and_a_returned_proposal_opens_them_again() -> None:
    offer = due_in(0)
    proposal = ProposalFactory.create(offer=offer, status=ProposalStatus.WAITING, confirmed_at=timezone.now())
    ReviewAnswer.objects.create(
        offer=offer, due=offer.review_due, answer=Answer.CHANGED, channel=Channel.LINK, proposal=proposal
    )
    assert mails() == []
    proposal.status, proposal.reason, proposal.decided_at = ProposalStatus.RETURNED, "Bitte genauer.", timezone.now()
    proposal.save()
    assert len(mails()) == 1


@pytest.mark.django_db
def test_an_organisation_without_mailbox_is_a_task_until_it_has_one() -> None:
    partner = PartnerFactory.create(name="Ohne Postfach")
    offer = due_in(0, partner)
    assert mails() == mails(TODAY + timedelta(days=1)) == []
    [task] = Task.objects.open()
    assert (task.kind, task.partner) == (TaskKind.NO_ADDRESS, partner)
    assert "Ohne Postfach" in task.subject
    assert not Reminder.objects.exists()
    Partner.objects.filter(pk=partner.pk).update(email="neu@example.org")
    assert mails(TODAY + timedelta(days=2)) == [("neu@example.org", f"Stimmt das noch? {offer.title}")]
    assert not Task.objects.open().exists()


@pytest.mark.django_db
def test_a_mailbox_that_is_no_address_stops_nobody_else() -> None:
    bad = PartnerFactory.create(name="AAA", email="post fach@example")
    due_in(0, bad)
    due_in(0)
    assert [to for to, _subject in mails()] == ["postfach@example.org"]
    assert Task.objects.open().get().concerns == "post fach@example"


@pytest.mark.django_db
def test_without_a_mailbox_whoever_looks_after_the_entries_is_reminded() -> None:
    partner = PartnerFactory.create(name="Ohne Postfach", parent=PartnerFactory.create(email="dach@example.org"))
    offer = due_in(0, partner)
    member(PartnerFactory.create(), email="fremd@example.org")
    assert mailbox(partner) == "dach@example.org"
    member(partner, Role.EDIT, email="bearbeitung@example.org")
    assert mailbox(partner) == "bearbeitung@example.org"
    manager = member(partner, email="verwaltung@example.org")
    assert mails() == [("verwaltung@example.org", f"Stimmt das noch? {offer.title}")]
    member(partner, email="zweite@example.org")
    end_affiliation(affiliation=manager)
    assert mailbox(partner) == "zweite@example.org", "whoever left is not asked"


@pytest.mark.django_db
def test_the_mailbox_is_never_a_persons_of_the_contacts() -> None:
    parent = PartnerFactory.create(email="dach@example.org")
    partner = PartnerFactory.create(parent=parent)
    consent = {"consent_by": "A", "consent_on": TODAY, "consent_text": "ja"}
    person = ContactFactory.create(partner=partner, email="a.muster@example.org", person_name="A. Muster", **consent)
    offer = OfferFactory.create(provider=partner, contact=person, email="")
    assert mailbox(partner, [offer]) == "dach@example.org"
    offer.email = "angebot@example.org"
    assert mailbox(partner, [offer]) == "angebot@example.org"
    ContactFactory.create(partner=partner, email="sekretariat@example.org")
    assert mailbox(partner, [offer]) == "sekretariat@example.org"
    partner.email = "info@example.org"
    assert mailbox(partner, [offer]) == "info@example.org"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_job_sends_a_digest_in_text_and_html_with_three_links_a_line() -> None:
    city()
    partner = PartnerFactory.create(name="Kinder & Eltern", email="laden@example.org")
    today = timezone.localdate()
    for title, days in (("Elterncafé <Mitte>", 10), ("Krabbelgruppe", -20), ("Väterfrühstück", -70)):
        offer = due_in(0, partner, title=title)
        Offer.objects.filter(pk=offer.pk).update(review_due=today + timedelta(days=days))
    remind_partners.defer()
    run_worker(wait=False)
    run_worker(wait=False)  # the mail that the first job queued
    [sent] = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    page = str(sent.alternatives[0][0])
    assert "Elterncafé <Mitte>" in sent.body
    assert "Elterncafé &lt;Mitte&gt;" in page
    for words in ("Bitte prüfen bis zum", "War fällig am", "Es ruht: Seit dem"):
        assert words in str(sent.body)
        assert words in page
    for purpose in ("stimmt", "aendern", "beendet"):
        pattern = rf"http://127\.0\.0\.1:8000/angebote/pruefen/{purpose}/[\w.-]+/"
        assert len(set(re.findall(pattern, str(sent.body)))) == 3
        assert set(re.findall(pattern, page)) == set(re.findall(pattern, str(sent.body)))


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_leaves_neither_mail_nor_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    due_in(0)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(Reminder.objects, "bulk_create", fail)
    with pytest.raises(ConnectionError):
        send_reminders(TODAY)
    monkeypatch.undo()
    assert not Reminder.objects.exists()
    assert len(mails()) == 1
