"""How lean the networks are: hours, overlap of people and of mandate, and where there is none. All counted in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from networks.models import Membership, Network
from networks.models.network import NetworkDistrict
from offers.models import LifePhase
from offers.models.catalogue import TopicNetwork
from partners.models import Partner
from portal.history import event_models
from portal.models import District

SAME = 0.5  # from here on people or mandate are called the same
_SEEN = 0.2  # pairs with less of both are not worth a line

# Shares are Jaccard: what both have of what either has. A network without an age is for all phases. The mandate is
# phases x topics x area; it is unknown while a topic or an area is.
_PAIRS = """
    WITH network AS ({network}), membership AS ({membership}), topic_link AS ({topic_link}), phase AS ({phase}),
    area_link AS ({area_link}), district AS ({district}),
    active AS (
        SELECT network.id, network.name, network.ages,
               ARRAY(SELECT DISTINCT partner_id FROM membership
                     WHERE membership.network_id = network.id AND until_year IS NULL) AS people,
               ARRAY(SELECT topic_id FROM topic_link WHERE topic_link.network_id = network.id) AS topics,
               ARRAY(SELECT phase.id FROM phase WHERE phase.ages IS NOT NULL
                     AND (network.ages IS NULL OR phase.ages && network.ages)) AS phases,
               ARRAY(SELECT DISTINCT leaf.id FROM area_link
                     JOIN district AS leaf ON leaf.lineage @> ARRAY[area_link.district_id]
                     WHERE area_link.network_id = network.id
                       AND NOT EXISTS (SELECT FROM district AS below WHERE below.parent_id = leaf.id)) AS area
        FROM network WHERE network.ended_year IS NULL
    ), pairs AS (
        SELECT one.id AS one, other.id AS other, shares.*
        FROM active AS one JOIN active AS other ON one.id < other.id
        CROSS JOIN LATERAL (
            SELECT kind, count(*) FILTER (WHERE a AND b)::float8 / nullif(count(*), 0) AS share
            FROM (
                SELECT kind, id, bool_or(mine) AS a, bool_or(NOT mine) AS b
                FROM (
                    SELECT 'people' AS kind, unnest(one.people) AS id, true AS mine
                    UNION ALL SELECT 'people', unnest(other.people), false
                    UNION ALL SELECT 'topics', unnest(one.topics), true
                    UNION ALL SELECT 'topics', unnest(other.topics), false
                    UNION ALL SELECT 'phases', unnest(one.phases), true
                    UNION ALL SELECT 'phases', unnest(other.phases), false
                    UNION ALL SELECT 'area', unnest(one.area), true
                    UNION ALL SELECT 'area', unnest(other.area), false
                ) AS listed
                GROUP BY kind, id
            ) AS sided
            GROUP BY kind
        ) AS shares
    ), measured AS (
        SELECT one, other,
               coalesce(max(share) FILTER (WHERE kind = 'people'), 0) AS people,
               max(share) FILTER (WHERE kind = 'phases') * max(share) FILTER (WHERE kind = 'topics')
                   * max(share) FILTER (WHERE kind = 'area') AS mandate
        FROM pairs GROUP BY one, other
    )
    SELECT one, other, people, mandate FROM measured
    WHERE people >= %(seen)s OR mandate >= %(seen)s
    ORDER BY coalesce(mandate, 0) * people DESC, people DESC, coalesce(mandate, 0) DESC, one, other
"""


_SOURCES: dict[str, type[Model]] = {
    "network": Network,
    "membership": Membership,
    "topic_link": TopicNetwork,
    "phase": LifePhase,
    "area_link": NetworkDistrict,
    "district": District,
}
_NOW = 'SELECT * FROM "{table}"'
_THEN = """
    SELECT * FROM (SELECT DISTINCT ON (id) * FROM "{events}" WHERE pgh_created_at < %(moment)s ORDER BY id, pgh_id DESC)
    AS last WHERE pgh_label <> 'delete'
"""


@dataclass(frozen=True)
class Pair:
    """Two networks; `people` and `mandate` are shares of 0 to 1, the mandate None while topic or area is unknown."""

    one: Network
    other: Network
    people: float
    mandate: float | None

    @property
    def is_same(self) -> bool:
        """Same people, same subject."""
        return self.people >= SAME and (self.mandate or 0) >= SAME


def pairs(least: float = _SEEN) -> list[Pair]:
    """Active networks that overlap in people or mandate, the most alike first."""
    rows = overlaps(least=least)
    networks = Network.objects.in_bulk({pk for one, other, *_shares in rows for pk in (one, other)})
    return [Pair(networks[one], networks[other], people, mandate) for one, other, people, mandate in rows]


def overlaps(moment: datetime | None = None, *, least: float = _SEEN) -> list[tuple[int, int, float, float | None]]:
    """The ids of two networks with their shares as they were just before a moment, or as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(moment), {"seen": least, "moment": moment})
        return list(cursor.fetchall())


def _statement(moment: datetime | None) -> str:
    if moment is None:
        return _PAIRS.format(**{name: _NOW.format(table=model._meta.db_table) for name, model in _SOURCES.items()})
    tables = {name: event_models()[model._meta.concrete_model]._meta.db_table for name, model in _SOURCES.items()}  # type: ignore[index]
    return _PAIRS.format(**{name: _THEN.format(events=table) for name, table in tables.items()})


def each_network() -> Any:
    """Active networks with `level`, `members`, `last_met`, `open_decisions`, `reviewed` and what `with_hours` says."""
    today = timezone.localdate()
    return (
        Network.objects.active()
        .with_level()
        .with_hours()
        .annotate(
            members=Count("memberships", filter=Q(memberships__until_year=None), distinct=True),
            last_met=Max("meetings__held_on", filter=Q(meetings__held_on__lte=today)),
            open_decisions=Count("meetings__decisions", filter=Q(meetings__decisions__done_on=None), distinct=True),
            reviewed=Max("reviews__year"),
        )
        .in_listing_order()
    )


def partners_without_network() -> QuerySet[Partner]:
    """Organisations that belong to no network that still exists, in the order of the register."""
    inside = Membership.objects.current().filter(partner=OuterRef("pk"), network__ended_year=None)
    return Partner.objects.exclude(Exists(inside)).in_listing_order()


def phases_without_network() -> list[LifePhase]:
    """Life phases that no active network names; one without an age names none, it is for all."""
    named = Network.objects.active().filter(ages__overlap=OuterRef("ages"))
    return list(LifePhase.objects.filter(ages__isnull=False).exclude(Exists(named)).in_listing_order())


def social_areas_without_network() -> list[District]:
    """Sozialräume without a network of their own: those for the whole city are for everybody."""
    own = Network.objects.active().local().values_list("districts", flat=True)
    served = District.objects.filter(pk__in=own)
    touched = District.objects.touching(*served) if served else District.objects.none()
    return list(District.objects.social_areas().exclude(pk__in=touched.values("pk")).in_listing_order())


def memberships() -> Sequence[Membership]:
    """Who belongs to which active network now: what the picture and its table show."""
    found = Membership.objects.current().filter(network__ended_year=None).select_related("network", "partner")
    return list(found.order_by("network__name", "partner__name", "pk"))
