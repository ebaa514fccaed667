"""Must hold 2, with transactions side by side: of two who act in the same moment one is first, and is not undone."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from offers import actions
from offers.desk import decisions
from offers.freshness import actions as freshness
from offers.freshness.enums import Answer
from offers.freshness.links import link
from offers.models import ChangeDraft, Offer, Proposal, ReviewAnswer
from offers.proposals import fingerprint, snapshot
from offers.workspace import actions as workspace
from offers.workspace.drafts import as_query, save_draft
from partners.models import Affiliation
from portal.history import event_models
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory
from tests.partners.people import member
from tests.portal.staff import staff

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 8
Deed = Callable[[], Any]


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(email="sonne@example.org"))


def at_once(*deeds: Deed) -> list[Any]:
    """What each gives back or raises; all begin in the same moment, each with a connection of its own."""
    start = threading.Barrier(len(deeds))

    def do(deed: Deed) -> Any:
        start.wait()
        try:
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [future.result() for future in [threads.submit(do, deed) for deed in deeds]]


def change(offer: Offer, own: Affiliation, **payload: str) -> Proposal:
    return actions.submit_change(
        offer=offer, by=workspace.sender_of(own), payload=dict(payload), base=snapshot(offer),
        base_version=offer.version, submission_id=uuid.uuid4(),
    )  # fmt: skip


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_a_proposal_is_decided_once(own: Affiliation) -> None:
    anna, boris = staff("Redaktion", "anna"), staff("Redaktion", "boris")
    for number in range(ROUNDS):
        offer = OfferFactory.create(title="Alt", provider=own.partner)
        proposal = change(offer, own, title=f"Neu {number}")
        seen = fingerprint(offer)
        results = at_once(
            partial(decisions.approve_proposal, proposal=proposal, by=anna, seen=seen),
            partial(decisions.approve_proposal, proposal=proposal, by=boris, seen=seen),
            partial(decisions.return_proposal, proposal=proposal, by=boris, reason="Warum?"),
            partial(workspace.withdraw, proposal=proposal, own=own),
        )
        assert kinds(results).count("AlreadyDecidedError") == 3, results
        proposal.refresh_from_db()
        offer.refresh_from_db()
        assert (offer.title == f"Neu {number}") == (proposal.status == "approved")
        decided = event_models()[Proposal].objects.filter(id=proposal.pk).exclude(status="waiting")
        assert decided.count() == 1


def test_two_changes_approved_at_once_are_both_seen_by_somebody(own: Affiliation) -> None:
    """The second editor looked at the offer before the first one's decision: nothing is written over it."""
    anna, boris = staff("Redaktion", "anna"), staff("Redaktion", "boris")
    for _round in range(ROUNDS):
        offer = OfferFactory.create(title="Alt", provider=own.partner)
        both, seen = [change(offer, own, title=title) for title in ("Erster", "Zweiter")], fingerprint(offer)
        results = at_once(
            partial(decisions.approve_proposal, proposal=both[0], by=anna, seen=seen),
            partial(decisions.approve_proposal, proposal=both[1], by=boris, seen=seen),
        )
        assert kinds(results) == ["ChangedMeanwhileError", "Offer"], results
        assert Proposal.objects.filter(offer=offer).waiting().count() == 1


def test_two_first_saves_of_a_draft_keep_both_words(own: Affiliation) -> None:
    for _round in range(ROUNDS):
        offer = OfferFactory.create(title="Alt", phone="0208 1", provider=own.partner)
        old = {"title": ["Alt"], "summary": [offer.summary], "phone": ["0208 1"]}

        typed = [as_query({**old, **new}) for new in ({"title": ["Erster"]}, {"phone": ["0208 2"]})]
        results = at_once(
            *(partial(save_draft, person=own.person, offer=offer, posted=one, base="", choices={}) for one in typed)
        )
        assert kinds(results) == ["Saved", "Saved"], results
        draft = ChangeDraft.objects.get(offer=offer)
        assert (draft.values["title"], draft.values["phone"]) == (["Erster"], ["0208 2"])


def test_a_link_is_answered_once(own: Affiliation) -> None:
    for _round in range(ROUNDS):
        offer = OfferFactory.create(title="Alt", provider=own.partner)
        Offer.objects.filter(pk=offer.pk).update(review_due="2026-01-31")
        offer.refresh_from_db()
        yes, no = (link(offer, purpose).strip("/").rpartition("/")[2] for purpose in (Answer.CONFIRMED, Answer.ENDED))
        seen = fingerprint(offer)
        results = at_once(
            partial(freshness.confirm_by_link, token=yes, seen=seen),
            partial(freshness.confirm_by_link, token=yes, seen=seen),
            partial(freshness.end_by_link, token=no, last_day=None, submission_id=uuid.uuid4(), message=""),
        )
        assert kinds(results).count("RefusedError") == 2, results
        assert ReviewAnswer.objects.filter(offer=offer).count() == 1
