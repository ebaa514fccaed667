"""The report's sections on networks, as they were recorded up to the last day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.enums import Continuation
from networks.models import Attendance, Decision, Meeting, Network, SelfReview
from offers.steering.network_figures import SAME, overlaps
from offers.steering.past import as_of, end_of
from offers.steering.sections import Bar, Chart, Section, Table, chart_of, day
from portal.text import GermanSortKey

_YEAR = 365  # days


@dataclass
class _Work:
    """What a network did between two days."""

    held: list[Any] = field(default_factory=list)
    last_met: date | None = None
    made: int = 0  # decisions
    done: int = 0
    open: int = 0
    overdue: int = 0


class Networks:
    """All networks that existed on the last day, with their meetings, decisions and reviews."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._moment = end_of(last)
        self._active = list(as_of(Network, self._moment).filter(ended_year=None).order_by(GermanSortKey("name"), "id"))
        self._names = dict(as_of(Network, self._moment).values_list("id", "name"))
        self._meetings = list(as_of(Meeting, self._moment).filter(held_on__lte=last).order_by("held_on", "id"))
        self._work = self._worked()

    def sections(self) -> list[Section]:
        return [self._lean(), self._held(), self._same(), self._reviews()]

    def _lean(self) -> Section:
        """Each network: meetings against its rhythm, hours, decisions."""
        rows, silent = [], 0
        year_ago = self.last - timedelta(days=_YEAR)
        for network in self._active:
            work = self._work[network.id]
            founded_now = network.founded_year == self.last.year
            is_silent = not founded_now and (work.last_met is None or work.last_met <= year_ago)
            silent += is_silent
            rows.append([
                network.name, str(len(work.held)), self._expected(network), self._hours(network, work.held),
                str(work.made), str(work.done), str(work.open), str(work.overdue),
                day(work.last_met) if work.last_met else _("keine Angabe"), _("ja") if is_silent else _("nein"),
            ])  # fmt: skip
        head = [
            _("Netzwerk"), _("Sitzungen"), _("nach Turnus"), _("Stunden"), _("Beschlüsse"), _("erledigt"), _("offen"),
            _("überfällig"), _("letzte Sitzung"), _("über 12 Monate ohne Sitzung"),
        ]  # fmt: skip
        parts = [
            ngettext("%(count)d Netzwerk.", "%(count)d Netzwerke.", len(rows)) % {"count": len(rows)},
            _("Von %(count)d ist seit über 12 Monaten keine Sitzung eingetragen.") % {"count": silent},
            _("%(open)d Beschlüsse sind offen, %(late)d davon überfällig.")
            % {
                "open": sum(work.open for work in self._work.values()),
                "late": sum(work.overdue for work in self._work.values()),
            },
        ]
        table = Table("netzwerke", _("Arbeit der Netzwerke"), head, rows)
        return Section(_("Netzwerke"), " ".join(parts), table, self._chart())

    def _chart(self) -> Chart | None:
        bars = [
            Bar(network.name, round(expected), len(self._work[network.id].held))
            for network in self._active
            if (expected := self._due(network)) is not None
        ]
        return chart_of(_("Sitzungen"), (_("nach Turnus"), _("gehalten")), bars[:12])

    def _held(self) -> Section:
        held = [meeting for meeting in self._meetings if meeting.held_on >= self.first]
        rows = [
            [
                self._names.get(meeting.network_id, ""), day(meeting.held_on), meeting.title,
                str(self._people[meeting.id]) if meeting.id in self._people else _("keine Angabe"),
            ]
            for meeting in held
        ]  # fmt: skip
        text = ngettext("%(count)d Sitzung.", "%(count)d Sitzungen.", len(rows)) % {"count": len(rows)}
        head = [_("Netzwerk"), _("am"), _("Thema"), _("Menschen")]
        return Section(_("Sitzungen"), text, Table("sitzungen", _("Sitzungen der Netzwerke"), head, rows))

    def _same(self) -> Section:
        """Pairs that sit together about the same, and which of them did not yet on the first day."""
        before = {(one, other) for one, other, *_shares in self._alike(end_of(self.first))}
        rows = [
            [
                self._names.get(one, ""), self._names.get(other, ""), f"{round(people * 100)} %",
                f"{round((mandate or 0) * 100)} %", _("nein") if (one, other) in before else _("ja"),
            ]
            for one, other, people, mandate in self._alike(self._moment)
        ]  # fmt: skip
        new = sum(row[-1] == _("ja") for row in rows)
        text = _("%(all)d Paare haben dieselben Leute und denselben Auftrag, %(new)d davon neu.") % {
            "all": len(rows),
            "new": new,
        }
        head = [_("Netzwerk"), _("und"), _("gemeinsame Mitglieder"), _("gemeinsamer Auftrag"), _("neu")]
        table = Table("doppelte-netzwerke", _("Gleiche Leute, gleiches Thema"), head, rows)
        return Section(_("Netzwerke, die sich überschneiden"), text, table)

    def _reviews(self) -> Section:
        found = as_of(SelfReview, self._moment).filter(answered_on__range=(self.first, self.last))
        rows = [
            [
                self._names.get(review.network_id, ""), day(review.answered_on),
                str(Continuation(review.continuation).label), self._names.get(review.merge_with_id, "–"),
            ]
            for review in found.order_by("answered_on", "id")
        ]  # fmt: skip
        text = ngettext(
            "%(count)d Selbstüberprüfung wurde beantwortet.", "%(count)d Selbstüberprüfungen wurden beantwortet.",
            len(rows),
        ) % {"count": len(rows)}  # fmt: skip
        head = [_("Netzwerk"), _("am"), _("Wird die Gruppe noch gebraucht?"), _("zusammen mit")]
        table = Table("selbstueberpruefungen", _("Was die Netzwerke über sich sagen"), head, rows)
        return Section(_("Selbstüberprüfung"), text, table)

    def _worked(self) -> dict[int, _Work]:
        work: dict[int, _Work] = defaultdict(_Work)
        network_of = {}
        for meeting in self._meetings:
            network_of[meeting.id] = meeting.network_id
            mine = work[meeting.network_id]
            mine.last_met = meeting.held_on  # they come by day
            if meeting.held_on >= self.first:
                mine.held.append(meeting)
        days = {meeting.id: meeting.held_on for meeting in self._meetings}
        for decision in as_of(Decision, self._moment).filter(meeting_id__in=network_of):
            mine = work[network_of[decision.meeting_id]]
            mine.made += days[decision.meeting_id] >= self.first
            done = decision.done_on is not None and decision.done_on <= self.last
            mine.done += done and decision.done_on >= self.first
            mine.open += not done
            mine.overdue += not done and decision.due_on is not None and decision.due_on < self.last
        return work

    @cached_property
    def _people(self) -> dict[int, int]:
        """How many people came, by meeting; those nobody counted are left out."""
        people: dict[int, int] = defaultdict(int)
        counted = as_of(Attendance, self._moment).filter(meeting_id__in=[meeting.id for meeting in self._meetings])
        for meeting, count in counted.values_list("meeting_id", "people"):
            people[meeting] += count
        return dict(people)

    def _due(self, network: Any) -> float | None:
        """Meetings its rhythm asks for between the two days."""
        if network.meetings_per_year is None:
            return None
        return float(network.meetings_per_year * ((self.last - self.first).days + 1) / _YEAR)

    def _expected(self, network: Any) -> str:
        due = self._due(network)
        return _("keine Angabe") if due is None else str(round(due))

    def _hours(self, network: Any, held: Iterable[Any]) -> str:
        """Hours of all people together; unknown as soon as one meeting has no length or nobody counted."""
        total = 0.0
        for meeting in held:
            minutes = _minutes(meeting) or network.meeting_minutes
            if minutes is None or meeting.id not in self._people:
                return _("keine Angabe")
            total += minutes * self._people[meeting.id] / 60
        return str(round(total))

    def _alike(self, moment: datetime) -> list[tuple[int, int, float, float | None]]:
        return [row for row in overlaps(moment, least=SAME) if row[2] >= SAME and (row[3] or 0) >= SAME]


def _minutes(meeting: Any) -> int | None:
    if meeting.starts_at is None or meeting.ends_at is None:
        return None
    start, end = (moment.hour * 60 + moment.minute for moment in (meeting.starts_at, meeting.ends_at))
    return int(end - start)
