"""The life of offers as recorded: Idee › Projekt › verlängert › Regelangebot › beendet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.enums import Lifecycle, Status
from offers.models import Funding, Offer
from offers.steering.past import events_of


@dataclass(frozen=True)
class Step:
    """From this day on the offer was this."""

    day: date
    label: str


def steps_of(offer: Offer) -> list[Step]:
    """Each change of stage, oldest first. An offer is an idea until it is published for the first time."""
    recorded = events_of(Offer).objects.filter(id=offer.pk).order_by("pgh_id")
    found: list[Step] = []
    was_published = False
    for moment, kind, status, lifecycle in recorded.values_list("pgh_created_at", "pgh_label", "status", "lifecycle"):
        was_published = was_published or status == Status.PUBLISHED
        label = _("gelöscht") if kind == "delete" else _label(lifecycle, was_published)
        if not found or found[-1].label != label:
            found.append(Step(timezone.localdate(moment), label))
    return found


def _label(lifecycle: str, was_published: bool) -> str:
    if not was_published:
        return _("Idee")
    return str(Lifecycle(lifecycle).label) if lifecycle else _("Laufzeit unbekannt")


# -- chart ------------------------------------------------------------------------------------------------------------

_ROW = 30  # units of the drawing
_LEFT = 300  # before it stand the titles
_WIDTH = 780


@dataclass(frozen=True)
class Bar:
    """A funding as a bar; `start` and `end` are None where nobody knows."""

    title: str
    url: str
    words: str
    x: int
    width: int
    y: int
    start: date | None
    end: date | None
    decision_x: int | None = None


@dataclass(frozen=True)
class Chart:
    """Bars over time; `years` are the positions of the first of January, `today_x` that of today."""

    bars: list[Bar]
    years: list[tuple[int, int]]
    today_x: int
    width: int
    height: int


def chart(fundings: Sequence[Funding], today: date) -> Chart | None:
    """Fundings with at least one known end as bars from two years ago to three years ahead; None without any."""
    known = [one for one in fundings if one.starts_on or one.ends_on]
    if not known:
        return None
    first, last = date(today.year - 2, 1, 1), date(today.year + 4, 1, 1)
    days = (last - first).days

    def at(day: date) -> int:
        return _LEFT + round(min(max((day - first).days, 0), days) * _WIDTH / days)

    bars = []
    for number, one in enumerate(known):
        x, end = at(one.starts_on or first), at(one.ends_on or last)
        url = reverse("offers:lifecycle_offer", args=[one.offer.slug])
        bars.append(
            Bar(
                one.offer.title, url, _words(one), x, max(end - x, 3), number * _ROW + 20,
                one.starts_on, one.ends_on, at(one.decision_on) if one.decision_on else None,
            )
        )  # fmt: skip
    years = [(year, at(date(year, 1, 1))) for year in range(first.year, last.year)]
    return Chart(bars, years, at(today), _LEFT + _WIDTH, len(known) * _ROW + 24)


def _words(funding: Funding) -> str:
    parts = [str(funding)]
    if funding.starts_on:
        parts.append(_("von %(day)s") % {"day": funding.starts_on.strftime("%d.%m.%Y")})
    if funding.ends_on:
        parts.append(_("bis %(day)s") % {"day": funding.ends_on.strftime("%d.%m.%Y")})
    if funding.decision_on:
        parts.append(_("Entscheidung am %(day)s") % {"day": funding.decision_on.strftime("%d.%m.%Y")})
    return ", ".join(parts)


def quarters_before(today: date, count: int) -> Iterable[date]:
    """The last days of the past quarters, oldest first, and today."""
    found: list[date] = [today]
    year, quarter = today.year, (today.month - 1) // 3
    for _number in range(count):
        found.append(date(year, quarter * 3 + 1, 1) - _DAY)
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)
    return list(reversed(found))


_DAY = date(2000, 1, 2) - date(2000, 1, 1)
