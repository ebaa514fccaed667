"""Keeping the pairs of the whole stock: what changed is compared again, the rest is left alone."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict

from django.db import connection, transaction
from django.utils import timezone

from offers.parallels import weights
from offers.parallels.asked import asked_of
from offers.parallels.compare import Hit, parallels_of
from offers.parallels.models import ComparedOffer, ParallelPair

BATCH = 100  # offers in one transaction
MOST_OF_ONE = 20  # pairs of one offer; nobody decides about more

# What counts: a change in anything else (phone, costs, a confirmation) brings no decided pair back.
_SAYS = """
    SELECT row.offer_id, md5(jsonb_build_array(
        o.title, o.summary, o.ages::text, o.format, o.audiences, row.topics,
        ARRAY(SELECT district_id FROM offers_offer_catchment AS link WHERE link.offer_id = o.id ORDER BY 1),
        ARRAY(SELECT DISTINCT slot / 4 FROM unnest(row.slots) AS slot ORDER BY 1)
    )::text) AS fingerprint
    FROM offers_searchrow AS row JOIN offers_offer AS o ON o.id = row.offer_id
"""
_STALE = f"""
    SELECT says.offer_id, says.fingerprint
    FROM ({_SAYS} WHERE row.published AND row.last_day >= %s AND NOT row.pending) AS says
    LEFT JOIN offers_comparedoffer AS compared USING (offer_id)
    WHERE compared.fingerprint IS DISTINCT FROM says.fingerprint
    ORDER BY says.offer_id
"""  # noqa: S608  # our own constant

_NUMBER = """
    UPDATE offers_parallelpair AS pair SET cluster = found.cluster
    FROM offers_parallelpair AS every
    LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS found (id, cluster) ON found.id = every.id
    WHERE pair.id = every.id AND pair.cluster IS DISTINCT FROM found.cluster
"""


def compare_what_changed() -> int:
    """Compare every public offer that says something else than when it was last compared; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [timezone.localdate()])
        stale = dict(cursor.fetchall())
    ids = list(stale)
    for start in range(0, len(ids), BATCH):
        compare({pk: stale[pk] for pk in ids[start : start + BATCH]})
    if ids:
        number_clusters()
    return len(ids)


@transaction.atomic
def compare(fingerprints: dict[int, str]) -> None:
    """Find the pairs of these offers anew; `fingerprints` are what each says now."""
    found = {asked.offer_id or 0: parallels_of(asked, most=MOST_OF_ONE) for asked in asked_of(fingerprints)}
    others = {hit.offer_id for hits in found.values() for hit in hits}
    says = {**says_now(others), **fingerprints}
    pairs = {_ends(pk, hit.offer_id): _pair(pk, hit, says) for pk, hits in found.items() for hit in hits}
    mine = ParallelPair.objects.filter(first__in=found) | ParallelPair.objects.filter(second__in=found)
    gone = [pk for pk, first, second in mine.values_list("pk", "first_id", "second_id") if (first, second) not in pairs]
    ParallelPair.objects.filter(pk__in=gone).delete()
    ParallelPair.objects.bulk_create(
        [pairs[ends] for ends in sorted(pairs)],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "shared", "fingerprint"],
    )
    ComparedOffer.objects.bulk_create(
        [ComparedOffer(offer_id=pk, fingerprint=text) for pk, text in sorted(fingerprints.items())],
        update_conflicts=True,
        unique_fields=["offer"],
        update_fields=["fingerprint"],
    )


def number_clusters() -> None:
    """Give pairs that hang together one number: the smallest id of their offers."""
    root: dict[int, int] = {}

    def top(offer: int) -> int:
        while root.setdefault(offer, offer) != offer:
            root[offer] = root[root[offer]]
            offer = root[offer]
        return offer

    close = list(ParallelPair.objects.filter(score__gte=weights.CLOSE).values_list("pk", "first_id", "second_id"))
    for _pk, first, second in close:
        smaller, larger = sorted([top(first), top(second)])
        root[larger] = smaller
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NUMBER, [[pk for pk, _first, _second in close], [top(first) for _pk, first, _second in close]])


def says_now(offers: Collection[int]) -> dict[int, str]:
    """A fingerprint of what is compared, by offer."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SAYS} WHERE o.id = ANY (%s)", [list(offers)])
        return dict(cursor.fetchall())


def pair_fingerprint(both: Iterable[str]) -> str:
    """One for a pair, from those of its two offers in the order of their ids."""
    return hashlib.sha256(" ".join(both).encode()).hexdigest()[:32]


def _ends(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _pair(pk: int, hit: Hit, says: dict[int, str]) -> ParallelPair:
    first, second = _ends(pk, hit.offer_id)
    return ParallelPair(
        first_id=first,
        second_id=second,
        score=hit.score,
        shared=asdict(hit.shared),
        fingerprint=pair_fingerprint([says[first], says[second]]),
    )
