from datetime import date, time
from typing import Any

import pytest

from offers.models import Schedule
from offers.schedule_words import days_in_words, in_words, times_in_words

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "weekly", "weekdays": [0, 1, 2, 3], "start_time": time(9, 30)}, "montags bis donnerstags 9:30 Uhr"),
        (
            {"kind": "monthly", "weekdays": [2], "week_of_month": 1, "start_time": time(11), "end_time": time(12)},
            "jeden ersten Mittwoch im Monat, 11 bis 12 Uhr",
        ),
        ({"kind": "monthly", "weekdays": [4], "week_of_month": -1}, "jeden letzten Freitag im Monat"),
        (
            {"kind": "interval", "weekdays": [1], "interval_weeks": 2, "valid_from": date(2026, 1, 6)},
            "alle 2 Wochen dienstags",
        ),
        (
            {"kind": "weekly", "weekdays": [5], "end_time": time(13), "pauses_in_school_holidays": True},
            "samstags bis 13 Uhr, nicht in den Schulferien",
        ),
        (
            {"kind": "weekly", "weekdays": [0], "valid_from": date(2027, 1, 4), "valid_until": date(2027, 3, 1)},
            "montags, ab 4. Januar 2027, bis 1. März 2027",
        ),
        (
            {"kind": "dates", "dates": [date(2026, 11, 21), date(2026, 12, 3)], "start_time": time(15)},
            "am 3. Dezember 2026, 15 Uhr",
        ),
        ({"kind": "dates", "dates": [date(2026, 12, day) for day in (1, 2, 3, 4)]}, "4 Termine ab 1. Dezember 2026"),
        ({"kind": "dates", "dates": [date(2026, 11, 21)]}, "Die Termine sind vorbei."),
    ],
)
def test_says_a_schedule_as_people_do(given: dict[str, Any], words: str) -> None:
    assert in_words(Schedule(**given), TODAY) == words


def test_days_that_do_not_follow_each_other_are_listed() -> None:
    assert days_in_words([3, 1]) == "dienstags und donnerstags"
    assert days_in_words([0, 2, 4]) == "montags, mittwochs und freitags"
    assert days_in_words(range(7)) == "täglich"


def test_no_time_gives_no_words() -> None:
    assert times_in_words(None, None) == ""
