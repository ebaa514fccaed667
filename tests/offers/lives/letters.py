"""Links in mails, old and new, and the days that pass."""

import uuid
from datetime import timedelta

from django.utils import timezone

from offers.freshness import actions as freshness
from offers.freshness.enums import Answer
from offers.freshness.links import ask, link
from offers.freshness.reminders import open_offers
from offers.models import Proposal
from offers.proposals import fingerprint
from offers.submission.change import Seen
from tests.offers.lives.book import UNDONE, Book, Link, Look


class Letters(Book):
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
            if not standing.is_ended and timezone.localdate() <= standing.due <= last:
                self.happened("due")
            self.happened("ended" if standing.is_ended else "public" if standing.is_public else "dormant")
