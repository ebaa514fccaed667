"""Taking a merge back, row by row, as the history recorded it; what somebody changed since is left as it is.

The merge is found in the history by its context: all its events carry it. Tables without a history come back by what
the merge itself noted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.history import NEVER_RESTORED, Correction, Part, apply_corrections, event_models
from portal.history_people import kind_of
from portal.history_words import Entry, corrections_in_words
from portal.merging.actions import NAMES_SHOWN, Line, fixed_values
from portal.merging.models import Merge


class CannotUndoError(Exception):
    """The whole merge stays: says why, and perhaps which later one has to be taken back first."""

    def __init__(self, words: str, first: Merge | None = None) -> None:
        super().__init__(words)
        self.first = first


@dataclass(frozen=True)
class Trace:
    """What the merge did to one row: the events before and after it (None: there was none), and its last event."""

    part: Part
    pk: int
    before: Any
    after: Any
    last: Any

    def changed(self) -> list[Any]:
        """The fields the merge changed and that may go back."""
        found = []
        for f in self.part.fields():
            if f.attname not in NEVER_RESTORED and getattr(self.before, f.attname) != getattr(self.after, f.attname):
                found.append(f)
        return found


@dataclass
class Undone:
    """What went back, in words: `moved`, `again` and `removed` by table; `stays` what did not, with the reason."""

    moved: dict[str, Line] = field(default_factory=dict)
    again: dict[str, Line] = field(default_factory=dict)
    removed: dict[str, Line] = field(default_factory=dict)
    changed: list[Entry] = field(default_factory=list)
    stays: list[tuple[str, str]] = field(default_factory=list)
    name: str = ""  # of the row that stayed, which may have its old one again


@dataclass
class _Plan:
    todo: list[Correction] = field(default_factory=list)
    stays: list[tuple[Part, Any, str]] = field(default_factory=list)


@transaction.atomic
def undo(*, merge: Merge, by: User) -> Undone:
    """Bring back the rows that went, what was led over and what it changed; raises CannotUndoError."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    model = apps.get_model(merge.kind)
    kept = model._base_manager.select_for_update(of=("self",)).filter(pk=merge.target_id).first()
    _refuse_impossible(merge, kept)
    plan = _plan(list(_traces(merge)), kept)
    failed = _carry_out(_in_order(plan.todo, model))
    for correction in failed:
        if correction.part.model is model and correction.row is None:
            words = _("„%(name)s“ lässt sich nicht wieder anlegen: Name oder Adresse hat jetzt ein anderer Eintrag.")
            raise CannotUndoError(words % {"name": str(model(**_values(correction.event)))})
        why = _("Eine Regel der Datenbank verbietet den alten Stand inzwischen.")
        plan.stays.append((correction.part, correction.event or correction.row, why))
    _lead_back(merge)
    undone = _in_words(model, [correction for correction in plan.todo if correction not in failed])
    undone.name = str(model._base_manager.get(pk=merge.target_id))
    undone.stays = [(_title(part, row), why) for part, row, why in plan.stays]
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.stayed = [list(line) for line in undone.stays]
    merge.save(update_fields=["undone_at", "undone_by", "stayed"])
    return undone


def _refuse_impossible(merge: Merge, kept: Any) -> None:
    if merge.undone_at is not None:
        raise CannotUndoError(_("Diese Zusammenführung ist schon rückgängig gemacht."))
    if merge.context is None:
        raise CannotUndoError(_("Diese Zusammenführung ist zu alt: Damals wurde nicht aufgezeichnet, was dazu gehört."))
    if kept is None:
        later = Merge.objects.filter(
            kind=merge.kind, undone_at=None, gone__contains=[{"id": merge.target_id}], pk__gt=merge.pk
        ).first()
        if later:
            raise CannotUndoError(
                _("„%(name)s“ ist inzwischen selbst in „%(other)s“ aufgegangen. Machen Sie zuerst das rückgängig.")
                % {"name": merge.name, "other": later.name},
                later,
            )
        raise CannotUndoError(
            _("„%(name)s“ ist gelöscht. Holen Sie den Eintrag zuerst unter „Gelöschtes“ zurück.") % {"name": merge.name}
        )


