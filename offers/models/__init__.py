"""Offers and everything that describes them."""

from offers.models.catalogue import LifePhase, Topic
from offers.models.desk import CaseMessage, TextBlock
from offers.models.freshness import Call, LinkCheck, Reminder, ReviewAnswer, Task
from offers.models.offer import Funding, Offer
from offers.models.offer_queryset import OfferQuerySet
from offers.models.proposal import ErrorReport, Parallel, Proposal
from offers.models.report import ParallelCount, ReportMail, ReportOrder
from offers.models.schedule import Schedule
from offers.models.search import CardWords, FormatWords, SearchRow, SearchSynonym, SearchWord
from offers.models.sheet import UploadedSheet
from offers.models.steering import (
    CoverageDecision,
    CoverageRule,
    DistrictOutline,
    EndingWarning,
    Population,
    SearchCount,
    SearchTerm,
    SearchTermDay,
    SocialIndex,
)
from offers.models.workspace import ChangeDraft, TemplateLink
from offers.parallels.models import (  # last: it needs the models above
    ComparedOffer,
    OfferMeaning,
    PairDecision,
    ParallelCluster,
    ParallelPair,
)

__all__ = [
    "Call",
    "CardWords",
    "CaseMessage",
    "ChangeDraft",
    "ComparedOffer",
    "CoverageDecision",
    "CoverageRule",
    "DistrictOutline",
    "EndingWarning",
    "ErrorReport",
    "FormatWords",
    "Funding",
    "LifePhase",
    "LinkCheck",
    "Offer",
    "OfferMeaning",
    "OfferQuerySet",
    "PairDecision",
    "Parallel",
    "ParallelCluster",
    "ParallelCount",
    "ParallelPair",
    "Population",
    "Proposal",
    "Reminder",
    "ReportMail",
    "ReportOrder",
    "ReviewAnswer",
    "Schedule",
    "SearchCount",
    "SearchRow",
    "SearchSynonym",
    "SearchTerm",
    "SearchTermDay",
    "SearchWord",
    "SocialIndex",
    "Task",
    "TemplateLink",
    "TextBlock",
    "Topic",
    "UploadedSheet",
]
