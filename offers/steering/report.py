"""The report for the Leitung, the AG and the council: figures between two days, all from what was recorded.

One list of sections with tables is the source of the page, the PDF, the CSV and the XLSX files. The same two days give
the same report: it asks the history, not the present.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.enums import Lifecycle
from offers.models import Offer, Topic
from offers.steering import report_parallels
from offers.steering.decisions import in_words
from offers.steering.ends import next_endings
from offers.steering.enums import State
from offers.steering.freshness import Share, Standing
from offers.steering.matrix import Matrix
from offers.steering.past import as_of, end_of, events_of
from offers.steering.report_networks import Networks
from offers.steering.report_topics import gaps_by_topic
from offers.steering.sections import Bar, Section, Table, chart_of, day, part
from offers.steering.stock import Question
from offers.steering.topic_gaps import TopicGaps
from offers.steering.wanted import Wish, demand_between

_MOST_WISHES = 20
_MOST_ENDINGS = 40
_MOST_BEHIND = 20


class Report:
    """All sections for two days, both included. `tell` hears after each part how many of how many are done.

    The paper that is made of it counts as the last part.
    """

    def __init__(self, first: date, last: date, *, tell: Callable[[int, int], object] | None = None) -> None:
        self.first = first
        self.last = last
        parts: list[Callable[[], list[Section]]] = [
            self._summary, self._changes, self._topics, self._coverage, self._intended, self._turned_regular,
            self._ends, self._missing, self._parallels, self._networks, self._freshness,
        ]  # fmt: skip
        self.sections: list[Section] = []
        for number, make in enumerate(parts, 1):
            self.sections += make()
            if tell:
                tell(number, len(parts) + 1)

    @cached_property
    def _before(self) -> Matrix:
        return Matrix(Question(day=self.first))

    @cached_property
    def _after(self) -> Matrix:
        return Matrix(Question(day=self.last))

    @cached_property
    def _stood(self) -> Standing:
        return Standing(self._before.question, self._before)

    @cached_property
    def _stands(self) -> Standing:
        return Standing(self._after.question, self._after)

    @property
    def days(self) -> tuple[str, str]:
        return day(self.first), day(self.last)

    @property
    def title(self) -> str:
        return _("Bericht zur Prävention")

    @property
    def span(self) -> str:
        return _("%(first)s bis %(last)s") % {"first": day(self.first), "last": day(self.last)}

    def table(self, name: str) -> Table | None:
        """The table with this name."""
        return next((one.table for one in self.sections if one.table.name == name), None)

    def _summary(self) -> list[Section]:
        before, after = self._states(self._before), self._states(self._after)
        seen = self._stood.all, self._stands.all
        rows = [
            [_("Angebote, die Familien sehen"), *(str(one.offers) for one in seen)],
            [_("davon Regelangebote"), *(part(one.regular, one.offers) for one in seen)],
            [_("davon bestätigt"), *(part(one.confirmed, one.offers) for one in seen)],
            *([str(state.label), str(before[state]), str(after[state])] for state in State),
        ]
        head = [_("Kennzahl"), day(self.first), day(self.last)]
        table = Table("ueberblick", _("Kennzahlen am ersten und am letzten Tag"), head, rows)
        text = _("Die Stände zählen Felder: jede Lebensphase und jeder Übergang in jedem Sozialraum ist ein Feld.")
        if self._before.rule_is_missing or self._after.rule_is_missing:
            text += " " + _("Wo für einen Tag keine Regel gespeichert ist, gilt die Grundeinstellung.")
        bars = [Bar(str(state.label), before[state], after[state]) for state in State]
        chart = chart_of(_("Felder nach Stand"), self.days, bars)
        return [Section(_("Überblick"), text, table, chart)]

    def _changes(self) -> list[Section]:
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
        return [Section(_("Lücken, die entstanden sind und die geschlossen wurden"), text, table)]

    def _topics(self) -> list[Section]:
        return [gaps_by_topic(TopicGaps(self._before), TopicGaps(self._after), self.days)]

    def _coverage(self) -> list[Section]:
        head = [_("Gebiet"), *(column.label for column in self._after.columns)]
        rows = [
            [line.district.name, *(f"{cell.local.offers} {cell.state.label}" for cell in line.cells)]
            for line in self._after.lines
        ]
        city = [_("für die ganze Stadt"), *(str(tally.offers) for tally in self._after.citywide)]
        caption = _("Angebote nach Lebensphase und Gebiet am %(day)s") % {"day": day(self.last)}
        text = _("Die Zahl sagt, wie viele Angebote eigens für das Gebiet da sind.")
        return [Section(_("Abdeckung"), text, Table("abdeckung", caption, head, [city, *rows]))]

    def _intended(self) -> list[Section]:
        found = in_words(self._after.decisions.all, self._after.tree, self._after.columns)
        rows = [[one.area, one.time, one.topic, one.decision.reason, day(one.decision.decided_on)] for one in found]
        text = ngettext(
            "%(count)d Entscheidung gilt am letzten Tag.", "%(count)d Entscheidungen gelten am letzten Tag.", len(rows)
        ) % {"count": len(rows)}  # fmt: skip
        head = [_("Gebiet"), _("Zeit"), _("Thema"), _("Grund"), _("entschieden am")]
        table = Table("bewusst-nicht", _("Wo es mit Absicht nichts gibt, und warum"), head, rows)
        return [Section(_("Bewusst nicht"), text, table)]

    def _turned_regular(self) -> list[Section]:
        moments = end_of(self.first), end_of(self.last)
        rows = turned_regular(*moments)
        text = ngettext(
            "%(count)d Projekt wurde ein Regelangebot.", "%(count)d Projekte wurden Regelangebote.", len(rows)
        ) % {"count": len(rows)}  # fmt: skip
        table = Table("regelangebote", _("Projekte, die Regelangebote wurden"), [_("Angebot"), _("am")], rows)
        chart = chart_of(
            _("Regelangebote in Prozent nach Lebensphase"), self.days,
            [
                Bar(share.label, _was(self._stood.phases.get(key), "percent"), share.percent or 0)
                for key, share in self._stands.phases.items()
            ],
        )  # fmt: skip
        return [Section(_("Aus Projekten wurden Regelangebote"), text, table, chart)]

    def _ends(self) -> list[Section]:
        coming, count = next_endings(self._after, _MOST_ENDINGS)
        rows = [
            [
                ending.offer.title,
                day(ending.day),
                "; ".join(
                    f"{tear.cell.district.name}, {tear.cell.column.label}: {tear.after_label}" for tear in ending.tears
                )
                or _("nichts"),
            ]
            for ending in coming
        ]
        text = ngettext(
            "%(count)d Angebot endet in den 12 Monaten danach.",
            "%(count)d Angebote enden in den 12 Monaten danach.",
            count,
        ) % {"count": count}
        if count > len(rows):
            text += " " + _("Hier stehen die nächsten %(shown)d.") % {"shown": len(rows)}
        head = [_("Angebot"), _("endet am"), _("Was dann reißt")]
        return [Section(_("Was bald endet"), text, Table("enden", _("Angebote mit bekanntem Ende"), head, rows))]

    def _missing(self) -> list[Section]:
        demand = demand_between(self.first, self.last, most=_MOST_WISHES)
        wishes = [self._as_called_then(wish) for wish in demand.missing]
        rows = [
            [wish.phase or _("alle"), wish.area or _("alle"), wish.topic or _("alle"), str(wish.searches),
             str(wish.nothing), str(wish.little)]
            for wish in wishes
        ]  # fmt: skip
        text = ngettext("%(count)d Suche wurde gezählt.", "%(count)d Suchen wurden gezählt.", demand.searches) % {
            "count": demand.searches
        }
        head = [_("Lebensphase"), _("Sozialraum"), _("Thema"), _("Suchen"), _("nichts gefunden"), _("1 bis 3 gefunden")]
        chart = chart_of(
            _("Suchen"), (_("alle"), _("nichts gefunden")),
            [
                Bar(", ".join(filter(None, (one.topic, one.phase, one.area))) or _("alles"), one.searches, one.nothing)
                for one in wishes[:8]
            ],
        )  # fmt: skip
        table = Table("nachfrage", _("Am häufigsten vergeblich gesucht"), head, rows)
        return [Section(_("Gesucht, nicht da"), text, table, chart)]

    @cached_property
    def _names_then(self) -> dict[str, str]:
        """What phases, Sozialräume and topics were called on the last day, by kind and slug."""
        moment = self._after.question.moment
        topics: QuerySet[Any] = Topic.objects.all() if moment is None else as_of(Topic, moment)
        return {
            **{f"phase {column.key}": column.label for column in self._after.columns},
            **{f"area {area.slug}": area.name for area in self._after.areas},
            **{f"topic {slug}": label for slug, label in topics.values_list("slug", "label")},
        }

    def _as_called_then(self, wish: Wish) -> Wish:
        phase, area, topic = wish.slugs
        names = self._names_then
        return replace(
            wish,
            phase=names.get(f"phase {phase}", wish.phase),
            area=names.get(f"area {area}", wish.area),
            topic=names.get(f"topic {topic}", wish.topic),
        )

    def _parallels(self) -> list[Section]:
        return [report_parallels.parallels(self.first, self.last), report_parallels.avoided(self.first, self.last)]

    def _networks(self) -> list[Section]:
        return Networks(self.first, self.last).sections()

    def _freshness(self) -> list[Section]:
        """By phase, by Sozialraum, and of the providers that are most behind, on both days."""
        behind = self._stands.behind(_MOST_BEHIND)
        bars = [
            Bar(share.label, _was(self._stood.phases.get(key), "confirmed_percent"), share.confirmed_percent or 0)
            for key, share in self._stands.phases.items()
        ]
        text = _("Bestätigt heißt: Der Anbieter hat gesagt, dass es stimmt.")
        groups: list[tuple[str, str, str, dict[Any, Share], dict[Any, Share]]] = [
            ("frische", _("Frische nach Lebensphase"), _("Lebensphase"), self._stood.phases, self._stands.phases),
            ("frische-raeume", _("Frische nach Sozialraum"), _("Sozialraum"), self._stood.areas, self._stands.areas),
            ("frische-anbieter", _("Frische der Anbieter mit den meisten unbestätigten Angeboten"),
             _("Anbieter"), self._stood.providers(behind), self._stands.providers(behind)),
        ]  # fmt: skip
        found = []
        for name, title, kind, before, after in groups:
            rows = [
                [share.label, str(share.offers), part(share.regular, share.offers),
                 _confirmed(before.get(key)), _confirmed(share)]
                for key, share in after.items()
            ]  # fmt: skip
            said = [_("bestätigt am %(day)s") % {"day": one} for one in self.days]
            caption = _("%(title)s, am ersten und am letzten Tag") % {"title": title}
            table = Table(name, caption, [kind, _("Angebote"), _("Regelangebote"), *said], rows)
            chart = chart_of(_("Bestätigt in Prozent"), self.days, bars) if name == "frische" else None
            found.append(Section(title, text, table, chart))
        return found

    def _states(self, matrix: Matrix) -> dict[State, int]:
        states = [cell.state for cell in matrix.cells()]
        return {state: states.count(state) for state in State}


def turned_regular(first: object, last: object) -> list[list[str]]:
    """Title and day of each offer that was a project before and became regular between two moments."""
    events = events_of(Offer).objects
    earlier = events.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    changed = events.filter(
        lifecycle=Lifecycle.REGULAR, pgh_created_at__gte=first, pgh_created_at__lt=last, pgh_label="update"
    ).annotate(before=Subquery(earlier.values("lifecycle")[:1]))
    turned = changed.filter(before__in=(Lifecycle.PROJECT, Lifecycle.EXTENDED)).order_by("-pgh_id")
    last_first = turned.values_list("id", "title", "pgh_created_at")
    once = {pk: [title, day(moment)] for pk, title, moment in last_first}  # the first time counts
    return list(reversed(once.values()))


def _confirmed(share: Share | None) -> str:
    return part(share.confirmed, share.offers) if share else _("keine Angabe")


def _was(share: Share | None, name: str) -> int:
    return int(getattr(share, name) or 0) if share else 0
