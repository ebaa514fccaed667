"""Must hold: whoever does what in whatever order, no update is lost and the rules of design §5 hold."""

import os
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.offers.lives import Lives, World

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
RUNS, PARTS, STEPS = 2_000, 10, 5
EVENTS = {
    "a change sent", "approved", "returned", "too late to decide", "an entry saved", "public", "dormant",
    "a family looked",
}  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_people_do_no_update_is_lost(part: int, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """`SEED=7` begins elsewhere: other runs than those of every day."""
    settings.SESSION_COOKIE_AGE = 3650 * 24 * 60 * 60  # the clock of a run goes on for years
    world = World()
    monkeypatch.setattr(timezone, "now", world.now)
    machine = seed(int(os.environ.get("SEED", "0")) * PARTS + part)(type("Lives", (Lives,), {"world": world}))
    run_state_machine_as_test(machine, settings=HOW, _min_steps=STEPS - 1)  # else most runs end after three
    assert world.seen["a run"] >= RUNS // PARTS
    assert not EVENTS - set(world.seen), f"it never came to that, so nothing is shown about it: {world.seen}"


HOW = settings(
    max_examples=RUNS // PARTS,
    stateful_step_count=STEPS,
    phases=[Phase.generate],  # a run is short enough to be read; making it shorter takes minutes
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
