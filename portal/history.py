"""What the database recorded about a thing: its row, its links and the rows inside it; and the way back (rule 11)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max
from pghistory.models import Event

# Kept by triggers, or never to be undone: a confidential place does not become public by going back.
NEVER_RESTORED = {"id", "public_id", "created_at", "updated_at", "version", "review_due", "lineage", "is_confidential"}


@dataclass(frozen=True)
class Part:
    """One table of a thing: its own row, its links to others, or rows inside it.

    `owner` is the column that names the thing, `other` the far end of a link ("" for rows that are not links).
    """

    model: type[models.Model]
    events: Any
    label: str
    owner: str
    other: str = ""

    @property
    def is_own(self) -> bool:
        return self.owner == "id"

    def recorded(self, pk: int) -> Any:
        key = "pgh_obj" if self.is_own else self.owner  # the same number, and this one has an index
        return self.events.objects.filter(**{key: pk})

    def fields(self) -> list[Any]:
        """The model's fields that the events hold, without what nobody types."""
        held = {field.attname for field in self.events._meta.concrete_fields}
        skipped = NEVER_RESTORED - {"is_confidential"} | {self.owner}
        return [f for f in self.model._meta.concrete_fields if f.attname in held and f.attname not in skipped]


@dataclass
class Step:
    """Everything one request (or one transaction of a program) changed, with the events before each."""

    number: int
    moment: datetime
    context: dict[str, Any]
    events: list[tuple[Part, Any, Any]] = field(default_factory=list)  # part, event, the row's event before


@cache
def event_models() -> dict[type[models.Model], Any]:
    """Event table by the concrete model whose rows it records."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Event):
            tracked: Any = model.pgh_tracked_model
            found[tracked._meta.concrete_model] = model
    return found


def parts_of(model: type[models.Model], children: Iterable[type[models.Model]] = ()) -> list[Part]:
    """The row itself, its own many-to-many links and the given kinds of rows inside it."""
    known = event_models()
    parts = [Part(model, known[model], str(model._meta.verbose_name), "id")]
    for link in model._meta.local_many_to_many:
        through: Any = link.remote_field.through
        if through._meta.auto_created and through in known:
            parts.append(
                Part(through, known[through], str(link.verbose_name), link.m2m_column_name(), link.m2m_reverse_name())
            )
    for child in children:
        owner = next(f for f in child._meta.concrete_fields if f.is_relation and f.related_model is model)
        parts.append(Part(child, known[child], str(child._meta.verbose_name), owner.attname))
    return parts


def stand_of(parts: list[Part], pk: int) -> str:
    """A token for the present state: it differs as soon as any part was changed, by whatever way."""
    newest = (part.recorded(pk).aggregate(newest=Max("pgh_id"))["newest"] or 0 for part in parts)
    return "-".join(str(number) for number in newest)


def steps_of(parts: list[Part], pk: int) -> list[Step]:
    """All steps, oldest first."""
    return _steps(parts, [(part, event) for part in parts for event in part.recorded(pk).select_related("pgh_context")])


def steps_since(parts: list[Part], pk: int, stand: str) -> list[Step]:
    """The steps after a token. Raises ValueError when the token is none."""
    marks = [int(number) for number in stand.split("-")]
    if len(marks) != len(parts):
        raise ValueError(stand)
    last = dict(zip(parts, marks, strict=True))
    steps = steps_of(parts, pk)
    for step in steps:
        step.events = [entry for entry in step.events if entry[1].pgh_id > last[entry[0]]]
    return [step for step in steps if step.events]


def _steps(parts: list[Part], found: list[tuple[Part, Any]]) -> list[Step]:
    order = {part: number for number, part in enumerate(parts)}
    found.sort(key=lambda entry: (entry[1].pgh_created_at, order[entry[0]], entry[1].pgh_id))
    steps: dict[Any, Step] = {}
    before: dict[Any, Any] = {}
    for part, event in found:
        # pgh_created_at is the start of the transaction, so it holds together what happened in one
        key = (event.pgh_created_at, event.pgh_context_id)
        if key not in steps:
            context = event.pgh_context.metadata if event.pgh_context else {}
            steps[key] = Step(len(steps) + 1, event.pgh_created_at, context)
        steps[key].events.append((part, event, before.get((part, event.id))))
        before[part, event.id] = None if event.pgh_label == "delete" else event
    return list(steps.values())


def state_after(steps: Iterable[Step]) -> dict[Part, dict[int, Any]]:
    """The rows that existed after the last of the steps, as their last events, by part and id."""
    state: dict[Part, dict[int, Any]] = {}
    for step in steps:
        for part, event, _before in step.events:
            rows = state.setdefault(part, {})
            if event.pgh_label == "delete":
                rows.pop(event.id, None)
            else:
                rows[event.id] = event
    return state


@dataclass(frozen=True)
class Correction:
    """One row to write or to remove on the way back; `event` is the wanted state, None to remove."""

    part: Part
    row: models.Model | None
    event: Any


def corrections(parts: list[Part], pk: int, wanted: dict[Part, dict[int, Any]]) -> Iterator[Correction]:
    """What must change now so that the thing is as it was; nothing when it already is."""
    for part in parts:
        rows = _present(part, pk)
        events = wanted.get(part, {})
        if part.other:
            events = {getattr(event, part.other): event for event in events.values()}
        elsewhere = _elsewhere(part, pk, rows.keys() ^ events.keys())
        for key in rows.keys() - events.keys() - elsewhere:
            yield Correction(part, rows[key], None)
        for key, event in events.items():
            row = rows.get(key)
            if key in elsewhere:
                continue
            if row is None or (not part.other and _differs(part, row, event)):
                yield Correction(part, row, event)


def _elsewhere(part: Part, pk: int, row_pks: Iterable[int]) -> set[int]:
    """Rows inside that belong to another thing now or came from one (a merge, a move): going back leaves them there."""
    if part.other or part.is_own:
        return set()
    now = part.model._base_manager.filter(pk__in=list(row_pks)).exclude(**{part.owner: pk})
    before = part.events.objects.filter(id__in=list(row_pks)).exclude(**{part.owner: pk})
    return {*now.values_list("pk", flat=True), *before.values_list("id", flat=True)}


def reversals(parts: list[Part], pk: int, step: Step) -> Iterator[Correction]:
    """What must change now to take back this one step and leave what came after it; the thing itself is never removed.

    A field that was changed again later gets the value from before the step: the preview says so.
    """
    first: dict[Any, Any] = {}
    last: dict[Any, Any] = {}
    for part, event, before in step.events:
        first.setdefault((part, event.id), before)
        last[part, event.id] = None if event.pgh_label == "delete" else event
    now = {part: _present(part, pk) for part in parts}
    for (part, row_pk), before in first.items():
        after = last[part, row_pk]
        key = getattr(before or after, part.other) if part.other and (before or after) else row_pk
        row = now[part].get(key)
        if before is None and row is not None and not part.is_own:
            yield Correction(part, row, None)
        elif before is not None and row is None:
            yield Correction(part, None, before)
        elif before is not None and after is not None and row is not None and not part.other:
            wanted = _with_old_values(part, row, before, after)
            if _differs(part, row, wanted):
                yield Correction(part, row, wanted)


def _present(part: Part, pk: int) -> dict[Any, Any]:
    """The part's rows now, by id, or by their far end for links."""
    rows = part.model._base_manager.filter(**{part.owner: pk})
    return {getattr(row, part.other or "pk"): row for row in rows}


