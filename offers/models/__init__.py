"""Offers and everything that describes them."""

from offers.models.catalogue import LifePhase, Topic
from offers.models.offer import Funding, Offer, OfferQuerySet
from offers.models.proposal import ErrorReport, Parallel, Proposal
from offers.models.schedule import Schedule
from offers.models.search import FormatWords, SearchRow, SearchSynonym, SearchWord

__all__ = [
    "ErrorReport",
    "FormatWords",
    "Funding",
    "LifePhase",
    "Offer",
    "OfferQuerySet",
    "Parallel",
    "Proposal",
    "Schedule",
    "SearchRow",
    "SearchSynonym",
    "SearchWord",
    "Topic",
]
