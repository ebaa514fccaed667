"""The short way from an address to its search says the same as the long one."""

import random

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import QueryDict

from offers.address import read_address
from offers.filters import OfferFilter
from offers.finder import Catalogue
from tests.offers.test_stock import random_search

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def catalogue() -> Catalogue:
    call_command("load_pack", str(settings.PACK_DIR), verbosity=0)
    return Catalogue()


def query(url: str) -> str:
    return url.partition("?")[2]


def test_both_ways_lead_to_the_same_search(catalogue: Catalogue) -> None:
    everything = read_address("", catalogue)
    assert everything is not None
    assert (bool(everything[0]), everything[1]) == (False, 1)

    rng = random.Random(3)
    short = 0
    for _number in range(300):
        search, page = random_search(rng, catalogue), rng.choice([1, 1, 2, 7])
        address = query(search.url(page))
        found = read_address(address, catalogue)
        if found is None:
            continue
        short += 1
        long = OfferFilter(QueryDict(address), catalogue=catalogue)

        assert not long.errors, address
        assert long.instead == "", address
        assert found == (long.search, long.page), address
    assert short > 150


LONG_WAY = [
    "alter=xx",
    "alter=24m",
    "ort=nirgends",
    "thema=sprache&ort=osterfeld",
    "ort=osterfeld&ort=osterfeld",
    "umkreis=2",
    "sortierung=nah",
    "kostenlos=0",
    "kostenlos=1&kosten_unklar=1",
    "q=",
    "q=%20Turnen",
    "q=%00",
    "q=" + "a" * 201,
    "seite=1",
    "seite=0",
    "seite=²",
    "naehe=51.47482,6.85321",
    "naehe=nan,nan",
    "merk=AAAAAAAA",
    "monate=14",
    "reading=1",
    "unbekannt=1",
    "tag=mo&tag=di",
    "wann=morgen",
]


@pytest.mark.slow
def test_everything_else_takes_the_long_way(catalogue: Catalogue) -> None:
    assert [address for address in LONG_WAY if read_address(address, catalogue) is not None] == []
