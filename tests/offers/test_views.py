"""The family's pages: what they say, and what must never be on them."""

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.enums import Access, Cost, Lifecycle
from offers.finder import PER_PAGE
from offers.models import Offer
from tests.offers.factories import LifePhaseFactory, OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.factories import PostcodeFactory, SchoolHolidayFactory, quarter

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    """The page's words, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def titles(response: Any) -> list[str]:
    return [unescape(title) for title in re.findall(r'<a class="stretched" href="[^"]*">(.*?)</a>', response.text)]


# Start


def test_start_asks_how_old_and_where_and_counts_only_what_is_public(client: Client) -> None:
    TopicFactory.create(label="Bewegung", slug="bewegung")
    topic = TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")
    LifePhaseFactory.create(label="Kita", ages=NumericRange(36, 72))
    quarter("Osterfeld")
    OfferFactory.create(topics=[topic], ages=NumericRange(0, 40))
    OfferFactory.create(topics=[topic], ages=NumericRange(0, 40), lifecycle=Lifecycle.ENDED)

    response = client.get("/")

    page = text(response)
    assert "Wie alt ist Ihr Kind?" in page
    assert '<option value="osterfeld">Osterfeld</option>' in response.content.decode()
    assert "Kita 1 Angebot" in page
    assert "Frühe Hilfen 1 Angebote" in page or "Frühe Hilfen 1" in page
    assert "Soforthilfe" in page
    assert not response.cookies


def test_start_takes_the_same_queries_for_one_and_three_offers(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    topic, phase = TopicFactory.create(), LifePhaseFactory.create()
    OfferFactory.create(topics=[topic])
    with django_assert_num_queries(4):
        client.get("/")
    OfferFactory.create_batch(2, topics=[topic, TopicFactory.create()])
    assert phase
    with django_assert_num_queries(4):
        client.get("/")


# Results


def test_lists_only_what_is_public(client: Client) -> None:
    today = timezone.localdate()
    OfferFactory.create(title="Da")
    OfferFactory.create(title="Entwurf", status="draft")
    OfferFactory.create(title="Zurückgezogen", status="withdrawn")
    OfferFactory.create(title="Beendet", lifecycle=Lifecycle.ENDED)
    OfferFactory.create(title="Abgelaufen", ends_on=today - timedelta(days=1))
    OfferFactory.create(title="Ruhend", verified_at=timezone.now() - timedelta(days=3 * 365))

    response = client.get("/angebote/")

    assert titles(response) == ["Da"]
    assert "1 Angebot" in text(response)
    for hidden in ("Entwurf", "Zurückgezogen", "Beendet", "Abgelaufen", "Ruhend"):
        assert hidden not in text(response)


def test_an_offer_for_elsewhere_does_not_show(client: Client) -> None:
    here, there = quarter("Osterfeld"), quarter("Sterkrade")
    OfferFactory.create(title="Nur Sterkrade", catchment=[there])
    OfferFactory.create(title="Nur Osterfeld", catchment=[here])
    OfferFactory.create(title="Überall")

    assert titles(client.get("/angebote/?ort=osterfeld")) == ["Nur Osterfeld", "Überall"]


def test_several_places_and_times_list_an_offer_once(client: Client) -> None:
    provider = PartnerFactory.create()
    places = PlaceFactory.create_batch(3, partner=provider)
    offer = OfferFactory.create(provider=provider, places=places, topics=TopicFactory.create_batch(3))
    ScheduleFactory.create_batch(2, offer=offer)

    response = client.get("/angebote/")

    assert titles(response) == [offer.title]
    assert "und 2 weitere Orte" in text(response)


def test_a_card_says_what_for_whom_where_when_cost_who_and_standing(client: Client) -> None:
    osterfeld = quarter("Osterfeld")
    provider = PartnerFactory.create(name="Verein Sonne")
    place = PlaceFactory.create(partner=provider, name="Haus Sonne", street="Weg 3", district=osterfeld)
    offer = OfferFactory.create(
        title="Krabbelgruppe", provider=provider, places=[place], format="gruppe", cost=Cost.FREE, audiences=["eltern"],
        confirmed_on=date(2026, 5, 3),
    )  # fmt: skip
    ScheduleFactory.create(offer=offer)

    page = text(client.get("/angebote/"))

    for words in (
        "feste Gruppe", "Krabbelgruppe", "bis 3 Jahre · Eltern", "Haus Sonne, Weg 3, Osterfeld",
        "mittwochs 9:30 bis 11 Uhr", "kostenlos", "Verein Sonne", "bestätigt am 3. Mai 2026",
    ):  # fmt: skip
        assert words in page


def test_a_card_asks_the_provider_for_what_nobody_knows(client: Client) -> None:
    OfferFactory.create(ages=None, source="Faltblatt", source_year=2014)

    page = text(client.get("/angebote/"))

    assert "Für wen beim Träger erfragen" in page
    assert "Wann, Kosten beim Träger erfragen" in page
    assert "für ganz Musterstadt" in page or "für ganz Oberhausen" in page
    assert "Angaben aus Faltblatt, 2014, noch nicht vom Träger bestätigt" in page


def test_home_visits_say_that_somebody_comes(client: Client) -> None:
    OfferFactory.create(access=[Access.VISIT])

    assert "kommt zu Ihnen nach Hause" in text(client.get("/angebote/"))


def test_no_address_of_a_confidential_place_leaves(client: Client) -> None:
    provider = PartnerFactory.create()
    place = PlaceFactory.create(
        partner=provider, name="Geheimes Haus", street="", postcode="", city="", is_confidential=True
    )
    offer = OfferFactory.create(provider=provider, places=[place])

    assert "Adresse ist zum Schutz geheim" in text(client.get("/angebote/"))
    response = client.get(offer.get_absolute_url())
    assert "Die Adresse ist zum Schutz geheim." in text(response)
    assert "serviceLocation" not in response.content.decode()
    assert "Geheimes Haus" not in response.content.decode()


def test_bad_values_stand_beside_their_fields_and_the_rest_filters(client: Client) -> None:
    OfferFactory.create(title="Frei", cost=Cost.FREE)
    OfferFactory.create(title="Teuer", cost=Cost.FEE)

    response = client.get("/angebote/?alter=abc&ort=xyz&kostenlos=1")

    assert response.status_code == 200
    assert titles(response) == ["Frei"]
    html = response.content.decode()
    assert 'aria-describedby="f-alter-error"' in html
    assert '<a href="#f-ort">' in html
    assert "„xyz“ kennen wir nicht" in text(response)
    assert "Alle anderen Filter gelten weiter." in text(response)


@pytest.mark.slow
def test_a_page_too_high_shows_the_last_and_says_so(client: Client) -> None:
    OfferFactory.create_batch(PER_PAGE + 1)

    response = client.get("/angebote/?seite=99999999999999999999", follow=True)

    assert response.status_code == 200
    assert "So viele Seiten gibt es nicht. Sie sehen die letzte Seite: 2." in text(response)
    assert len(titles(response)) == 1


def test_no_result_offers_wider_searches_and_people(client: Client) -> None:
    OfferFactory.create(ages=NumericRange(0, 36))

    page = text(client.get("/angebote/?alter=16j"))

    assert "0 Angebote" in page
    assert "für alle Altersgruppen (1 Angebot )" in page or "für alle Altersgruppen (1 Angebot)" in page
    assert "Soforthilfe am Telefon" in page


def test_filtered_pages_are_not_indexed_and_have_one_address(client: Client) -> None:
    plain, filtered = client.get("/angebote/"), client.get("/angebote/?q=&alter=14m&ort=", follow=True)

    assert filtered.redirect_chain == [("/angebote/?alter=14", 302)]

    assert "noindex" not in plain.content.decode()
    assert "noindex" in filtered.content.decode()
    assert re.search(r'<link rel="canonical" href="[^"]*/angebote/\?alter=14">', filtered.content.decode())


FILTERS = "?alter=14&ort=osterfeld&thema=a&form=kurs&kostenlos=1&sprache=de"


@pytest.mark.parametrize(("query", "queries"), [("", 6), (FILTERS, 6), (f"{FILTERS}&q=Kurs", 8)])
def test_results_take_the_same_queries_for_one_and_three_offers(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, query: str, queries: int
) -> None:
    """Few hits take one more for wider searches, a text one more to be understood."""
    osterfeld = quarter("Osterfeld")
    PostcodeFactory.create(code="46117").districts.set([osterfeld])
    topic, provider = TopicFactory.create(slug="a"), PartnerFactory.create()
    places = PlaceFactory.create_batch(3, partner=provider, district=osterfeld)
    facts = {"format": "kurs", "cost": Cost.FREE, "languages": ["de"], "title": "Kurs", "provider": provider}
    ScheduleFactory.create(offer=OfferFactory.create(topics=[topic], places=places[:1], catchment=[osterfeld], **facts))
    with django_assert_num_queries(queries):
        assert len(titles(client.get(f"/angebote/{query}"))) == 1
    for _number in range(2):
        offer = OfferFactory.create(topics=[topic, TopicFactory.create()], places=places, **facts)
        ScheduleFactory.create_batch(3, offer=offer)
    with django_assert_num_queries(queries):
        assert len(titles(client.get(f"/angebote/{query}"))) == 3


def test_no_result_stays_within_the_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    OfferFactory.create()
    with django_assert_num_queries(3):
        client.get("/angebote/?alter=16j&q=nichts")


# Offer


def full_offer() -> Offer:
    osterfeld = quarter("Osterfeld")
    provider = PartnerFactory.create(name="Verein Sonne", kind="stadt")
    place = PlaceFactory.create(
        partner=provider, name="Haus Sonne", street="Weg 3", district=osterfeld, wheelchair="teils"
    )
    contact = ContactFactory.create(partner=provider, label="Anmeldung", phone="0208 123-45", email="hallo@example.org")
    offer = OfferFactory.create(
        title="Café </script><b>&", provider=provider, places=[place], contact=contact, catchment=[osterfeld],
        topics=[TopicFactory.create(label="Frühe Hilfen")], cost=Cost.FREE, languages=["de", "tr"],
        registration="none", interpreting=True, audiences=["eltern"], accessibility_note="Klingel unten",
    )  # fmt: skip
    ScheduleFactory.create(offer=offer, weekdays=[2], note="mit Anleitung")
    return offer


def test_the_offer_says_everything_it_knows(client: Client) -> None:
    response = client.get(full_offer().get_absolute_url())

    page = text(response)
    for words in (
        "bis 3 Jahre", "Eltern", "für Osterfeld", "mittwochs 9:30 bis 11 Uhr · mit Anleitung", "Haus Sonne",
        "Weg 3, 46045 Musterstadt", "Stadtteil Osterfeld", "kostenlos", "ohne Anmeldung", "0208 123-45",
        "hallo@example.org", "Deutsch, Türkisch, Dolmetschen ist möglich", "mit Rollstuhl teilweise erreichbar",
        "Klingel unten", "Verein Sonne", "Fehler melden",
    ):  # fmt: skip
        assert words in page
    html = response.content.decode()
    assert 'href="tel:020812345"' in html
    assert 'href="mailto:hallo@example.org"' in html
    assert not response.cookies


def test_structured_data_is_json_and_cannot_end_its_element(client: Client) -> None:
    html = client.get(full_offer().get_absolute_url()).content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert block
    service = json.loads(block[1])
    assert service["@type"] == "GovernmentService"
    assert service["name"] == "Café </script><b>&"
    assert "<" not in block[1]
    channel = service["availableChannel"][0]
    assert channel["serviceLocation"]["address"]["streetAddress"] == "Weg 3"
    assert channel["availableLanguage"] == ["de", "tr"]
    assert service["audience"]["suggestedMaxAge"] == 3
    assert service["offers"]["price"] == 0


def test_an_offer_with_few_facts_says_where_to_ask(client: Client) -> None:
    page = text(client.get(OfferFactory.create(ages=None).get_absolute_url()))

    assert page.count("beim Träger erfragen") >= 6
    assert "Telefon und E-Mail kennen wir noch nicht." in page
    assert "Sie wissen nicht weiter? Rufen Sie an: Büro für Chancengleichheit, 0208 825-9378" in page
    assert "Sie wissen nicht weiter?" not in text(client.get(full_offer().get_absolute_url()))
    assert "Die nächsten Termine" not in page


def test_next_dates_leave_out_holidays(client: Client) -> None:
    today = timezone.localdate()
    offer = OfferFactory.create()
    ScheduleFactory.create(offer=offer, weekdays=[(today.weekday() + 1) % 7], pauses_in_school_holidays=True)
    SchoolHolidayFactory.create(first_day=today, last_day=today + timedelta(days=3))

    dates = client.get(offer.get_absolute_url()).context["page"].dates

    days = [occurrence.day for occurrence, _times in dates]
    assert len(days) >= 5
    assert today + timedelta(days=1) not in days
    assert days == sorted(days)
    assert all(day.weekday() == (today.weekday() + 1) % 7 for day in days)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_published_does_not_exist(client: Client, status: str) -> None:
    response = client.get(OfferFactory.create(title="Geheimer Entwurf", status=status).get_absolute_url())

    assert response.status_code == 404
    assert "Geheimer Entwurf" not in text(response)


@pytest.mark.parametrize(
    ("facts", "notice"),
    [
        ({"lifecycle": Lifecycle.ENDED}, "Dieses Angebot ist beendet"),
        ({"ends_on": date(2020, 5, 1)}, "Es lief bis zum 1. Mai 2020."),
        ({"verified_at": timezone.now() - timedelta(days=3 * 365)}, "Dieses Angebot ruht"),
    ],
)
def test_ended_and_dormant_offers_answer_with_a_notice(client: Client, facts: dict[str, Any], notice: str) -> None:
    offer = OfferFactory.create(phone="0208 999", **facts)
    ScheduleFactory.create(offer=offer)

    response = client.get(offer.get_absolute_url())

    assert response.status_code == 200
    assert notice in text(response)
    html = response.content.decode()
    assert "noindex" in html
    assert "0208 999" not in html
    assert "Die nächsten Termine" not in html
    assert "ld+json" not in html
    assert titles(client.get("/angebote/")) == []


def test_a_former_address_redirects_for_good(client: Client) -> None:
    offer = OfferFactory.create(slug="alt")
    offer.slug = "neu"
    offer.save()

    response = client.get("/angebote/alt/")

    assert response.status_code == 301
    assert response["Location"] == "/angebote/neu/"


def test_the_former_address_of_a_draft_does_not_exist(client: Client) -> None:
    offer = OfferFactory.create(slug="alt", status="draft")
    offer.slug = "neu"
    offer.save()

    assert client.get("/angebote/alt/").status_code == 404


def test_an_offer_takes_the_same_queries_for_one_and_three_of_all(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = full_offer()
    few.cooperation.set([PartnerFactory.create()])
    many = OfferFactory.create(
        provider=few.provider,
        contact=few.contact,
        places=PlaceFactory.create_batch(3, partner=few.provider, district=few.catchment.first()),
        topics=TopicFactory.create_batch(3),
        catchment=[quarter("A"), quarter("B"), quarter("C")],
    )
    many.cooperation.set(PartnerFactory.create_batch(3))
    ScheduleFactory.create_batch(3, offer=many, place=many.places.first(), pauses_in_school_holidays=True)
    for offer in (few, many):
        with django_assert_num_queries(8):
            client.get(offer.get_absolute_url())


# Topics, sitemap


def test_topics_have_a_description_and_a_true_count(client: Client) -> None:
    topic = TopicFactory.create(label="Frühe Hilfen", description="Für den Anfang.")
    OfferFactory.create(topics=[topic])
    OfferFactory.create(topics=[topic], status="draft")

    page = text(client.get("/themen/"))

    assert "Frühe Hilfen Für den Anfang. 1 Angebot" in page


def test_topics_say_when_there_are_none(client: Client) -> None:
    assert "Noch keine Themen" in text(client.get("/themen/"))


def test_topics_take_three_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _number in range(2):
        OfferFactory.create(topics=TopicFactory.create_batch(2))
        with django_assert_num_queries(3):
            client.get("/themen/")


def test_the_sitemap_holds_only_what_is_public(client: Client) -> None:
    OfferFactory.create(slug="oeffentlich")
    OfferFactory.create(slug="entwurf", status="draft")
    OfferFactory.create(slug="beendet", lifecycle=Lifecycle.ENDED)

    xml = client.get("/sitemap.xml").content.decode()

    assert "/angebote/oeffentlich/" in xml
    assert "/soforthilfe/" in xml
    assert "entwurf" not in xml
    assert "beendet" not in xml


@pytest.mark.parametrize("path", ["/", "/angebote/", "/themen/"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
