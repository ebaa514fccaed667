"""The links in our mails: opening changes nothing, each answers once, and what is wrong with one is said."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.utils import timezone

from offers.desk.decisions import approve_proposal, return_proposal
from offers.enums import ProposalStatus, Status
from offers.freshness.enums import Answer, Channel, Stage
from offers.freshness.links import link
from offers.models import Offer, Proposal, Reminder, ReviewAnswer
from offers.proposals import fingerprint
from tests.offers.factories import FundingFactory, OfferFactory, ScheduleFactory, TopicFactory
from tests.offers.steps import Page, old_stamp
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import city, quarter
from tests.portal.staff import staff

pytestmark = pytest.mark.django_db
PURPOSES = [Answer.CONFIRMED, Answer.CHANGED, Answer.ENDED]


@pytest.fixture
def offer() -> Offer:
    """Due today, its provider was mailed; everything about it is from a leaflet."""
    city()
    offer = OfferFactory.create(
        title="Elterncafé",
        provider=PartnerFactory.create(name="Kinderladen"),
        topics=[TopicFactory.create(label="Frühe Hilfen")],
        phone="0208 123456",
        format="gruppe",
        source="Flyer",
        source_year=2024,
    )
    return due(offer, 0)


def due(offer: Offer, days: int) -> Offer:
    day = timezone.localdate() + timedelta(days=days)
    Offer.objects.filter(pk=offer.pk).update(review_due=day)
    offer.refresh_from_db()
    Reminder.objects.create(offer=offer, due=day, stage=Stage.DUE, address="laden@example.org")
    return offer


def state() -> list[Any]:
    """Everything a link could change."""
    offers = Offer.objects.order_by("pk").values_list("pk", "version", "verified_at", "confirmed_on", "review_due")
    return [*offers, *ReviewAnswer.objects.values_list(), *Proposal.objects.values_list("pk", "status")]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def press(client: Client, path: str, **typed: Any) -> Any:
    """Open the page, wait, type and press its button."""
    page = Page(client.get(path))
    if "stempel" in page.values:
        page.values["stempel"] = [old_stamp()]
    return client.post(path, {**page.values, **typed})


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_scanner_that_opens_every_link_changes_nothing(
    client: Client, offer: Offer, purpose: Answer, method: str
) -> None:
    before = state()
    for _visit in range(3):
        response = getattr(client, method)(link(offer, purpose))
        assert response.status_code == 200
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
    assert state() == before


def test_the_button_confirms_and_says_until_when(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.CONFIRMED)
    page = client.get(path)
    for words in ("Elterncafé", "0208 123456", "Frühe Hilfen", "bis 3 Jahre", "Ja, alles stimmt noch"):
        assert words in text(page)
    answer = press(client, path)
    assert answer["Location"] == f"{path}?gesendet=1"
    offer.refresh_from_db()
    assert offer.confirmed_on == timezone.localdate()
    assert offer.verified_at is not None
    assert offer.review_due > timezone.localdate() + timedelta(days=300)
    thanks = client.get(answer["Location"])
    assert thanks.status_code == 200
    assert "Vielen Dank!" in text(thanks)
    kept = ReviewAnswer.objects.get()
    assert (kept.answer, kept.channel, kept.address) == (Answer.CONFIRMED, Channel.LINK, "laden@example.org")


def test_confirming_brings_a_dormant_offer_back_at_once(client: Client, offer: Offer) -> None:
    due(offer, -61)
    assert not Offer.objects.public().exists()
    press(client, link(offer, Answer.CONFIRMED))
    assert Offer.objects.public().get() == offer


def test_facts_that_moved_while_the_page_was_open_are_not_confirmed(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.CONFIRMED)
    page = Page(client.get(path))
    Offer.objects.filter(pk=offer.pk).update(phone="0208 999")
    answer = client.post(path, page.values)
    assert "Es ist noch nichts bestätigt" in text(answer)
    assert "0208 999" in text(answer)
    assert not ReviewAnswer.objects.exists()
    assert client.post(path, Page(answer).values).status_code == 302


# -- what is wrong with a link ---------------------------------------------------------------------------------------


def refused(client: Client, path: str, status: int, words: str) -> None:
    """Both opening and pressing say the same and change nothing."""
    before = state()
    for response in (
        client.get(path),
        client.post(path, {"stand": "x"}),
        client.post(path, {"stempel": old_stamp(), "vorgang": str(uuid.uuid4()), "phone": "0208 666"}),
    ):
        assert response.status_code == status
        assert words in text(response)
        assert "ist nichts" in text(response)
    assert state() == before


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.slow
def test_a_tampered_link_opens_nothing(client: Client, offer: Offer, purpose: Answer) -> None:
    path = link(offer, purpose)
    parts = path.rstrip("/").rpartition("/")[2].split(".")
    other = OfferFactory.create()
    for number, part in ((0, str(other.pk)), (1, str(int(parts[1]) + 1)), (2, "zzzzzz"), (3, parts[3][:-1] + "-")):
        forged = [*parts[:number], part, *parts[number + 1 :]]
        refused(client, path.replace(".".join(parts), ".".join(forged)), 404, "Dieser Link gilt nicht")
    refused(client, path.replace(".".join(parts), "x"), 404, "Dieser Link gilt nicht")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_serves_one_purpose(client: Client, offer: Offer, purpose: Answer) -> None:
    for other in PURPOSES:
        if other != purpose:
            path = link(offer, purpose).replace(f"/{purpose}/", f"/{other}/")
            refused(client, path, 404, "Dieser Link gilt nicht")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_expired_link_opens_nothing(
    client: Client, offer: Offer, purpose: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(offer, purpose)
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 119 * 24 * 3600)
    assert client.get(path).status_code == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 121 * 24 * 3600)
    refused(client, path, 410, "Dieser Link ist abgelaufen")


def test_a_used_link_says_what_was_answered(client: Client, offer: Offer) -> None:
    paths = [link(offer, purpose) for purpose in PURPOSES]
    press(client, paths[0])
    for path in paths:
        refused(client, path, 410, "Das ist schon erledigt")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_of_another_due_date_is_overtaken(client: Client, offer: Offer, purpose: Answer) -> None:
    path = link(offer, purpose)
    Offer.objects.filter(pk=offer.pk).update(verified_at=timezone.now())
    refused(client, path, 410, "Dieser Link ist überholt")


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("change", [{"status": Status.WITHDRAWN}, {"lifecycle": "beendet"}])
def test_what_stands_no_longer_in_the_portal_is_not_brought_back(
    client: Client, offer: Offer, purpose: Answer, change: dict[str, str]
) -> None:
    Offer.objects.filter(pk=offer.pk).update(**change)
    refused(client, link(offer, purpose), 410, "steht nicht mehr im Portal")


def test_a_form_signature_is_no_link(client: Client, offer: Offer) -> None:
    value = f"{offer.pk}.{offer.review_due.toordinal()}"
    for forged in (Signer().sign(value), signing.TimestampSigner(sep=".").sign(value), f"{value}.1abcde.{'A' * 43}"):
        refused(client, f"/angebote/pruefen/stimmt/{forged}/", 404, "Dieser Link gilt nicht")


# -- proposing a change ----------------------------------------------------------------------------------------------


def test_only_what_was_touched_becomes_a_proposal_that_waits_at_once(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.CHANGED)
    answer = press(client, path, phone=["0208 777"], message=["Neue Nummer"])
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.payload == {"phone": "0208 777"}
    assert (proposal.status, proposal.partner, proposal.sender_email) == (
        ProposalStatus.WAITING,
        offer.provider,
        "laden@example.org",
    )
    assert (proposal.message, proposal.base_version) == ("Neue Nummer", offer.version)
    offer.refresh_from_db()
    assert offer.phone == "0208 123456"
    assert proposal.reference in text(client.get(answer["Location"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'subject' FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail'")
        assert cursor.fetchall() == [(f"Neuer Vorschlag wartet: {proposal.reference}",)]


def test_approving_the_change_confirms_the_rest(client: Client, offer: Offer) -> None:
    press(client, link(offer, Answer.CHANGED), phone=["0208 777"])
    changed = approve_proposal(proposal=Proposal.objects.get(), by=staff("Redaktion"), seen=fingerprint(offer))
    assert (changed.phone, changed.confirmed_on) == ("0208 777", timezone.localdate())
    assert changed.source_note == ""


def test_a_returned_change_can_be_sent_again_with_the_same_link(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.CHANGED)
    press(client, path, phone=["0208 777"])
    return_proposal(proposal=Proposal.objects.get(), by=staff("Redaktion"), reason="Bitte mit Vorwahl.")
    assert press(client, path, phone=["0208 778"]).status_code == 302
    assert ReviewAnswer.objects.get().proposal == Proposal.objects.latest("pk")


def test_nothing_changed_is_said(client: Client, offer: Offer) -> None:
    answer = press(client, link(offer, Answer.CHANGED))
    assert "Sie haben noch nichts geändert" in text(answer)
    assert not Proposal.objects.exists()


def test_what_was_unknown_before_is_not_asked_and_what_is_typed_wrong_stays(client: Client, offer: Offer) -> None:
    answer = press(client, link(offer, Answer.CHANGED), phone=["keine"], title=["Elterncafé Mitte"])
    assert "Bitte geben Sie die Telefonnummer nur mit Ziffern ein" in text(answer)
    assert "Bitte wählen Sie eine Antwort" not in text(answer)
    page = Page(answer)
    assert (page.values["phone"], page.values["title"]) == (["keine"], ["Elterncafé Mitte"])
    page.values["stempel"] = [old_stamp()]
    assert client.post(link(offer, Answer.CHANGED), {**page.values, "phone": "0208 1"}).status_code == 302
    assert Proposal.objects.get().payload == {"title": "Elterncafé Mitte", "phone": "0208 1"}


def test_what_moved_meanwhile_is_not_proposed_back(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.CHANGED)
    page = Page(client.get(path))
    Offer.objects.filter(pk=offer.pk).update(title="Elterncafé am Markt", phone="0208 999")
    page.values |= {"stempel": [old_stamp()], "phone": ["0208 777"]}
    assert client.post(path, page.values).status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.payload == {"phone": "0208 777"}
    assert proposal.base["phone"] == "0208 123456"
    assert proposal.base_version == offer.version


def test_facts_the_form_has_no_room_for_stay_and_are_shown(client: Client, offer: Offer) -> None:
    ScheduleFactory.create(offer=offer, weekdays=[0])
    ScheduleFactory.create(offer=offer, weekdays=[3])
    for label in ("Landesmittel 1", "Landesmittel 2"):
        FundingFactory.create(offer=offer, label=label)
    home = PlaceFactory.create(partner=offer.provider, name="Haus Mitte", district=quarter("Borbeck"))
    offer.places.set([home, PlaceFactory.create(partner=offer.provider, name="Haus Nord")])
    path = link(offer, Answer.CHANGED)
    page = client.get(path)
    for words in ("Was nicht in die Felder passt", "Landesmittel 2", "Zeit 2", "Ort 2", "Haus Nord"):
        assert words in text(page)
    press(client, path, phone=["0208 777"])
    assert Proposal.objects.get().payload == {"phone": "0208 777"}


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ({"age_from": ["1"]}, {"ages": {"from": 12, "until": 36}}),
        ({"for_whom": ["alle"]}, {"ages": {"from": None, "until": None}}),
        ({"area": ["gebiete"], "catchment": ["borbeck"]}, {"catchment": ["borbeck"]}),
        ({"languages": ["de", "tr"]}, {"languages": ["de", "tr"]}),
        ({"summary": ["Eins.\r\nZwei."]}, {"summary": "Eins.\nZwei."}),
        ({"cost": ["free"], "registration": ["none"]}, {"cost": "free", "registration": "none"}),
    ],
)
@pytest.mark.slow
def test_every_kind_of_field_can_be_changed(
    client: Client, offer: Offer, typed: dict[str, list[str]], payload: dict[str, Any]
) -> None:
    quarter("Borbeck")
    assert press(client, link(offer, Answer.CHANGED), **typed).status_code == 302
    assert Proposal.objects.get().payload == payload


def test_a_full_offer_opens_as_it_is_and_only_its_time_changes(client: Client, offer: Offer) -> None:
    ScheduleFactory.create(offer=offer)
    home = PlaceFactory.create(
        partner=offer.provider, name="Haus Mitte", street="Weg 1", city="Oberhausen", district=quarter("Borbeck")
    )
    offer.places.set([home])
    FundingFactory.create(offer=offer)
    assert Page(client.get(link(offer, Answer.CHANGED))).values["street"] == ["Weg 1"]
    press(client, link(offer, Answer.CHANGED), start_time=["10:00"])
    payload = Proposal.objects.get().payload
    assert list(payload) == ["schedules"]
    assert [(row["start_time"], row["weekdays"]) for row in payload["schedules"]] == [("10:00:00", [2])]


# -- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "ended"), [("", True), ("2020-01-31", True), ("2099-12-31", False)])
def test_the_end_is_proposed_and_approved(client: Client, offer: Offer, typed: str, ended: bool) -> None:
    answer = press(client, link(offer, Answer.ENDED), last_day=[typed], message=["Bitte zur Caritas."])
    assert answer.status_code == 302
    assert Offer.objects.public().get() == offer
    approve_proposal(proposal=Proposal.objects.get(), by=staff("Redaktion"), seen=fingerprint(offer))
    assert Offer.objects.public().exists() is not ended
    offer.refresh_from_db()
    assert offer.is_ended is ended


def test_pressing_twice_is_one_answer(client: Client, offer: Offer) -> None:
    path = link(offer, Answer.ENDED)
    page = Page(client.get(path))
    page.values["stempel"] = [old_stamp()]
    answers = [client.post(path, page.values).status_code for _press in range(2)]
    assert answers == [302, 410]
    assert Proposal.objects.count() == ReviewAnswer.objects.count() == 1
