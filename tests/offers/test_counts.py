"""Hits, counts and facets are what counting by hand gives, on random cities and random searches."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offers.finder import Catalogue, Search, count_each, find, plain
from offers.models import Offer
from tests.offers import by_hand, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
RANDOM = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def ground() -> worlds.Ground:
    return worlds.ground()


def pages(search: Search, catalogue: Catalogue) -> list[int]:
    first = find(search, catalogue)
    others = [find(search, catalogue, page=number) for number in range(2, first.pages + 1)]
    return [offer.pk for results in (first, *others) for offer in results.offers]


@RANDOM
@given(data=st.data())
def test_hits_counts_and_facets_equal_counting_by_hand(ground: worlds.Ground, data: st.DataObject) -> None:
    catalogue = Catalogue()
    made_up = data.draw(st.lists(worlds.offers(ground), min_size=5, max_size=30))
    search = data.draw(worlds.searches(catalogue))
    today = ground.today
    with transaction.atomic():
        offers = worlds.store(ground, made_up)
        expected = {offer.pk for offer, facts in zip(offers, made_up, strict=True) if facts.fits(search, today)}
        facets = by_hand.counts(made_up, search, catalogue, today)
        results = find(search, catalogue)
        listed = pages(search, catalogue)

        assert set(search.offers().values_list("pk", flat=True)) == expected
        assert len(listed) == len(set(listed)) == results.count  # each once (design rule 6)
        assert set(listed) == expected
        for tally in (results.tally, plain.tally(search, catalogue)):
            assert tally.count == len(expected)
            assert by_hand.without_zeros(tally.facets) == facets
            assert tally.without_age == by_hand.without_age(made_up, search, today)
            assert tally.unknown_cost == by_hand.unknown_cost(made_up, search, today)
        for one in results.wider:
            assert one.count == sum(facts.fits(one.search, today) for facts in made_up) > results.count
        transaction.set_rollback(True)


@RANDOM
@given(data=st.data())
def test_rule_two_equals_walking_up_the_tree(ground: worlds.Ground, data: st.DataObject) -> None:
    catalogue = Catalogue()
    catchments = data.draw(st.lists(worlds.subsets(ground.districts, 3), min_size=5, max_size=12))
    with transaction.atomic():
        common = {"provider": ground.provider, "status": "published", "review_due": ground.today, "review_months": 12}
        offers = [Offer(title=f"A {number}", slug=f"a-{number}", **common) for number in range(len(catchments))]
        Offer.objects.bulk_create(offers)
        through: Any = Offer.catchment.through
        through.objects.bulk_create(
            through(offer=offer, district=district)
            for offer, districts in zip(offers, catchments, strict=True)
            for district in districts
        )
        areas = list(catalogue.areas.values())
        searches = [Search(ort=area) for area in areas]
        for area, search, count in zip(areas, searches, count_each(searches), strict=True):
            expected = {
                offer.pk
                for offer, districts in zip(offers, catchments, strict=True)
                if any(by_hand.related(own, one) for own in districts for one in area.districts)
            }
            assert {*search.offers().values_list("pk", flat=True)} == {*pages(search, catalogue)} == expected, (
                area.value
            )
            assert count == len(expected)
        transaction.set_rollback(True)
