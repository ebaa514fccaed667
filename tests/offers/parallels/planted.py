"""Planted sets: offers, for each one that a person would call parallel and some that only look alike.

The texts in `sets/` are written by hand. Empty columns of a look-alike are as in the offer asked about, "-" means none.
`other_age` has the same name, `other_topic` is at the same place for the same age, `next_age` follows on, `sister` is
the same offer in another district. The hardest: `other_thing` is done for the same people, at the same place, under the
same topic, by the same house; all others are of other houses.

Weights are chosen by the first three sets (60, 42 and 44 cases; the second is in `second_set.py`) and by the odd cases
of the fifth. By the fourth (48 cases) and the even cases of the fifth (30) none is, or nothing would be left that tells
the truth. The fifth (60) was written by somebody who knew neither the comparison nor the other sets.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import NumericRange

from offers.enums import ScheduleKind, Status
from offers.models import Offer, Schedule, Topic
from offers.parallels.asked import asked_of
from offers.parallels.compare import parallels_of
from offers.parallels.meaning import learn_meanings
from offers.search.splitting import split_new_words
from partners.models import Partner
from portal.models import District

SETS = Path(__file__).with_name("sets")
FIRST, THIRD, FOURTH, FIFTH = (SETS / f"{name}.csv" for name in ("first", "third", "fourth", "fifth"))
PARALLEL, ASKED, OTHER_THING = "parallel", "asked", "other_thing"
Row = dict[str, str]
Case = tuple[Row, list[Row]]  # the offer asked about and the others
DAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}


@dataclass(frozen=True)
class Pair:
    """The offer asked about, another, and whether a person calls them parallel."""

    case: int
    role: str
    asked: Offer
    other: Offer

    @property
    def is_parallel(self) -> bool:
        return self.role == PARALLEL


def plant(cases: Iterable[Case]) -> list[Pair]:
    """Put all offers of the cases into a database with the pack's districts and topics, and learn their words."""
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    districts = {district.slug: district for district in District.objects.all()}
    make = partial(_make, topics, districts)
    pairs = []
    for asked_row, others in cases:
        asked = make(asked_row)
        pairs += [Pair(int(row["case"]), row["role"], asked, make(row)) for row in others]
    split_new_words()
    learn_meanings(seconds=600)
    return pairs


@dataclass(frozen=True)
class Verdict:
    """How the comparison does on the planted pairs; `others` are hits among all offers that nobody planted."""

    precision: float
    recall: float
    others: int

    def __str__(self) -> str:
        return f"Parallelen: Genauigkeit {self.precision:.2f}, Trefferquote {self.recall:.2f}, {self.others} weitere"


def judge(pairs: Sequence[Pair]) -> Verdict:
    """Compare each offer asked about with the whole stock."""
    asked = asked_of({pair.asked.pk for pair in pairs})
    named = {(entry.offer_id, hit.offer_id) for entry in asked for hit in parallels_of(entry)}
    called = [pair for pair in pairs if (pair.asked.pk, pair.other.pk) in named]
    right = sum(pair.is_parallel for pair in called)
    wanted = sum(pair.is_parallel for pair in pairs)
    return Verdict(right / max(len(called), 1), right / wanted, len(named) - len(called))


def unseen(pairs: Iterable[Pair]) -> list[Pair]:
    """The half of the fifth set by which nothing was chosen."""
    return [pair for pair in pairs if pair.case % 2 == 0]


def usual(pairs: Iterable[Pair]) -> list[Pair]:
    """Without the hardest kind."""
    return [pair for pair in pairs if pair.role != OTHER_THING]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def planted_cases(path: Path) -> Iterator[Case]:
    rows = read(path)
    for asked in (row for row in rows if row["role"] == ASKED):
        same = [row for row in rows if row["case"] == asked["case"] and row is not asked]
        others = [row | {name: asked[name] for name in row if not row[name] and name != "days"} for row in same]
        yield asked, [row | {"days": row["days"] or asked["days"]} for row in others]


def _make(topics: dict[str, Topic], districts: dict[str, District], row: Row) -> Offer:
    house = "erstes" if row["role"] in (ASKED, OTHER_THING) else row["role"]
    offer = Offer.objects.create(
        title=row["title"],
        summary=row["summary"],
        provider=Partner.objects.get_or_create(name=f"Haus {house} zu Fall {row['case']}", kind="verein")[0],
        status=Status.PUBLISHED,
        ages=_ages(row["ages"]),
        format=row["format"],
    )
    offer.topics.set(topics[slug] for slug in row["topics"].split())
    offer.catchment.set(districts[slug] for slug in row["area"].split())
    if row["days"] not in ("", "-"):
        days = [DAYS[day] for day in row["days"].split()]
        Schedule.objects.create(offer=offer, kind=ScheduleKind.WEEKLY, weekdays=days)
    return offer


def _ages(text: str) -> NumericRange:
    """ "0-3" in years, "4-" from 4 on, "3m-12m" in months, "schwanger", "alle"."""
    if text == "schwanger":
        return NumericRange(-9, 0)
    if text == "alle":
        return NumericRange(None, None)
    ends = [(int(number), 1 if months else 12) for number, months in re.findall(r"((?:^-)?\d+)(m?)", text)]
    lower, upper = (*(number * unit for number, unit in ends), None)[:2]
    return NumericRange(lower, upper)
