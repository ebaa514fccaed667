"""Offers in the hands of everybody at once: a machine for hypothesis to play with (tests/offers/test_lives.py).

Two colleagues of an organisation have two tabs each, two editors of the Büro have a case and an entry open, somebody
holds links from old mails, days pass, families look. Whatever order that takes, the rules of design §5 hold: the
machine keeps its own book of what must be where and compares after every step. All words typed are different, so a
word that is lost, or comes back from the dead, is seen.
"""

import itertools
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from offers import actions
from offers.freshness import actions as freshness
from offers.freshness.enums import Answer
from offers.freshness.links import ask, link
from offers.freshness.reminders import open_offers
from offers.models import ChangeDraft, ErrorReport, Offer, PairDecision, Parallel, Proposal
from offers.proposals import Payload, changes, fingerprint, snapshot
from offers.submission.change import Seen
from offers.workspace import actions as workspace
from offers.workspace.drafts import as_query, as_sent
from offers.workspace.editing import Editing
from portal import clock
from portal.history import event_models, stand_of
from tests.offers.factories import OfferFactory, TopicFactory
from tests.offers.steps import old_stamp
from tests.partners.factories import PartnerFactory
from tests.partners.people import member
from tests.portal.staff import open_form, signed_in, staff

TEXTS = ("title", "summary", "description")
DORMANT_AFTER = timedelta(days=60)
UNDONE = ("returned", "withdrawn")
STAGES = ["new", "tabs", "waiting", "two waiting", "returned", "letters", "due", "asleep"]
DEEDS = [  # what happens more often stands here more often
    *["types"] * 6, *["presses a button"] * 3, *["opens two tabs"] * 2, "confirms", "proposes an end", "drops a draft",
    "withdraws", *["reworks"] * 2, "submits an offer", "confirms an address", "reports an error", "looks",
    *["opens a case"] * 3, *["approves"] * 5, *["approves some"] * 2, "returns", *["opens an entry"] * 2,
    *["saves an entry"] * 3, "confirms by phone", *["follows a link"] * 2, *["answers a link"] * 2, "lets time pass",
]  # fmt: skip
Words = dict[str, str]

OFTEN_THE_FIRST = (0, 0, 0, 1, 2)  # one of what there is


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