def _traces(merge: Merge) -> Iterator[Trace]:
    for model, events in event_models().items():
        own: dict[int, Any] = {}
        for event in events.objects.filter(pgh_context_id=merge.context).order_by("pgh_id"):
            first = own.get(event.id, (event,))[0]
            own[event.id] = (first, event)
        if own:
            part = Part(model, events, str(kind_of(model)), "id")
            before = _events_before(events, {pk: first.pgh_id for pk, (first, _last) in own.items()})
            for pk, (_first, last) in own.items():
                after = None if last.pgh_label == "delete" else last
                yield Trace(part, pk, before.get(pk), after, last)


def _events_before(events: Any, firsts: dict[int, int]) -> dict[int, Any]:
    """The last event of each row before the given one; none for rows that did not exist then."""
    found: dict[int, int] = {}
    key = "pgh_obj__in" if hasattr(events, "pgh_obj_id") else "id__in"  # with an index, where there is one
    for pk, number in events.objects.filter(**{key: list(firsts)}).order_by("pgh_id").values_list("id", "pgh_id"):
        if number < firsts[pk]:
            found[pk] = number
    whole = events.objects.in_bulk(list(found.values()))
    return {pk: whole[number] for pk, number in found.items() if whole[number].pgh_label != "delete"}


def _plan(traces: list[Trace], kept: Any) -> _Plan:
    plan = _Plan()
    wanted: dict[type[models.Model], list[int]] = {}
    for trace in traces:
        wanted.setdefault(trace.part.model, []).append(trace.pk)
    rows = {
        model: {row.pk: row for row in model._base_manager.select_for_update(of=("self",)).filter(pk__in=pks)}
        for model, pks in wanted.items()
    }
    fixed = fixed_values([kept])  # a place that is confidential by now has no double with an address
    for trace in traces:
        _plan_one(plan, trace, rows[trace.part.model].get(trace.pk), fixed if type(kept) is trace.part.model else {})
    return plan


def _plan_one(plan: _Plan, trace: Trace, row: Any, fixed: dict[str, Any]) -> None:
    part, before, after = trace.part, trace.before, trace.after
    changed_since = _("Inzwischen hat das jemand geändert.")
    if before is None and after is not None and row is not None:
        if any(getattr(row, f.attname) != getattr(after, f.attname) for f in part.fields()):
            plan.stays.append((part, row, changed_since))
        else:
            plan.todo.append(Correction(part, row, None))
    elif before is not None and after is None and row is None:
        if not _stands_already(part, before):
            plan.todo.append(Correction(part, None, _as_it_was(trace, fixed)))
    elif before is not None and after is not None and trace.changed():
        if row is None:
            plan.stays.append((part, after, _("Das gibt es nicht mehr.")))
            return
        values = {f.attname: getattr(row, f.attname) for f in part.fields()}
        for f in trace.changed():
            now = values[f.attname]
            if now == getattr(after, f.attname):
                values[f.attname] = getattr(before, f.attname)
            elif now != getattr(before, f.attname):
                plan.stays.append((part, row, f"{capfirst(str(f.verbose_name))}: {changed_since}"))
        if any(getattr(row, name) != value for name, value in values.items()):
            plan.todo.append(Correction(part, row, part.events(id=row.pk, **values)))


def _stands_already(part: Part, event: Any) -> bool:
    """A link between the same two that somebody made anew."""
    if not part.model._meta.auto_created:
        return False
    ends = {f.attname: getattr(event, f.attname) for f in part.model._meta.concrete_fields if f.is_relation}
    return bool(part.model._base_manager.filter(**ends).exists())


