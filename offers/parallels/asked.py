"""What is compared: an offer that stands or one that is just being written, in the same shape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange

from offers.enums import Format
from offers.models import Offer, Topic
from offers.parallels.meaning import meanings_at_once
from offers.proposals import Payload
from offers.search.words import said_by_most
from partners.models import Partner
from portal.models import District


@dataclass(frozen=True)
class Asked:
    """`weekdays` count from Monday = 0; `words` are stems of title and summary that say something; `name` those of the
    title; `length` counts all stems. Districts and topics are ids."""

    ages: NumericRange | None
    catchment: tuple[int, ...]
    topics: tuple[int, ...]
    format: str
    weekdays: tuple[int, ...]
    audiences: tuple[str, ...]
    words: tuple[str, ...]
    name: tuple[str, ...]
    length: int
    meaning: str = ""  # bits, see `embedding`; "" when not known
    offer_id: int | None = None  # to leave itself out
    provider_id: int | None = None  # None when nobody knows who it is


_FROM_TEXT = """
    WITH texts AS (
        SELECT number, kind, text
        FROM unnest(%(titles)s::text[], %(summaries)s::text[]) WITH ORDINALITY AS given (title, summary, number)
        CROSS JOIN LATERAL (VALUES ('name', title), ('all', title || ' ' || summary)) AS kinds (kind, text)
    ), stems AS (
        SELECT number, kind, unnest(tsvector_to_array(to_tsvector('german', search_fold_plain(search_plain(text)))))
            AS stem
        FROM texts
        UNION
        SELECT number, kind, part FROM texts
        CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('simple', search_plain(text)))) AS word
        JOIN offers_searchword USING (word) CROSS JOIN LATERAL unnest(parts) AS part
        WHERE kind = 'all'
    )
    SELECT number, coalesce(array_agg(stem ORDER BY stem) FILTER (WHERE kind = 'all'), '{}'),
           coalesce(array_agg(stem ORDER BY stem) FILTER (WHERE kind = 'name'), '{}')
    FROM stems GROUP BY number
"""
_FROM_ROW = """
    SELECT o.id, o.ages, row.topics, o.format, o.audiences,
           ARRAY(SELECT DISTINCT slot / 4 FROM unnest(row.slots) AS slot),
           ARRAY(SELECT district_id FROM offers_offer_catchment AS link WHERE link.offer_id = o.id),
           ARRAY(SELECT DISTINCT ltrim(stem, '=')
                 FROM unnest(tsvector_to_array(ts_filter(row.document, '{a,d}'))) AS stem),
           ARRAY(SELECT substr(stem, 2) FROM unnest(tsvector_to_array(row.document)) AS stem WHERE stem LIKE '^%%'),
           coalesce(meaning.bits::text, ''), o.provider_id
    FROM offers_offer AS o JOIN offers_searchrow AS row ON row.offer_id = o.id
    LEFT JOIN offers_offermeaning AS meaning ON meaning.offer_id = o.id
    WHERE o.id = ANY (%s) ORDER BY o.id
"""
_STEMS = """
    SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('german', search_fold_plain(search_plain(text))))
        || tsvector_to_array(to_tsvector('simple', search_fold_plain(search_plain(text)))))
    FROM unnest(%s::text[]) AS text
"""


def asked_by(payload: Payload, *, provider: Partner | None = None) -> Asked:
    """What a proposal's payload says, before it is an offer."""
    return asked_by_all([payload], provider=provider)[0]


def asked_by_all(payloads: Sequence[Payload], *, provider: Partner | None = None) -> list[Asked]:
    """The same for several payloads of one provider, in as many statements as for one."""
    weak = weak_stems()
    districts = dict(District.objects.values_list("slug", "pk"))
    topics = dict(Topic.objects.values_list("slug", "pk"))
    texts = {"titles": [one["title"] for one in payloads], "summaries": [one["summary"] for one in payloads]}
    with connection.cursor() as cursor:
        cursor.execute(_FROM_TEXT, texts)
        found = {number: (stems, name) for number, stems, name in cursor.fetchall()}
    said = [f"{one['title']}. {one['summary']}" for one in payloads]
    meaning = meanings_at_once(said)
    return [
        replace(
            _asked_by(payload, *found.get(number, ([], [])), weak, districts, topics),
            meaning=meaning.get(said[number - 1], ""),
            provider_id=provider.pk if provider else None,
        )
        for number, payload in enumerate(payloads, start=1)
    ]


def _asked_by(
    payload: Payload,
    stems: list[str],
    name: list[str],
    weak: frozenset[str],
    districts: dict[str, int],
    topics: dict[str, int],
) -> Asked:
    ages = payload["ages"]
    return Asked(
        ages=None if ages is None else NumericRange(ages["from"], ages["until"]),
        catchment=tuple(districts[slug] for slug in payload["catchment"] if slug in districts),
        topics=tuple(topics[slug] for slug in payload["topics"] if slug in topics),
        format=payload["format"],
        weekdays=tuple(sorted({day for schedule in payload["schedules"] for day in schedule["weekdays"]})),
        audiences=tuple(payload["audiences"]),
        words=_telling(stems, weak),
        name=_telling(name, weak),
        length=len(stems),
    )


def asked_of(offers: Iterable[Offer | int]) -> list[Asked]:
    """What standing offers say, by id."""
    ids = [offer if isinstance(offer, int) else offer.pk for offer in offers]
    weak = weak_stems()
    with connection.cursor() as cursor:
        cursor.execute(_FROM_ROW, [ids])
        return [_asked(row, weak) for row in cursor.fetchall()]


def _asked(row: Sequence[Any], weak: frozenset[str]) -> Asked:
    pk, ages, topics, form, audiences, weekdays, catchment, stems, name, meaning, provider = row
    return Asked(
        ages=ages,
        catchment=tuple(catchment),
        topics=tuple(topics),
        format=form,
        weekdays=tuple(weekdays),
        audiences=tuple(audiences),
        words=_telling(stems, weak),
        name=_telling(name, weak),
        length=len(stems),
        meaning=meaning,
        offer_id=pk,
        provider_id=provider,
    )


def _telling(stems: Iterable[str], weak: frozenset[str]) -> tuple[str, ...]:
    return tuple(stem for stem in stems if stem not in weak)


def weak_stems() -> frozenset[str]:
    """Stems that most offers share and that say nothing about one: "kind", "grupp", "fur", names of Stadtteile."""
    return _weak_stems(tuple(District.objects.order_by("pk").values_list("name", flat=True)))


@cache
def _weak_stems(places: tuple[str, ...]) -> frozenset[str]:
    texts = [*said_by_most(), *places, *(str(label) for label in Format.labels)]
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, [texts])
        return frozenset(stem for (stem,) in cursor.fetchall())
