"""How much of what families see is regular, and how much its provider has confirmed: by phase, Sozialraum, provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from offers.steering.columns import Column, columns
from offers.steering.matrix import Matrix
from offers.steering.past import as_of
from offers.steering.stock import Question, catchment_links, districts, phases, standing_offers
from partners.models import Partner
from portal.enums import DistrictKind
from portal.models import District

# Offers alike in all that is counted are put together first ("lots"), so that the rest works on few rows. An offer
# counts in each Sozialraum it shows for (rule 2).
_SHARES = """
WITH hits AS ({hits}),
awake AS MATERIALIZED (
    SELECT id, ages, audiences, provider_id, lifecycle = 'regel' AS regular, lifecycle = '' AS unstaged,
           confirmed_on IS NOT NULL AS confirmed
    FROM hits WHERE NOT is_asleep
),
links AS ({links}),
own AS (SELECT offer_id, array_agg(district_id ORDER BY district_id) AS catchment FROM links GROUP BY offer_id),
lots AS MATERIALIZED (
    SELECT own.catchment, ages, audiences, count(*) AS offers, count(*) FILTER (WHERE regular) AS regular,
           count(*) FILTER (WHERE confirmed) AS confirmed, count(*) FILTER (WHERE unstaged) AS unstaged
    FROM awake LEFT JOIN own ON own.offer_id = awake.id GROUP BY own.catchment, ages, audiences
),
reach AS (
    SELECT DISTINCT catchment, area
    FROM (SELECT DISTINCT catchment FROM lots) AS sets
    JOIN unnest(%s::bigint[], %s::bigint[]) AS near (district, area) ON near.district = ANY (catchment)
)
SELECT 'phase', col.key, sum(offers)::int, sum(regular)::int, sum(confirmed)::int
FROM lots JOIN unnest(%s::bigint[], %s::int4range[], %s::text[]) AS col (key, ages, audience)
ON CASE WHEN col.ages IS NOT NULL THEN lots.ages && col.ages ELSE col.audience = ANY (lots.audiences) END
GROUP BY col.key
UNION ALL
SELECT 'area', area, sum(offers)::int, sum(regular)::int, sum(confirmed)::int
FROM reach JOIN lots USING (catchment) GROUP BY area
UNION ALL
SELECT 'provider', provider_id, count(*), count(*) FILTER (WHERE regular), count(*) FILTER (WHERE confirmed)
FROM awake GROUP BY provider_id
UNION ALL
SELECT 'all', 0, coalesce(sum(offers), 0)::int, coalesce(sum(regular), 0)::int, coalesce(sum(confirmed), 0)::int
FROM lots
UNION ALL
SELECT 'unstaged', 0, coalesce(sum(unstaged), 0)::int, 0, 0 FROM lots
"""
_NONE = (0, 0, 0)


@dataclass(frozen=True)
class Share:
    """How many public offers there are, how many of them are regular, and how many are confirmed."""

    label: str
    offers: int
    regular: int
    confirmed: int

    @property
    def percent(self) -> int | None:
        """Regular ones in 100; None without offers."""
        return round(self.regular * 100 / self.offers) if self.offers else None

    @property
    def confirmed_percent(self) -> int | None:
        return round(self.confirmed * 100 / self.offers) if self.offers else None


class Standing:
    """The shares of one day, from one statement; phases and Sozialräume without offers included.

    Districts and phases of a matrix of that day are not read again.
    """

    def __init__(self, question: Question, matrix: Matrix | None = None) -> None:
        tree = matrix.tree if matrix else districts(question)
        self._areas = [one for one in tree if one.kind == DistrictKind.SOCIAL_AREA]
        stages = matrix.columns if matrix else columns(phases(question))
        self._stages = [column for column in stages if not column.is_transition]
        self._found = _counts(question, tree, self._areas, self._stages)
        self._question = question

    @property
    def all(self) -> Share:
        """All that families see."""
        return Share("", *self._found["all"].get(0, _NONE))

    @property
    def without_stage(self) -> int:
        """Of how many nobody knows whether they are a project or a regular offer."""
        return self._found["unstaged"][0][0]

    @property
    def phases(self) -> dict[str, Share]:
        """By the phase's slug."""
        found = self._found["phase"]
        return {stage.key: Share(stage.label, *found.get(number, _NONE)) for number, stage in enumerate(self._stages)}

    @property
    def areas(self) -> dict[str, Share]:
        """By the Sozialraum's slug."""
        found = self._found["area"]
        return {area.slug: Share(area.name, *found.get(area.pk, _NONE)) for area in self._areas}

    def providers(self, ids: Sequence[int]) -> dict[int, Share]:
        """Those with these ids, as they were called on the day, in this order; gone ones are left out."""
        moment = self._question.moment
        rows: QuerySet[Any] = Partner.objects.all() if moment is None else as_of(Partner, moment)
        names = dict(rows.filter(id__in=ids).values_list("id", "name"))
        found = self._found["provider"]
        return {pk: Share(names[pk], *found.get(pk, _NONE)) for pk in ids if pk in names}

    def behind(self, most: int) -> list[int]:
        """The ids of the providers with the most unconfirmed offers, most first."""
        found = self._found["provider"]
        unconfirmed = {pk: offers - confirmed for pk, (offers, _regular, confirmed) in found.items()}
        return [pk for pk in sorted(found, key=lambda pk: (-unconfirmed[pk], pk)) if unconfirmed[pk]][:most]


