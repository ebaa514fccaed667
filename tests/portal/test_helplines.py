"""Who helps now, at every hour of the week."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.helplines import LINES, answering
from portal.public_holidays import public_holidays

BERLIN = ZoneInfo("Europe/Berlin")
CHILDREN, PARENTS, ABUSE = "116111", "08001110550", "08002255530"


def words(moment: str) -> dict[str, tuple[bool, str]]:
    """By number: whether somebody is there, and what is said of it."""
    there, later = answering(datetime.fromisoformat(moment).replace(tzinfo=BERLIN))
    return {
        **{one.line.link: (True, one.when) for one in there},
        **{one.line.link: (False, one.when) for one in later},
    }


@pytest.mark.parametrize(
    ("moment", "number", "expected"),
    [
        ("2026-11-23T09:59", CHILDREN, (False, "heute ab 10 Uhr")),
        ("2026-11-23T10:00", CHILDREN, (True, "heute bis 12 Uhr")),
        ("2026-11-23T12:00", CHILDREN, (False, "heute ab 14 Uhr")),
        ("2026-11-23T19:59", CHILDREN, (True, "heute bis 20 Uhr")),
        ("2026-11-23T20:00", CHILDREN, (False, "morgen ab 14 Uhr")),
        ("2026-11-22T15:04", CHILDREN, (False, "morgen ab 10 Uhr")),
        ("2026-11-28T21:00", CHILDREN, (False, "am Montag ab 10 Uhr")),
        ("2026-11-24T18:59", PARENTS, (True, "heute bis 19 Uhr")),
        ("2026-11-25T17:00", PARENTS, (False, "morgen ab 9 Uhr")),
        ("2026-11-26T14:59", ABUSE, (False, "heute ab 15 Uhr")),
        ("2026-12-25T11:00", PARENTS, (False, "am Montag ab 9 Uhr")),  # Christmas, then a Saturday
        ("2026-11-22T03:00", "116117", (True, "rund um die Uhr")),
        ("2026-12-25T03:00", "08001110111", (True, "rund um die Uhr")),
    ],
)
def test_says_who_is_there_and_when_the_others_are(moment: str, number: str, expected: tuple[bool, str]) -> None:
    assert words(moment)[number] == expected


@given(day=st.dates(date(2026, 1, 1), date(2029, 12, 31)), clock=st.times())
def test_at_every_hour_somebody_is_there_and_nobody_is_forgotten(day: date, clock: time) -> None:
    moment = datetime.combine(day, clock, BERLIN)
    there, later = answering(moment)

    assert sorted([one.line.link for one in (*there, *later)]) == sorted(line.link for line in LINES)
    assert there
    for one in there:
        until = one.line.open_until(moment)
        assert until
        assert until > moment.hour
        assert not one.line.hours or moment.date() not in public_holidays(moment.year)
    openings = [one.line.opens_next(moment) for one in later]
    assert openings == sorted(opening for opening in openings if opening)
    for one, opening in zip(later, openings, strict=True):
        assert opening
        assert one.line.open_until(opening)
        before = [moment + timedelta(hours=hours) for hours in range(1, 14 * 24)]
        assert not any(one.line.open_until(hour) for hour in before if hour.replace(minute=59) < opening)


def test_the_page_shows_who_is_there_first_and_is_never_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 13, 30, tzinfo=BERLIN))
    answer = client.get("/soforthilfe/")
    page = re.sub(r"\s+", " ", answer.content.decode())
    now, later = page.index('id="jetzt"'), page.index('id="spaeter"')

    assert "no-cache" in answer["Cache-Control"]
    assert "Stand: Montag, 13:30 Uhr." in page
    assert page.index('href="tel:112"') < now < page.index("tel:08001110550") < later < page.index("tel:116111")
    assert "<strong>Jetzt da:</strong> heute bis 17 Uhr" in page
    assert "<strong>Wieder da:</strong> heute ab 14 Uhr" in page


def test_when_all_are_there_nothing_stands_under_later(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 15, 30, tzinfo=BERLIN))

    assert 'id="spaeter"' not in client.get("/soforthilfe/").content.decode()
