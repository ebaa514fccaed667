"""Keeping the pairs of the whole stock: what changed is compared again, the rest is left alone."""

import hashlib
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from offers.parallels import weights
from offers.parallels.asked import asked_of
from offers.parallels.compare import Hit, parallels_of_all, rules
from offers.parallels.meaning import learn_meanings
from offers.parallels.models import ComparedOffer, ParallelCluster, ParallelPair
from offers.parallels.sources import ROWS, Source, prepared_stock

BATCH = 100  # offers in one transaction
MANY = 500  # offers from which on preparing the stock costs less than it saves
SLICE = 300.0  # seconds that one run compares at most
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
# Compared by other rules, before it was known what the text means, or as another house's: compared again, but what was
# decided holds.
_STALE = f"""
    SELECT offer_id, says.fingerprint, seen
    FROM ({_SAYS} WHERE row.published AND row.last_day >= %s AND NOT row.pending) AS says
    JOIN offers_offer AS offer ON offer.id = says.offer_id
    LEFT JOIN offers_offermeaning AS meaning USING (offer_id)
    CROSS JOIN LATERAL (
        SELECT md5(says.fingerprint || %s || coalesce(meaning.said, '') || '/' || offer.provider_id) AS seen
    ) AS now
    LEFT JOIN offers_comparedoffer AS compared USING (offer_id)
    WHERE compared.fingerprint IS DISTINCT FROM seen
    ORDER BY offer_id
"""  # noqa: S608  # our own constant

# Pairs of what is no longer public go; decisions about them stay and hold again when it comes back unchanged.
_HIDDEN = """
    SELECT compared.offer_id FROM offers_comparedoffer AS compared
    LEFT JOIN offers_searchrow AS row ON row.offer_id = compared.offer_id AND row.published AND row.last_day >= %s
    WHERE row.offer_id IS NULL ORDER BY compared.offer_id
"""
_CLUSTERS = "SELECT DISTINCT cluster FROM offers_parallelpair WHERE {end} = ANY (%s) AND cluster IS NOT NULL"
_CLOSE = """
    SELECT first_id, second_id FROM offers_parallelpair
    WHERE score >= %(close)s AND (
        cluster = ANY (%(clusters)s)
        OR cluster IS NULL AND (first_id = ANY (%(offers)s) OR second_id = ANY (%(offers)s))
    )
"""
_NUMBER = """
    UPDATE offers_parallelpair AS pair SET cluster = CASE WHEN pair.score >= %(close)s THEN found.cluster END
    FROM unnest(%(members)s::bigint[], %(numbers)s::bigint[]) AS found (offer, cluster)
    WHERE pair.first_id = found.offer
      AND pair.cluster IS DISTINCT FROM CASE WHEN pair.score >= %(close)s THEN found.cluster END
"""
_COUNT = """
    INSERT INTO offers_parallelcluster (number, offers, undecided, closest)
    SELECT pair.cluster, count(DISTINCT ends.offer), count(DISTINCT pair.id) FILTER (WHERE decision.id IS NULL),
           max(pair.score)
    FROM offers_parallelpair AS pair CROSS JOIN LATERAL (VALUES (first_id), (second_id)) AS ends (offer)
    LEFT JOIN offers_pairdecision AS decision USING (first_id, second_id, fingerprint)
    WHERE pair.cluster = ANY (%s) GROUP BY pair.cluster
"""


@dataclass(frozen=True)
class Stale:
    """Fingerprints of an offer to compare: of what it says, and of that with the rules by which it is compared."""

    says: str
    seen: str


@dataclass
class Touched:
    """What the comparing of some offers changed: offers at the ends of pairs, and the clusters these were in."""

    offers: set[int] = field(default_factory=set)
    clusters: set[int] = field(default_factory=set)


def compare_what_changed(seconds: float = SLICE) -> int:
    """Compare every public offer that says something else than when it was last compared; how many were compared.

    After `seconds` the rest is left for the next time, so that no run is long; what is done stays done.
    """
    end = time.monotonic() + seconds
    learn_meanings(seconds / 2)
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [timezone.localdate(), rules()])
        stale = {pk: Stale(says, seen) for pk, says, seen in cursor.fetchall()}
        cursor.execute(_HIDDEN, [timezone.localdate()])
        hidden = [pk for (pk,) in cursor.fetchall()]
    touched, ids, done = Touched(), list(stale), 0
    forget(hidden, touched)
    with prepared_stock() if len(ids) >= MANY else nullcontext(ROWS) as source:
        while done < len(ids) and (done == 0 or time.monotonic() < end):
            compare({pk: stale[pk] for pk in ids[done : done + BATCH]}, touched, source)
            done += BATCH
    number_clusters(touched)
    return min(done, len(ids))


