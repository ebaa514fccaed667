"""The process's stock against the plain rules in the database, on made-up offers and random searches."""

import random
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from offers.enums import Access, Audience, Day, Daytime, Format, Sorting
from offers.finder import Catalogue, Search, plain, results
from offers.finder.ages import Age, in_order
from offers.finder.counting import Counted
from offers.finder.keeper import keeper
from offers.finder.search import RADII, WHEELCHAIR
from offers.synthetic.load import generate
from partners.enums import AccessFeature
from portal.enums import Language
from portal.positions import Position

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
