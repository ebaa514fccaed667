"""The timeline for one child: exact dates, what fits when, and a birth month that stays in the address."""

import re
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from offers.finder import Catalogue
from offers.timeline.milestones import CHECK_UPS, milestones, school_start
from offers.timeline.months import Month, add_months
from offers.timeline.timeline import Timeline
from tests.offers.factories import LifePhaseFactory, OfferFactory
from tests.offers.steps import count_behind
from tests.portal.factories import quarter

WINDOWS = {check.name: check.window for check in CHECK_UPS}
NOW = Month(2026, 11)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the 22nd of November 2026."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, timezone=None: date(2026, 11, 22))


# Months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 9, 14), 6, date(2026, 3, 14)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_adds_months_to_days(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-300, 600))
def test_months_add_up_and_never_skip_one(day: date, months: int) -> None:
    month = Month.of(day)
    there = month.plus(months)

    assert there.since(month) == months
    assert there.plus(-months) == month
    assert Month.of(add_months(day, months)) == there
    assert there.first_day <= add_months(day, months) <= there.last_day


@pytest.mark.parametrize(
    "value",
    ["", "2025", "2025-9", "2025-13", "2025-00", "0000-01", "2025-09-01", "٢٠٢٥-٠٩", "9999-12", "x", "-2025-09"],
)
def test_reads_only_whole_months(value: str) -> None:
    with pytest.raises(ValueError, match=re.escape(value) or "^$"):
        Month.parse(value)


def test_a_month_knows_its_last_day_and_value() -> None:
    assert Month.parse("2024-02").last_day == date(2024, 2, 29)
    assert Month(2026, 3).value == "2026-03"


# What comes for every child


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ((2020, 9), (2026, 8)),
        ((2020, 10), (2027, 8)),
        ((2020, 1), (2026, 8)),
        ((2020, 12), (2027, 8)),
        ((2024, 2), (2030, 8)),
    ],
)
def test_school_starts_by_the_rule_of_the_30th_of_september(birth: tuple[int, int], expected: tuple[int, int]) -> None:
    assert school_start(Month(*birth)) == Month(*expected)


@pytest.mark.parametrize(
    ("name", "birthday", "first", "last"),
    [
        ("U1", date(2025, 9, 14), date(2025, 9, 14), date(2025, 9, 14)),
        ("U2", date(2025, 9, 14), date(2025, 9, 16), date(2025, 9, 23)),
        ("U3", date(2025, 9, 14), date(2025, 10, 5), date(2025, 10, 18)),
        ("U4", date(2025, 9, 14), date(2025, 11, 14), date(2026, 1, 13)),
        ("U5", date(2025, 9, 14), date(2026, 2, 14), date(2026, 4, 13)),
        ("U6", date(2025, 9, 14), date(2026, 6, 14), date(2026, 9, 13)),
        ("U7", date(2025, 9, 14), date(2027, 5, 14), date(2027, 9, 13)),
        ("U7a", date(2025, 9, 14), date(2028, 6, 14), date(2028, 9, 13)),
        ("U8", date(2025, 9, 14), date(2029, 6, 14), date(2029, 9, 13)),
        ("U9", date(2025, 9, 14), date(2030, 8, 14), date(2031, 1, 13)),
        ("J1", date(2025, 9, 14), date(2037, 9, 14), date(2040, 9, 13)),
        ("U6", date(2024, 2, 29), date(2024, 11, 29), date(2025, 2, 27)),
        ("U5", date(2025, 8, 31), date(2026, 1, 31), date(2026, 3, 30)),
        ("U2", date(2025, 12, 31), date(2026, 1, 2), date(2026, 1, 9)),
    ],
)
def test_check_ups_fall_into_their_windows(name: str, birthday: date, first: date, last: date) -> None:
    assert WINDOWS[name](birthday) == (first, last)


def test_markers_span_every_possible_birthday() -> None:
    found = {milestone.name: milestone.when for milestone in milestones(Month(2025, 9))}

    assert found["U1"] == "September 2025"
    assert found["U2"] == "September 2025 bis Oktober 2025"
    assert found["U6"] == "Juni 2026 bis September 2026"
    assert found["Schulanfang"] == "August 2031"
    assert list(found)[:3] == ["U1", "U2", "U3"]


# The sections