@transaction.atomic
def forget(offers: Sequence[int], touched: Touched) -> None:
    """Drop the pairs of offers that are no longer public."""
    if offers:
        mine = ParallelPair.objects.filter(first__in=offers) | ParallelPair.objects.filter(second__in=offers)
        _note(mine, touched)
        mine.delete()
        ComparedOffer.objects.filter(offer__in=offers).delete()


@transaction.atomic
def compare(stale: dict[int, Stale], touched: Touched, source: Source = ROWS) -> None:
    """Find the pairs of these offers anew."""
    all_asked = asked_of(stale)
    hits_of_all = parallels_of_all(all_asked, most=MOST_OF_ONE, source=source)
    found = {asked.offer_id or 0: hits for asked, hits in zip(all_asked, hits_of_all, strict=True)}
    others = {hit.offer_id for hits in found.values() for hit in hits}
    says = {**says_now(others), **{pk: one.says for pk, one in stale.items()}}
    pairs = {_ends(pk, hit.offer_id): _pair(pk, hit, says) for pk, hits in found.items() for hit in hits}
    mine = ParallelPair.objects.filter(first__in=found) | ParallelPair.objects.filter(second__in=found)
    _note(mine, touched)
    touched.offers |= {end for ends in pairs for end in ends}
    gone = [pk for pk, first, second in mine.values_list("pk", "first_id", "second_id") if (first, second) not in pairs]
    ParallelPair.objects.filter(pk__in=gone).delete()
    ParallelPair.objects.bulk_create(
        [pairs[ends] for ends in sorted(pairs)],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "shared", "fingerprint"],
    )
    ComparedOffer.objects.bulk_create(
        [ComparedOffer(offer_id=pk, fingerprint=one.seen) for pk, one in sorted(stale.items())],
        update_conflicts=True,
        unique_fields=["offer"],
        update_fields=["fingerprint"],
    )


def _note(pairs: Any, touched: Touched) -> None:
    for first, second, cluster in pairs.values_list("first_id", "second_id", "cluster"):
        touched.offers |= {first, second}
        touched.clusters |= {cluster} - {None}


@transaction.atomic
def number_clusters(touched: Touched) -> None:
    """Give pairs that hang together one number, the smallest id of their offers, and count each such cluster.

    Only clusters that something touched can differ. Held in memory is one number for each of their offers.
    """
    if not touched.offers | touched.clusters:
        return
    root: dict[int, int] = {}

    def top(offer: int) -> int:
        while root.setdefault(offer, offer) != offer:
            root[offer] = root[root[offer]]
            offer = root[offer]
        return offer

    offers, clusters = list(touched.offers), set(touched.clusters)
    with connection.cursor() as cursor:
        for end in ("first_id", "second_id"):
            cursor.execute(_CLUSTERS.format(end=end), [offers])
            clusters |= {number for (number,) in cursor.fetchall()}
        values: dict[str, Any] = {"close": weights.CLOSE, "clusters": list(clusters), "offers": offers}
        for first, second in cursor.stream(_CLOSE, values):
            smaller, larger = sorted([top(first), top(second)])
            root[larger] = smaller
        numbers = {offer: top(offer) for offer in root}
        alone: dict[int, None] = dict.fromkeys(touched.offers - numbers.keys())
        both = {**numbers, **alone}
        cursor.execute(_NUMBER, {**values, "members": list(both), "numbers": list(both.values())})
    count_clusters(clusters | set(numbers.values()))


def number_all_clusters() -> None:
    """The same for the whole stock, whatever was touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_id FROM offers_parallelpair UNION SELECT second_id FROM offers_parallelpair")
        offers = {pk for (pk,) in cursor.fetchall()}
    numbers = set(ParallelCluster.objects.values_list("pk", flat=True))
    number_clusters(Touched(offers, numbers))


@transaction.atomic
def count_clusters(numbers: Collection[int]) -> None:
    """Count offers and pairs of these clusters anew."""
    ParallelCluster.objects.filter(pk__in=numbers).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(numbers)])


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
        shared=vars(hit.shared),
        fingerprint=pair_fingerprint([says[first], says[second]]),
    )
