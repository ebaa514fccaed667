"""Offers and everything that describes them."""

from offers.models.catalogue import LifePhase, Topic
from offers.models.freshness import Call, LinkCheck, Reminder, ReviewAnswer, Task
from offers.models.offer import Funding, Offer
from offers.models.offer_queryset import OfferQuerySet
from offers.models.proposal import ErrorReport, Parallel, Proposal
from offers.models.schedule import Schedule
from offers.models.search import FormatWords, SearchRow, SearchSynonym, SearchWord

__all__ = [
    "Call",
    "ErrorReport",
    "FormatWords",
    "Funding",
    "LifePhase",
    "LinkCheck",
    "Offer",
    "OfferQuerySet",
    "Parallel",
    "Proposal",
    "Reminder",
    "ReviewAnswer",
    "Schedule",
    "SearchRow",
    "SearchSynonym",
    "SearchWord",
    "Task",
    "Topic",
]