@dataclass(frozen=True)
class Row:
    """A name with its share on each of some days."""

    label: str
    shares: Sequence[Share | None]


class Freshness:
    """The shares on some days, oldest first, by phase, Sozialraum and the providers that are most behind."""

    def __init__(self, days: Sequence[date], *, most: int = 30) -> None:
        self.days = days
        self._standings = [Standing(Question(day=day)) for day in days]
        self._behind = self._standings[-1].behind(most)

    @property
    def today(self) -> Share:
        """All that families see on the last day."""
        return self._standings[-1].all

    @property
    def phases(self) -> list[Row]:
        return _rows([standing.phases for standing in self._standings])

    @property
    def areas(self) -> list[Row]:
        return _rows([standing.areas for standing in self._standings])

    @property
    def providers(self) -> list[Row]:
        return _rows([standing.providers(self._behind) for standing in self._standings])


def _rows(standings: Sequence[Mapping[Any, Share]]) -> list[Row]:
    """A row for each that the last day knows; None where an earlier day did not know it."""
    return [Row(share.label, [found.get(key) for found in standings]) for key, share in standings[-1].items()]


def _counts(
    question: Question, tree: Sequence[District], areas: Sequence[District], stages: Sequence[Column]
) -> dict[str, dict[int, tuple[int, int, int]]]:
    fields = ("id", "ages", "audiences", "provider_id", "lifecycle", "confirmed_on", "is_asleep")
    hits, hit_values = standing_offers(question).order_by().values(*fields).query.sql_with_params()
    rows = catchment_links(question).order_by().values("offer_id", "district_id")
    links, link_values = rows.query.sql_with_params()
    near = [(one.pk, area.pk) for one in tree for area in areas if area.pk in one.lineage or one.pk in area.lineage]
    given: list[Any] = [
        [district for district, _area in near], [area for _district, area in near],
        list(range(len(stages))), [stage.ages for stage in stages], [stage.audience for stage in stages],
    ]  # fmt: skip
    found: dict[str, dict[int, tuple[int, int, int]]] = {
        name: {} for name in ("all", "unstaged", "phase", "area", "provider")
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARES.format(hits=hits, links=links), [*hit_values, *link_values, *given])
        for kind, key, *numbers in cursor.fetchall():
            found[kind][key] = (numbers[0], numbers[1], numbers[2])
    return found
