"""Lists of offers for templates of lower floors and of the admin."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.auth.models import AbstractUser

from offers.models import ErrorReport, Offer, OfferQuerySet, Proposal
from partners.models import Partner

register = template.Library()


@register.simple_tag
def public_offers_by(partners: Iterable[Partner], limit: int) -> OfferQuerySet:
    """The first public offers of some partners."""
    return (
        Offer.objects.public().filter(provider__in=list(partners)).select_related("provider").in_listing_order()[:limit]
    )


@register.simple_tag
def waiting_work(user: AbstractUser) -> list[dict[str, Any]]:
    """What waits for the Büro, as label kind, number and admin list; only what the user may see."""
    rows = [
        (
            "proposals",
            "offers.view_proposal",
            Proposal.objects.waiting,
            "offers_proposal_changelist",
            "?status=waiting",
        ),
        ("reports", "offers.view_errorreport", ErrorReport.objects.open, "offers_errorreport_changelist", ""),
        ("overdue", "offers.view_offer", Offer.objects.overdue, "offers_offer_changelist", "?aktualitaet=ueberfaellig"),
        ("dormant", "offers.view_offer", Offer.objects.dormant, "offers_offer_changelist", "?aktualitaet=ruhend"),
    ]
    return [
        {"kind": kind, "count": find().count(), "view": f"admin:{view}", "query": query}
        for kind, permission, find, view, query in rows
        if user.has_perm(permission)
    ]
