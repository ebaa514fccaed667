"""Every change is recorded with who and when, and can be taken back (design rule 11)."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pghistory.models import Event

from offers.models import Funding, Offer, Schedule, Topic
from partners.models import Partner, Place
from portal.history import event_models, parts_of, steps_of
from portal.history_people import requests_of
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.staff import open_form, signed_in, staff

pytestmark = pytest.mark.django_db(transaction=True)  # a step is a transaction


@pytest.fixture
def client() -> Client:
    return signed_in(staff("Redaktion", "anna"))


def url(thing: Any, view: str, *args: Any) -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{view}", args=[thing.pk, *args])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def restore(client: Client, address: str) -> Any:
    stand = page(client, address).split('name="stand" value="')[1].split('"')[0]
    return client.post(address, {"stand": stand})


def test_the_history_says_who_changed_what_from_what_to_what(client: Client) -> None:
    offer = OfferFactory.create(title="Krabbelgruppe", topics=[TopicFactory.create(label="Spielen")])
    sleep = TopicFactory.create(label="Schlafen")
    form = open_form(client, url(offer, "change"))
    client.post(url(offer, "change"), {**form, "title": "Spielgruppe", "topics": [sleep.pk]})
    seen = page(client, url(offer, "history"))
    newest = seen.split('<section class="module history-step">')[1]
    assert "anna" in newest
    assert "Titel:" in newest
    assert "vorher: </span>Krabbelgruppe</del>" in newest
    assert "nachher: </span>Spielgruppe</ins>" in newest
    assert "vorher: </span>Spielen</del>" in newest
    assert "nachher: </span>Schlafen</ins>" in newest
    assert seen.index("Spielgruppe") < seen.index("Angebot „Krabbelgruppe“ angelegt"), "newest first"


def test_bulk_and_raw_changes_are_in_the_history(client: Client) -> None:
    offer = OfferFactory.create(title="eins")
    Offer.objects.update(title="zwei")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offers_offer SET title = 'drei'")
    seen = page(client, url(offer, "history"))
    assert "nachher: </span>zwei</ins>" in seen
    assert "nachher: </span>drei</ins>" in seen
    assert "ein Programm oder die Datenbank" in seen


@pytest.mark.slow
def test_an_earlier_state_comes_back_with_links_and_times(client: Client) -> None:
    play, sleep = TopicFactory.create(label="Spielen"), TopicFactory.create(label="Schlafen")
    offer = OfferFactory.create(title="Krabbelgruppe", topics=[play])
    ScheduleFactory.create(offer=offer, note="im Saal")
    wanted = len(steps_of(parts_of(Offer, [offer.schedules.model]), offer.pk))
    offer.topics.set([sleep])
    offer.schedules.all().delete()
    ScheduleFactory.create(offer=offer, note="im Garten")
    Offer.objects.update(title="Ganz anders")

    shown = page(client, url(offer, "restore", wanted))
    assert "Ganz anders" in shown
    assert restore(client, url(offer, "restore", wanted)).status_code == 302

    offer.refresh_from_db()
    assert offer.title == "Krabbelgruppe"
    assert list(offer.topics.all()) == [play]
    assert [schedule.note for schedule in offer.schedules.all()] == ["im Saal"]
    newest = page(client, url(offer, "history")).split('<section class="module history-step">')[1]
    assert "anna" in newest, "going back is recorded as well"
    assert "nachher: </span>Krabbelgruppe</ins>" in newest


@pytest.mark.slow
def test_one_change_is_taken_back_alone_and_that_again(client: Client) -> None:
    """Fields, links and times of one step go back; what came later stays; the undo can be undone."""
    play, sleep, sing = (TopicFactory.create(label=label) for label in ("Spielen", "Schlafen", "Singen"))
    offer = OfferFactory.create(title="Krabbelgruppe", topics=[play])
    ScheduleFactory.create(offer=offer, note="im Saal")
    with transaction.atomic():  # the step to take back
        Offer.objects.update(title="Babytreff", phone="0208 1")
        offer.topics.set([sleep])
        offer.schedules.all().delete()
        ScheduleFactory.create(offer=offer, note="im Garten")
    taken = len(steps_of(parts_of(Offer, [Schedule, Funding]), offer.pk))
    Offer.objects.update(summary="Kommt gern vorbei.")
    offer.topics.add(sing)

    shown = page(client, url(offer, "take_back", taken))
    for words in ("Krabbelgruppe", "im Saal", "Spielen", "Zurückgenommen wird nur die Änderung"):
        assert words in shown
    assert "Kommt gern vorbei" not in shown
    assert restore(client, url(offer, "take_back", taken)).status_code == 302
    offer.refresh_from_db()
    assert (offer.title, offer.phone, offer.summary) == ("Krabbelgruppe", "", "Kommt gern vorbei.")
    assert set(offer.topics.all()) == {play, sing}
    assert [schedule.note for schedule in offer.schedules.all()] == ["im Saal"]
    assert "nichts zurückzunehmen" in page(client, url(offer, "take_back", taken)), "it is taken back already"

    undone = len(steps_of(parts_of(Offer, [Schedule, Funding]), offer.pk))
    assert restore(client, url(offer, "take_back", undone)).status_code == 302
    offer.refresh_from_db()
    assert (offer.title, offer.phone, offer.summary) == ("Babytreff", "0208 1", "Kommt gern vorbei.")
    assert set(offer.topics.all()) == {sleep, sing}
    assert [schedule.note for schedule in offer.schedules.all()] == ["im Garten"]


@pytest.mark.slow
def test_everything_a_person_did_stands_on_one_page(client: Client) -> None:
    offer, other = OfferFactory.create(title="Krabbelgruppe"), OfferFactory.create(title="Babytreff")
    topic = TopicFactory.create(label="Spielen")
    listed = reverse("admin:offers_offer_changelist")
    chosen = {"action": "add_topic", "_selected_action": [offer.pk, other.pk], "gefragt": "1", "topic": topic.pk}
    stand = client.post(listed, chosen).context["stand"]
    client.post(listed, {**chosen, "stand": stand, "ja": "1"})
    form = open_form(client, url(offer, "change"))
    client.post(url(offer, "change"), {**form, "title": "Spielgruppe"})
    anna = User.objects.get(username="anna")
    own = reverse("admin:auth_user_log", args=[anna.pk])
    with CaptureQueriesContext(connection) as asked:
        seen = page(client, own)
    assert seen.index("Spielgruppe") < seen.index("Babytreff"), "newest first"
    assert url(offer, "history") in seen
    assert "2 Mal etwas geändert" in seen
    assert len(asked) < 20
    assert "2 Mal" in page(client, f"{own}?tag={timezone.localdate().isoformat()}")
    assert "An diesem Tag" in page(client, f"{own}?tag=2020-01-01")
    assert "Diesen Tag gibt es nicht" in page(client, f"{own}?tag=31.12.2020")
    berta = signed_in(staff("Redaktion", "berta"))
    assert berta.get(own).status_code == 403, "colleagues do not watch each other"
    assert page(berta, reverse("admin:auth_user_log", args=[User.objects.get(username="berta").pk]))
    assert "Spielgruppe" in page(signed_in(staff("Leitung", "chefin")), own)


def test_what_a_person_did_is_found_by_an_index() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small here; the index must fit the question
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = requests_of(1)[:20].explain()
    assert "Index Scan using context_of_person" in plan
    assert "Sort" not in plan, "newest first is the order of the index"


def test_going_back_stops_when_something_changed_meanwhile(client: Client) -> None:
    topic = TopicFactory.create(label="alt")
    Topic.objects.update(label="neu")
    address = url(topic, "restore", 1)
    stand = page(client, address).split('name="stand" value="')[1].split('"')[0]
    Topic.objects.update(label="noch neuer")
    answer = client.post(address, {"stand": stand})
    assert "Inzwischen hat sich der Eintrag geändert" in answer.content.decode()
    topic.refresh_from_db()
    assert topic.label == "noch neuer"


def test_going_back_to_what_is_no_longer_possible_is_explained(client: Client) -> None:
    topic = TopicFactory.create(label="Spielen")
    Topic.objects.update(label="anders")
    TopicFactory.create(label="Spielen")
    answer = restore(client, url(topic, "restore", 1))
    assert "Dieser Stand geht nicht mehr" in answer.content.decode()


def test_looking_does_not_change_and_needs_the_right() -> None:
    topic = TopicFactory.create(label="alt")
    Topic.objects.update(label="neu")
    nobody = signed_in(staff())
    assert nobody.get(url(topic, "history")).status_code == 403
    assert nobody.post(url(topic, "restore", 1), {"stand": ""}).status_code == 403
    topic.refresh_from_db()
    assert topic.label == "neu"


def test_a_deleted_partner_comes_back_with_places_and_contacts() -> None:
    chief = signed_in(staff("Leitung"))
    partner = PartnerFactory.create(name="Verein Mond")
    PlaceFactory.create(partner=partner, street="Gasse 3")
    ContactFactory.create(partner=partner)
    assert chief.post(url(partner, "delete"), {"post": "yes"}).status_code == 302
    assert not Partner.objects.exists()
    assert "Verein Mond" in page(chief, reverse("admin:partners_partner_deleted"))
    address = reverse("admin:partners_partner_undelete", args=[partner.pk])
    assert restore(chief, address).status_code == 302
    back = Partner.objects.get()
    assert (back.public_id, back.slug) == (partner.public_id, partner.slug)
    assert [place.street for place in back.places.all()] == ["Gasse 3"]
    assert back.contacts.count() == 1
    assert (
        "Verein Mond"
        not in page(chief, reverse("admin:partners_partner_deleted")).split("<table")[-1].split("</table")[0]
    )


def test_only_the_lead_sees_deleted_things(client: Client) -> None:
    assert client.get(reverse("admin:partners_partner_deleted")).status_code == 403
    assert client.get(reverse("admin:partners_partner_undelete", args=[1])).status_code == 403


def test_a_place_that_becomes_confidential_loses_its_address_in_the_history_too() -> None:
    chief = signed_in(staff("Leitung"))
    place = PlaceFactory.create(name="Schutzhaus", street="Geheimweg 7", note="Klingel Geheimnis")
    other = PlaceFactory.create(street="Offener Weg 1")
    empty = {"street": "", "postcode": "", "city": "", "directions": "", "note": ""}
    Place.objects.filter(pk=place.pk).update(is_confidential=True, **empty)
    events = event_models()[Place].objects
    assert not events.filter(id=place.pk).exclude(street="", postcode="", city="", note="").exists()
    assert events.filter(id=other.pk, street="Offener Weg 1").exists()
    seen = page(chief, url(place, "history")) + page(chief, url(place.partner, "history"))
    assert "Geheim" not in seen
    assert "Es gibt nichts wiederherzustellen" in page(chief, url(place, "restore", 1))
    place.refresh_from_db()
    assert place.is_confidential
    assert place.street == ""


def test_nobody_edits_the_history_in_the_admin() -> None:
    for model in site._registry:
        assert not issubclass(model, Event)
    boss = signed_in(staff(name="boss", superuser=True))
    for model in event_models().values():
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert boss.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 404
