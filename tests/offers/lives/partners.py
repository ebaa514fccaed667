"""Two colleagues of an organisation with two tabs each, strangers with a new offer, visitors."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from offers import actions
from offers.models import Offer, Proposal
from offers.proposals import snapshot
from offers.workspace import actions as workspace
from offers.workspace.drafts import as_query, as_sent
from offers.workspace.editing import Editing
from tests.offers.lives.book import (
    TEXTS,
    UNDONE,
    Book,
    Draft,
    Tab,
    only_texts,
)
from tests.offers.steps import old_stamp


class Partners(Book):
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
        facts = self.book[offer.pk].facts
        self.tabs[where] = Tab(offer.pk, sent, known, dict(draft.saw) if draft else {}, facts)
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
        if tab.asked:
            self.happened("chose between two words")
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
        facts = self.book[tab.offer].facts
        proposal = editing.send()
        if proposal is None:
            unsent = [name for name in draft.saw if draft.words[name] != facts[name]]
            assert not unsent, f"{draft.words} was not sent: {editing.form.errors}"
            return
        self.happened("a change sent")
        assert all(proposal.base[name] in {draft.saw[name], facts[name]} for name in draft.saw), (
            "it began with what was seen"
        )
        # A word that was public already when its draft was begun is no change.
        wanted = {name: draft.words[name] for name in draft.saw if draft.words[name] != proposal.base[name]}
        assert proposal.payload == wanted, "a proposal says what was typed, nothing more and nothing less"
        self.filed(proposal, {name: draft.saw[name] for name in wanted})
        self.answered(tab.offer, proposal.reference)
        del self.drafts[who, tab.offer]

    def a_draft_is_thrown_away(self, number: int) -> None:
        if not self.drafts:
            return
        who, pk = list(self.drafts)[number % len(self.drafts)]
        workspace.drop_draft(person=self.world.people[who].person, offer=Offer.objects.get(pk=pk))
        del self.drafts[who, pk]

    def somebody_confirms_at_their_desk(self, who: int, number: int) -> None:
        """What they read last, perhaps on a page that has stood open for long."""
        offer = self.offer(number)
        standing = self.book[offer.pk]
        if standing.is_ended:  # the page offers no button then
            return
        read = [tab.facts for (person, _tab), tab in self.tabs.items() if (person, tab.offer) == (who, offer.pk)]
        seen = read[-1] if read else standing.facts
        try:
            workspace.confirm(offer=offer, own=self.world.people[who], seen=seen)
        except actions.ChangedMeanwhileError:
            assert seen != standing.facts
            self.happened("confirmed what had changed")
        else:
            assert seen == standing.facts, "nobody confirms what they have not seen"
            self.answered(offer.pk)
            self.verified(offer.pk)

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
        self.happened("reworked" if taken else "a draft was in the way")
        if taken:
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
