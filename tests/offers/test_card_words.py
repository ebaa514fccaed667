"""Words of result cards that are kept: those of a card that is read, never those of another day or state."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offers import card_words, ready
from offers.card_words import kept_cards, write_card_words
from offers.cards import cards
from offers.enums import Status
from offers.finder import Catalogue
from offers.finder.results import Hit, offers_in_order
from offers.models import CardWords, Offer, SearchRow
from offers.ready import ready_cards
from portal import clock
from portal.shelf import Shelf
from tests.offers.factories import OfferFactory, ScheduleFactory
from tests.partners.factories import PlaceFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_words, "FEW", 1)
    monkeypatch.setattr(card_words, "BATCH", 2)


def hits() -> list[Hit]:
    return [Hit(*row) for row in SearchRow.objects.order_by("pk").values_list("pk", "stamp")]


def three_offers() -> list[Offer]:
    osterfeld = quarter("Osterfeld")
    offers = [
        OfferFactory.create(title="Krabbeln & Spielen", catchment=[osterfeld], places=[PlaceFactory.create()]),
        OfferFactory.create(cost="free", cost_note="Spende möglich", audiences=["parents"]),
        OfferFactory.create(summary="„Anführung“ <b>"),
    ]
    ScheduleFactory.create(offer=offers[0])
    return offers


def test_kept_words_are_those_of_the_card() -> None:
    offers = three_offers()

    assert write_card_words() == 3

    assert kept_cards(hits()) == {
        offer.pk: card
        for offer, card in zip(offers, cards(offers_in_order(offer.pk for offer in offers), Catalogue()), strict=True)
    }
    assert write_card_words() == 0  # nothing is behind


def test_a_page_of_kept_cards_is_the_page_of_read_ones_in_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    three_offers()
    write_card_words()
    read = ready_cards(hits(), Catalogue())
    monkeypatch.setattr(ready, "_cards", Shelf(ready.CARDS_ROOM))  # as in a process that has just begun
    asked, catalogue = hits(), Catalogue()

    with CaptureQueriesContext(connection) as queries:
        assert ready_cards(asked, catalogue, kept=True) == read
    assert len(queries) == 1


def test_what_has_changed_is_read() -> None:
    offers = three_offers()
    write_card_words()
    Offer.objects.filter(pk=offers[1].pk).update(title="Neuer Name")

    assert set(kept_cards(hits())) == {offers[0].pk, offers[2].pk}
    assert "Neuer Name" in ready_cards(hits(), Catalogue(), kept=True)
    assert write_card_words() == 1
    assert kept_cards(hits())[offers[1].pk].title == "Neuer Name"


def test_words_hold_for_a_day_and_for_the_code_that_wrote_them(monkeypatch: pytest.MonkeyPatch) -> None:
    three_offers()
    write_card_words()
    with monkeypatch.context() as other:
        other.setattr(card_words, "_writer", lambda: "another")
        assert kept_cards(hits()) == {}
    tomorrow: date = clock.today() + timedelta(days=1)
    monkeypatch.setattr(card_words, "today", lambda: tomorrow)
    assert kept_cards(hits()) == {}
    assert write_card_words() == 3
    assert len(kept_cards(hits())) == 3


def test_nothing_is_kept_of_what_is_not_public_or_where_offers_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that has become a secret must not stay behind here."""
    offers = three_offers()
    write_card_words()
    Offer.objects.filter(pk=offers[0].pk).update(status=Status.DRAFT)
    write_card_words()
    assert set(CardWords.objects.values_list("offer", flat=True)) == {offers[1].pk, offers[2].pk}

    monkeypatch.setattr(card_words, "FEW", 100)
    assert write_card_words() == 0
    assert not CardWords.objects.exists()