def _as_it_was(trace: Trace, fixed: dict[str, Any]) -> Any:
    """The row before the merge; but what never goes back is as it was in the end, so nothing becomes public again."""
    last = _values(trace.last)
    values = {name: last[name] if name in NEVER_RESTORED else value for name, value in _values(trace.before).items()}
    for name, value in fixed.items():
        values[trace.part.model._meta.get_field(name).attname] = value  # type: ignore[union-attr]  # a column
    return trace.part.events(**values)


def _values(event: Any) -> dict[str, Any]:
    """What an event says of its row."""
    names = [f.attname for f in event._meta.concrete_fields]
    return {name: getattr(event, name) for name in names if not name.startswith("pgh_")}


def _in_order(todo: list[Correction], model: type[models.Model]) -> list[Correction]:
    """First what is in the way goes, then the row that stayed gives names free, then the others come back."""

    def rank(correction: Correction) -> int:
        if correction.event is None:
            return 0
        return (1 if correction.row else 2) if correction.part.model is model else (4 if correction.row else 3)

    return sorted(todo, key=rank)


def _carry_out(todo: list[Correction]) -> list[Correction]:
    """All at once; if the database is against it one by one, some perhaps after others. Returns what did not go."""
    if _written(todo):
        return []
    left = todo
    while left:
        failed = [correction for correction in left if not _written([correction])]
        if len(failed) == len(left):
            break
        left = failed
    return left


def _written(todo: list[Correction]) -> bool:
    try:
        with transaction.atomic():
            apply_corrections(todo)
    except DatabaseError:
        return False
    return True


def _lead_back(merge: Merge) -> None:
    """Rows of tables without a history, old addresses among them, unless they lead elsewhere by now."""
    for label, pk, column, before in merge.moved:
        model = apps.get_model(label)
        if model not in event_models():
            rows = model._base_manager.filter(pk=pk, **{column: merge.target_id})
            if before is None:
                rows.delete()
            else:
                rows.update(**{column: before})


def _in_words(model: type[models.Model], done: list[Correction]) -> Undone:
    undone = Undone()
    others = []
    for correction in done:
        part, row, event = correction.part, correction.row, correction.event
        label = _label(part.model)
        if event is None:
            _count(undone.removed, label, row)
        elif row is None:
            _count(undone.again, label, part.model(pk=event.id))
        elif _only_moves(model, row, event):
            _count(undone.moved, label, row)
        else:
            others.append(correction)
    undone.changed = corrections_in_words(others)
    return undone


def _count(lines: dict[str, Line], label: str, row: Any) -> None:
    """One more of a table; the first few by the names they have now."""
    line = lines.setdefault(label, Line(label))
    line.moved += 1
    if len(line.names) < NAMES_SHOWN:
        line.names.append(_name_of(type(row)._base_manager.filter(pk=row.pk).first() or row))


def _label(model: type[models.Model]) -> str:
    """What the rows are, in the plural; a link is called after its field."""
    return str(kind_of(model) if model._meta.auto_created else model._meta.verbose_name_plural)


def _only_moves(model: type[models.Model], row: Any, event: Any) -> bool:
    """Whether the row just points to another of the merged rows."""
    fields = [f for f in row._meta.concrete_fields if hasattr(event, f.attname) and f.attname not in NEVER_RESTORED]
    changed = [f for f in fields if getattr(row, f.attname) != getattr(event, f.attname)]
    return type(row) is not model and all(f.related_model is model for f in changed)


def _title(part: Part, row: Any) -> str:
    """A row as it is now; one that is gone by what the history says of it."""
    now = part.model._base_manager.filter(pk=row.id).first()
    try:
        name = _name_of(now or part.model(**_values(row)))
    except ObjectDoesNotExist:  # what it belonged to is gone as well
        name = ""
    return f"{part.label} „{name}“" if name else part.label


def _name_of(row: Any) -> str:
    """A row in words; a link is called by what stands at its two ends."""
    if row._meta.auto_created:
        return " – ".join(str(getattr(row, f.name)) for f in row._meta.concrete_fields if f.is_relation)
    return str(row)