@pytest.mark.django_db
class TestSections:
    @pytest.fixture(autouse=True)
    def _data(self) -> None:
        for number, band in enumerate([(-9, 3), (0, 36), (36, 72), (72, 120)]):
            LifePhaseFactory.create(label=f"Phase {number}", ages=NumericRange(*band), position=number)
        for title, ages in {
            "Von 0 bis 36": NumericRange(0, 36),
            "Endet mit 16": NumericRange(10, 16),
            "Endet mit 20": NumericRange(10, 20),
            "Endet mit 21": NumericRange(10, 21),
            "Beginnt mit 15": NumericRange(15, 40),
            "Beginnt mit 20": NumericRange(20, 40),
            "Beginnt mit 21": NumericRange(21, 40),
            "Vorbei": NumericRange(0, 14),
            "Schwanger": NumericRange(-9, 0),
            "Ohne Alter": None,
        }.items():
            OfferFactory.create(title=title, ages=ages)

    def timeline(self, birth: Month) -> Timeline:
        return Timeline(birth, NOW, None, Catalogue())

    def test_fourteen_months(self) -> None:
        found = self.timeline(Month(2025, 9))

        assert found.age_words == "1 Jahr und 2 Monate"
        assert {one.title for one in found.now} == {"Von 0 bis 36", "Endet mit 16", "Endet mit 20", "Endet mit 21"}
        assert found.now[0].title == "Endet mit 16"
        assert found.now_count == 4
        assert found.now_url == "/angebote/?alter=14"
        assert [(one.title, one.note) for one in found.beginning] == [
            ("Beginnt mit 15", "ab Dezember 2026"),
            ("Beginnt mit 20", "ab Mai 2027"),
        ]
        assert [(one.title, one.note) for one in found.ending] == [
            ("Endet mit 16", "noch bis Dezember 2026"),
            ("Endet mit 20", "noch bis April 2027"),
        ]
        assert found.then_url == "/angebote/?alter=20"
        assert found.then_count == 4
        assert [(phase.label, phase.since) for phase in found.later] == [
            ("Phase 2", "September 2028"),
            ("Phase 3", "September 2031"),
        ]

    def test_markers_stand_in_their_sections(self) -> None:
        found = self.timeline(Month(2025, 9)).markers

        assert [one.name for one in found["past"]] == ["U1", "U2", "U3", "U4", "U5", "U6"]
        assert found["now"] == []
        assert [one.name for one in found["soon"]] == ["U7"]
        assert [one.name for one in found["later"]] == ["U7a", "U8", "U9", "Schulanfang", "J1"]

    def test_unborn_is_pregnancy_with_the_due_month_as_a_marker(self) -> None:
        found = self.timeline(Month(2027, 3))

        assert found.is_unborn
        assert [one.title for one in found.now] == ["Schwanger"]
        assert found.now_url == "/angebote/?alter=schwanger"
        assert {one.title for one in found.beginning} == {"Vorbei", "Von 0 bis 36"}
        assert {one.note for one in found.beginning} == {"ab März 2027"}
        assert [(one.title, one.note) for one in found.ending] == [("Schwanger", "noch bis Februar 2027")]
        assert [one.name for one in found.markers["soon"]] == ["Geburt", "U1", "U2", "U3", "U4"]
        assert found.markers["past"] == found.markers["now"] == []

    def test_each_phase_to_come_stands_once_and_first_among_what_comes_soon(self) -> None:
        for month in range(25):
            found = self.timeline(Month(2023 + month // 12, 1 + month % 12))
            both = [phase.label for phase in (*found.coming, *found.later)]
            assert both == sorted(set(both))
            assert len(both) == sum(phase.ages.lower > found.age for phase in Catalogue().phases.values() if phase.ages)

        two_and_a_half = self.timeline(Month(2024, 5))
        assert [(phase.label, phase.since) for phase in two_and_a_half.coming] == [("Phase 2", "Mai 2027")]
        assert [phase.label for phase in two_and_a_half.later] == ["Phase 3"]

    def test_due_in_nine_months(self) -> None:
        found = self.timeline(Month(2027, 8))

        assert found.age == -9
        assert found.then_url == "/angebote/?alter=schwanger"
        assert "Geburt" in [one.name for one in found.markers["later"]]

    def test_born_this_month(self) -> None:
        found = self.timeline(NOW)

        assert found.age_words == "gerade geboren"
        assert found.now_url == "/angebote/?alter=0"
        assert [one.name for one in found.markers["now"]] == ["U1", "U2", "U3"]

    def test_at_27_the_chain_ends(self) -> None:
        found = self.timeline(Month(1999, 11))

        assert found.later == []
        assert found.markers["later"] == []

    def test_counts_are_those_of_the_lists(self, client: Client) -> None:
        found = self.timeline(Month(2025, 9))

        assert count_behind(client, found.now_url) == found.now_count
        assert count_behind(client, found.then_url) == found.then_count
        for phase in found.later:
            assert count_behind(client, phase.url) == phase.count


# The page


@pytest.mark.django_db
def test_asks_without_a_birth_month(client: Client) -> None:
    response = client.get("/kette/kind/")

    assert "Wann ist Ihr Kind geboren?" in text(response)
    assert response.context["timeline"] is None
    assert 'name="robots"' not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
def test_shows_only_what_is_public_and_for_the_place(client: Client) -> None:
    here = quarter("Osterfeld-Mitte")
    OfferFactory.create(title="Hier", ages=NumericRange(10, 16), catchment=[here])
    OfferFactory.create(title="Dort", ages=NumericRange(10, 16), catchment=[quarter("Anderswo")])
    OfferFactory.create(title="Entwurf", ages=NumericRange(10, 16), status="draft")

    page = text(client.get(f"/kette/kind/?geburt=2025-09&ort={here.slug}"))

    assert "geboren im September 2025 · Osterfeld-Mitte" in page
    assert "Hier noch bis Dezember 2026" in page
    assert "Dort" not in page
    assert "Entwurf" not in page
    assert "Schulanfang August 2031 Die Schulpflicht beginnt am 1. August 2031." in page
    assert "Stand der Regeln: 2026, ohne Gewähr" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
def test_takes_the_same_queries_for_one_and_many_offers(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    LifePhaseFactory.create_batch(2)
    OfferFactory.create(ages=NumericRange(10, 16))
    with django_assert_num_queries(5):
        client.get("/kette/kind/?geburt=2025-09")
    OfferFactory.create_batch(12, ages=NumericRange(10, 16))
    LifePhaseFactory.create_batch(3, ages=NumericRange(72, 120))
    with django_assert_num_queries(5):
        client.get("/kette/kind/?geburt=2025-09")
    with django_assert_num_queries(1):
        client.get("/kette/kind/")


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
def test_the_forms_month_and_year_become_one_address(client: Client) -> None:
    quarter("Osterfeld")

    response = client.get("/kette/kind/?monat=9&jahr=2025&ort=osterfeld")

    assert response.status_code == 302
    assert response["Location"] == "/kette/kind/?geburt=2025-09&ort=osterfeld"


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
def test_the_birth_month_leaves_no_trace(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    OfferFactory.create(ages=NumericRange(0, 36))
    with caplog.at_level("DEBUG", logger="django"):
        response = client.get("/kette/kind/?geburt=2025-09")
    page = response.content.decode()

    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert 'rel="canonical" href="http' in page
    assert "geburt=2025" not in page
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert "2025-09" not in "".join(said)
    asked = [record.getMessage() for record in caplog.records if record.name == "django.db.backends"]
    assert "2025-09" not in "".join(asked)


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("geburt=2025-13", "ist kein Monat, den wir verstehen"),
        ("geburt=gestern", "ist kein Monat, den wir verstehen"),
        ("geburt=2025-09-14", "ist kein Monat, den wir verstehen"),
        ("geburt=1999-10", "zu lange her"),
        ("geburt=1900-01", "zu lange her"),
        ("geburt=2027-09", "zu weit in der Zukunft"),
        ("geburt=9000-12", "zu weit in der Zukunft"),
        ("geburt=9999-12", "ist kein Monat"),
        ("geburt=%00", "Zeichen, die wir nicht lesen können"),
        ("geburt=" + "9" * 500, "zu lang"),
        ("monat=9", "beides: den Monat und das Jahr"),
        ("jahr=2025", "beides: den Monat und das Jahr"),
        ("monat=x&jahr=y", "ist kein Monat"),
        ("monat=%00&jahr=2025", "Zeichen, die wir nicht lesen können"),
    ],
)
def test_a_bad_month_gets_a_clear_message(client: Client, query: str, message: str) -> None:
    response = client.get(f"/kette/kind/?{query}")

    assert response.status_code == 200
    assert message in text(response)
    assert response.context["timeline"] is None
    assert 'aria-describedby="geburt-error"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
def test_a_bad_place_is_said_and_the_month_still_works(client: Client) -> None:
    response = client.get("/kette/kind/?geburt=2025-09&ort=nirgends")

    assert "„nirgends“ kennen wir nicht" in text(response)
    assert response.context["timeline"].age == 14


@pytest.mark.django_db
@pytest.mark.usefixtures("_november")
@pytest.mark.parametrize("value", ["1999-11", "2027-08", "2026-11", "2024-02"])
def test_the_edges_of_the_timeline_answer(client: Client, value: str) -> None:
    response = client.get(f"/kette/kind/?geburt={value}")

    assert response.status_code == 200
    assert response.context["timeline"] is not None
