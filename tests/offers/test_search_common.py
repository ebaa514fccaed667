"""The words that many offers hold are found in the process as the database's index finds them."""

import subprocess
import sys

import pytest
from django.conf import settings

from offers.finder import common as common_module
from offers.finder.common import read_common
from offers.finder.keeper import Keeper
from offers.finder.postings import Postings
from offers.finder.texts import Matches, find_matches
from offers.models import Offer
from offers.search.layers import Reading, read, widen
from tests.offers.factories import OfferFactory, TopicFactory

# A command that ends while the words are read; its database goes when it does.
SHORT_COMMAND = """
import atexit, os, socket, sys, threading
database = socket.create_server(("127.0.0.1", 0))
os.environ["DATABASE_URL"] = f"postgres://nobody@127.0.0.1:{database.getsockname()[1]}/none"
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import django
django.setup()
from array import array
from offers.finder.common import LEAST, Reader
from offers.finder.stock import Stock
stock, reader = Stock(ids=array("q", range(LEAST))), Reader()
assert reader.common(stock) is None
asked, _address = database.accept()
def gone():
    asked.close()
    database.close()
    reader._thread.join()
if sys.argv[1] == "ends":
    atexit.register(gone)
else:
    gone()
"""
TEXTS = ("Krabbelgruppe", "Krabbelgruppe Markt", "Chor", "Singen", "Markt Ufer", "Turm", "gibtesnicht")


def found(text: str, postings: Postings) -> tuple[Reading, Matches]:
    reading = widen(read(text), postings)
    return reading, find_matches(reading, postings)


@pytest.mark.slow
@pytest.mark.parametrize("small", [0, 20_000])
@pytest.mark.django_db(transaction=True)
def test_words_in_the_process_are_those_of_the_index(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common_module, "SMALL", small)
    monkeypatch.setattr(common_module, "MANY", 1)
    monkeypatch.setattr("offers.finder.keeper.QUICK", -1.0)  # changes are taken up one by one
    keeper, topic = Keeper(), TopicFactory.create(label="Singen")
    for place in ("Markt", "Ufer", "Park"):
        OfferFactory.create(title=f"Krabbelgruppe am {place}", summary="")
        OfferFactory.create(title=f"Chor {place}", summary="Krabbelgruppe", topics=[topic])
    first = keeper.stock()
    common = read_common(first)
    assert {"^krabbelgrupp", "+sing"} <= common.sets.keys()
    assert "^gibtesnicht" not in common.sets
    assert common.all_words == bool(small)
    assert min(map(len, common.sets.values())) == (1 if small else 2)

    OfferFactory.create(title="Krabbelgruppe im Turm", topics=[topic])
    Offer.objects.filter(title="Chor Ufer").update(title="Ufer")
    Offer.objects.filter(title="Chor Park").delete()
    second = keeper.stock()

    assert common.fits(second)
    for text in TEXTS:
        assert found(text, Postings(second, common)) == found(text, Postings(second)), text
    keeper.forget()
    assert not common.fits(keeper.stock())


@pytest.mark.slow
@pytest.mark.parametrize(("how", "complains"), [("ends", False), ("goes on", True)])
def test_a_command_that_ends_meanwhile_says_nothing(how: str, complains: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHORT_COMMAND, how],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=settings.BASE_DIR,
    )

    assert done.returncode == 0, done.stderr
    assert ("OperationalError" in done.stderr) is complains
    assert complains or not done.stderr