class Lives(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.go_to(0)
        self.savepoint = transaction.savepoint()
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
        self.happened("a run")

    def teardown(self) -> None:
        try:
            self.history_holds_everything()
        finally:
            transaction.savepoint_rollback(self.savepoint)
            self.world.go_to(0)

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

    @initialize(chance=st.randoms(use_true_random=True))
    def it_has_come_to(self, chance: Random) -> None:
        """Runs begin at different ends of an offer's life, so that all of it is lived through often."""
        stage = chance.choice(STAGES)
        note(stage)
        if stage == "new":
            self.a_new_offer_comes_in(0, "trotzdem")
            self.an_address_is_confirmed(0)
        elif stage == "tabs":
            self.two_tabs_are_opened(who=0, number=0)
        elif stage == "letters":
            for purpose in (Answer.CONFIRMED, Answer.CHANGED):
                self.a_link_is_followed(number=0, purpose=purpose, new=True)
        elif stage in {"due", "asleep"}:
            self.days_pass(days=340 if stage == "due" else 430)
        else:
            for who in range(1 + (stage == "two waiting")):
                self.two_tabs_are_opened(who=who, number=0)
                self.somebody_types(where=(who, 0), names=["title"], number=0, side="hier", send=True)
            for who in range(2):
                self.open_case(who, self.case(who, "waiting") or "")
            if stage == "returned":
                self.an_editor_returns(0)

    @rule(chance=st.randoms(use_true_random=True))
    def somebody(self, chance: Random) -> None:
        """One rule for all, evenly by chance: of twenty rules hypothesis leaves most out of a run."""
        deed, names = chance.choice(DEEDS), chance.sample(TEXTS, chance.randint(1, 2))
        who, tab, number = chance.randint(0, 1), chance.randint(0, 1), chance.choice(OFTEN_THE_FIRST)
        side, yes = chance.choice(["hier", "dort"]), chance.random() < 0.5
        note(f"{deed}: {who=} {tab=} {number=} {names=} {side=} {yes=}")
        match deed:
            case "opens two tabs":
                self.two_tabs_are_opened(who, number)
            case "types":
                self.somebody_types((who, tab), names, number, side, yes)
            case "presses a button":
                self.somebody_presses_a_button((who, tab), side, yes)
            case "confirms":
                self.somebody_confirms_at_their_desk(who, number)
            case "proposes an end":
                self.an_end_is_proposed(who, number, (None, -1, 20)[number])
            case "drops a draft":
                self.a_draft_is_thrown_away(number)
            case "withdraws":
                self.a_proposal_is_withdrawn(who, number)
            case "reworks":
                self.what_came_back_is_reworked(who, number)
            case _:
                self.somebody_else(deed, who, number, names[0], yes)

    def somebody_else(self, deed: str, who: int, number: int, name: str, yes: bool) -> None:
        match deed:
            case "submits an offer":
                self.a_new_offer_comes_in(number, ("ergaenzt", "kooperiert", "trotzdem")[number])
            case "confirms an address":
                self.an_address_is_confirmed(number)
            case "reports an error":
                self.a_visitor_reports_an_error(number)
            case "looks":
                self.a_family_looks()
            case "opens a case" if self.case(0, "waiting"):
                self.open_case(who, self.case(number, "waiting") or "")
            case "approves" | "approves some" | "returns":
                self.an_editor_decides(who, number, deed, yes)
            case "opens an entry":
                self.an_editor_opens_an_entry(who, number % 2)
            case "saves an entry":
                self.an_editor_saves_an_entry(who, name)
            case "confirms by phone":
                self.an_editor_confirms_for_somebody(who, number)
            case "follows a link":
                self.a_link_is_followed(number, list(Answer)[number], yes)
            case "answers a link":
                self.a_link_is_answered(number, name)
            case "lets time pass":
                self.days_pass((1, 21, 340, 430)[number + yes])

    # -- two colleagues of an organisation, two tabs each ------------------------------------------------------------

    def two_tabs_are_opened(self, who: int, number: int) -> None:
        for tab in range(2):
            self.open_tab((who, tab), self.offer(number))

    def open_tab(self, where: tuple[int, int], offer: Offer) -> Tab:
        editing = Editing(self.world.people[where[0]], offer, None)
        form = editing.form
        sent = {name: as_sent(form[name].value()) for name in form.fields}
        sent |= {"stempel": [old_stamp()], "entwurf": [str(editing.version)]}
        known = {name: "".join(sent[name]) for name in TEXTS}
        draft = self.drafts.get((where[0], offer.pk))
        assert known == (draft.words if draft else only_texts(self.book[offer.pk].facts)), "a tab shows what is kept"
        self.tabs[where] = Tab(offer.pk, sent, known, dict(draft.saw) if draft else {})
        return self.tabs[where]

    def somebody_types(self, where: tuple[int, int], names: list[str], number: int, side: str, send: bool) -> None:
        """Into a tab as it stands, however old it is, and presses "save" or "send"."""
        tab = self.tabs.get(where) or self.open_tab(where, self.offer(number))
        for name in names:
            tab.sent[name] = [self.word()]
        self.press(where, tab, side, send=send)

    def somebody_presses_a_button(self, where: tuple[int, int], side: str, send: bool) -> None:
        """Once more, or on a page they went back to."""
        if where in self.tabs:
            self.press(where, self.tabs[where], side, send=send)

    def press(self, where: tuple[int, int], tab: Tab, side: str, *, send: bool) -> None:
        offer = Offer.objects.get(pk=tab.offer)
        choices = {f"wahl-{name}": [side] for name in tab.asked}
        editing = Editing(self.world.people[where[0]], offer, as_query({**tab.sent, **choices}))
        kept = self.drafts.get((where[0], tab.offer))
        editing.save()
        if editing.conflicts:
            self.asked_back(tab, kept, editing)
            return
        self.saved(where[0], tab, kept, side)
        if send and not tab.asked:
            self.sent(where[0], tab, editing)
        else:
            self.open_tab(where, offer)

    def asked_back(self, tab: Tab, kept: Draft | None, editing: Editing) -> None:
        """Both words are shown and nothing is thrown away (that the draft stays as it is, is looked at each time)."""
        self.happened("asked which of two words holds")
        assert kept, "nobody else has written anything"
        for conflict in editing.conflicts:
            if conflict.name in TEXTS:
                assert (conflict.here, "".join(conflict.there)) == (tab.sent[conflict.name], kept.words[conflict.name])
        tab.asked = {conflict.name: "".join(conflict.there) for conflict in editing.conflicts}
        carried: dict[str, list[str]] = {}
        for name, value in editing.context()["kept"]:
            carried.setdefault(name, []).append(value)
        tab.sent = {name: carried.get(name, []) for name in tab.sent} | {"entwurf": [str(editing.version)]}
        tab.known = dict(kept.words)

    def saved(self, who: int, tab: Tab, kept: Draft | None, side: str) -> None:
        """What was typed in this tab stands in the draft, and so does what was typed in others."""
        typed = {name: "".join(tab.sent[name]) for name in TEXTS}
        touched = [name for name in TEXTS if typed[name] != tab.known[name]]
        if kept is None:
            saw = {name: tab.known[name] for name in touched} | tab.saw
            self.drafts[who, tab.offer] = Draft(typed, saw)
            return
        for name in touched:
            if name in tab.asked and side == "dort":
                continue
            theirs = kept.words[name]
            assert theirs in (tab.known[name], typed[name]), f"{theirs} was replaced by somebody who never saw it"
            kept.words[name] = typed[name]
            kept.saw.setdefault(name, tab.known[name])

    def sent(self, who: int, tab: Tab, editing: Editing) -> None:
        draft = self.drafts[who, tab.offer]
        proposal = editing.send()
        if proposal is None:
            assert not draft.saw, f"{draft.words} was not sent: {editing.form.errors}"
            return
        self.happened("a change sent")
        wanted = {name: draft.words[name] for name in draft.saw}
        assert proposal.payload == wanted, "a proposal says what was typed, nothing more and nothing less"
        self.filed(proposal, dict(draft.saw))
        self.answered(tab.offer, proposal.reference)
        del self.drafts[who, tab.offer]

    def filed(self, proposal: Proposal, saw: Words) -> None:
        if proposal.reference in self.cases:
            self.happened("the same sent twice")
            return
        payload = dict(proposal.payload)
        self.cases[proposal.reference] = Case(
            proposal.offer_id, payload, saw, proposal.sender_email, [str(proposal.status)]
        )

    def answered(self, pk: int, reference: str = "") -> None:
        """Somebody said something about the present due date."""
        standing = self.book[pk]
        standing.answers[standing.due] = (next(self.moments), reference)

    def a_draft_is_thrown_away(self, number: int) -> None:
        if not self.drafts:
            return
        who, pk = list(self.drafts)[number % len(self.drafts)]
        workspace.drop_draft(person=self.world.people[who].person, offer=Offer.objects.get(pk=pk))
        del self.drafts[who, pk]

    def somebody_confirms_at_their_desk(self, who: int, number: int) -> None:
        offer = self.offer(number)
        if not self.book[offer.pk].is_ended:  # the page offers no button then
            workspace.confirm(offer=offer, own=self.world.people[who], seen=snapshot(offer))
            self.answered(offer.pk)
            self.verified(offer.pk)

    def verified(self, pk: int) -> None:
        standing = self.book[pk]
        standing.verified = next(self.moments)
        standing.due = timezone.localdate() + relativedelta(months=12)

    def an_end_is_proposed(self, who: int, number: int, days: int | None) -> None:
        offer = self.offer(number)
        last = None if days is None else (timezone.localdate() + timedelta(days=days)).isoformat()
        payload = {"ends_on": last, **({"lifecycle": "beendet"} if days is None or days < 0 else {})}
        own = self.world.people[who]
        proposal = workspace.propose_end(
            offer=offer, own=own, payload=payload, submission_id=uuid.uuid4(), message=self.word()
        )
        self.filed(proposal, {})
        self.answered(offer.pk, proposal.reference)

    def a_proposal_is_withdrawn(self, who: int, number: int) -> None:
        reference = self.case(number)
        if reference is None:
            return
        case = self.cases[reference]
        try:
            workspace.withdraw(proposal=Proposal.objects.get(reference=reference), own=self.world.people[who])
        except PermissionDenied:
            assert "sonne" not in case.sender
        except actions.AlreadyDecidedError:
            assert case.state not in {"waiting", "unconfirmed"}
        else:
            assert case.state in {"waiting", "unconfirmed"}
            case.states.append("withdrawn")
            self.happened("withdrawn")

    def what_came_back_is_reworked(self, who: int, number: int) -> None:
        reference = self.case(number, *UNDONE)
        if reference is None:
            return
        case = self.cases[reference]
        if case.offer is None or not set(case.payload) <= set(TEXTS):
            return
        offer = Offer.objects.get(pk=case.offer)
        taken = Editing(self.world.people[who], offer, None).take_over(Proposal.objects.get(reference=reference))
        assert taken == ((who, case.offer) not in self.drafts), "an unsent draft is never replaced"
        if taken:
            self.happened("reworked")
            facts = only_texts(self.book[case.offer].facts)
            saw = {name: value for name, value in case.saw.items() if name in case.rest}
            self.drafts[who, case.offer] = Draft({**facts, **case.rest}, saw)

    # -- strangers with a new offer, visitors ------------------------------------------------------------------------

    def a_new_offer_comes_in(self, number: int, answer: str) -> None:
        existing = self.offer(number)
        payload = {**snapshot(self.world.offers[0]), **{name: self.word() for name in TEXTS}}
        sender = actions.Sender(f"fremd{next(self.numbers)}@example.org", organisation="Verein Sonne")
        given = actions.ParallelAnswered(existing, answer, self.word())
        call: dict[str, Any] = {"by": sender, "payload": payload, "submission_id": uuid.uuid4(), "parallels": [given]}
        proposal = actions.submit_proposal(**call)
        assert actions.submit_proposal(**call) == proposal, "a double click is stored once"
        self.filed(proposal, {})
        case = self.cases[proposal.reference]
        case.parallels, case.token = [(existing.pk, answer, given.reason)], proposal.confirm_token

    def an_address_is_confirmed(self, number: int) -> None:
        found = [case for case in self.cases.values() if case.token]
        if not found:
            return
        case = found[number % len(found)]
        actions.confirm_proposal(token=case.token)
        if case.state == "unconfirmed":
            case.states.append("waiting")

    def a_visitor_reports_an_error(self, number: int) -> None:
        self.reports.append(self.word())
        actions.report_error(offer=self.offer(number), submission_id=uuid.uuid4(), message=self.reports[-1])

    def a_family_looks(self) -> None:
        page = Client().get("/angebote/").content.decode()
        for standing in self.book.values():
            assert (standing.facts["title"] in page) == standing.is_public
        for case in self.cases.values():
            if case.state not in {"approved"} and "title" in case.payload:
                shown = any(case.payload["title"] == standing.facts["title"] for standing in self.book.values())
                assert shown or case.payload["title"] not in page, "what nobody approved is not public"
        self.happened("a family looked")

    # -- two editors of the Büro -------------------------------------------------------------------------------------

    def an_editor_decides(self, who: int, number: int, deed: str, yes: bool) -> None:
        """About what lies open on the desk, even if others have been there since; else about the next one."""
        if who not in self.desks and self.case(0, "waiting"):
            self.open_case(who, self.case(number, "waiting") or "")
        if who in self.desks and deed == "returns":
            self.an_editor_returns(who)
        elif who in self.desks:
            choice = "some" if deed == "approves some" else ("none", "take", "keep", "keep")[number + yes]
            self.an_editor_approves(who, choice)

    def open_case(self, who: int, reference: str) -> None:
        proposal, case = Proposal.objects.get(reference=reference), self.cases[reference]
        found = changes(proposal)
        if case.offer is None:
            self.desks[who] = Look(reference, "", {})
            return
        assert proposal.offer
        facts = self.book[case.offer].facts
        differing = {name for name, value in case.payload.items() if value != facts[name]}
        assert {change.name for change in found} == differing, "the editor sees every difference"
        moved = [change.name for change in found if change.moved]
        unseen = {name for name, value in case.saw.items() if name in differing and value != facts[name]}
        assert unseen <= set(moved), "the editor is told where the sender saw something else"
        self.desks[who] = Look(reference, fingerprint(proposal.offer), dict(facts), moved, sorted(differing))

    def an_editor_approves(self, who: int, choice: str) -> None:
        look = self.desks.pop(who)
        case, proposal = self.cases[look.key], Proposal.objects.get(reference=look.key)
        some = look.differing[:1] if choice == "some" and len(look.differing) > 1 else []
        chosen: dict[str, Any] = {choice: look.moved} if choice in {"take", "keep"} else {}
        decide: Any = actions.approve_proposal
        if some:
            decide, chosen = actions.approve_fields, {"names": some, "reason": self.word()}
        stale = case.offer is not None and self.book[case.offer].facts != look.facts
        try:
            offer = decide(proposal=proposal, by=self.world.editors[who], seen=look.seen, **chosen)
        except actions.AlreadyDecidedError:
            assert case.state != "waiting"
            self.happened("too late to decide")
        except actions.ChangedMeanwhileError:
            assert stale
            self.happened("changed while an editor looked")
        except actions.UndecidedError:
            assert look.moved
            assert not chosen
            self.happened("asked whose word holds")
        else:
            assert case.state == "waiting", "approved exactly once"
            assert not stale, "nothing is approved over what the editor has not seen"
            assert chosen or not look.moved, "nothing is approved that needs a decision"
            if some:
                self.partly(case, some)
            else:
                self.approved(case, offer, [] if choice != "keep" else look.moved)

    def partly(self, case: Case, names: list[str]) -> None:
        """The offer is what it was but for these fields; it is not confirmed by that, and the rest can be reworked."""
        assert case.offer is not None
        case.states.append("returned")
        case.taken = names
        self.happened("partly approved")
        self.changed(case.offer, {name: case.payload[name] for name in names})

    def approved(self, case: Case, offer: Offer, kept: list[str]) -> None:
        case.states.append("approved")
        self.happened("approved")
        taken = {name: value for name, value in case.payload.items() if name not in kept}
        if case.offer is None:
            assert offer.pk not in self.book
            case.offer = offer.pk
            self.book[offer.pk] = Standing(snapshot(offer), offer.review_due, offer.version)
            assert {name: self.book[offer.pk].facts[name] for name in taken} == taken
            made = PairDecision.objects.filter(proposal__offer=offer).values_list("answer", "reason")
            assert sorted(made) == sorted(parallel[1:] for parallel in case.parallels), "the answers are kept"
        else:
            self.changed(offer.pk, taken)
        self.verified(offer.pk)

    def changed(self, pk: int, facts: Payload) -> None:
        standing = self.book[pk]
        standing.facts = {**standing.facts, **facts}
        standing.published.append(only_texts(standing.facts))

    def an_editor_returns(self, who: int) -> None:
        reference = self.desks.pop(who).key
        case, proposal = self.cases[reference], Proposal.objects.get(reference=reference)
        try:
            actions.return_proposal(proposal=proposal, by=self.world.editors[who], reason=self.word())
        except actions.AlreadyDecidedError:
            assert case.state != "waiting"
            self.happened("too late to decide")
        else:
            assert case.state == "waiting"
            case.states.append("returned")
            self.happened("returned")

    def an_editor_opens_an_entry(self, who: int, number: int) -> None:
        offer = self.offer(number)
        facts = self.book[offer.pk].facts
        current = {name: facts[name] or "" for name in (*TEXTS, "lifecycle", "ends_on")}
        current["confirmed_on"] = offer.confirmed_on.isoformat() if offer.confirmed_on else ""
        current["_stand"] = stand_of(admin.site._registry[Offer].parts(), offer.pk)  # type: ignore[attr-defined]  # ours
        self.entries[who] = Entry(offer.pk, offer.version, {**self.world.entries[offer.pk], **current})

    def an_editor_saves_an_entry(self, who: int, name: str) -> None:
        if who not in self.entries:
            self.an_editor_opens_an_entry(who, 0)
            return
        opened, word = self.entries.pop(who), self.word()
        stale = Offer.objects.values_list("version", flat=True).get(pk=opened.offer) != opened.version
        answer = self.world.browsers[who].post(entry(opened.offer), {**opened.values, name: word})
        if stale:
            assert answer.status_code == 200, "an entry that others have changed was overwritten"
            page = answer.content.decode()
            assert "Inzwischen hat jemand anderes diesen Eintrag ge" in page
            assert word in page, "what was typed stands there still"
            self.happened("an entry others changed")
        else:
            assert answer.status_code == 302, errors_of(answer)
            self.changed(opened.offer, {name: word})
            self.happened("an entry saved")

    def an_editor_confirms_for_somebody(self, who: int, number: int) -> None:
        offer = self.offer(number)
        try:
            freshness.confirm_on_behalf(offer=offer, by=self.world.editors[who])
        except ValueError:
            assert self.book[offer.pk].is_ended
        else:
            assert not self.book[offer.pk].is_ended
            self.answered(offer.pk)
            self.verified(offer.pk)

    # -- links in mails ----------------------------------------------------------------------------------------------

    def a_link_is_followed(self, number: int, purpose: Answer, new: bool) -> None:
        """A new one or one from an old mail."""
        if new or not self.links:
            self.a_link_is_mailed(number, purpose)
            number = len(self.links) - 1
        self.a_link_is_opened(number)

    def a_link_is_mailed(self, number: int, purpose: Answer) -> None:
        offer = self.offer(number)
        token = link(offer, purpose).strip("/").rpartition("/")[2]
        self.links.append(Link(token, offer.pk, purpose, offer.review_due))

    def a_link_is_opened(self, number: int) -> None:
        found = self.links[number % len(self.links)]
        question = ask(found.token, found.purpose)
        assert (question.refused is None) == self.is_open(found)
        if question.offer and not question.refused:
            facts = dict(self.book[found.offer].facts)
            self.letters[found.token] = Look(
                found.token, fingerprint(question.offer), facts, base=Seen.of(question.offer)
            )

    def is_open(self, found: Link) -> bool:
        standing = self.book[found.offer]
        return found.due == standing.due and not standing.is_ended and not self.has_answered(found.offer)

    def has_answered(self, pk: int) -> bool:
        """Somebody has said something about the present due date, and nobody has put that aside."""
        standing = self.book[pk]
        moment, reference = standing.answers.get(standing.due, (0, ""))
        return moment > standing.verified and not (reference and self.cases[reference].state in UNDONE)

    def a_link_is_answered(self, number: int, name: str) -> None:
        if not self.letters:
            self.a_link_is_followed(0, Answer.CHANGED, new=True)
            return
        tokens = list(self.letters)
        look = self.letters[tokens[number % len(tokens)]]
        found = next(found for found in self.links if found.token == look.key)
        open_now, same = self.is_open(found), self.book[found.offer].facts == look.facts
        try:
            proposal = self.answer(found, look, name)
        except freshness.RefusedError:
            assert not open_now
            self.happened("a link refused")
        except freshness.ChangedMeanwhileError:
            assert open_now
            assert not same
            self.happened("confirmed what had changed")
        else:
            assert open_now, "a link answers once, for one due date"
            assert same or proposal, "nobody confirms what they have not seen"
            self.happened("a link answered")
            self.answered(found.offer, proposal.reference if proposal else "")
            if proposal:
                self.filed(proposal, {name: look.facts[name]} if found.purpose == Answer.CHANGED else {})
            else:
                self.verified(found.offer)

    def answer(self, found: Link, look: Look, name: str) -> Proposal | None:
        number, word = uuid.uuid4(), self.word()
        if found.purpose == Answer.CONFIRMED:
            freshness.confirm_by_link(token=found.token, seen=look.seen)
            return None
        if found.purpose == Answer.ENDED:
            last = timezone.localdate() + timedelta(days=20)
            return freshness.end_by_link(token=found.token, last_day=last, submission_id=number, message=word)
        assert look.base
        return freshness.change_by_link(
            token=found.token, payload={name: word}, seen=look.base, submission_id=number, message=""
        )

    def days_pass(self, days: int) -> None:
        self.world.go_to(self.world.days + days)
        last = timezone.localdate() + timedelta(days=36)
        asked = {offer.pk for offer in open_offers(timezone.localdate())}
        due = {pk for pk, one in self.book.items() if one.due <= last and not one.is_ended}
        wanted = {pk for pk in due if not self.has_answered(pk)}
        assert asked == wanted, f"who is due and has not answered is asked: {self.book}"
        for standing in self.book.values():
            self.happened("ended" if standing.is_ended else "public" if standing.is_public else "dormant")

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def the_public_sees_what_was_approved_and_nothing_else(self) -> None:
        offers = {offer.pk: offer for offer in Offer.objects.all()}
        assert offers.keys() == self.book.keys()
        for pk, standing in self.book.items():
            offer = offers[pk]
            assert offer.version >= standing.version, "a version only grows"
            if offer.version > standing.version:
                assert snapshot(offer) == standing.facts
            assert {name: getattr(offer, name) for name in TEXTS} == only_texts(standing.facts)
            assert offer.review_due == standing.due
            standing.version = offer.version
        public = set(Offer.objects.public().values_list("pk", flat=True))
        assert public == {pk for pk, standing in self.book.items() if standing.is_public}

    @invariant()
    def every_word_is_where_it_belongs(self) -> None:
        drafts = {
            (draft.person_id, draft.offer_id): {name: "".join(draft.values.get(name, [])) for name in TEXTS}
            for draft in ChangeDraft.objects.all()
        }
        people = [own.person_id for own in self.world.people]
        assert drafts == {(people[who], pk): draft.words for (who, pk), draft in self.drafts.items()}
        rows = Proposal.objects.values_list("reference", "offer", "payload", "status")
        assert {row[0]: row[1:] for row in rows} == {
            reference: (case.offer, case.payload, case.state) for reference, case in self.cases.items()
        }

    def history_holds_everything(self) -> None:
        offers, proposals = event_models()[Offer].objects, event_models()[Proposal].objects
        for pk, standing in self.book.items():
            events = list(offers.filter(id=pk).order_by("pgh_id").values("version", *TEXTS))
            texts = without_repeats({name: event[name] for name in TEXTS} for event in events)
            assert texts == without_repeats(standing.published), "each public state is in the history"
            versions = [event["version"] for event in events]
            assert versions == list(range(1, standing.version + 1)), "each version is in the history"
        for reference, case in self.cases.items():
            states = proposals.filter(reference=reference).order_by("pgh_id").values_list("status", flat=True)
            assert without_repeats(states) == case.states
            given = Parallel.objects.filter(proposal__reference=reference).values_list("existing", "answer", "reason")
            assert list(given) == case.parallels
        assert sorted(ErrorReport.objects.values_list("message", flat=True)) == sorted(self.reports)


def errors_of(answer: Any) -> Any:
    return answer.context_data["errors"] if answer.status_code == 200 else answer.headers
