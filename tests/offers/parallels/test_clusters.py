"""The whole stock: which pairs there are, what hangs together, and the overview of the Leitung."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone

from offers.models import Offer, ParallelCluster, ParallelPair, SearchRow, Topic
from offers.parallels import stock, weights
from offers.parallels.actions import decide_pair
from offers.parallels.stock import compare_what_changed, number_all_clusters
from portal.models import District
from tests.offers.parallels.cafes import cafe, decider, settle
from tests.offers.test_submission import text
from tests.portal.factories import quarter
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
OVERVIEW = "/steuerung/parallelen/"


def counted() -> dict[int, tuple[int, int]]:
    """Offers and pairs to decide by cluster; what is kept is what counting all pairs gives."""
    kept = {one.number: (one.offers, one.undecided) for one in ParallelCluster.objects.all()}
    for number, (_offers, undecided) in kept.items():
        assert ParallelPair.objects.open().filter(cluster=number).count() == undecided
    assert set(ParallelPair.objects.filter(cluster__isnull=False).values_list("cluster", flat=True)) == kept.keys()
    return kept


@pytest.mark.slow
def test_the_stock_is_compared_once_and_again_only_after_a_change(pair: ParallelPair) -> None:
    assert settle() == 0
    Offer.objects.filter(pk=pair.first_id).update(phone="0208 1")
    assert settle() == 0, "a phone number changes nothing in what is compared"
    Offer.objects.filter(pk=pair.first_id).update(title="Treff für Eltern")
    assert settle() == 1
    Offer.objects.filter(pk=pair.first_id).update(ages=NumericRange(120, 140))
    assert settle() == 1
    assert not ParallelPair.objects.exists()


@pytest.mark.slow
def test_other_rules_compare_the_stock_anew_and_keep_what_was_decided(
    pair: ParallelPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_pair(pair=pair, by=decider(), answer="ergaenzt")
    monkeypatch.setattr(weights, "ENOUGH", weights.ENOUGH + 0.01)
    assert settle() == 2
    assert settle() == 0
    assert ParallelPair.objects.decided().exists()
    assert not ParallelPair.objects.open().exists()


@pytest.mark.slow
def test_an_offer_of_another_house_is_compared_anew_and_what_was_decided_holds(pair: ParallelPair) -> None:
    first, second = pair.first, pair.second
    Offer.objects.filter(pk=second.pk).update(title="Babymassage", summary="Sanfte Griffe, warmes Öl.")
    settle()
    decide_pair(pair=ParallelPair.objects.get(), by=decider(), answer="ergaenzt")
    Offer.objects.filter(pk=second.pk).update(provider=first.provider)
    assert settle() == 1
    assert not ParallelPair.objects.exists(), "a house is not asked about what it does itself"
    Offer.objects.filter(pk=second.pk).update(provider=second.provider)
    assert settle() == 1
    assert ParallelPair.objects.decided().count() == 1


@pytest.mark.slow
def test_what_hangs_together_is_one_cluster_with_its_reasons(pair: ParallelPair, area: District, topic: Topic) -> None:
    cafe(area, topic, title="Elterncafé am Park")
    elsewhere = quarter("Holten")
    babies = [cafe(elsewhere, topic, title=name) for name in ("Babytreff Holten", "Treff für Babys")]
    settle()
    assert counted() == {pair.first_id: (3, 3), babies[0].pk: (2, 1)}
    lead = signed_in(staff("Leitung"))
    page = text(lead.get(OVERVIEW))
    assert "3 Angebote" in page
    assert "2 Angebote" in page
    assert "4 Paare" in page
    assert "beide mittwochs" in page
    assert "0 Parallelen wurden vermieden" in page
    decide_pair(pair=ParallelPair.objects.get(cluster=babies[0].pk), by=decider(), answer="kooperiert")
    assert counted() == {pair.first_id: (3, 3), babies[0].pk: (2, 0)}
    page = text(lead.get(OVERVIEW))
    assert "1 Parallele wurde vermieden" in page
    assert "Babytreff Holten Treff für Babys arbeiten zusammen Büro" in page
    assert "und „Treff für Babys“" not in page
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert "0 Parallelen wurden vermieden" in text(lead.get(f"{OVERVIEW}?von=2020-01-01&bis={yesterday}"))
    assert "1 Parallele wurde vermieden" in text(lead.get(f"{OVERVIEW}?von=2020-01-01"))


def test_a_pair_that_is_less_close_leaves_its_cluster(pair: ParallelPair) -> None:
    assert pair.cluster == pair.first_id
    Offer.objects.filter(pk=pair.second_id).update(ages=NumericRange(24, 72), format="kurs", title="Turnen mit Eltern")
    settle()
    assert all(row.cluster is None for row in ParallelPair.objects.all())
    assert counted() == {}


@pytest.mark.slow
def test_a_cluster_falls_apart_and_grows_together_with_what_links_it(area: District, topic: Topic) -> None:
    """Only what changed is numbered anew, with the same result as if all of it was."""
    other = quarter("Mitte", area.parent)
    far = quarter("Ganz Anderswo")
    left = [cafe(area, topic, title=f"Café {number}") for number in range(2)]
    right = [cafe(other, topic, title=f"Treff {number}") for number in range(2)]
    alone = [cafe(far, topic, title=f"Runde {number}") for number in range(2)]
    settle()
    apart = {left[0].pk: (2, 1), right[0].pk: (2, 1), alone[0].pk: (2, 1)}
    assert counted() == apart
    link = cafe(area, topic, title="Beide", catchment=[area, other])
    settle()
    assert counted() == {left[0].pk: (5, 6), alone[0].pk: (2, 1)}
    Offer.objects.filter(pk=link.pk).update(status="withdrawn")
    settle()
    assert counted() == apart
    assert not ParallelPair.objects.filter(second=link).exists()
    left[0].delete()
    number_all_clusters()
    assert counted() == {right[0].pk: (2, 1), alone[0].pk: (2, 1)}


def test_what_was_decided_holds_when_an_offer_comes_back(pair: ParallelPair) -> None:
    decide_pair(pair=pair, by=decider(), answer="ergaenzt")
    for status in ("withdrawn", "published"):
        Offer.objects.filter(pk=pair.second_id).update(status=status)
        settle()
    assert ParallelPair.objects.decided().exists()
    assert not ParallelPair.objects.open().exists()


@pytest.mark.slow
@pytest.mark.parametrize("many", [1, 500], ids=["prepared", "few"])
def test_a_run_stops_in_time_and_the_next_goes_on(
    many: int, area: District, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "MANY", many)
    monkeypatch.setattr(stock, "BATCH", 2)
    for number in range(5):
        cafe(area, topic, title=f"Café {number}")
    SearchRow.objects.update(pending=False)
    assert [compare_what_changed(seconds=0) for _run in range(4)] == [2, 2, 1, 0]
    assert [pairs for _offers, pairs in counted().values()] == [10]


@pytest.mark.slow
def test_the_overview_is_for_the_leitung_and_asks_as_often_for_many(
    pair: ParallelPair, area: District, topic: Topic, client: Client, django_assert_num_queries: Any
) -> None:
    assert client.get(OVERVIEW).status_code == 302
    assert signed_in(decider()).get(OVERVIEW).status_code == 403
    lead = signed_in(staff("Leitung"))
    with django_assert_num_queries(21) as few:
        lead.get(OVERVIEW)
    for number in range(3):
        cafe(area, topic, title=f"Café Nummer {number}")
    settle()
    with django_assert_num_queries(len(few.captured_queries)):
        lead.get(OVERVIEW)
