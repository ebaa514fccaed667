"""The Oberhausen pack: complete, sourced, nothing secret, and a map on which neighbours are neighbours."""

import csv
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from networks.models import Network
from offers.models import LifePhase, Offer, Topic
from partners.models import Partner, Place
from portal.models import District, Postcode, SchoolHoliday
from portal.packs.load import load_pack
from portal.packs.write import FileReport

FOLDER: Path = settings.BASE_DIR / "portal" / "data" / "oberhausen"
ALL_FACTS = {f"o{number:02}" for number in range(1, 72)}
WITHOUT_OFFER = {
    "o15": "pro familia is known only as a partner in an offer of the ZAQ",
    "o20": "an umbrella association",
    "o21": "known only as a member of the association of welfare organisations",
    "o22": "a network",
}
FUNCTION_MAILBOXES = {
    "chancengleichheit@oberhausen.de",
    "kindertagesbetreuung@oberhausen.de",
    "kommunales-integrationszentrum@oberhausen.de",
    "hilfe@caritas-oberhausen.de",
    "stadtbibliothek@oberhausen.de",
    "info@brueckenschlag-ob.de",
}
Hexagon = tuple[int, int]


@cache
def sheet(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def facts(name: str) -> Counter[str]:
    return Counter(fact for row in sheet(name) for fact in row["fact_ids"].split())


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[FileReport]]:
    """The pack, loaded once for all tests here, and taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_pack(FOLDER)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.slow
def test_loads_completely_and_a_second_time_without_a_change(loaded: list[FileReport]) -> None:
    assert not any(report.changed or report.unchanged or report.left_alone for report in loaded)
    second = load_pack(FOLDER)
    assert not any(report.created or report.changed or report.left_alone for report in second)
    assert [report.unchanged for report in second] == [report.created for report in loaded]
    assert Partner.objects.count() == len(sheet("partners.csv"))
    assert Network.objects.count() == len(sheet("networks.csv"))
    assert Postcode.objects.count() == 8
    assert (Topic.objects.count(), LifePhase.objects.count()) == (19, 9)
    assert LifePhase.objects.chain().count() == 7
    assert District.objects.quarters().count() == 31
    assert District.objects.social_areas().count() == 6
    assert SchoolHoliday.objects.count() == len(sheet("school_holidays.csv"))
    assert not Offer.objects.exclude(verified_at=None).exists()
    assert not [offer for offer in Offer.objects.all() if offer.is_confirmed]
    ended = set(Offer.objects.values_list("slug", flat=True)) - set(
        Offer.objects.public().values_list("slug", flat=True)
    )
    assert ended == {"cafe-kinderwagen", "got-sterkrade"}


def test_every_fact_is_accounted_for() -> None:
    known = facts("partners.csv") + facts("offers.csv") + facts("networks.csv")
    assert set(known) >= ALL_FACTS
    assert ALL_FACTS - set(facts("offers.csv")) == set(WITHOUT_OFFER)


@pytest.mark.parametrize(
    ("fact", "offers"),
    [
        ("o16", 4),
        ("o10", 5),
        ("o17", 3),
        ("o67", 2),
        ("o36", 3),
        ("o43", 2),
        ("o12", 2),
        ("o05", 3),
        ("o57", 4),
        ("o54", 2),
    ],
)
def test_rows_that_hold_several_offers_give_several(fact: str, offers: int) -> None:
    assert facts("offers.csv")[fact] == offers


def test_each_of_the_16_family_centres_is_partner_place_and_offer() -> None:
    centres = {row["slug"] for row in sheet("partners.csv") if row["fact_ids"] == "family_centres"}
    assert len(centres) == 16
    places = {row["key"]: row for row in sheet("places.csv")}
    offers = {row["provider"]: row for row in sheet("offers.csv")}
    for centre in centres:
        assert places[centre]["street"]
        assert offers[centre]["title"].find("Familienzentrum") >= 0
        assert offers[centre]["places"] == centre


def test_every_offer_says_its_source_and_for_whom() -> None:
    for row in sheet("offers.csv"):
        assert row["source"], row["slug"]
        assert row["summary"].endswith((".", "!", "?")), row["slug"]
        ages = row["all_ages"] == "1" or row["ages_from_months"]
        assert ages or row["audiences"], row["slug"]
        if not ages:
            assert row["note"] or row["audiences"] == "fachkraefte" or row["format"] == "", row["slug"]


def test_offers_are_spread_over_all_topics_and_phases() -> None:
    used = {topic for row in sheet("offers.csv") for topic in row["topics"].split()}
    assert used == {row["slug"] for row in sheet("topics.csv")}
    for phase in sheet("life_phases.csv"):
        if phase["ages_from_months"]:
            first, until = int(phase["ages_from_months"]), int(phase["ages_until_months"])
            assert any(
                int(row["ages_from_months"]) < until and int(row["ages_until_months"]) > first
                for row in sheet("offers.csv")
                if row["ages_from_months"]
            ), phase["slug"]


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.usefixtures("loaded")
def test_the_shelter_has_no_address() -> None:
    shelter = Place.objects.get(is_confidential=True)
    assert shelter.address == ""
    assert [offer.slug for offer in shelter.offers.all()] == ["frauenhaus"]
    for row in sheet("places.csv"):
        if row["partner"] == "frauen-helfen-frauen":
            assert not any(row[name] for name in ("street", "postcode", "city", "district"))
    for row in (*sheet("offers.csv"), *sheet("partners.csv")):
        if "frauenhaus" in " ".join(row.values()).lower():
            assert not re.search(r"\b46\d{3}\b|(?i:str(aße|\.))\s*\d", " ".join(row.values())), row["slug"]
            assert not row["phone"], row["slug"]


def test_no_current_place_is_a_closed_one() -> None:
    text = (FOLDER / "places.csv").read_text(encoding="utf-8")
    assert "Steinbrinkstr. 192" not in text
    closed = [row for row in sheet("offers.csv") if row["slug"] == "got-sterkrade"]
    assert [(row["lifecycle"], row["places"]) for row in closed] == [("beendet", "")]


def test_mail_addresses_are_function_mailboxes() -> None:
    found = {
        address.lower()
        for path in FOLDER.glob("**/*")
        if path.is_file()
        for address in re.findall(r"[\w.+-]+@[\w.-]+\w", path.read_text(encoding="utf-8"))
    }
    assert {address for address in found if address in FUNCTION_MAILBOXES} == FUNCTION_MAILBOXES
    listed = {
        row[name] for file in ("partners.csv", "offers.csv") for row in sheet(file) for name in ["email"] if row[name]
    }
    assert listed == FUNCTION_MAILBOXES


def test_inferred_numbers_are_left_out() -> None:
    text = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("partners.csv", "offers.csv"))
    assert "85000" not in text
    assert "825-2570" not in text


def test_district_counts_and_tree() -> None:
    rows = {row["slug"]: row for row in sheet("districts.csv")}
    assert Counter(row["kind"] for row in rows.values()) == {"city": 1, "borough": 3, "social_area": 6, "quarter": 31}
    above = {"borough": "city", "social_area": "borough", "quarter": "social_area"}
    for row in rows.values():
        if row["kind"] != "city":
            assert rows[row["parent"]]["kind"] == above[row["kind"]]
    assert {row["parent"] for row in rows.values() if row["kind"] == "quarter"} == {
        row["slug"] for row in rows.values() if row["kind"] == "social_area"
    }


def test_postcodes_and_quarters_are_many_to_many() -> None:
    covered = Counter(quarter for row in sheet("postcodes.csv") for quarter in row["quarters"].split())
    quarters = {row["slug"] for row in sheet("districts.csv") if row["kind"] == "quarter"}
    assert set(covered) == quarters
    assert {quarter for quarter, count in covered.items() if count > 1} == {"rothebusch", "tackenberg"}


def test_topics_have_the_words_families_use() -> None:
    for row in sheet("topics.csv"):
        words = row["synonyms"].split("|")
        assert 8 <= len(words) <= 20, row["slug"]
        assert len({word.lower() for word in words}) == len(words), row["slug"]


def test_school_holidays_of_each_year_are_in_order_and_apart() -> None:
    periods = [(row["first_day"], row["last_day"]) for row in sheet("school_holidays.csv")]
    assert periods == sorted(periods)
    assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(periods))
    summers = [row["first_day"][:4] for row in sheet("school_holidays.csv") if row["name"] == "Sommerferien"]
    assert summers == ["2026", "2027", "2028", "2029", "2030"]


def hexagons() -> dict[str, Hexagon]:
    return {
        row["slug"]: (int(row["hex_q"]), int(row["hex_r"]))
        for row in sheet("districts.csv")
        if row["kind"] == "quarter"
    }


def kilometres(one: dict[str, str], other: dict[str, str]) -> float:
    north = (float(one["latitude"]) - float(other["latitude"])) * 111.32
    east = (float(one["longitude"]) - float(other["longitude"])) * 111.32 * math.cos(math.radians(51.5))
    return math.hypot(north, east)


def steps(one: Hexagon, other: Hexagon) -> int:
    q, r = one[0] - other[0], one[1] - other[1]
    return (abs(q) + abs(r) + abs(q + r)) // 2


def ranks(values: list[float]) -> list[float]:
    """Ranks with ties at their mean, for Spearman's correlation."""
    ordered = sorted(values)
    first = {value: ordered.index(value) for value in set(values)}
    return [first[value] + (ordered.count(value) - 1) / 2 for value in values]


def correlation(one: list[float], other: list[float]) -> float:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = math.sqrt(sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other))
    return both / spread


def test_the_hexagon_map_keeps_neighbourhood() -> None:
    cells = hexagons()
    rows = {row["slug"]: row for row in sheet("districts.csv") if row["kind"] == "quarter"}
    assert len(set(cells.values())) == 31
    pairs = list(itertools.combinations(rows, 2))
    real = [kilometres(rows[a], rows[b]) for a, b in pairs]
    drawn = [float(steps(cells[a], cells[b])) for a, b in pairs]
    assert correlation(ranks(real), ranks(drawn)) > 0.95
    near = [
        steps(cells[slug], cells[other]) <= 2
        for slug in rows
        for other in sorted((o for o in rows if o != slug), key=lambda o: kilometres(rows[slug], rows[o]))[:3]
    ]
    assert sum(near) / len(near) > 0.95


def test_the_hexagon_map_is_one_piece() -> None:
    cells = set(hexagons().values())
    seen, waiting = set(), [next(iter(cells))]
    while waiting:
        cell = waiting.pop()
        if cell not in seen:
            seen.add(cell)
            waiting += [other for other in cells if steps(cell, other) == 1]
    assert seen == cells
