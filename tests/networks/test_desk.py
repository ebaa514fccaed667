"""The coordination's pages in „Mein Bereich“: what it does for its own networks, and nothing for others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networks.models import Attendance, Decision, Meeting, Network, NetworkDocument, SelfReview
from partners.enums import Role
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
from tests.partners.people import inside, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return NetworkFactory.create(name="Unser Netz", coordinator=PartnerFactory.create(name="Verein Sonne"))


@pytest.fixture
def client(network: Network) -> Client:
    assert network.coordinator
    return inside(member(network.coordinator, Role.EDIT).person)


def at(network: Network, view: str = "network", *more: Any) -> str:
    assert network.coordinator
    return reverse(f"desk:{view}", args=[network.coordinator.slug, network.slug, *more])


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.slow
def test_the_coordination_changes_its_details_and_hands_in_documents(client: Client, network: Network) -> None:
    """Only PDF files, only into its own network; what is not marked public stays inside."""
    page = at(network, "details")
    values = {"was": "angaben", "purpose": "Zusammen da sein", "rhythm": "viermal im Jahr", "meetings_per_year": "4"}
    assert client.post(page, {**values, "meeting_minutes": "120", "name": "Anderer Name"}).status_code == 302
    network.refresh_from_db()
    assert (network.name, network.purpose, network.meeting_minutes) == ("Unser Netz", "Zusammen da sein", 120)
    other = NetworkFactory.create(name="Fremdes Netz")
    for name, content, said in (("a.pdf", PDF, ""), ("a.exe", b"MZ", "keine vollständige PDF-Datei")):
        file = SimpleUploadedFile(name, content)
        answer = client.post(
            page, {"was": "dokument", "title": "Konzept", "file": file, "network": other.pk}, follow=True
        )
        assert said in text(answer)
    [document] = NetworkDocument.objects.all()
    assert (document.network, document.is_public) == (network, False)
    assert Client().get(document.get_absolute_url()).status_code == 404
    assert client.post(at(network, "details").replace("unser-netz", other.slug), values).status_code == 404


def test_a_meeting_is_entered_corrected_and_counted(client: Client, network: Network) -> None:
    came = MembershipFactory.create(network=network, partner__name="Haus Mond").partner
    yesterday = timezone.localdate() - timedelta(days=1)
    values = {"held_on": yesterday.isoformat(), "starts_at": "14:00", "ends_at": "16:00", "title": "Planung"}
    assert "Das Ende liegt vor dem Anfang" in text(
        client.post(at(network, "new_meeting"), {**values, "ends_at": "13:00"})
    )
    client.post(at(network, "new_meeting"), values)
    meeting = Meeting.objects.get()
    assert (meeting.network, meeting.title, meeting.is_public) == (network, "Planung", False)
    page = at(network, "meeting", meeting.pk)
    assert "Haus Mond" in text(client.get(page))
    client.post(page, {"was": "sitzung", **values, "title": "Jahresplanung", "is_public": "on"})
    client.post(page, {"was": "teilnahme", f"partner-{came.pk}": "3"})
    assert Meeting.objects.get().title == "Jahresplanung"
    assert Attendance.objects.get().people == 3
    assert "Protokoll fehlt noch" in text(client.get(at(network)))
    client.post(page, {"was": "sitzung", **values, "note": "Wir machen weiter."})
    assert "Protokoll ist da" in text(client.get(at(network)))
    client.post(page, {"was": "sitzung", **values, "title": "Jahresplanung"})
    client.post(page, {"was": "teilnahme", f"partner-{came.pk}": "0"})
    assert not Attendance.objects.exists()


def test_the_same_meeting_twice_is_said_and_nothing_typed_is_lost(client: Client, network: Network) -> None:
    meeting = MeetingFactory.create(network=network)
    values = {"held_on": meeting.held_on.isoformat(), "title": meeting.title, "agenda": "Viel Text"}
    answer = client.post(at(network, "new_meeting"), values)
    assert answer.status_code == 200
    assert "Viel Text" in text(answer)
    assert Meeting.objects.count() == 1


def test_decisions_have_an_owner_among_the_members_and_are_done_with_a_button(client: Client, network: Network) -> None:
    meeting = MeetingFactory.create(network=network)
    owner = MembershipFactory.create(network=network).partner
    stranger = PartnerFactory.create()
    page = at(network, "meeting", meeting.pk)
    values = {"was": "beschluss", "text": "Faltblatt drucken", "due_on": "2027-01-31"}
    client.post(page, {**values, "owner": stranger.pk})
    assert not Decision.objects.exists()
    client.post(page, {**values, "owner": owner.pk})
    decision = Decision.objects.get()
    assert "Faltblatt drucken" in text(client.get(at(network)))
    client.post(at(network, "decision_done", decision.pk))
    assert Decision.objects.get().done_on == timezone.localdate()
    assert "Faltblatt drucken" not in text(client.get(at(network)))


def test_the_review_is_answered_once_a_year_and_the_years_stay(client: Client, network: Network) -> None:
    year = timezone.localdate().year
    SelfReviewFactory.create(network=network, year=year - 1, missing="Die Schulen")
    client.post(at(network, "review"), {"continuation": "anders", "missing": "Die Kitas"})
    client.post(at(network, "review"), {"continuation": "ja", "missing": "Niemand"})
    assert list(SelfReview.objects.values_list("year", "missing")) == [(year, "Niemand"), (year - 1, "Die Schulen")]
    page = text(client.get(at(network, "review")))
    assert "Wer fehlt in der Gruppe? Die Schulen" in page
    assert "Stimmt der Auftrag noch? keine Antwort" in page
    assert "Ihre Antworten sind da" in text(client.get(at(network)))


def test_what_another_organisation_coordinates_does_not_exist(client: Client, network: Network) -> None:
    assert network.coordinator
    foreign = NetworkFactory.create(coordinator=PartnerFactory.create())
    MembershipFactory.create(network=foreign, partner=network.coordinator)  # a member only
    meeting, decision = MeetingFactory.create(network=foreign), DecisionFactory.create(meeting__network=foreign)
    own = network.coordinator.slug
    for view, more in (("new_meeting", []), ("review", []), ("meeting", [meeting.pk]),
                       ("decision_done", [decision.pk])):  # fmt: skip
        for partner in (own, foreign.coordinator.slug):  # type: ignore[union-attr]  # made with one
            address = reverse(f"desk:{view}", args=[partner, foreign.slug, *more])
            assert client.post(address, {"title": "x", "continuation": "nein"}).status_code == 404, address
        assert client.get(reverse("desk:network", args=[own, foreign.slug])).status_code == 404
    for address in (at(network, "meeting", meeting.pk), at(network, "decision_done", decision.pk)):
        assert client.post(address, {"was": "sitzung"}).status_code == 404
    assert client.get(reverse("desk:networks", args=[foreign.coordinator.slug])).status_code == 404  # type: ignore[union-attr]  # made with one
    assert not SelfReview.objects.exists()
    assert Decision.objects.open().count() == 1


def test_the_list_names_own_and_other_networks(client: Client, network: Network) -> None:
    assert network.coordinator
    MembershipFactory.create(network__name="Große Runde", partner=network.coordinator)
    MembershipFactory.create(network__name="Geheime Runde", network__is_public=False, partner=network.coordinator)
    page = text(client.get(reverse("desk:networks", args=[network.coordinator.slug])))
    assert "Unser Netz" in page
    assert "Große Runde" in page
    assert "Geheime Runde" not in page


def test_nobody_gets_in_without_signing_in(network: Network) -> None:
    assert Client().get(at(network)).status_code == 302


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_was_invited_hears_of_a_new_day_and_of_the_end(client: Client, network: Network) -> None:
    """Nobody who was not invited is written to, and another title is no reason to write."""
    MembershipFactory.create(network=network, partner__email="eins@example.org")
    meeting = MeetingFactory.create(network=network, starts_at=None, ends_at=None, title="Planung")
    page = at(network, "meeting", meeting.pk)
    days = [(timezone.localdate() + timedelta(days=days)).isoformat() for days in (31, 32)]
    values = {"was": "sitzung", "title": "Planung", "is_public": "on"}
    assert subjects(client.post(page, {**values, "held_on": days[0]})) == []
    Meeting.objects.update(invited_at=timezone.now(), reminded_at=timezone.now())
    assert subjects(client.post(page, {**values, "held_on": days[0], "title": "Jahresplanung"})) == []
    assert Meeting.objects.get().reminded_at
    [moved] = subjects(client.post(page, {**values, "held_on": days[1], "place": "Rathaus"}))
    assert moved.startswith("Geändert: Planung am ")
    assert "Rathaus" in str(mail.outbox[0].body)
    assert Meeting.objects.get().reminded_at is None
    answer = client.post(page, {"was": "absagen"}, follow=True)
    assert "1 Mitglied bekommt eine E-Mail" in text(answer)
    assert subjects(answer)[0].startswith("Abgesagt: Planung am ")
    assert not Meeting.objects.exists()


def test_a_meeting_with_something_written_down_is_not_cancelled(client: Client, network: Network) -> None:
    decided = DecisionFactory.create(meeting__network=network).meeting
    past = MeetingFactory.create(network=network, held_on=timezone.localdate() - timedelta(days=1))
    for meeting in (decided, past):
        page = at(network, "meeting", meeting.pk)
        assert "absagen" not in client.get(page).content.decode()
        client.post(page, {"was": "absagen"})
    assert Meeting.objects.count() == 2


def test_a_document_is_shown_and_hidden_and_a_decision_opened_again(client: Client, network: Network) -> None:
    paper, other = NetworkDocumentFactory.create(network=network, is_public=True), NetworkDocumentFactory.create()
    page = at(network, "details")
    for was, status in (("verbergen", 404), ("zeigen", 200)):
        client.post(page, {"was": was, "dokument": paper.pk})
        assert Client().get(paper.get_absolute_url()).status_code == status
    for wrong in (other.pk, "x"):
        assert client.post(page, {"was": "zeigen", "dokument": wrong}).status_code == 404
    decision = DecisionFactory.create(meeting__network=network)
    done = at(network, "decision_done", decision.pk)
    client.post(done)
    assert "Doch noch offen" in text(client.get(at(network, "meeting", decision.meeting.pk)))
    client.post(done, {"offen": "1"})
    assert Decision.objects.open().get() == decision
    assert client.post(done, {"offen": "1"}).status_code == 404


def subjects(answer: Any) -> list[str]:
    """Of the mails that went out since they were last asked for."""
    assert answer.status_code in (200, 302)
    mail.outbox.clear()
    run_worker(wait=False)
    return [str(message.subject) for message in mail.outbox]
