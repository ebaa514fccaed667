"""Deciding about pairs: each decision is a row of its own, so that its history stays."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from offers.models import Offer, Proposal
from offers.parallels.models import PairDecision, ParallelPair
from offers.parallels.stock import count_clusters, pair_fingerprint, says_now


@transaction.atomic
def decide_pair(*, pair: ParallelPair, by: User, answer: str, reason: str = "") -> PairDecision:
    """Say how the two stand to each other as they are now.

    Raises PermissionDenied, or ValidationError when a reason is missing.
    """
    if not by.has_perm("offers.add_pairdecision"):
        raise PermissionDenied
    decision = _decision(pair.first_id, pair.second_id, answer, reason)
    decision.decided_by = by
    decision.full_clean()
    decision.save()
    ParallelPair.objects.filter(pk=pair.pk).update(fingerprint=decision.fingerprint)
    if pair.cluster:
        count_clusters([pair.cluster])
    return decision


@transaction.atomic
def keep_answers(*, proposal: Proposal, offer: Offer) -> None:
    """What the sender said about similar offers holds for the offer that came of the proposal (design rule 8)."""
    for parallel in proposal.parallels.exclude(existing=offer):
        ends = sorted([offer.pk, parallel.existing_id])
        decision = _decision(ends[0], ends[1], parallel.answer, parallel.reason)
        decision.proposal = proposal
        decision.save()


def _decision(first: int, second: int, answer: str, reason: str) -> PairDecision:
    says = says_now([first, second])
    fingerprint = pair_fingerprint([says[first], says[second]])
    return PairDecision(first_id=first, second_id=second, answer=answer, reason=reason.strip(), fingerprint=fingerprint)
