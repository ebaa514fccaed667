"""Meetings: calendars with public facts only, letters that go out once, decisions that are chased, papers."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from icalendar import Calendar

from networks.actions import send_what_is_due
from networks.forms import DocumentForm
from networks.models import Decision, Meeting, NetworkDocument, check_pdf
from portal.management.commands.worker import run_worker
from tests.networks.factories import (
    PDF,
    DecisionFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkDocumentFactory,
    NetworkFactory,
    SelfReviewFactory,
)
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def events(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer.cookies == {}
    return sorted(str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT"))


# -- calendars -------------------------------------------------------------------------------------------------------


def test_the_calendar_holds_public_meetings_and_nothing_internal(client: Client) -> None:
    network = NetworkFactory.create(name="Netz")
    MeetingFactory.create(network=network, title="Offen", place="Rathaus", agenda="GEHEIM", note="VERTRAULICH")
    MeetingFactory.create(network=network, title="Intern", is_public=False)
    MeetingFactory.create(title="Andere Gruppe")
    path = network.get_calendar_url()
    assert events(client, path) == ["Netz: Offen"]
    file = client.get(path).content.decode()
    assert "Rathaus" in file
    assert "GEHEIM" not in file
    assert "VERTRAULICH" not in file
    assert "TZID=Europe/Berlin" in file


def test_a_meeting_without_a_time_takes_the_day_and_no_meeting_is_an_empty_calendar(client: Client) -> None:
    network = NetworkFactory.create()
    assert events(client, network.get_calendar_url()) == []
    MeetingFactory.create(network=network, held_on=date(2027, 3, 1), starts_at=None, ends_at=None)
    assert "DTSTART;VALUE=DATE:20270301" in client.get(network.get_calendar_url()).content.decode()


def test_an_organisation_has_one_calendar_of_all_its_networks(client: Client) -> None:
    partner = PartnerFactory.create()
    for name in ("Eins", "Zwei"):
        meeting = MeetingFactory.create(network__name=name, title="Sitzung")
        MembershipFactory.create(network=meeting.network, partner=partner)
    left = MeetingFactory.create(network__name="Früher")
    MembershipFactory.create(network=left.network, partner=partner, until_year=2020)
    hidden = MeetingFactory.create(network__name="Intern", network__is_public=False)
    MembershipFactory.create(network=hidden.network, partner=partner)
    assert events(client, f"/netzwerke/kalender/{partner.slug}.ics") == ["Eins: Sitzung", "Zwei: Sitzung"]


def test_what_is_not_public_does_not_exist_for_visitors(client: Client) -> None:
    network = NetworkFactory.create(name="Verborgene Runde", is_public=False)
    MeetingFactory.create(network=network)
    document = NetworkDocumentFactory.create(network=network)
    for path in (network.get_absolute_url(), network.get_calendar_url(), document.get_absolute_url()):
        assert client.get(path).status_code == 404
    partner = MembershipFactory.create(network=network).partner
    for path in ("/netzwerke/", partner.get_absolute_url(), "/sitemap.xml"):
        assert "verborgene" not in client.get(path).content.decode().lower()


# -- letters ---------------------------------------------------------------------------------------------------------


def letters() -> list[tuple[str, str]]:
    mail.outbox.clear()
    run_worker(wait=False)
    return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


def test_members_are_invited_and_reminded_once_each() -> None:
    meeting = MeetingFactory.create(held_on=in_days(20), title="Planung", agenda="Top 1")
    network = meeting.network
    MembershipFactory.create(network=network, partner__email="eins@example.org")
    MembershipFactory.create(network=network, partner__email="zwei@example.org", email="runde@example.org")
    MembershipFactory.create(network=network, partner__email="", email="")
    MembershipFactory.create(network=network, partner__email="frueher@example.org", until_year=2020)
    assert send_what_is_due() == 2
    assert send_what_is_due() == 0
    assert [to for to, _subject in letters()] == ["eins@example.org", "runde@example.org"]
    assert "Planung" in mail.outbox[0].subject
    assert "Top 1" in str(mail.outbox[0].body)
    Meeting.objects.update(held_on=in_days(2))
    assert send_what_is_due() == 2
    assert send_what_is_due() == 0
    assert all(subject.startswith("Erinnerung") for _to, subject in letters())


@pytest.mark.parametrize("days", [-1, 22])
def test_nobody_is_invited_too_early_or_too_late(days: int) -> None:
    meeting = MeetingFactory.create(held_on=in_days(days))
    MembershipFactory.create(network=meeting.network, partner__email="eins@example.org")
    assert send_what_is_due() == 0


def test_an_overdue_decision_is_chased_every_two_weeks_until_it_is_done() -> None:
    decision = DecisionFactory.create(
        owner=PartnerFactory.create(email="tut@example.org"), meeting__held_on=in_days(-60)
    )
    DecisionFactory.create(
        due_on=in_days(1), owner=PartnerFactory.create(email="spaeter@example.org"), meeting__held_on=in_days(-60)
    )
    assert send_what_is_due() == 1
    [(to, subject)] = letters()
    assert to == "tut@example.org"
    assert "Noch offen" in subject
    assert send_what_is_due() == 0
    Decision.objects.filter(pk=decision.pk).update(chased_at=timezone.now() - timedelta(days=15))
    assert send_what_is_due() == 1
    Decision.objects.update(done_on=in_days(0), chased_at=None)
    assert send_what_is_due() == 0


def test_without_an_owner_the_coordination_is_asked_and_without_an_address_nobody() -> None:
    decision = DecisionFactory.create(owner=None, meeting__held_on=in_days(-9), meeting__network__email="")
    assert send_what_is_due() == 0
    decision.meeting.network.email = "leitung@example.org"
    decision.meeting.network.save()
    assert send_what_is_due() == 1


# -- papers ----------------------------------------------------------------------------------------------------------


def test_a_document_is_saved_never_opened(client: Client) -> None:
    document = NetworkDocumentFactory.create()
    answer = client.get(document.get_absolute_url())
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="geschaeftsordnung-fuer-alle.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    NetworkDocument.objects.update(is_public=False)
    assert client.get(document.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html>", "no_pdf"),
        (b"%PDF-1.7 halb", "no_pdf"),
        (b"%PDF-1.7\n/JavaScript (app.alert(1))\n%%EOF", "active"),
        (b"%PDF-1.7\n/Launch\n%%EOF", "active"),
        (b"%PDF-1.7\n/EmbeddedFile\n%%EOF", "active"),
        (b"%PDF-" + b"0" * (5 * 1024 * 1024) + b"%%EOF", "large"),
    ],
    ids=["html", "half", "script", "launch", "attachment", "large"],
)
def test_only_plain_pdf_files_are_taken(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_pdf(content)
    assert caught.value.code == code


def test_staff_put_a_file_in_and_change_its_title_without_it() -> None:
    network = NetworkFactory.create()
    values = {"network": network.pk, "title": "Konzept", "is_public": "on"}
    assert not DocumentForm(values).is_valid(), "a new document needs a file"
    form = DocumentForm(values, MultiValueDict({"file": [SimpleUploadedFile("Konzept.pdf", PDF)]}))
    assert form.is_valid(), form.errors
    document = form.save()
    changed = DocumentForm({**values, "title": "Neues Konzept"}, instance=document)
    assert changed.is_valid()
    changed.save()
    kept = NetworkDocument.objects.get()
    assert (kept.title, bytes(kept.content), kept.size) == ("Neues Konzept", PDF, len(PDF))


# -- rules of the database -------------------------------------------------------------------------------------------


def test_a_meeting_ends_after_it_starts() -> None:
    with pytest.raises(IntegrityError, match="meeting_ends_after_it_starts"), transaction.atomic():
        MeetingFactory.create(starts_at=time(16), ends_at=time(14))


def test_a_network_looks_at_itself_once_a_year_and_merges_with_another() -> None:
    review = SelfReviewFactory.create()
    with pytest.raises(IntegrityError, match="selfreview_once_a_year"), transaction.atomic():
        SelfReviewFactory.create(network=review.network)
    with pytest.raises(IntegrityError, match="selfreview_merges_with_another"), transaction.atomic():
        SelfReviewFactory.create(network=review.network, year=2025, merge_with=review.network)
