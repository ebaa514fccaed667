"""Offers in the hands of everybody at once: a machine for hypothesis to play with (tests/offers/test_lives.py).

Two colleagues of an organisation have two tabs each, two editors of the Büro have a case and an entry open, somebody
holds links from old mails, days pass, families look. Whatever order that takes, the rules of design §5 hold: the
machine keeps its own book of what must be where and compares after every step. All words typed are different, so a
word that is lost, or comes back from the dead, is seen.
"""

from random import Random
from typing import Any

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from offers.freshness.enums import Answer
from offers.models import ChangeDraft, ErrorReport, Offer, Parallel, Proposal
from offers.proposals import snapshot
from portal.history import event_models
from tests.offers.lives.book import TEXTS, only_texts, without_repeats
from tests.offers.lives.letters import Letters
from tests.offers.lives.office import Office
from tests.offers.lives.partners import Partners

DEEDS = [  # what happens more often stands here more often
    *["types"] * 6, *["presses a button"] * 3, *["opens two tabs"] * 2, "confirms", "proposes an end", "drops a draft",
    "withdraws", *["reworks"] * 2, "submits an offer", "confirms an address", "reports an error", "looks",
    *["opens a case"] * 3, *["approves"] * 5, *["approves some"] * 2, "returns", *["opens an entry"] * 2,
    *["saves an entry"] * 3, "confirms by phone", *["follows a link"] * 2, *["answers a link"] * 2, "lets time pass",
]  # fmt: skip
OFTEN_THE_FIRST = (0, 0, 0, 1, 2)  # one of what there is
Hint = dict[str, Any]
# Where runs begin, and what then often happens next: what takes two people at the same time is rare by chance alone.
STAGES: dict[str, list[Hint]] = {
    "new": [{"deed": "approves", "number": 1}],
    "two words": [
        {"deed": "types", "who": 0, "tab": 1, "number": 0, "names": ["title", "summary"]},
        {"deed": "presses a button", "who": 0, "tab": 1},
    ],
    "waiting": [{"deed": "approves", "who": 0, "number": 1, "yes": True}, {"deed": "approves", "who": 1, "number": 0}],
    "sent": [{"deed": "presses a button", "who": 0, "tab": 0, "yes": True}],
    "withdrawn": [{"deed": "withdraws", "who": 0, "number": 0}, {"deed": "reworks", "who": 0, "number": 0}],
    "two waiting": [
        {"deed": "approves", "who": 0, "number": 0, "yes": True},
        {"deed": "approves", "who": 1, "number": 0, "yes": True},
        {"deed": "approves", "who": 1, "number": 0, "yes": False},
    ],
    "returned": [
        {"deed": "reworks", "who": 0, "number": 0},
        {"deed": "types", "who": 0, "tab": 1, "number": 0, "yes": True},
    ],
    "in the way": [{"deed": "reworks", "who": 0, "number": 0}, {"deed": "drops a draft", "number": 0}],
    "half": [{"deed": "approves some", "who": 0, "number": 0}, {"deed": "reworks", "who": 0, "number": 0}],
    "entries": [{"deed": "saves an entry", "who": 0}, {"deed": "saves an entry", "who": 1}],
    "letters": [{"deed": "answers a link", "number": 0}, {"deed": "answers a link", "number": 1}],
    "old letter": [{"deed": "answers a link", "number": 0}],
    "due": [{"deed": "follows a link", "number": 0, "yes": True}, {"deed": "answers a link", "number": 0}],
    "asleep": [{"deed": "looks"}, {"deed": "confirms", "number": 0}],
    "asleep, somebody calls": [{"deed": "confirms by phone", "number": 0}],
    "ending": [{"deed": "approves", "who": 0, "number": 1, "yes": True}, {"deed": "lets time pass"}],
}


class Lives(Partners, Office, Letters, RuleBasedStateMachine):
    stage: str

    def __init__(self) -> None:
        self.world.go_to(0)
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.hints: list[Hint] = []
        self.happened("a run")

    def teardown(self) -> None:
        try:
            self.history_holds_everything()
        finally:
            transaction.savepoint_rollback(self.savepoint)
            self.world.go_to(0)

    @initialize(chance=st.randoms(use_true_random=True))
    def it_has_come_to(self, chance: Random) -> None:
        """Runs begin at different ends of an offer's life, so that all of it is lived through often."""
        stage = self.stage
        note(stage)
        self.hints = [*STAGES[stage]]
        if stage in {"due", "asleep", "asleep, somebody calls"}:
            self.days_pass(days=340 if stage == "due" else 430)
        elif stage in {"letters", "old letter", "entries"}:
            self.somebody_holds_what_may_be_old(stage)
        elif stage == "new":
            self.a_new_offer_comes_in(0, "trotzdem")
            self.an_address_is_confirmed(0)
        elif stage == "two words":
            self.two_tabs_are_opened(who=0, number=0)
            self.somebody_types((0, 0), ["title"], number=0, side="hier", send=False)
        else:
            self.something_waits(stage, chance)

    def somebody_holds_what_may_be_old(self, stage: str) -> None:
        if stage == "entries":
            for who in range(2):
                self.an_editor_opens_an_entry(who, 0)
            return
        self.days_pass(340)  # an answer then moves the day on which the offer is due
        for purpose in (Answer.CONFIRMED, Answer.CHANGED):
            self.a_link_is_followed(number=0, purpose=purpose, new=True)
        if stage == "old letter":
            self.an_editor_opens_an_entry(0, 0)
            self.an_editor_saves_an_entry(0, "summary")

    def something_waits(self, stage: str, chance: Random) -> None:
        if stage == "ending":
            self.an_end_is_proposed(0, 0, chance.choice([None, -1, 20]))
        else:
            for who in range(1 + (stage == "two waiting")):
                self.two_tabs_are_opened(who=who, number=0)
                names = ["title", "summary"] if stage == "half" else ["title"]
                self.somebody_types((who, 0), names, number=0, side="hier", send=True)
        for who in range(2):
            self.open_case(who, self.case(who, "waiting") or "")
        if stage in {"returned", "in the way"}:
            self.an_editor_returns(0)
        if stage == "in the way":
            self.somebody_types((0, 1), ["summary"], number=0, side="hier", send=False)

    @rule(chance=st.randoms(use_true_random=True))
    def somebody(self, chance: Random) -> None:
        """One rule for all, evenly by chance: of twenty rules hypothesis leaves most out of a run."""
        found: Hint = {
            "deed": chance.choice(DEEDS),
            "names": chance.sample(TEXTS, chance.randint(1, 2)),
            "who": chance.randint(0, 1),
            "tab": chance.randint(0, 1),
            "number": chance.choice(OFTEN_THE_FIRST),
            "side": chance.choice(["hier", "dort"]),
            "yes": chance.random() < 0.5,
        }
        if self.hints and chance.random() < 0.85:
            found |= self.hints.pop(0)
        note(repr(found))
        self.do(**found)

    def do(self, deed: str, names: list[str], who: int, tab: int, number: int, side: str, yes: bool) -> None:
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
