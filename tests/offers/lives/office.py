"""Two editors of the Büro: each has a case and an entry open, perhaps for long."""

from typing import Any

from django.contrib import admin

from offers import actions
from offers.desk import decisions
from offers.freshness import actions as freshness
from offers.models import Offer, PairDecision, Proposal
from offers.proposals import changes, fingerprint, snapshot
from portal.history import stand_of
from tests.offers.lives.book import TEXTS, Book, Case, Entry, Look, Standing, entry


class Office(Book):
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
        decide: Any = decisions.approve_proposal
        if some:
            decide, chosen = decisions.approve_fields, {"names": some, "reason": self.word()}
        stale = case.offer is not None and self.book[case.offer].facts != look.facts
        try:
            offer = decide(proposal=proposal, by=self.world.editors[who], seen=look.seen, **chosen)
        except actions.AlreadyDecidedError:
            assert case.state != "waiting"
            self.happened("too late to decide")
        except actions.ChangedMeanwhileError:
            assert stale
            self.happened("changed while an editor looked")
        except decisions.UndecidedError:
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
            self.happened("a new offer published")
            assert offer.pk not in self.book
            case.offer = offer.pk
            self.book[offer.pk] = Standing(snapshot(offer), offer.review_due, offer.version)
            assert {name: self.book[offer.pk].facts[name] for name in taken} == taken
            made = PairDecision.objects.filter(proposal__offer=offer).values_list("answer", "reason")
            assert sorted(made) == sorted(parallel[1:] for parallel in case.parallels), "the answers are kept"
        else:
            self.changed(offer.pk, taken)
        self.verified(offer.pk)

    def an_editor_returns(self, who: int) -> None:
        reference = self.desks.pop(who).key
        case, proposal = self.cases[reference], Proposal.objects.get(reference=reference)
        try:
            decisions.return_proposal(proposal=proposal, by=self.world.editors[who], reason=self.word())
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


def errors_of(answer: Any) -> Any:
    return answer.context_data["errors"] if answer.status_code == 200 else answer.headers
