"""How well people and the comparison agree, on pairs that people planted (`planted`)."""

from collections.abc import Iterable
from io import StringIO

import pytest
from django.core.management import call_command

from tests.offers.parallels.planted import (
    FIFTH,
    FIRST,
    FOURTH,
    THIRD,
    Case,
    Pair,
    judge,
    plant,
    planted_cases,
    unseen,
    usual,
)
from tests.offers.parallels.second_set import second_cases

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def pack() -> None:
    call_command("load_pack", "portal/data/oberhausen", stdout=StringIO())


def planted(cases: Iterable[Case], *, parallel: int, of: int) -> list[Pair]:
    pairs = plant(cases)
    assert (sum(pair.is_parallel for pair in pairs), len(pairs)) == (parallel, of)
    return pairs


def test_on_the_first_set() -> None:
    verdict = judge(planted(planted_cases(FIRST), parallel=60, of=300))
    assert min(verdict.precision, verdict.recall) >= 0.9, verdict
    assert verdict.others <= 60, "beside the planted pairs at most one per offer asked about"


def test_on_the_second_set() -> None:
    """Also when a house does another thing for the same people, at the same place, under the same topics."""
    pairs = planted(second_cases(), parallel=42, of=208)
    common, all_kinds = judge(usual(pairs)), judge(pairs)
    assert min(common.precision, common.recall) >= 0.9, common
    assert all_kinds.precision >= 0.9, all_kinds


def test_on_the_third_set() -> None:
    """Pairs that a person finds by what they mean: most of them share no word."""
    pairs = planted(planted_cases(THIRD), parallel=44, of=225)
    common, all_kinds = judge(usual(pairs)), judge(pairs)
    assert min(common.precision, common.recall) >= 0.9, common
    assert all_kinds.precision >= 0.9, all_kinds


def test_on_the_fourth_set_by_which_no_weight_was_chosen() -> None:
    """With one more thing of the same house in each case: same people, place and topics, often the same form."""
    verdict = judge(planted(planted_cases(FOURTH), parallel=48, of=144))
    assert min(verdict.precision, verdict.recall) >= 0.9, verdict


def test_on_the_fifth_set_and_its_unseen_half() -> None:
    """The true figure is that of the half: 0.89 and 0.80 when it was measured."""
    pairs = planted(planted_cases(FIFTH), parallel=60, of=300)
    whole, half = judge(pairs), judge(unseen(pairs))
    assert min(whole.precision, whole.recall) >= 0.89, whole
    assert half.precision >= 0.85, half
    assert half.recall >= 0.75, half
