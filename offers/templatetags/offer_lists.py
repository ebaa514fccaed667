"""Lists of offers for templates of lower floors and of the admin."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.urls import reverse

from networks.models import Network
from offers.models import ErrorReport, LifePhase, Offer, OfferQuerySet, Proposal, Task, Topic
from partners.models import Claim, Partner

register = template.Library()


@register.simple_tag
def public_offers_by(partners: Iterable[Partner], limit: int) -> OfferQuerySet:
    """The first public offers of some partners."""
    return (
        Offer.objects.public().filter(provider__in=list(partners)).select_related("provider").in_listing_order()[:limit]
    )


@register.simple_tag
def topics_of(network: Network) -> QuerySet[Topic]:
    """What a network cares about."""
    return Topic.objects.filter(networks=network).in_listing_order()


@register.simple_tag
def phases_of(network: Network) -> QuerySet[LifePhase]:
    """The life phases its ages reach into; none named means none shown."""
    if network.ages is None:
        return LifePhase.objects.none()
    return LifePhase.objects.filter(ages__overlap=network.ages).in_listing_order()


@register.simple_tag
def waiting_work(user: AbstractUser) -> list[dict[str, Any]]:
    """What waits for the Büro, as kind, number and address of the list; only what the user may see."""
    rows: list[tuple[str, QuerySet[Any], str]] = [
        ("proposals", Proposal.objects.waiting(), ""),
        ("reports", ErrorReport.objects.open(), ""),
        ("claims", Claim.objects.waiting(), ""),
        ("overdue", Offer.objects.overdue(), "?aktualitaet=ueberfaellig"),
        ("dormant", Offer.objects.dormant(), "?aktualitaet=ruhend"),
    ]
    found = []
    for kind, waiting, query in rows:
        app, name = waiting.model._meta.app_label, waiting.model._meta.model_name
        if user.has_perm(f"{app}.view_{name}") and admin.site.is_registered(waiting.model):
            url = reverse(f"admin:{app}_{name}_changelist") + query
            found.append({"kind": kind, "count": waiting.count(), "url": url})
    if user.has_perm("offers.view_offer"):
        found.append(
            {"kind": "tasks", "count": Task.objects.open().count(), "url": reverse("admin:offers_task_changelist")}
        )
    return found
