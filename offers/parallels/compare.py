"""The comparison, in one statement: candidates by what can be compared quickly, then the score of the closest.

The rules for who is a candidate are design rules 1 to 3 and 8; how much each likeness counts stands in `weights.py`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from offers.parallels import weights
from offers.parallels.asked import Asked, weak_stems
from offers.parallels.meaning import MODEL
from offers.parallels.sources import NOT_FAMILIES, ROWS, Source
from portal.models import District

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
    meaning: float = 0.0


@dataclass(frozen=True)
class Hit:
    """A public offer like the one asked about, how much (0 to 1), and in what."""

    offer_id: int
    score: float
    shared: Shared


_ALL = weights.TOPIC + weights.TEXT + weights.FORM
# `low` and `high` are the ends of the age range as felt: equal steps are equal shares of a life so far.
_ASKED = f"""
    SELECT *, greatest(cardinality(topics), 1) AS topic_count, {ROWS.low} AS low, {ROWS.high} AS high, {{bits}} AS bits,
           ARRAY(SELECT hashtextextended(word, 0) FROM unnest(said) AS word) AS words
    FROM jsonb_to_recordset(%(asked)s) AS row (
        number int, offer_id bigint, ages int4range, catchment bigint[], quarters bigint[], closure int,
        topics bigint[], format text, related text[], weekdays int[], said text[], length int,
        name tsquery, for_professionals boolean, meaning varbit, provider bigint
    )
"""  # noqa: S608  # our own constants
# Age: what both cover, as a share of each of the two and of the smaller one. The area is rough here: by the number of
# districts each shows for, which is enough to choose whom to look at closely. Who cannot reach ENOUGH even with all
# words and the weekday in common is left out.
_NEAR = f"""
    SELECT row.*, measures.*
    FROM (
        SELECT * FROM {{table}} AS row WHERE row.topics && asked.topics
        UNION ALL
        SELECT * FROM {{table}} AS row WHERE NOT row.topics && asked.topics AND row.offer_id = ANY (ARRAY(
            SELECT offer_id FROM offers_searchrow WHERE document @@ asked.name
        ))
    ) AS row
    CROSS JOIN LATERAL (SELECT {{low}} AS low, {{high}} AS high OFFSET 0) AS ends
    CROSS JOIN LATERAL (SELECT
        CASE WHEN asked.ages IS NULL THEN 1 ELSE
            (least(ends.high, asked.high) - greatest(ends.low, asked.low))
            / sqrt(sqrt((ends.high - ends.low) * (asked.high - asked.low))
                   * least(ends.high - ends.low, asked.high - asked.low)) END AS age,
        sqrt(({{matches}}) / sqrt(greatest(cardinality(row.topics), 1) * asked.topic_count)) AS topic,
        CASE WHEN '' IN (row.format, asked.format) THEN NULL WHEN row.format = asked.format THEN 1::float8
             WHEN row.format = ANY (asked.related) THEN {weights.RELATED_FORMS} ELSE 0 END AS form
    OFFSET 0) AS measures
    WHERE row.published AND row.last_day >= %(today)s AND row.offer_id IS DISTINCT FROM asked.offer_id
      AND {{meets}}
      AND (row.ages && asked.ages OR row.ages IS NULL AND asked.ages IS NULL)
      AND {{for_professionals}} = asked.for_professionals
      AND measures.age * CASE WHEN measures.form = 0 THEN {weights.OTHER_FORM} ELSE 1::float8 END * (
          {weights.TOPIC} * measures.topic + {weights.FORM} * coalesce(measures.form, {weights.UNKNOWN_FORM})
          + {weights.TEXT + weights.WEEKDAYS}
      ) >= %(enough)s * {_ALL + weights.WEEKDAYS}
    ORDER BY measures.age * (
        {weights.TOPIC} * measures.topic + {weights.FORM} * coalesce(measures.form, {weights.UNKNOWN_FORM})
    ) * power(
        least(cardinality(row.districts), asked.closure)::float8 / greatest(cardinality(row.districts), asked.closure),
        {weights.AREA_POWER}
    ) DESC, row.offer_id
    LIMIT {weights.CLOSEST}
