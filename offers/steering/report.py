"""The report for the Leitung, the AG and the council: figures between two days, all from what was recorded.

One list of sections with tables is the source of the page, the PDF, the CSV and the XLSX files. The same two days give
the same report: it asks the history, not the present.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.models import Meeting
from offers.enums import Lifecycle, ParallelAnswer
from offers.models import Offer, Parallel
from offers.steering.ends import ending_within_a_year, endings
from offers.steering.enums import State
from offers.steering.lifecycle import Share, shares
from offers.steering.matrix import Matrix
from offers.steering.past import end_of, events_of
from offers.steering.stock import Question, standing_offers
from offers.steering.wanted import demand_between

_MOST_WISHES = 20
_MOST_ENDINGS = 40


@dataclass(frozen=True)
class Table:
    """Rows of words and figures under a head; `name` is the name of its file."""

    name: str
    caption: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: a state with its number of cells on both days."""

    label: str
    before: int
    after: int


@dataclass(frozen=True)
class Section:
    """A heading, what it says in a sentence, and its table when it has rows."""

    title: str
    text: str
    table: Table
    bars: list[Bar] = field(default_factory=list)


class Report:
    """All sections for two days, both included."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last
        self._before = Matrix(Question(day=first))
        self._after = Matrix(Question(day=last))
        self._shares_before = shares(Question(day=first))
        self._shares_after = shares(Question(day=last))
        parts: list[Callable[[], Section]] = [
            self._summary, self._changes, self._coverage, self._turned_regular, self._ends, self._missing,
            self._parallels, self._meetings, self._freshness,
        ]  # fmt: skip
        self.sections = [part() for part in parts]

    @property
    def title(self) -> str:
        return _("Bericht zur Prävention")

    @property
    def span(self) -> str:
        return _("%(first)s bis %(last)s") % {"first": day(self.first), "last": day(self.last)}

    def table(self, name: str) -> Table | None:
        """The table with this name."""
        return next((one.table for one in self.sections if one.table.name == name), None)

    def _summary(self) -> Section:
        before, after = self._states(self._before), self._states(self._after)
        rows = [
            [_("Angebote, die Familien sehen"), *(str(_offers(matrix)) for matrix in (self._before, self._after))],
            [_("davon Regelangebote"), *(_percent_regular(one) for one in (self._shares_before, self._shares_after))],
            *([str(state.label), str(before[state]), str(after[state])] for state in State),
        ]
        head = [_("Kennzahl"), day(self.first), day(self.last)]
        table = Table("ueberblick", _("Kennzahlen am ersten und am letzten Tag"), head, rows)
        text = _("Die Stände zählen Felder: jede Lebensphase und jeder Übergang in jedem Sozialraum ist ein Feld.")
        bars = [Bar(str(state.label), before[state], after[state]) for state in State]
        return Section(_("Überblick"), text, table, bars)

    def _changes(self) -> Section:
        before = {(cell.district.pk, cell.column.key): cell.state for cell in self._before.cells()}
        rows = []
        opened = closed = 0
        for cell in self._after.cells():
            was = before.get((cell.district.pk, cell.column.key))
            if was is None or was == cell.state:
                continue
            opened += cell.state == State.GAP
            closed += was == State.GAP
            rows.append([cell.district.name, cell.column.label, str(was.label), str(cell.state.label)])
        text = _("Lücken entstanden: %(opened)d. Lücken geschlossen: %(closed)d.") % {
            "opened": opened,
            "closed": closed,
        }
        head = [_("Gebiet"), _("Zeit"), _("war"), _("ist")]
        table = Table("veraenderungen", _("Felder, deren Stand sich geändert hat"), head, rows)
        return Section(_("Lücken, die entstanden sind und die geschlossen wurden"), text, table)

    def _coverage(self) -> Section:
        head = [_("Gebiet"), *(column.label for column in self._after.columns)]
        rows = [
            [line.district.name, *(f"{cell.local.offers} {cell.state.label}" for cell in line.cells)]
            for line in self._after.lines
        ]
        city = [_("für die ganze Stadt"), *(str(tally.offers) for tally in self._after.citywide)]
        caption = _("Angebote nach Lebensphase und Gebiet am %(day)s") % {"day": day(self.last)}
        text = _("Die Zahl sagt, wie viele Angebote eigens für das Gebiet da sind.")
        return Section(_("Abdeckung"), text, Table("abdeckung", caption, head, [city, *rows]))

    def _turned_regular(self) -> Section:
        moments = end_of(self.first), end_of(self.last)
        rows = turned_regular(*moments)
        text = ngettext(
            "%(count)d Projekt wurde ein Regelangebot.", "%(count)d Projekte wurden Regelangebote.", len(rows)
        ) % {"count": len(rows)}  # fmt: skip
        table = Table("regelangebote", _("Projekte, die Regelangebote wurden"), [_("Angebot"), _("am")], rows)
        return Section(_("Aus Projekten wurden Regelangebote"), text, table)

    def _ends(self) -> Section:
        rows = [
            [
                ending.offer.title,
                day(ending.day),
                "; ".join(
                    f"{tear.cell.district.name}, {tear.cell.column.label}: {tear.after_label}" for tear in ending.tears
                )
                or _("nichts"),
            ]
            for ending in endings(self._after, most=_MOST_ENDINGS)
        ]
        count = ending_within_a_year(self._after.question).count()
        text = ngettext(
            "%(count)d Angebot endet in den 12 Monaten danach.",
            "%(count)d Angebote enden in den 12 Monaten danach.",
            count,
        ) % {"count": count}
        if count > len(rows):
            text += " " + _("Hier stehen die nächsten %(shown)d.") % {"shown": len(rows)}
        head = [_("Angebot"), _("endet am"), _("Was dann reißt")]
        return Section(_("Was bald endet"), text, Table("enden", _("Angebote mit bekanntem Ende"), head, rows))

    def _missing(self) -> Section:
        demand = demand_between(self.first, self.last, most=_MOST_WISHES)
        rows = [
            [wish.phase or _("alle"), wish.area or _("alle"), wish.topic or _("alle"), str(wish.searches),
             str(wish.nothing), str(wish.little)]
            for wish in demand.missing
        ]  # fmt: skip
        text = ngettext("%(count)d Suche wurde gezählt.", "%(count)d Suchen wurden gezählt.", demand.searches) % {
            "count": demand.searches
        }
        head = [_("Lebensphase"), _("Sozialraum"), _("Thema"), _("Suchen"), _("nichts gefunden"), _("1 bis 3 gefunden")]
        return Section(
            _("Gesucht, nicht da"), text, Table("nachfrage", _("Am häufigsten vergeblich gesucht"), head, rows)
        )

    def _parallels(self) -> Section:
        counts = dict(Parallel.objects.answered_between(self.first, self.last))
        rows = [[str(answer.label), str(counts.get(answer.value, 0))] for answer in ParallelAnswer]
        avoided = counts.get(ParallelAnswer.COOPERATES, 0) + counts.get(ParallelAnswer.REPLACES, 0)
        text = ngettext(
            "%(count)d Überschneidung wurde vermieden: Das neue Angebot arbeitet mit dem vorhandenen zusammen oder "
            "ersetzt es.",
            "%(count)d Überschneidungen wurden vermieden: Die neuen Angebote arbeiten mit den vorhandenen zusammen "
            "oder ersetzen sie.",
            avoided,
        ) % {"count": avoided}  # fmt: skip
        head = [_("Antwort der Träger"), _("Anzahl")]
        return Section(_("Parallelen"), text, Table("parallelen", _("Antworten auf Überschneidungen"), head, rows))

    def _meetings(self) -> Section:
        rows = [
            [meeting.network.name, day(meeting.held_on), meeting.title]
            for meeting in Meeting.objects.filter(held_on__range=(self.first, self.last))
            .select_related("network")
            .order_by("held_on", "pk")
        ]
        text = ngettext("%(count)d Sitzung.", "%(count)d Sitzungen.", len(rows)) % {"count": len(rows)}
        head = [_("Netzwerk"), _("am"), _("Thema")]
        return Section(_("Netzwerke"), text, Table("netzwerke", _("Sitzungen der Netzwerke"), head, rows))

    def _freshness(self) -> Section:
        before = {share.column.key: share for share in self._shares_before}
        rows = [
            [share.column.label, str(share.offers), *map(_part, (share.regular, share.confirmed), [share.offers] * 2),
             _part(before[share.column.key].confirmed, before[share.column.key].offers)
             if share.column.key in before else _("keine Angabe")]
            for share in self._shares_after
        ]  # fmt: skip
        head = [
            _("Lebensphase"), _("Angebote"), _("Regelangebote"), _("bestätigt"),
            _("bestätigt am %(day)s") % {"day": day(self.first)},
        ]  # fmt: skip
        text = _("Bestätigt heißt: Der Anbieter hat gesagt, dass es stimmt.")
        return Section(_("Frische"), text, Table("frische", _("Anteile nach Lebensphase"), head, rows))

    def _states(self, matrix: Matrix) -> dict[State, int]:
        states = [cell.state for cell in matrix.cells()]
        return {state: states.count(state) for state in State}


def turned_regular(first: object, last: object) -> list[list[str]]:
    """Title and day of each offer that was a project before and became regular between two moments."""
    events = events_of(Offer).objects
    changed = events.filter(
        lifecycle=Lifecycle.REGULAR, pgh_created_at__gte=first, pgh_created_at__lt=last, pgh_label="update"
    )
    rows = []
    seen: set[int] = set()
    for event in changed.order_by("pgh_id"):
        before = events.filter(id=event.id, pgh_id__lt=event.pgh_id).order_by("-pgh_id").first()
        if before and before.lifecycle in (Lifecycle.PROJECT, Lifecycle.EXTENDED) and event.id not in seen:
            seen.add(event.id)
            rows.append([event.title, day(event.pgh_created_at)])
    return rows


def day(value: date) -> str:
    return date_format(value, "j. F Y")


def _offers(matrix: Matrix) -> int:
    """All offers that families see on the matrix's day."""
    return standing_offers(matrix.question).awake().count()


def _percent_regular(found: list[Share]) -> str:
    regular, offers = sum(one.regular for one in found), sum(one.offers for one in found)
    return _part(regular, offers)


def _part(part: int, whole: int) -> str:
    return f"{part} ({round(part * 100 / whole)} %)" if whole else _("keine Angebote")
