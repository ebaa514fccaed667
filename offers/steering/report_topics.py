"""The part of the report on gaps topic by topic: over all topics together there is nearly always something."""

from django.utils.translation import gettext as _

from offers.steering.sections import Section, Table
from offers.steering.topic_gaps import TopicGaps, TopicLine


def gaps_by_topic(before: TopicGaps, after: TopicGaps, days: tuple[str, str]) -> Section:
    """Each topic with gaps on one of the two days, those with the most on the last day first.

    What opened and closed is told of topics that there were on both days.
    """
    known = {line.topic.pk: line.gaps for line in before.lines}
    had = {place for place in before.places if place[0] in {line.topic.pk for line in after.lines}}
    has = {place for place in after.places if place[0] in known}
    opened, closed = has - had, had - has
    rows = []
    for line in sorted(after.lines, key=lambda one: (-one.gaps, one.topic.label.casefold(), one.topic.pk)):
        pk = line.topic.pk
        if not line.gaps and not known.get(pk):
            continue
        came, went = (sum(place[0] == pk for place in places) for places in (opened, closed))
        was = str(known[pk]) if pk in known else _("keine Angabe")
        rows.append([line.topic.label, was, str(line.gaps), str(came), str(went), _where(line)])
    text = _(
        "Lücken entstanden: %(opened)d. Lücken geschlossen: %(closed)d. Ein Feld ist hier ein Thema in einer "
        "Lebensphase und einem Sozialraum."
    ) % {"opened": len(opened), "closed": len(closed)}
    head = [
        _("Thema"), *(_("Lücken am %(day)s") % {"day": one} for one in days), _("entstanden"), _("geschlossen"),
        _("Wo es am letzten Tag fehlt"),
    ]  # fmt: skip
    table = Table("luecken-nach-thema", _("Lücken nach Thema, die meisten zuerst"), head, rows)
    return Section(_("Lücken nach Thema"), text, table)


def _where(line: TopicLine) -> str:
    """Each life phase with a gap, and in how many Sozialräume."""
    return "; ".join(
        _("%(phase)s (%(gaps)d von %(all)d)") % {"phase": cell.column.label, "gaps": len(cell.gaps), "all": cell.of}
        for cell in line.cells
        if cell.gaps
    )
