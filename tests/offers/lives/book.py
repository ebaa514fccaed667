"""The machine's own book: what must be where, whoever did what (machine.py plays)."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone

from offers.freshness.enums import Answer
from offers.models import Offer, Proposal
from offers.proposals import Payload, snapshot
from offers.submission.change import Seen
from portal import clock
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.partners.people import member
from tests.portal.staff import open_form, signed_in, staff

TEXTS = ("title", "summary", "description")
DORMANT_AFTER = timedelta(days=60)
UNDONE = ("returned", "withdrawn")
Words = dict[str, str]


class World:
    """What all runs begin with: one organisation with two offers and two people, and two editors."""

    def __init__(self) -> None:
        self.days = 0
        self.ticks = itertools.count()
        self.seen: Counter[str] = Counter()  # what happened in all runs together
        partner = PartnerFactory.create(name="Verein Sonne", email="sonne@example.org")
        topic = TopicFactory.create(slug="spielen")
        self.people = [member(partner, email=f"{name}@example.org") for name in ("kaethe.sonne", "olga.sonne")]
        self.editors = [staff("Redaktion", "anna"), staff("Redaktion", "boris")]
        self.browsers = [signed_in(editor) for editor in self.editors]
        self.offers = [
            OfferFactory.create(title=f"Angebot {number}", provider=partner, topics=[topic], format="gruppe",
                                access=["digital"], description="Wie es war.", verified_at=timezone.now())
            for number in range(2)
        ]  # fmt: skip
        self.entries = {offer.pk: open_form(self.browsers[0], entry(offer.pk)) for offer in self.offers}
        self.start = timezone.now()

    def go_to(self, days: int) -> None:
        """So many days after the beginning."""
        self.days = days
        clock._until = 0.0  # the day is reckoned anew

    def now(self) -> datetime:
        """Later each time, as a clock is."""
        return self.start + timedelta(days=self.days, microseconds=next(self.ticks))


def entry(pk: int) -> str:
    return reverse("admin:offers_offer_change", args=[pk])


@dataclass
class Standing:
    """What the book says of an offer; `answers` holds, by due date, when it was answered and with which proposal."""

    facts: Payload
    due: date
    version: int
    verified: int = 0
    published: list[Words] = field(default_factory=list)
    answers: dict[date, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.published.append(only_texts(self.facts))

    @property
    def is_ended(self) -> bool:
        last = self.facts["ends_on"]
        return self.facts["lifecycle"] == "beendet" or bool(last and last < timezone.localdate().isoformat())

    @property
    def is_public(self) -> bool:
        return not self.is_ended and self.due + DORMANT_AFTER >= timezone.localdate()


@dataclass
class Case:
    """What the book says of a proposal; `saw` is what its sender saw in the fields they changed."""

    offer: int | None
    payload: Payload
    saw: Words
    sender: str
    states: list[str]
    parallels: list[tuple[int, str, str]] = field(default_factory=list)
    token: str = ""
    taken: list[str] = field(default_factory=list)  # fields accepted while the rest went back

    @property
    def rest(self) -> Payload:
        return {name: value for name, value in self.payload.items() if name not in self.taken}

    @property
    def state(self) -> str:
        return self.states[-1]


@dataclass
class Tab:
    """A window with the form of an offer: what the browser would send, and what its reader has been shown."""

    offer: int
    sent: dict[str, list[str]]
    known: Words
    saw: Words  # see Draft
    facts: Payload  # what was public
    asked: dict[str, str] = field(default_factory=dict)  # conflicts shown: field, and what stands in the draft


@dataclass
class Draft:
    """`saw` has the fields somebody typed in, with what they saw there before."""

    words: Words
    saw: Words


@dataclass
class Look:
    """What an editor, or who holds a link, has before them; it may be long ago that they opened it."""

    key: str
    seen: str
    facts: Payload
    moved: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    base: Seen | None = None


@dataclass(frozen=True)
class Link:
    token: str
    offer: int
    purpose: Answer
    due: date


@dataclass
class Entry:
    """An offer's page in the admin, opened by an editor."""

    offer: int
    version: int
    values: dict[str, Any]


def only_texts(facts: Payload) -> Words:
    return {name: facts[name] for name in TEXTS}


def without_repeats(values: Iterable[Any]) -> list[Any]:
    return [value for value, _same in itertools.groupby(values)]


class Book:
    """What has happened so far in one run."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.moments, self.numbers = itertools.count(1), itertools.count(1)
        self.book = {o.pk: Standing(snapshot(o), o.review_due, o.version) for o in self.world.offers}
        self.cases: dict[str, Case] = {}
        self.drafts: dict[tuple[int, int], Draft] = {}  # by person and offer
        self.tabs: dict[tuple[int, int], Tab] = {}
        self.desks: dict[int, Look] = {}
        self.entries: dict[int, Entry] = {}
        self.links: list[Link] = []
        self.letters: dict[str, Look] = {}
        self.reports: list[str] = []

    def happened(self, what: str) -> None:
        self.world.seen[what] += 1

    def word(self) -> str:
        return f"Wort{next(self.numbers):03}"

    def offer(self, number: int) -> Offer:
        pks = list(self.book)
        return Offer.objects.get(pk=pks[number % len(pks)])

    def case(self, number: int, *states: str) -> str | None:
        found = [reference for reference, case in self.cases.items() if not states or case.states[-1] in states]
        return found[number % len(found)] if found else None

    def filed(self, proposal: Proposal, saw: Words) -> None:
        if proposal.reference in self.cases:
            self.happened("the same sent twice")
            return
        if any(case.offer == proposal.offer_id and case.state == "returned" for case in self.cases.values()):
            self.happened("sent once more after it came back")
        payload = dict(proposal.payload)
        self.cases[proposal.reference] = Case(
            proposal.offer_id, payload, saw, proposal.sender_email, [str(proposal.status)]
        )

    def answered(self, pk: int, reference: str = "") -> None:
        """Somebody said something about the present due date."""
        standing = self.book[pk]
        standing.answers[standing.due] = (next(self.moments), reference)

    def verified(self, pk: int) -> None:
        standing = self.book[pk]
        if not standing.is_ended and not standing.is_public:
            self.happened("woken")
        standing.verified = next(self.moments)
        standing.due = timezone.localdate() + relativedelta(months=12)

    def changed(self, pk: int, facts: Payload) -> None:
        standing = self.book[pk]
        standing.facts = {**standing.facts, **facts}
        standing.published.append(only_texts(standing.facts))