"""  # noqa: S608  # our own constants
_MEASURED = f"""
    SELECT row.*, area.both / sqrt(greatest(area.count, 1) * greatest(cardinality(asked.quarters), 1)) AS area,
           said.words, said.meaning, greatest(said.words, coalesce(said.meaning, {weights.UNKNOWN_TEXT})) AS text,
           CASE WHEN cardinality(asked.weekdays) = 0 OR cardinality(row.slots) = 0 THEN NULL
                WHEN days.both <> '{{{{}}}}' THEN 1 ELSE 0 END AS day,
           days.both AS weekdays
    FROM near AS row
    CROSS JOIN LATERAL ({{area}} OFFSET 0) AS area
    CROSS JOIN LATERAL ({{text}} OFFSET 0) AS text
    CROSS JOIN LATERAL (SELECT {{meaning}} AS bits OFFSET 0) AS row_means
    CROSS JOIN LATERAL (
        SELECT least(1, 2 * text.both / sqrt(greatest(text.count, 1) * greatest(asked.length, 1))) AS words,
               CASE WHEN bit_length(row_means.bits) = bit_length(asked.meaning) THEN
                   least(greatest((1 - 2.0::float8 * bit_count(row_means.bits # asked.meaning)
                       / bit_length(asked.meaning) - {weights.OTHER_MEANING})
                       / {weights.SAME_MEANING - weights.OTHER_MEANING}, 0), 1) END AS meaning OFFSET 0
    ) AS said
    CROSS JOIN LATERAL (
        SELECT CASE WHEN asked.weekdays = '{{{{}}}}' OR row.slots = '{{{{}}}}' THEN '{{{{}}}}' ELSE ARRAY(
            SELECT DISTINCT slot / 4 FROM unnest(row.slots) AS slot WHERE slot / 4 = ANY (asked.weekdays) ORDER BY 1
        ) END AS both OFFSET 0
    ) AS days
"""  # noqa: S608  # our own constants
_SCORED = f"""
    SELECT measured.*, age * power(area, {weights.AREA_POWER})
        * CASE WHEN topic = 0 THEN {weights.WITHOUT_TOPIC} ELSE 1 END
        * least({weights.WITHOUT_TEXT} + {1 - weights.WITHOUT_TEXT} * text / {weights.LITTLE_TEXT}, 1)
        * CASE WHEN form = 0 THEN {weights.OTHER_FORM} ELSE 1 END
        * ({weights.TOPIC} * topic + {weights.TEXT} * text
           + {weights.FORM} * coalesce(form, {weights.UNKNOWN_FORM}) + coalesce({weights.WEEKDAYS} * day, 0))
        / ({_ALL} + CASE WHEN day IS NULL THEN 0 ELSE {weights.WEEKDAYS} END) AS score
    FROM measured
"""  # noqa: S608  # our own constants
_QUERY = f"""
    WITH asked AS MATERIALIZED ({_ASKED})
    SELECT asked.number, hit.offer_id, hit.score, lower(hit.ages * asked.ages), upper(hit.ages * asked.ages),
           hit.ages = asked.ages, hit.ages IS NULL,
           ARRAY(SELECT id FROM unnest(hit.districts) AS id WHERE id = ANY (asked.quarters) ORDER BY 1),
           ARRAY(SELECT unnest(hit.topics) INTERSECT SELECT unnest(asked.topics) ORDER BY 1),
           CASE WHEN hit.form = 1 THEN hit.format ELSE '' END, hit.weekdays, hit.words,
           coalesce(hit.meaning, 0)
    FROM asked CROSS JOIN LATERAL (
        WITH near AS MATERIALIZED ({_NEAR}), measured AS ({_MEASURED}), scored AS MATERIALIZED ({_SCORED})
        SELECT * FROM scored AS row WHERE score >= %(enough)s
          AND (text >= {weights.SAME_HOUSE} OR {{provider}} IS DISTINCT FROM asked.provider)
        ORDER BY score DESC, offer_id LIMIT %(most)s
    ) AS hit
    ORDER BY asked.number, hit.score DESC, hit.offer_id
"""  # noqa: S608  # our own constants


def rules() -> str:
    """A digest of how offers are compared: with another one all pairs have to be found anew."""
    said = [repr(sorted(weak_stems())), MODEL, str(weights.ENOUGH), _QUERY.format(**vars(ROWS), matches="")]
    return hashlib.md5("".join(said).encode(), usedforsecurity=False).hexdigest()


def parallels_of(asked: Asked, *, most: int = LONG, enough: float = weights.ENOUGH) -> list[Hit]:
    """Public offers that do nearly the same for the same people, the most alike first."""
    return parallels_of_all([asked], most=most, enough=enough)[0]


def parallels_of_all(
    all_asked: Sequence[Asked], *, most: int = LONG, enough: float = weights.ENOUGH, source: Source = ROWS
) -> list[list[Hit]]:
    """The same for many, in one statement."""
    lineages = dict(District.objects.values_list("pk", "lineage"))
    rows = [_row(number, asked, lineages) for number, asked in enumerate(all_asked) if asked.catchment and asked.topics]
    found: list[list[Hit]] = [[] for _asked in all_asked]
    if rows:
        longest = max(len(row["topics"]) for row in rows)
        matches = " + ".join(f"coalesce((asked.topics[{n}] = ANY (row.topics))::int, 0)" for n in range(1, longest + 1))
        values: dict[str, Any] = {
            "asked": json.dumps(rows), "leaves": _leaves(lineages), "today": timezone.localdate(), "enough": enough,
            "most": most,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_QUERY.format(**vars(source), matches=matches), values)
            for number, *hit in cursor.fetchall():
                found[number].append(_hit(hit))
    return found


def _row(number: int, asked: Asked, lineages: Lineages) -> dict[str, Any]:
    """What is asked as the statement reads it."""
    return {
        "number": number,
        "offer_id": asked.offer_id,
        "ages": _literal(asked.ages),
        "catchment": asked.catchment,
        "topics": asked.topics,
        "format": asked.format,
        "related": _related(asked.format),
        "weekdays": asked.weekdays,
        "said": asked.words,
        "length": asked.length,
        "meaning": asked.meaning or None,
        "provider": asked.provider_id,
        "name": " & ".join(f"'^{stem}'" for stem in asked.name) or None,
        "for_professionals": bool(asked.audiences) and set(asked.audiences) <= set(NOT_FAMILIES),
        **_area(asked.catchment, lineages),
    }


def _literal(ages: NumericRange | None) -> str | None:
    if ages is None or ages.isempty:
        return None if ages is None else "empty"
    return f"[{'' if ages.lower is None else ages.lower},{'' if ages.upper is None else ages.upper})"


def _related(form: str) -> list[str]:
    """Forms that are taken for this one, without itself."""
    found = {other for family in weights.FORM_FAMILIES if form in family for other in family}
    return sorted(found - {form})


def _hit(row: Sequence[Any]) -> Hit:
    offer, score, lower, upper, same_age, ageless, quarters, topics, form, weekdays, words, meaning = row
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
        meaning=float(meaning),
    )
    return Hit(offer_id=offer, score=float(score), shared=shared)


def _area(catchment: Sequence[int], lineages: Lineages) -> dict[str, Any]:
    """The quarters of a catchment, and how many districts it shows for."""
    own = set(catchment)
    above = {pk for entry in own for pk in lineages.get(entry, [])}
    below = {pk for pk, lineage in lineages.items() if own & set(lineage)}
    return {"quarters": [pk for pk in _leaves(lineages) if pk in below], "closure": len(above | below)}


def _leaves(lineages: Lineages) -> list[int]:
    """The quarters: nothing lies in them."""
    inner = {parent for pk, lineage in lineages.items() for parent in lineage if parent != pk}
    return [pk for pk in lineages if pk not in inner]
