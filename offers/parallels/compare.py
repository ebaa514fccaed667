"""The comparison, in one statement: candidates by what can be compared quickly, then the score of the closest.

The rules for who is a candidate are design rules 1 to 3 and 8; how much each likeness counts stands in `weights.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from offers.enums import Audience
from offers.parallels import weights
from offers.parallels.asked import Asked
from portal.models import District

NOT_FAMILIES = [Audience.PROFESSIONALS.value, Audience.VOLUNTEERS.value]
LONG = 10_000  # hits; more than there can be
Lineages = dict[int, list[int]]  # of each district, from the city down to itself


@dataclass(frozen=True)
class Shared:
    """What two offers have in common: months (ends may be None), ids, weekdays from Monday = 0, shares of 0 to 1."""

    age_from: int | None = None
    age_until: int | None = None
    same_age: bool = False
    districts: tuple[int, ...] = ()  # the innermost: quarters
    topics: tuple[int, ...] = ()
    format: str = ""
    weekdays: tuple[int, ...] = ()
    words: float = 0.0
    ageless: bool = False


@dataclass(frozen=True)
class Hit:
    """A public offer like the one asked about, how much (0 to 1), and in what."""

    offer_id: int
    score: float
    shared: Shared


_SPAN = "(ln((least(coalesce(upper({0}), {oldest}), {oldest}) + {stretch})::float8) \
- ln((greatest(coalesce(lower({0}), {youngest}), {youngest}) + {stretch})::float8))"


def _span(ages: str) -> str:
    """SQL for the length of an age range as felt: equal steps are equal shares of a life so far."""
    return _SPAN.format(ages, oldest=weights.OLDEST, youngest=weights.YOUNGEST, stretch=weights.STRETCH)


def _related(form: str) -> list[str]:
    """Forms that are taken for this one, without itself."""
    found = {other for family in weights.FORM_FAMILIES if form in family for other in family}
    return sorted(found - {form})


# Lists of districts stand in the statement itself: PostgreSQL looks constants up by hash, others one by one. OFFSET 0
# keeps what is computed once from being computed wherever it is used.
# Age: what both cover, as a share of each of the two and of the smaller one. The area is rough here: by the number of
# districts each shows for, which is enough to choose whom to look at closely.
_NEAR = f"""
    SELECT row.offer_id, row.ages * asked.ages AS ages, row.ages = asked.ages AS same_age, row.districts, row.topics,
           row.format, row.slots, row.document, measures.age, measures.topic, measures.form
    FROM asked, offers_searchrow AS row
    CROSS JOIN LATERAL (SELECT
        CASE WHEN asked.ages IS NULL THEN 1 ELSE
            {_span("row.ages * asked.ages")} / power({_span("row.ages")} * {_span("asked.ages")}, 0.25)
            / power(least({_span("row.ages")}, {_span("asked.ages")}), 0.5) END AS age,
        sqrt((%(topic_matches)s) / sqrt(greatest(cardinality(row.topics), 1) * asked.topic_count)) AS topic,
        CASE WHEN '' IN (row.format, asked.format) THEN NULL WHEN row.format = asked.format THEN 1
             WHEN row.format = ANY (asked.related) THEN {weights.RELATED_FORMS} ELSE 0 END AS form
    ) AS measures
    WHERE row.published AND row.last_day >= asked.today AND row.offer_id IS DISTINCT FROM asked.offer_id
      AND (row.ages && asked.ages OR row.ages IS NULL AND asked.ages IS NULL)
      AND row.districts && asked.catchment
      AND (row.topics && %(topics)s::bigint[] OR row.offer_id = ANY (ARRAY(
          SELECT offer_id FROM offers_searchrow WHERE document @@ %(name)s::tsquery
      )))
      AND (row.audiences <> '{{}}' AND row.audiences <@ asked.not_families) = asked.for_professionals
    ORDER BY measures.age * (
        {weights.TOPIC} * measures.topic + {weights.FORM} * coalesce(measures.form, {weights.UNKNOWN_FORM})
    ) * power(
        least(cardinality(row.districts), asked.closure)::float8 / greatest(cardinality(row.districts), asked.closure),
        {weights.AREA_POWER}
    ) DESC, row.offer_id
    LIMIT {weights.CLOSEST}
"""  # noqa: S608  # our own constants
_MEASURED = """
    SELECT near.*, area.both AS quarters,
           cardinality(area.both) / sqrt(greatest(area.count, 1) * greatest(cardinality(asked.quarters), 1)) AS area,
           least(1, 2 * text.both / sqrt(greatest(text.count, 1) * greatest(asked.length, 1))) AS words,
           CASE WHEN cardinality(asked.weekdays) = 0 OR cardinality(near.slots) = 0 THEN NULL
                WHEN days.both <> '{}' THEN 1 ELSE 0 END AS day,
           days.both AS weekdays
    FROM near CROSS JOIN asked
    CROSS JOIN LATERAL (
        SELECT count(*)::float8 AS count,
               coalesce(array_agg(id) FILTER (WHERE id = ANY (%(quarters)s::bigint[])), '{}') AS both
        FROM unnest(near.districts) AS id WHERE id = ANY (%(leaves)s::bigint[])
    ) AS area
    CROSS JOIN LATERAL (
        SELECT count(*)::float8 AS count, (count(*) FILTER (WHERE stem = ANY (asked.words)))::float8 AS both
        FROM (SELECT DISTINCT ltrim(word, '=') AS stem
              FROM unnest(tsvector_to_array(ts_filter(near.document, '{a,d}'))) AS word) AS stems
    ) AS text
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT DISTINCT slot / 4 FROM unnest(near.slots) AS slot
                     WHERE slot / 4 = ANY (asked.weekdays) ORDER BY 1) AS both
        OFFSET 0
    ) AS days
