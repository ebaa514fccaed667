"""What was decided about pairs and what became of it: a decision stays in the history when its offers go."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from offers.enums import Lifecycle, Status
from offers.models import Offer, PairDecision
from offers.parallels.enums import PairAnswer
from offers.parallels.stock import pair_fingerprint, says_now
from offers.steering.past import end_of, events_of
from portal.merging.models import Merge

WITHDRAWN, ENDED, DELETED = "withdrawn", "ended", "deleted"


@dataclass(frozen=True)
class Fate:
    """What an offer was called, and why and since when nobody finds it any more: "" while it is there."""

    title: str
    kind: str = ""
    since: date | None = None
    merged_with: str = ""

    def __str__(self) -> str:
        """ "„Turnen“ beendet am 3. Mai 2026"."""
        if self.since is None:
            return ""
        words = {"title": self.title, "day": date_format(self.since, "j. F Y"), "other": self.merged_with}
        if self.merged_with:
            return _("„%(title)s“ zusammengeführt mit „%(other)s“ am %(day)s") % words
        if self.kind == WITHDRAWN:
            return _("„%(title)s“ zurückgezogen am %(day)s") % words
        if self.kind == ENDED:
            return _("„%(title)s“ beendet am %(day)s") % words
        return _("„%(title)s“ gelöscht am %(day)s") % words


def fates(offers: Collection[int], moment: datetime) -> dict[int, Fate]:
    """How offers stood just before a moment, from what was recorded until then."""
    columns = ("id", "title", "pgh_label", "status", "lifecycle", "ends_on", "pgh_created_at")
    events = events_of(Offer).objects.filter(id__in=list(offers), pgh_created_at__lt=moment).order_by("id", "pgh_id")
    found = {
        pk: _fate(its, timezone.localdate(moment - timedelta(microseconds=1)))
        for pk, its in groupby(events.values(*columns), key=lambda event: event["id"])
    }
    deleted = {pk for pk, fate in found.items() if fate.kind == DELETED}
    done = Merge.objects.filter(kind=Offer._meta.label_lower, merged_at__lt=moment).exclude(undone_at__lt=moment)
    merges = done.order_by("merged_at")
    for merge in merges if deleted else ():
        for pk in deleted & {entry["id"] for entry in merge.gone}:
            found[pk] = Fate(found[pk].title, DELETED, timezone.localdate(merge.merged_at), merge.name)
    return found


def _fate(events: Iterable[dict[str, Any]], day: date) -> Fate:
    fate = Fate("")
    for event in events:
        kind = _kind(event, day)
        on = event["ends_on"] if kind == ENDED and event["lifecycle"] != Lifecycle.ENDED else None
        since = fate.since if kind == fate.kind else on or timezone.localdate(event["pgh_created_at"])
        fate = Fate(event["title"], kind, since if kind else None)
    return fate


def _kind(event: dict[str, Any], day: date) -> str:
    if event["pgh_label"] == "delete":
        return DELETED
    if event["status"] == Status.WITHDRAWN:
        return WITHDRAWN
    over = event["ends_on"] is not None and event["ends_on"] < day
    return ENDED if over or event["lifecycle"] == Lifecycle.ENDED else ""


@dataclass(frozen=True)
class Decided:
    """A decision with what became of it since."""

    day: date
    titles: tuple[str, str]
    answer: str
    reason: str
    by: str
    since: list[str]


def decisions_between(first: date, last: date) -> Any:
    """Decisions between two days, both included, as they were first recorded; the newest first."""
    made = events_of(PairDecision).objects.filter(pgh_label="insert", decided_at__lt=end_of(last))
    return made.filter(decided_at__date__gte=first).order_by("-decided_at", "-pgh_id")


def with_fates(decisions: Collection[Any], last: date) -> Iterator[Decided]:
    """Recorded decisions in words; what became of the offers is told as known at the end of the last day."""
    offers = {pk for one in decisions for pk in (one.first_id, one.second_id)}
    known, now = fates(offers, end_of(last)), says_now(offers)
    newest = _newest(decisions)
    for one in decisions:
        both = [known.get(pk, Fate("")) for pk in (one.first_id, one.second_id)]
        gone = [str(fate) for fate in both if fate.since]
        yield Decided(
            day=timezone.localdate(one.decided_at),
            titles=(both[0].title, both[1].title),
            answer=str(PairAnswer(one.answer).label),
            reason=one.reason,
            by=_("Träger") if one.proposal_id else _("Büro"),
            since=gone or [_standing(one, newest, now)],
        )


def _newest(decisions: Collection[Any]) -> dict[tuple[int, int], int]:
    """The last decision of each pair, by its ends."""
    firsts = {one.first_id for one in decisions}
    rows = PairDecision.objects.filter(first__in=firsts).order_by("decided_at", "pk")
    return {(first, second): pk for first, second, pk in rows.values_list("first_id", "second_id", "pk")}


def _standing(one: Any, newest: dict[tuple[int, int], int], now: dict[int, str]) -> str:
    ends = (one.first_id, one.second_id)
    if newest.get(ends) != one.id:
        return _("später neu entschieden")
    if one.fingerprint != pair_fingerprint(now.get(pk, "") for pk in ends):
        return _("gilt nicht mehr: Ein Angebot hat sich geändert")
    return _("gilt")
