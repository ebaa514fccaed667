"""The report's sections on parallels: what was found, decided and avoided; all from what was recorded."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.enums import ProposalStatus
from offers.models import PairDecision, Parallel, ParallelCount, Proposal
from offers.parallels.enums import PairAnswer
from offers.parallels.history import Fate, fates
from offers.steering.past import end_of, events_of
from offers.steering.sections import Bar, Section, Table, chart_of, day

_AVOIDED = (PairAnswer.COOPERATES, PairAnswer.REPLACES)


def parallels(first: date, last: date) -> Section:
    """How many pairs were open on both days, new between them, and what partners and staff said."""
    before, after = ParallelCount.objects.at(first), ParallelCount.objects.at(last)
    by_partner, by_staff = _answers(first, last)
    rows = [[_("Offen am ersten Tag"), _open(before)], [_("Offen am letzten Tag"), _open(after)]]
    rows.append([_("Neu gefundene Paare"), str(ParallelCount.objects.found_between(first, last))])
    rows += [
        [_("Träger beim Einreichen: „%(answer)s“") % {"answer": answer.label}, str(by_partner[answer.value])]
        for answer in PairAnswer
        if answer != PairAnswer.DIFFERENT
    ]
    rows += [[_("Büro: „%(answer)s“") % {"answer": answer.label}, str(by_staff[answer.value])] for answer in PairAnswer]
    rows.append(
        [
            _("Vorschläge, die nach dem Hinweis zurückgezogen wurden"),
            str(_withdrawn(first, last).aggregate(count=Count("id", distinct=True))["count"]),
        ]
    )
    text = _("Ähnliche Angebote werden gezeigt, bevor sie entstehen. Träger und Büro sagen, wie sie zueinander stehen.")
    bars = [
        Bar(str(answer.label), by_partner[answer.value], by_staff[answer.value])
        for answer in PairAnswer
        if by_partner[answer.value] or by_staff[answer.value]
    ]
    chart = chart_of(_("Entscheidungen"), (_("Träger"), _("Büro")), bars)
    head = [_("Kennzahl"), _("Anzahl")]
    table = Table("parallelen", _("Ähnliche Angebote: gefunden und entschieden"), head, rows)
    return Section(_("Parallelen"), text, table, chart)


def avoided(first: date, last: date) -> Section:
    """Pairs that by their last decision work together or become one, and proposals taken back after the hint."""
    rows = sorted([*_agreed(first, last), *_taken_back(first, last)])
    text = ngettext(
        "%(count)d Parallele wurde vermieden.", "%(count)d Parallelen wurden vermieden.", len(rows)
    ) % {"count": len(rows)}  # fmt: skip
    how = _(
        "Gezählt wird jedes Paar einmal, mit seiner letzten Entscheidung: Die Angebote arbeiten zusammen, oder eines "
        "ersetzt das andere. Dazu kommen Vorschläge, die nach dem Hinweis auf ein ähnliches Angebot zurückgezogen "
        "wurden."
    )
    head = [_("am"), _("Angebot"), _("und"), _("Die Angebote …"), _("sagt"), _("Seither")]
    table = Table("vermieden", _("Vermieden: Paare und Vorschläge"), head, [[day(on), *cells] for on, *cells in rows])
    return Section(_("Vermiedene Parallelen"), f"{text} {how}", table)


def _agreed(first: date, last: date) -> Iterator[tuple[date, str, str, str, str, str]]:
    """Pairs whose last decision by the last day says so and was made between the days."""
    until = events_of(PairDecision).objects.filter(pgh_label="insert", decided_at__lt=end_of(last))
    newest = until.order_by("first_id", "second_id", "-decided_at", "-pgh_id").distinct("first_id", "second_id")
    found = list(_decisions(first, last).filter(pgh_id__in=newest.values("pgh_id"), answer__in=_AVOIDED))
    known = fates({pk for one in found for pk in (one.first_id, one.second_id)}, end_of(last))
    for one in found:
        both = [known.get(pk, Fate("")) for pk in (one.first_id, one.second_id)]
        yield (
            timezone.localdate(one.decided_at), both[0].title, both[1].title, str(PairAnswer(one.answer).label),
            _("Träger") if one.proposal_id else _("Büro"), "; ".join(str(fate) for fate in both if fate.since),
        )  # fmt: skip


def _taken_back(first: date, last: date) -> Iterator[tuple[date, str, str, str, str, str]]:
    """Proposals that their sender took back, with the offers they had been told of."""
    gone = {one.id: one for one in _withdrawn(first, last).order_by("-pgh_id")}  # the first event of each
    told = events_of(Parallel).objects.filter(pgh_label="insert", proposal_id__in=gone).order_by("pgh_id")
    known = fates({one.existing_id for one in told}, end_of(last))
    for pk, one in gone.items():
        titles = dict.fromkeys(
            known.get(entry.existing_id, Fate("")).title for entry in told if entry.proposal_id == pk
        )
        yield (
            timezone.localdate(one.pgh_created_at), one.payload.get("title", ""), ", ".join(titles),
            _("nach dem Hinweis zurückgezogen"), _("Träger"), "",
        )  # fmt: skip


def _open(count: ParallelCount | None) -> str:
    if count is None:
        return _("keine Angabe")
    pairs = ngettext("%(count)d Paar", "%(count)d Paare", count.undecided) % {"count": count.undecided}
    groups = ngettext("%(count)d Gruppe", "%(count)d Gruppen", count.clusters) % {"count": count.clusters}
    return _("%(pairs)s in %(groups)s") % {"pairs": pairs, "groups": groups}


def _decisions(first: date, last: date) -> Any:
    """Decisions between two days, both included, as they were first recorded."""
    moments = end_of(first - timedelta(days=1)), end_of(last)
    return events_of(PairDecision).objects.filter(
        pgh_label="insert", decided_at__gte=moments[0], decided_at__lt=moments[1]
    )


def _answers(first: date, last: date) -> tuple[dict[str, int], dict[str, int]]:
    """By answer what partners said with proposals sent between the days, and what staff decided."""
    sent = Q(pgh_label="insert", proposal_id__in=_sent(first, last))
    said = events_of(Parallel).objects.filter(sent).order_by().values_list("answer").annotate(Count("pgh_id"))
    decided = (
        _decisions(first, last).filter(proposal_id=None).order_by().values_list("answer").annotate(Count("pgh_id"))
    )
    none = dict.fromkeys(PairAnswer.values, 0)
    return none | dict(said), none | dict(decided)


def _sent(first: date, last: date) -> Any:
    return Proposal.objects.filter(submitted_at__date__range=(first, last)).values("pk")


def _withdrawn(first: date, last: date) -> Any:
    """What was recorded of proposals with an answer about a parallel that their sender took back between the days."""
    asked = events_of(Parallel).objects.values("proposal_id")
    moments = end_of(first - timedelta(days=1)), end_of(last)
    return events_of(Proposal).objects.filter(
        status=ProposalStatus.WITHDRAWN, pgh_created_at__gte=moments[0], pgh_created_at__lt=moments[1], id__in=asked
    )
