"""Rows of made-up partners, places, offers and their links; the same seed on the same day gives the same rows."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from psycopg.types.range import Range

from offers.enums import Access, Cost, Format, Level, Lifecycle, Registration, ScheduleKind, Status
from offers.synthetic.words import (
    ADJECTIVES,
    ENDINGS,
    FAMILIES,
    ORGANISATIONS,
    SAINTS,
    SENTENCES,
    STREETS,
    TAILS,
    Family,
)
from partners.enums import PartnerKind, WheelchairAccess
from portal.text import german_slug

SOURCE = "Synthetische Daten"  # how made-up rows are told from facts
PER_PARTNER = 25  # offers: 50,000 of 2,000 partners
LANGUAGES = ("de", "tr", "ar", "uk", "ru", "pl", "ro", "bg", "en")
CATCHMENT = {"city": 20, "borough": 15, "social_area": 25, "quarter": 40}  # kinds in per cent

LEVELS, REGISTRATIONS = Level.values, Registration.values  # plain text: COPY writes it four times as fast as enums
KINDS, WHEELCHAIR = PartnerKind.values, ["", *WheelchairAccess.values]
PUBLISHED, DRAFT, FREE, FEE = Status.PUBLISHED.value, Status.DRAFT.value, Cost.FREE.value, Cost.FEE.value
COME, VISIT, WEEKLY = Access.COME.value, Access.VISIT.value, ScheduleKind.WEEKLY.value
REGULAR, PROJECT = Lifecycle.REGULAR.value, Lifecycle.PROJECT.value

Row = tuple[Any, ...]


@dataclass
class District:
    id: int
    kind: str
    name: str
    postcode: str


@dataclass
class Ground:
    """What the made-up rows stand on: districts, topics by slug, and the first free id of each table."""

    districts: Sequence[District]
    topics: dict[str, int]
    now: datetime
    free_ids: dict[str, int]


@dataclass
class Rows:
    """A batch: rows by table, in the order of COLUMNS."""

    partners: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    offers: list[Row] = field(default_factory=list)
    topics: list[Row] = field(default_factory=list)
    catchment: list[Row] = field(default_factory=list)
    offer_places: list[Row] = field(default_factory=list)
    schedules: list[Row] = field(default_factory=list)


class Maker:
    """Makes `count` offers with their partners and places."""

    def __init__(self, ground: Ground, *, count: int, seed: int) -> None:
        self._ground, self._count, self._seed = ground, count, seed
        self._random = random.Random(seed)  # noqa: S311 made-up texts, no secrets
        self._by_kind = {kind: [d for d in ground.districts if d.kind == kind] for kind in CATCHMENT}
        self._places: list[list[tuple[int, District]]] = []  # of each partner
        self._next_place = ground.free_ids["places"]
        self.rows = Rows()

    def make(self, size: int) -> Iterator[Rows]:
        """Batches of `size` offers, the first with all partners and places; only one batch is held."""
        for number in range(max(1, self._count // PER_PARTNER)):
            self._make_partner(number)
        for begin in range(0, self._count, size):
            for number in range(begin, min(begin + size, self._count)):
                self._make_offer(number)
            batch, self.rows = self.rows, Rows()
            yield batch

    def _public_id(self) -> uuid.UUID:
        return uuid.UUID(int=self._random.getrandbits(128), version=4)

    def _slug(self, number: int, words: str) -> str:
        return f"muster-{self._seed}-{number}-{german_slug(words, 50)}"

    def _make_partner(self, number: int) -> None:
        choose = self._random.choice
        quarter = choose(self._by_kind["quarter"])
        name = f"{choose(ORGANISATIONS)} {choose(SAINTS)} {quarter.name} (Muster {self._seed}-{number})"
        partner = self._ground.free_ids["partners"] + number
        now = self._ground.now
        self.rows.partners.append(
            (partner, self._public_id(), now, now, self._slug(number, name), SOURCE, None, name, "",
             choose(KINDS), "", "", "", f"0208 55{number:05d}", "")
        )  # fmt: skip
        places: list[tuple[int, District]] = []
        for _ in range(choose((1, 1, 2, 3))):
            district = quarter if not places else choose(self._by_kind["quarter"])
            place, self._next_place = self._next_place, self._next_place + 1
            self.rows.places.append(
                (place, self._public_id(), now, now, SOURCE, None, partner, f"Haus {choose(SAINTS)}",
                 f"{choose(STREETS)} {self._random.randint(1, 180)}", district.postcode, "", district.id, False,
                 choose(WHEELCHAIR), [], "", "")
            )  # fmt: skip
            places.append((place, district))
        self._places.append(places)

    def _make_offer(self, number: int) -> None:
        choose, chance = self._random.choice, self._random.random
        offer = self._ground.free_ids["offers"] + number
        family = choose(FAMILIES)
        partner = min(int(chance() ** 1.5 * len(self._places)), len(self._places) - 1)  # some offer much, many little
        place, quarter = choose(self._places[partner])
        ending, form = choose(ENDINGS)
        compound = f"{choose(family.stems)}{ending}".replace("--", "-")
        title = f"{choose(('', '', choose(ADJECTIVES) + ' '))}{compound}{choose(TAILS)} {quarter.name}"
        texts = [
            sentence.format(who=family.who, place=quarter.name, compound=compound)
            for sentence in self._random.sample(SENTENCES, self._random.randint(3, 9))
        ]
        now = self._ground.now
        verified = now - timedelta(days=self._random.randint(0, 330))
        self.rows.offers.append(
            (offer, self._public_id(), verified, verified, self._slug(number, f"{compound} {quarter.name}"), SOURCE,
             verified.date() if chance() < 0.6 else None,
             PUBLISHED if chance() < 0.97 else DRAFT, title, " ".join(texts[:2])[:300],
             " ".join(texts[2:]), self._ground.free_ids["partners"] + partner, self._ages(family),
             [audience.value for audience in family.audiences], form.value, self._access(form), choose(LEVELS), "",
             *self._cost(), choose(REGISTRATIONS), "", "", "", "", self._languages(), chance() < 0.2, "",
             *self._lifecycle(now), verified, "", 1)
        )  # fmt: skip
        self._link(offer, family, quarter, place, form)

    def _ages(self, family: Family) -> Range[int] | None:
        if family.ages is None:
            return None
        low, high = family.ages
        if low is not None and high is not None and self._random.random() < 0.5:
            low += self._random.choice((0, 0, 6, 12))
            if low >= high:
                low = high - 1
        return Range(low, high)

    def _access(self, form: Format) -> list[str]:
        return [VISIT if form == Format.HOME_VISIT else COME]

    def _cost(self) -> tuple[str, str]:
        roll = self._random.random()
        if roll < 0.7:
            return FREE, ""
        return (FEE, f"{self._random.randint(2, 60)} Euro") if roll < 0.9 else ("", "")

    def _languages(self) -> list[str]:
        others = self._random.sample(LANGUAGES[1:], self._random.choice((0, 0, 1, 1, 2, 3)))
        return ["de", *others]

    def _lifecycle(self, now: datetime) -> tuple[str, Any]:
        if self._random.random() < 0.7:
            return REGULAR, None
        return PROJECT, (now + timedelta(days=self._random.randint(-60, 700))).date()

    def _link(self, offer: int, family: Family, quarter: District, place: int, form: Format) -> None:
        slugs = [slug for slug in family.topics if slug in self._ground.topics] or list(self._ground.topics)
        for slug in self._random.sample(slugs, min(len(slugs), self._random.choice((1, 2, 2, 3)))):
            self.rows.topics.append((offer, self._ground.topics[slug]))
        [kind] = self._random.choices(list(CATCHMENT), list(CATCHMENT.values()))
        district = quarter if kind == "quarter" else self._random.choice(self._by_kind[kind] or [quarter])
        self.rows.catchment.append((offer, district.id))
        if form != Format.HOME_VISIT:
            self.rows.offer_places.append((offer, place))
        if self._random.random() < 0.7:
            start = self._random.randint(8, 18)
            self.rows.schedules.append(
                (offer, WEEKLY, [self._random.randint(0, 4)], [], time(start), time(start + 2),
                 True, True, "")
            )  # fmt: skip