"""
_SCORED = f"""
    SELECT measured.*, age * power(area, {weights.AREA_POWER})
        * CASE WHEN topic = 0 THEN {weights.WITHOUT_TOPIC} ELSE 1 END
        * CASE WHEN words = 0 AND form IS DISTINCT FROM 1 THEN {weights.WITHOUT_WORDS} ELSE 1 END
        * CASE WHEN form = 0 THEN {weights.OTHER_FORM} ELSE 1 END
        * ({weights.TOPIC} * topic + {weights.WORDS} * words
           + {weights.FORM} * coalesce(form, {weights.UNKNOWN_FORM}) + coalesce({weights.WEEKDAYS} * day, 0))
        / ({weights.TOPIC + weights.WORDS + weights.FORM}
           + CASE WHEN day IS NULL THEN 0 ELSE {weights.WEEKDAYS} END) AS score
    FROM measured
"""  # noqa: S608  # our own constants
_ASKED = """
    SELECT %(ages)s::int4range AS ages, %(catchment)s::bigint[] AS catchment, %(topics)s::bigint[] AS topics,
           greatest(cardinality(%(topics)s::bigint[]), 1) AS topic_count, %(format)s::text AS format,
           %(related)s::text[] AS related, %(weekdays)s::int[] AS weekdays, %(words)s::text[] AS words,
           %(length)s::int AS length, %(offer_id)s::bigint AS offer_id,
           %(today)s::date AS today, %(not_families)s::text[] AS not_families,
           %(for_professionals)s::boolean AS for_professionals, %(quarters)s::bigint[] AS quarters,
           %(closure)s::int AS closure
"""
_QUERY = f"""
    WITH asked AS MATERIALIZED ({_ASKED}), near AS MATERIALIZED ({_NEAR}), measured AS ({_MEASURED}),
    scored AS MATERIALIZED ({_SCORED})
    SELECT offer_id, score, lower(ages), upper(ages), same_age, ages IS NULL, quarters,
           ARRAY(SELECT unnest(topics) INTERSECT SELECT unnest(%(topics)s::bigint[]) ORDER BY 1),
           CASE WHEN form = 1 THEN format ELSE '' END, weekdays, words
    FROM scored WHERE score >= %(enough)s
    ORDER BY score DESC, offer_id LIMIT %(most)s
"""  # noqa: S608  # our own constants


def parallels_of(asked: Asked, *, most: int = LONG, enough: float = weights.ENOUGH) -> list[Hit]:
    """Public offers that do nearly the same for the same people, the most alike first."""
    return parallels_of_all([asked], most=most, enough=enough)[0]


def parallels_of_all(
    all_asked: Sequence[Asked], *, most: int = LONG, enough: float = weights.ENOUGH
) -> list[list[Hit]]:
    """The same for many."""
    lineages = dict(District.objects.values_list("pk", "lineage"))
    return [_hits(asked, lineages, most, enough) if asked.catchment and asked.topics else [] for asked in all_asked]


def _hits(asked: Asked, lineages: Lineages, most: int, enough: float) -> list[Hit]:
    values = {
        **vars(asked),
        **_area(asked.catchment, lineages),
        "related": _related(asked.format),
        "name": " & ".join(f"'^{stem}'" for stem in asked.name) or None,
        "today": timezone.localdate(),
        "not_families": NOT_FAMILIES,
        "for_professionals": bool(asked.audiences) and set(asked.audiences) <= set(NOT_FAMILIES),
        "enough": enough,
        "most": most,
    }
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    matches = " + ".join(f"({topic:d} = ANY (row.topics))::int" for topic in asked.topics)
    with connection.cursor() as cursor:
        cursor.execute(_QUERY.replace("%(topic_matches)s", matches), values)
        return [_hit(row) for row in cursor.fetchall()]


def _hit(row: Sequence[Any]) -> Hit:
    offer, score, lower, upper, same_age, ageless, quarters, topics, form, weekdays, words = row
    shared = Shared(
        age_from=lower,
        age_until=upper,
        same_age=bool(same_age),
        ageless=ageless,
        districts=tuple(sorted(quarters)),
        topics=tuple(topics),
        format=form,
        weekdays=tuple(weekdays),
        words=float(words),
    )
    return Hit(offer_id=offer, score=float(score), shared=shared)


def _area(catchment: Sequence[int], lineages: Lineages) -> dict[str, Any]:
    """The quarters of a catchment, all there are (nothing lies in them), and how many districts it shows for."""
    inner = {parent for pk, lineage in lineages.items() for parent in lineage if parent != pk}
    leaves = [pk for pk in lineages if pk not in inner]
    own = set(catchment)
    above = {pk for entry in own for pk in lineages.get(entry, [])}
    below = {pk for pk, lineage in lineages.items() if own & set(lineage)}
    return {"quarters": [pk for pk in leaves if pk in below], "leaves": leaves, "closure": len(above | below)}
