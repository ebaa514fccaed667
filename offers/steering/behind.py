"""The offers behind a cell of the matrix."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from offers.models import OfferQuerySet
from offers.steering.columns import Column
from offers.steering.stock import Question, catchment_links, standing_offers
from partners.models import Partner
from portal.enums import DistrictKind
from portal.models import District


def offers_behind(question: Question, column: Column, district: District, tree: Sequence[District]) -> OfferQuerySet:
    """Just the offers that a cell counts, also the dormant ones (`is_asleep`), by title.

    `is_citywide` tells the offers for the whole city from those for the district.
    """
    offers = standing_offers(question)
    if column.months is not None:
        offers = offers.across_age(column.months)
    elif column.ages is not None:
        offers = offers.for_ages(column.ages)
    else:
        offers = offers.for_audience(column.audience)
    related = [one.pk for one in tree if district.pk in one.lineage or one.pk in district.lineage]
    roots = [one.pk for one in tree if one.kind == DistrictKind.CITY]
    links = catchment_links(question).order_by()
    there = offers.filter(id__in=links.filter(district_id__in=related).values("offer_id"))
    return there.local_first(links.filter(district_id__in=roots).values("offer_id"))


def with_providers(offers: Iterable[Any]) -> list[tuple[Any, str]]:
    """Each offer with the name of its provider, in one query."""
    offers = list(offers)
    partners: QuerySet[Partner] = Partner.objects.filter(pk__in={offer.provider_id for offer in offers})
    names = dict(partners.values_list("pk", "name"))
    return [(offer, names.get(offer.provider_id, "")) for offer in offers]