def _with_old_values(part: Part, row: Any, before: Any, after: Any) -> Any:
    """The row as it is, but with what changed between the two events set back."""
    changed = {f.attname for f in _restorable(part) if getattr(before, f.attname) != getattr(after, f.attname)}
    values = {f.attname: getattr(before if f.attname in changed else row, f.attname) for f in _restorable(part)}
    return part.events(id=row.pk, **values)


def _differs(part: Part, row: models.Model, event: Any) -> bool:
    return any(getattr(row, f.attname) != getattr(event, f.attname) for f in _restorable(part))


def _restorable(part: Part) -> list[Any]:
    return [f for f in part.fields() if f.attname not in NEVER_RESTORED]


@transaction.atomic
def apply_corrections(found: Iterable[Correction]) -> None:
    """Write the corrections; the triggers record them as a new step.

    Raises IntegrityError when a row they need is gone or the database refuses the old state.
    """
    for correction in found:
        part, row, event = correction.part, correction.row, correction.event
        if event is None:
            assert row is not None  # noqa: S101  # corrections() pairs them so
            part.model._base_manager.filter(pk=row.pk).delete()
        elif row is not None:
            values = {f.attname: getattr(event, f.attname) for f in _restorable(part)}
            part.model._base_manager.filter(pk=row.pk).update(**values)
        else:
            held = {f.attname for f in event._meta.concrete_fields}
            columns = [f.attname for f in part.model._meta.concrete_fields if f.attname in held]
            new = part.model(**{column: getattr(event, column) for column in columns if column != "id"})
            if not part.other:
                new.pk = event.id
            new.save_base(raw=True, force_insert=True)
    connection.check_constraints()
