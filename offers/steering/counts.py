"""How many offers each cell of the coverage matrix has, counted in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from offers.enums import Lifecycle
from offers.steering.columns import Column
from offers.steering.stock import Question, catchment_links, standing_offers, topic_links
from portal.enums import DistrictKind
from portal.models import District

CITYWIDE = 0  # stands for a district's id
_MEMBERS = {"id": "hits.id", "provider_id": "hits.provider_id", "topics": "about.topic_id"}

# Offers alike in all that is counted are put together first ("lots"), so that the rest works on few rows.
_COUNTS = """
WITH hits AS ({hits}),
links AS ({links}),
own AS (
    SELECT offer_id, array_agg(district_id ORDER BY district_id) AS catchment FROM links GROUP BY offer_id
),
lots AS MATERIALIZED (
    SELECT own.catchment, hits.ages, hits.audiences, {member} AS member,
           count(*) FILTER (WHERE NOT is_asleep) AS offers,
           count(*) FILTER (WHERE NOT is_asleep AND lifecycle = ANY (%s)) AS projects,
           count(*) FILTER (WHERE is_asleep) AS asleep,
           min(provider_id) FILTER (WHERE NOT is_asleep) AS first_provider,
           max(provider_id) FILTER (WHERE NOT is_asleep) AS last_provider
    FROM hits JOIN own ON own.offer_id = hits.id {about} {only}
    GROUP BY own.catchment, hits.ages, hits.audiences, {member}
),
area (id, lineage, wanted) AS (
    SELECT id, string_to_array(lineage, ' ')::bigint[], wanted
    FROM unnest(%s::bigint[], %s::text[], %s::bool[]) AS given (id, lineage, wanted)
),
reach AS MATERIALIZED (  -- design rule 2
    SELECT catchment, area.id AS district
    FROM (SELECT DISTINCT catchment FROM lots WHERE NOT catchment && %s::bigint[]) AS sets
    JOIN area ON area.wanted AND (
        area.lineage && sets.catchment
        OR EXISTS (SELECT FROM area AS inner_one WHERE inner_one.id = ANY (sets.catchment)
                   AND area.id = ANY (inner_one.lineage))
    )
    UNION ALL SELECT DISTINCT catchment, 0::bigint FROM lots WHERE catchment && %s::bigint[]
),
stage AS (
    SELECT col.key, lots.* FROM lots
    JOIN unnest(%s::int[], %s::int4range[], %s::text[], %s::int[]) AS col (key, ages, audience, months)
    ON CASE WHEN col.months IS NOT NULL THEN lots.ages @> int4range(col.months - 1, col.months + 1)
            WHEN col.ages IS NOT NULL THEN lots.ages && col.ages
            ELSE col.audience = ANY (lots.audiences) END
)
SELECT reach.district, stage.key, member, sum(offers)::int, sum(projects)::int, sum(asleep)::int,
       min(first_provider), max(last_provider)
FROM stage JOIN reach USING (catchment) GROUP BY reach.district, stage.key, member
"""


@dataclass(frozen=True)
class Tally:
    """Numbers of offers. `projects` are part of `offers`, dormant ones are not; providers are the least and the
    greatest id among the offers: equal when there is only one.
    """

    offers: int = 0
    projects: int = 0
    asleep: int = 0
    first_provider: int | None = None
    last_provider: int | None = None

    def __add__(self, other: "Tally") -> "Tally":
        firsts = [pk for pk in (self.first_provider, other.first_provider) if pk is not None]
        lasts = [pk for pk in (self.last_provider, other.last_provider) if pk is not None]
        return Tally(
            self.offers + other.offers,
            self.projects + other.projects,
            self.asleep + other.asleep,
            min(firsts, default=None),
            max(lasts, default=None),
        )

    @property
    def has_one_provider(self) -> bool:
        return self.offers > 0 and self.first_provider == self.last_provider


def count_cells(
    question: Question, tree: Sequence[District], columns: Sequence[Column]
) -> dict[tuple[int, str], Tally]:
    """Tallies by district id (CITYWIDE for offers whose catchment names the whole city) and column key.

    Cells without any offer are left out.
    """
    rows = _count(question, tree, columns, "NULL::bigint", ())
    return {(district, key): tally for district, key, _member, tally in rows}


def count_members(
    question: Question, tree: Sequence[District], columns: Sequence[Column], *, by: str, among: Collection[int]
) -> dict[tuple[int, str, int], Tally]:
    """The same for some offers (`by` is "id"), some providers ("provider_id") or topics ("topics"), each on its own;
    for all there are when `among` is empty.
    """
    rows = _count(question, tree, columns, _MEMBERS[by], among)
    return {(district, key, member): tally for district, key, member, tally in rows}


def _count(
    question: Question, tree: Sequence[District], columns: Sequence[Column], member: str, among: Collection[int]
) -> list[tuple[int, str, int, Tally]]:
    fields = ("id", "ages", "audiences", "provider_id", "lifecycle", "is_asleep")
    hits, hit_values = standing_offers(question).order_by().values(*fields).query.sql_with_params()
    links, link_values = catchment_links(question).order_by().values("offer_id", "district_id").query.sql_with_params()
    about, about_values = "", ()
    if member == _MEMBERS["topics"]:
        about, about_values = topic_links(question).order_by().values("offer_id", "topic_id").query.sql_with_params()
        about = f"JOIN ({about}) AS about ON about.offer_id = hits.id"
    roots = [district.pk for district in tree if district.kind == DistrictKind.CITY]
    values = [
        *(*hit_values, *link_values),
        [Lifecycle.PROJECT.value, Lifecycle.EXTENDED.value],
        *about_values,
        *([list(among)] if among else []),
        [district.pk for district in tree],
        [" ".join(map(str, district.lineage)) for district in tree],
        [district.kind == question.kind for district in tree],
        *(roots, roots),
        list(range(len(columns))),
        [column.ages for column in columns],
        [column.audience for column in columns],
        [column.months for column in columns],
    ]
    only = f"WHERE {member} = ANY (%s)" if among else ""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(hits=hits, links=links, member=member, about=about, only=only), values)
        rows = cursor.fetchall()
    return [(district, columns[number].key, found, Tally(*numbers)) for district, number, found, *numbers in rows]
