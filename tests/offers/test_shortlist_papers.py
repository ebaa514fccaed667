"""What is handed over of a list or an offer: PDF, code, calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from offers.enums import ScheduleKind
from offers.models import Offer
from offers.shortlist.entries import look_up
from offers.shortlist.handout import handout
from offers.shortlist.references import reference
from offers.shortlist.state import Shortlist
from tests.offers.factories import OfferFactory, ScheduleFactory
from tests.offers.papers import Paper, code_in
from tests.partners.factories import PlaceFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def query(*offers: Offer) -> str:
    return Shortlist(tuple(reference(offer) for offer in offers)).query


def events(file: bytes) -> list[dict[str, object]]:
    return [dict(event.items()) for event in Calendar.from_ical(file).walk("VEVENT")]


# PDF


def test_the_hand_out_is_tagged_and_says_what_a_family_needs(client: Client) -> None:
    place = PlaceFactory.create(name="Familienzentrum Nord", street="Beispielweg 1")
    offer = OfferFactory.create(title="Elterncafé für Straßenkinder", phone="0208 123456", places=[place])
    ScheduleFactory.create(offer=offer, weekdays=[0])
    other = OfferFactory.create(title="Babymassage")
    response = client.get("/merkliste/angebote.pdf" + query(offer, other))
    paper = Paper(response.content)

    assert response.headers["Content-Type"] == "application/pdf"
    assert paper.is_tagged
    assert paper.metadata["Title"] == "Ihre Angebote"
    assert paper.contents == ["Elterncafé für Straßenkinder", "Babymassage"]
    for words in ("Elterncafé für Straßenkinder", "0208 123456", "Beispielweg 1", "montags 9:30 bis 11 Uhr", "112"):
        assert words in paper.text
    assert b"/Lang" in response.content or b"de-DE" in response.content


@pytest.mark.slow
def test_the_code_on_paper_leads_to_the_list(client: Client) -> None:
    offers = OfferFactory.create_batch(40)
    response = client.get("/merkliste/angebote.pdf" + query(*offers))

    assert Paper(response.content).codes == [f"{settings.BASE_URL}/merkliste/{query(*offers)}"]


def test_the_code_on_screen_leads_to_the_list_and_to_the_offer(client: Client) -> None:
    offers = OfferFactory.create_batch(3)
    response = client.get("/merkliste/qr.svg" + query(*offers))

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert code_in(response.content) == [f"{settings.BASE_URL}/merkliste/{query(*offers)}"]
    alone = client.get(f"/angebote/{offers[0].slug}/qr.svg").content
    assert code_in(alone) == [settings.BASE_URL + offers[0].get_absolute_url()]


def test_an_offer_alone_has_a_paper_of_its_own(client: Client) -> None:
    offer = OfferFactory.create(title="Elterncafé", summary="Frühstück und Rat.")
    paper = Paper(client.get(f"/angebote/{offer.slug}/angebot.pdf").content)

    assert paper.metadata["Title"] == "Elterncafé"
    assert "Frühstück und Rat." in paper.text
    assert paper.codes == [settings.BASE_URL + offer.get_absolute_url()]


def test_large_print_takes_more_paper(client: Client) -> None:
    offers = OfferFactory.create_batch(6)
    normal = Paper(client.get("/merkliste/angebote.pdf" + query(*offers)).content)
    large = Paper(client.get("/merkliste/angebote-gross.pdf" + query(*offers)).content)

    assert len(large) > len(normal)
    assert large.is_tagged


@pytest.mark.parametrize(
    "words", ["#strong[x] $x^2$ *fett* _kursiv_", '#read("/etc/passwd")', "\\ ] } ) // /* @label <x>", "\0\x07\u202e"]
)
def test_words_on_paper_are_never_read_as_markup(words: str) -> None:
    offer = OfferFactory.create(title="Titel")
    Offer.objects.filter(pk=offer.pk).update(title=words.replace("\0", ""))
    listed = look_up(Shortlist((reference(offer),)))
    paper = Paper(handout(listed.entries, address="http://127.0.0.1/"))

    assert " ".join(words.split("\0")[0].split()) in paper.text
    assert "root:" not in paper.text


def test_a_confidential_place_has_no_address_on_paper(client: Client) -> None:
    place = PlaceFactory.create(name="Haus Zuflucht", is_confidential=True, street="", postcode="", city="")
    offer = OfferFactory.create(places=[place])
    for address in (f"/merkliste/angebote.pdf{query(offer)}", f"/angebote/{offer.slug}/angebot.pdf"):
        paper = Paper(client.get(address).content)
        assert "Haus Zuflucht" not in paper.text
        assert "Adresse ist zum Schutz geheim" in paper.text


@pytest.mark.slow
def test_forty_offers_on_paper_ask_the_database_as_little_as_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    offers = OfferFactory.create_batch(40)
    for offer in offers:
        ScheduleFactory.create(offer=offer)
    address = "/merkliste/angebote.pdf" + query(*offers)
    with CaptureQueriesContext(connection) as alone:
        client.get("/merkliste/angebote.pdf" + query(offers[0]))
    with django_assert_max_num_queries(len(alone)):
        paper = Paper(client.get(address).content)

    assert all(offer.title in paper.text for offer in offers)


# Calendar


def test_the_calendar_holds_the_next_dates_in_local_time(client: Client) -> None:
    place = PlaceFactory.create(name="Haus Nord", street="Beispielweg 1")
    offer = OfferFactory.create(title="Elterncafé", places=[place])
    ScheduleFactory.create(offer=offer, kind=ScheduleKind.DATES, weekdays=[], dates=[_in(3), _in(10)])
    response = client.get("/merkliste/termine.ics" + query(offer))
    first, second = events(response.content)

    assert response.headers["Content-Type"].startswith("text/calendar")
    assert first["SUMMARY"] == "Elterncafé"
    assert first["DTSTART"].dt == datetime.combine(_in(3), time(9, 30), BERLIN)  # type: ignore[attr-defined]
    assert first["DTEND"].dt == datetime.combine(_in(3), time(11), BERLIN)  # type: ignore[attr-defined]
    assert "Beispielweg 1" in str(first["LOCATION"])
    assert first["UID"] != second["UID"]
    assert b"BEGIN:VTIMEZONE" in response.content
    assert b"TZID=Europe/Berlin" in response.content


def test_dates_keep_their_identity_and_their_clock_time_over_the_change_to_summer_time(client: Client) -> None:
    offer = OfferFactory.create()
    ScheduleFactory.create(offer=offer, kind=ScheduleKind.DATES, weekdays=[], dates=[_in(2), _in(180)])
    one, two = (client.get(f"/angebote/{offer.slug}/termine.ics").content for _ in range(2))

    assert one == two
    starts = [event["DTSTART"].dt for event in events(one)]  # type: ignore[attr-defined]
    assert [(start.hour, start.minute) for start in starts] == [(9, 30), (9, 30)]


def test_a_date_without_a_time_takes_the_day(client: Client) -> None:
    offer = OfferFactory.create()
    ScheduleFactory.create(
        offer=offer, kind=ScheduleKind.DATES, weekdays=[], dates=[_in(5)], start_time=None, end_time=None
    )
    (event,) = events(client.get(f"/angebote/{offer.slug}/termine.ics").content)

    assert event["DTSTART"].dt == _in(5)  # type: ignore[attr-defined]


def test_without_dates_there_is_no_calendar(client: Client) -> None:
    offer = OfferFactory.create()

    assert client.get("/merkliste/termine.ics" + query(offer)).status_code == 404
    assert "termine.ics" not in client.get("/merkliste/" + query(offer)).content.decode()
    assert "termine.ics" not in client.get(offer.get_absolute_url()).content.decode()


def _in(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)
