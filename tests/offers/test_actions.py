"""Proposals from the sender to the page: stored whole with their mails, decided once, nobody overwritten."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from procrastinate.exceptions import ConnectorException

from offers import actions
from offers.desk import decisions
from offers.enums import ProposalStatus
from offers.models import ErrorReport, Offer, Parallel, Proposal
from offers.proposals import changes, fingerprint, snapshot
from partners.models import Partner, Place
from portal.city import city as city_facts
from tests.offers.factories import FundingFactory, OfferFactory, ProposalFactory, ScheduleFactory, TopicFactory
from tests.offers.steps import sent
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import city

pytestmark = pytest.mark.django_db(transaction=True)
SENDER = actions.Sender(email="traeger@example.org", name="Ayşe", organisation="Verein Neu", organisation_kind="verein")


def payload(**changed: Any) -> dict[str, Any]:
    city()
    values: dict[str, Any] = {
        "title": "Elterncafé", "summary": "Kaffee und Rat.", "description": "", "topics": [], "format": "gruppe",
        "ages": {"from": 0, "until": 36}, "audiences": ["eltern"], "catchment": ["musterstadt"], "access": ["komm"],
        "places": [{"name": "Saal", "street": "Weg 1", "postcode": "46045", "city": "Musterstadt", "district": ""}],
        "cost": "free", "registration": "none", "languages": ["de"], "lifecycle": "projekt", "ends_on": "2028-01-01",
        "schedules": [{"kind": "weekly", "weekdays": [2], "start_time": "09:30:00"}],
        "fundings": [{"source": "bsfh", "ends_on": "2028-01-01"}],
    }  # fmt: skip
    return {**values, **changed}


def waiting(**changed: Any) -> Proposal:
    values = {
        "payload": payload(),
        "status": ProposalStatus.WAITING,
        "confirmed_at": timezone.now(),
        "sender_organisation": "Verein Neu",
        "sender_organisation_kind": "verein",
    }
    return ProposalFactory.create(**{**values, **changed})


def editor() -> User:
    user = User.objects.create_user("redaktion", is_staff=True)
    rights = ["view_proposal", "decide_proposal", "view_errorreport", "change_errorreport", "view_offer"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def test_a_submission_is_stored_and_asks_for_confirmation() -> None:
    number = uuid.uuid4()
    proposal = actions.submit_proposal(by=SENDER, payload=payload(), submission_id=number)
    assert proposal.status == ProposalStatus.UNCONFIRMED
    [message] = sent()
    assert message.to == ["traeger@example.org"]
    assert proposal.reference in message.body
    assert proposal.confirm_token in message.body
    assert "Elterncafé" not in str(message.subject) + str(
        message.body
    )  # nobody can send own words to strangers from here


def test_sent_twice_is_stored_once() -> None:
    number = uuid.uuid4()
    first = actions.submit_proposal(by=SENDER, payload=payload(), submission_id=number)
    assert actions.submit_proposal(by=SENDER, payload=payload(), submission_id=number) == first
    assert Proposal.objects.count() == 1
    assert len(sent()) == 1


def test_a_failing_side_effect_rolls_everything_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE procrastinate_jobs ADD CONSTRAINT full_disk CHECK (queue_name <> 'mail') NOT VALID")
    try:
        existing = OfferFactory.create()
        answer = actions.ParallelAnswered(existing, "ergaenzt")
        with pytest.raises(ConnectorException):
            actions.submit_proposal(by=SENDER, payload=payload(), submission_id=uuid.uuid4(), parallels=[answer])
        waits = waiting()
        with pytest.raises(ConnectorException):
            decisions.approve_proposal(proposal=waits, by=editor())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT full_disk")
    waits.refresh_from_db()
    assert waits.status == ProposalStatus.WAITING
    assert list(Proposal.objects.all()) == [waits]
    assert not Parallel.objects.exists()
    assert list(Offer.objects.all()) == [existing]
    assert not Partner.objects.filter(name="Verein Neu").exists()


def test_an_address_cannot_be_flooded() -> None:
    for _number in range(actions.UNCONFIRMED_A_DAY):
        actions.submit_proposal(by=SENDER, payload=payload(), submission_id=uuid.uuid4())
    with pytest.raises(actions.TooManyUnconfirmedError):
        actions.submit_proposal(by=SENDER, payload=payload(), submission_id=uuid.uuid4())
    other = actions.Sender(email="andere@example.org")
    assert actions.submit_proposal(by=other, payload=payload(), submission_id=uuid.uuid4())
    assert len(sent()) == actions.UNCONFIRMED_A_DAY + 1


def test_confirming_puts_it_into_the_queue_and_tells_the_office_once() -> None:
    proposal = ProposalFactory.create(sender_organisation="Verein Neu")
    assert not Proposal.objects.waiting().exists()
    actions.confirm_proposal(token=proposal.confirm_token)
    actions.confirm_proposal(token=proposal.confirm_token)
    assert list(Proposal.objects.waiting()) == [proposal]
    [message] = sent()
    assert message.to == [city_facts()["office_email"]]
    assert proposal.reference in message.subject
    with pytest.raises(Proposal.DoesNotExist):
        actions.confirm_proposal(token="falsch")


@pytest.mark.slow
def test_approving_publishes_the_whole_offer_and_mails_the_sender() -> None:
    topic = TopicFactory.create(label="Frühe Hilfen")
    proposal = waiting(payload=payload(topics=[topic.slug]))
    offer = decisions.approve_proposal(proposal=proposal, by=editor())
    assert Offer.objects.public().get() == offer
    assert offer.provider.name == "Verein Neu"
    assert offer.provider.kind == "verein"
    assert offer.ages == NumericRange(0, 36)
    assert list(offer.topics.all()) == [topic]
    assert [place.street for place in offer.places.all()] == ["Weg 1"]
    assert [schedule.weekdays for schedule in offer.schedules.all()] == [[2]]
    assert [funding.source for funding in offer.fundings.all()] == ["bsfh"]
    assert offer.verified_at is not None
    assert offer.review_due > timezone.localdate()
    assert offer.is_confirmed
    [message] = sent()
    assert message.to == [proposal.sender_email]
    assert offer.get_absolute_url() in message.body


def test_staff_can_say_whose_offer_it_is() -> None:
    partner = PartnerFactory.create(name="Alter Verein")
    offer = decisions.approve_proposal(proposal=waiting(), by=editor(), partner=partner)
    assert offer.provider == partner
    assert not Partner.objects.filter(name="Verein Neu").exists()


def test_a_partner_made_meanwhile_is_not_made_twice() -> None:
    partner = PartnerFactory.create(name="verein neu")
    assert decisions.approve_proposal(proposal=waiting(), by=editor()).provider == partner


def test_a_known_place_is_taken_again() -> None:
    partner = PartnerFactory.create()
    place = PlaceFactory.create(partner=partner, name="Saal", street="weg 1", postcode="46045")
    offer = decisions.approve_proposal(proposal=waiting(partner=partner), by=editor())
    assert list(offer.places.all()) == [place]
    assert Place.objects.count() == 1


def test_a_secret_place_keeps_no_address() -> None:
    proposal = waiting(payload=payload(places=[{"name": "Schutzwohnung", "is_confidential": True}]))
    [place] = decisions.approve_proposal(proposal=proposal, by=editor()).places.all()
    assert place.is_confidential
    assert place.address == ""


@pytest.mark.slow
def test_a_second_decision_is_refused() -> None:
    proposal, staff = waiting(), editor()
    decisions.approve_proposal(proposal=proposal, by=staff)
    with pytest.raises(actions.AlreadyDecidedError):
        decisions.approve_proposal(proposal=proposal, by=staff)
    with pytest.raises(actions.AlreadyDecidedError):
        decisions.return_proposal(proposal=proposal, by=staff, reason="doppelt")
    assert Offer.objects.count() == 1
    assert len(sent()) == 1


@pytest.mark.parametrize("status", [ProposalStatus.UNCONFIRMED, ProposalStatus.WITHDRAWN])
def test_what_does_not_wait_cannot_be_approved(status: str) -> None:
    with pytest.raises(actions.AlreadyDecidedError):
        decisions.approve_proposal(proposal=ProposalFactory.create(status=status), by=editor())


def test_only_those_who_may_decide_decide() -> None:
    proposal, visitor = waiting(), User.objects.create_user("nur-staff", is_staff=True)
    with pytest.raises(PermissionDenied):
        decisions.approve_proposal(proposal=proposal, by=visitor)
    with pytest.raises(PermissionDenied):
        decisions.return_proposal(proposal=proposal, by=visitor, reason="nein")
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WAITING


def test_returning_needs_a_reason_and_mails_it() -> None:
    proposal, staff = waiting(), editor()
    with pytest.raises(ValueError, match="reason"):
        decisions.return_proposal(proposal=proposal, by=staff, reason="  ")
    returned = decisions.return_proposal(proposal=proposal, by=staff, reason="Bitte nennen Sie den Ort.")
    assert returned.status == ProposalStatus.RETURNED
    assert returned.decided_by == staff
    [message] = sent()
    assert "Bitte nennen Sie den Ort." in message.body
    assert message.to == [proposal.sender_email]
    assert not Offer.objects.exists()


def test_a_value_that_no_longer_fits_is_said_and_nothing_is_stored() -> None:
    proposal = waiting(payload=payload(catchment=["weg"]))
    with pytest.raises(ValidationError, match="Gebiet"):
        decisions.approve_proposal(proposal=proposal, by=editor())
    assert not Offer.objects.exists()


def change_to(offer: Offer, **values: Any) -> Proposal:
    """A confirmed change, written against the offer as it stands now."""
    base = snapshot(offer)
    return waiting(offer=offer, partner=offer.provider, payload=values, base=base, base_version=offer.version)


def test_a_change_shows_old_and_new_and_leaves_the_rest_alone() -> None:
    offer = OfferFactory.create(title="Alt", summary="Bleibt.")
    schedule = ScheduleFactory.create(offer=offer)
    FundingFactory.create(offer=offer)
    proposal = change_to(offer, title="Neu", summary="Bleibt.")
    [change] = changes(proposal)
    assert (change.label, change.old, change.new, change.moved) == ("Titel", "Alt", "Neu", False)
    decisions.approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer))
    offer.refresh_from_db()
    assert offer.title == "Neu"
    assert offer.summary == "Bleibt."
    assert [row.pk for row in offer.schedules.all()] == [schedule.pk]
    assert offer.fundings.count() == 1


def test_a_change_of_times_keeps_the_rows_that_stay() -> None:
    offer = OfferFactory.create()
    stays = ScheduleFactory.create(offer=offer, weekdays=[2])
    ScheduleFactory.create(offer=offer, weekdays=[4])
    times = snapshot(offer)["schedules"]
    wanted = [times[0], {**times[1], "weekdays": [5]}]
    proposal = change_to(offer, schedules=wanted)
    before = offer.version
    decisions.approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer))
    offer.refresh_from_db()
    assert sorted(row.weekdays for row in offer.schedules.all()) == [[2], [5]]
    assert stays in offer.schedules.all()
    assert offer.version > before


def test_a_field_that_moved_needs_a_decision() -> None:
    offer = OfferFactory.create(title="Alt", cost_note="")
    proposal = change_to(offer, title="Vorschlag", cost_note="2 €")
    Offer.objects.filter(pk=offer.pk).update(title="Vom Büro")
    offer.refresh_from_db()
    [title, cost_note] = changes(proposal)
    assert (title.moved, title.seen, cost_note.moved) == (True, "Alt", False)
    staff = editor()
    with pytest.raises(decisions.UndecidedError) as caught:
        decisions.approve_proposal(proposal=proposal, by=staff, seen=fingerprint(offer))
    assert caught.value.names == ["title"]
    decisions.approve_proposal(proposal=proposal, by=staff, seen=fingerprint(offer), keep=["title"])
    offer.refresh_from_db()
    assert (offer.title, offer.cost_note) == ("Vom Büro", "2 €")


def test_topics_that_moved_count_as_moved() -> None:
    old, new, office = TopicFactory.create_batch(3)
    offer = OfferFactory.create(topics=[old])
    proposal = change_to(offer, topics=[new.slug])
    offer.topics.set([office])
    [change] = changes(proposal)
    assert change.moved
    decisions.approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer), take=["topics"])
    assert list(offer.topics.all()) == [new]


def test_what_changed_after_staff_looked_is_not_overwritten() -> None:
    offer = OfferFactory.create(title="Alt")
    proposal = change_to(offer, title="Vorschlag")
    looked_at = fingerprint(offer)
    Offer.objects.filter(pk=offer.pk).update(title="Eben geändert")
    with pytest.raises(actions.ChangedMeanwhileError):
        decisions.approve_proposal(proposal=proposal, by=editor(), seen=looked_at)
    offer.refresh_from_db()
    assert offer.title == "Eben geändert"


def test_the_public_keeps_seeing_the_old_offer_while_a_change_waits() -> None:
    offer = OfferFactory.create(title="Alt")
    change_to(offer, title="Neu")
    assert [found.title for found in Offer.objects.public()] == ["Alt"]


@pytest.mark.slow
def test_an_error_report_is_stored_once_and_told_to_the_office() -> None:
    offer, number = OfferFactory.create(title="Krabbelgruppe\r\nBcc: alle@example.org"), uuid.uuid4()
    first = actions.report_error(offer=offer, message="Falsche Nummer.", submission_id=number, by="a@example.org")
    assert actions.report_error(offer=offer, message="Falsche Nummer.", submission_id=number) == first
    [message] = sent()
    assert message.recipients() == [city_facts()["office_email"]]
    assert "Falsche Nummer." in message.body
    assert "\n" not in message.subject
    staff = editor()
    assert actions.handle_error_reports(reports=[first], by=staff) == 1
    assert actions.handle_error_reports(reports=[first], by=staff) == 0
    assert not ErrorReport.objects.open().exists()


def test_parallel_answers_are_kept() -> None:
    existing = OfferFactory.create()
    answers = [actions.ParallelAnswered(existing, "trotzdem", "Die Gruppe ist voll.")]
    proposal = actions.submit_proposal(by=SENDER, payload=payload(), submission_id=uuid.uuid4(), parallels=answers)
    assert [(row.existing, row.answer, row.reason) for row in proposal.parallels.all()] == [
        (existing, "trotzdem", "Die Gruppe ist voll.")
    ]
