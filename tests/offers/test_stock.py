"""The process's stock against the plain rules in the database, on made-up offers and random searches."""

import random
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from offers.enums import Access, Audience, Day, Daytime, Format, Sorting
from offers.finder import Catalogue, Search, plain, results
from offers.finder import keeper as keeper_module
from offers.finder.ages import Age, in_order
from offers.finder.counting import Counted
from offers.finder.keeper import Keeper, keeper
from offers.finder.search import RADII, WHEELCHAIR
from offers.finder.stock import Stock
from offers.models import Offer
from offers.synthetic.load import generate
from partners.enums import AccessFeature
from portal.enums import Language
from portal.positions import Position
from portal.watch import Watch
from tests.offers.factories import OfferFactory

pytestmark = pytest.mark.django_db
AGES = ("schwanger", "0j", "14", "30", "3j", "7j", "13j", "16j", "18-27j", "ohne")


def some(rng: random.Random, values: Any, most: int = 3) -> tuple[Any, ...]:
    """None of the values half of the time."""
    chosen = rng.sample(list(values), rng.randint(1, most)) if rng.random() < 0.25 else []
    return tuple(value for value in values if value in chosen)


def one(rng: random.Random, values: Any) -> Any:
    return rng.choice(list(values)) if rng.random() < 0.3 else None


def random_search(rng: random.Random, catalogue: Catalogue) -> Search:
    search = Search(
        alter=in_order(Age.parse(value) for value in some(rng, AGES)),
        phase=one(rng, catalogue.phases.values()),
        ort=one(rng, catalogue.areas.values()),
        naehe=one(rng, [Position(51.4735, 6.8527), Position(51.52, 6.86), Position(40.0, 3.0)]),
        umkreis=one(rng, RADII) or 0,
        thema=some(rng, catalogue.topics),
        form=some(rng, Format.values),
        zugang=some(rng, Access.values),
        tag=some(rng, Day.values),
        zeit=some(rng, Daytime.values, 2),
        wann=one(rng, catalogue.periods.values()),
        kostenlos=rng.random() < 0.15,
        kosten_unklar=rng.random() < 0.05,
        ohne_anmeldung=rng.random() < 0.1,
        sprache=some(rng, Language.values),
        dolmetschen=rng.random() < 0.1,
        barrierefrei=some(rng, (WHEELCHAIR, *AccessFeature.values), 2),
        fuer=some(rng, Audience.values),
        regelangebot=rng.random() < 0.1,
        sortierung=rng.choice(Sorting.values),
    )
    return search if search.centre else replace(search, umkreis=0)


@pytest.fixture
def catalogue() -> Catalogue:
    call_command("load_pack", str(settings.PACK_DIR), verbosity=0)
    generate(count=300, seed=7)
    return Catalogue()


def in_stock(search: Search, catalogue: Catalogue) -> list[int]:
    stock = keeper.stock()
    counted = Counted.of(search, catalogue, stock)
    return [stock.ids[number] for number in counted.page(0, len(counted.hits))]


@pytest.mark.slow
def test_counts_and_order_are_those_of_the_database(catalogue: Catalogue) -> None:
    rng = random.Random(11)
    hits = 0
    for _number in range(60):
        search = random_search(rng, catalogue)

        assert results.tally(search, catalogue) == plain.tally(search, catalogue), search
        found = in_stock(search, catalogue)
        assert found == list(search.in_order(search.offers()).values_list("pk", flat=True)), search
        hits += len(found)
    assert hits > 500


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """A keeper that takes up changes one by one, as with very many offers."""
    monkeypatch.setattr("offers.finder.keeper.QUICK", -1.0)
    return Keeper()


def listed(stock: Stock) -> list[int]:
    hits = stock.public(timezone.localdate())
    return [stock.ids[number] for number in stock.in_title_order(hits, 0, len(hits))]


def in_database() -> list[int]:
    return list(Offer.objects.public().in_listing_order().values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_changes_are_taken_up_one_by_one(own: Keeper) -> None:
    offers = [OfferFactory.create(title=title) for title in ("Chor", "Ball", "Ernte", "Ende")]
    first = own.stock()
    assert listed(first) == in_database()

    OfferFactory.create(title="Anfang")
    OfferFactory.create(title="Dorf")
    Offer.objects.filter(pk=offers[0].pk).update(title="Zirkus")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offers_offer SET title = 'Aal' WHERE id = %s", [offers[2].pk])
    offers[1].delete()
    second = own.stock()

    assert second.late
    assert listed(second) == in_database()
    hits = second.public(timezone.localdate())
    for place in range(5):
        page = [second.ids[number] for number in second.in_title_order(hits, place, 2)]
        assert page == in_database()[place : place + 2]
    assert len(listed(first)) == 4  # who works with it goes on with what it was


@pytest.mark.django_db(transaction=True)
def test_the_old_stock_answers_while_a_mass_change_is_read(own: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, begun, go_on = Watch(), Event(), Event()

    def slow_load(state: str) -> Any:
        begun.set()
        assert go_on.wait(20)
        return load(state)

    load = keeper_module._load
    monkeypatch.setattr(keeper_module, "watch", watch)
    watch.follower = own
    OfferFactory.create(title="Chor")
    old, before = own.stock(), watch.state()
    monkeypatch.setattr(keeper_module, "_load", slow_load)

    with transaction.atomic(), connection.cursor() as cursor:
        OfferFactory.create(title="Ball")
        cursor.execute("INSERT INTO portal_publicchange (offers) VALUES (NULL)")  # as the triggers note very many

    assert watch.state() == before  # pages that are kept go on with it
    assert own.stock() is old
    assert begun.wait(20)
    OfferFactory.create(title="Dorf")  # comes while the others are read
    assert own.stock() is old
    go_on.set()
    assert watch.look() != before  # whoever changed something waits
    assert listed(own.stock()) == in_database()
    assert len(own.stock()) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_never_reaches_others(own: Keeper) -> None:
    OfferFactory.create(title="Chor")
    with transaction.atomic():
        OfferFactory.create(title="Ball")
        assert len(own.stock()) == 2
        transaction.set_rollback(True)

    assert listed(own.stock()) == in_database()
    assert len(own.stock()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_day_of_an_offer_is_its_last(own: Keeper) -> None:
    today = timezone.localdate()
    OfferFactory.create(ends_on=today)
    OfferFactory.create()

    assert len(own.stock().public(today)) == 2
    assert len(own.stock().public(today + timedelta(days=1))) == 1
