"""Must hold: whoever does what in whatever order, no update is lost and the rules of design §5 hold."""

import os
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.offers.lives.book import World
from tests.offers.lives.machine import STAGES, Lives

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
RUNS, PARTS, STEPS = 2_000, 10, 5
# How often at least each of these comes in each part: what never happens shows nothing. Together 10 times as often.
EVENTS = {
    "a change sent": 30, "returned": 10, "approved": 30, "public": 10, "due": 5, "dormant": 10, "ended": 2,
    "a new offer published": 5, "a family looked": 4, "woken": 5, "an entry saved": 10, "a link answered": 10,
    "asked which of two words holds": 5, "chose between two words": 3, "the same sent twice": 3, "withdrawn": 4,
    "reworked": 5, "a draft was in the way": 5, "sent once more after it came back": 3, "partly approved": 4,
    "too late to decide": 5, "changed while an editor looked": 2, "asked whose word holds": 1,
    "an entry others changed": 3, "a link refused": 2, "confirmed what had changed": 4,
}  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_people_do_no_update_is_lost(part: int, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """`SEED=7` begins elsewhere: other runs than those of every day."""
    settings.SESSION_COOKIE_AGE = 3650 * 24 * 60 * 60  # the clock of a run goes on for years
    world = World()
    monkeypatch.setattr(timezone, "now", world.now)
    monkeypatch.setattr("portal.forms.stamp_age", lambda stamp: 60.0)  # nobody here is too quick
    for number, stage in enumerate(STAGES):
        start = (int(os.environ.get("SEED", "0")) * PARTS + part) * len(STAGES) + number
        machine = seed(start)(type("Lives", (Lives,), {"world": world, "stage": stage}))
        run_state_machine_as_test(machine, settings=HOW, _min_steps=STEPS - 1)  # else most runs end after three
    assert world.seen["a run"] >= RUNS // PARTS
    rare = {event: world.seen[event] for event, least in EVENTS.items() if world.seen[event] < least}
    assert not rare, f"it hardly came to that, so little is shown about it: {world.seen}"


HOW = settings(
    max_examples=-(-RUNS // (PARTS * len(STAGES))),  # of each stage, rounded up
    stateful_step_count=STEPS,
    phases=[Phase.generate],  # a run is short enough to be read; making it shorter takes minutes
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
