"""Making several rows one: whole, in one transaction, or not at all.

Models may say more than the database knows:
`merge_fixed(rows)` – values that hold whatever was chosen (a confidential place stays one);
`pointing(field, pk)` – the values a row has when `field` points to another row, None when it then makes no sense;
`absorb(other)` – what a row takes over from its double; returns values with which the double may stay after all;
`after_merge()` – called on the row that stays.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pghistory
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from portal.bases import FormerSlug
from portal.history import NEVER_RESTORED
from portal.merging.models import Merge
from portal.merging.relations import Fate, Relation, relations
from portal.models import PackEntry

ALL = 0  # chosen instead of one row's number: the links or inner rows of all
NAMES_SHOWN = 8
NEVER_CHOSEN = NEVER_RESTORED - {"is_confidential"} | {"slug"}


@dataclass
class Line:
    """What happened to the rows of one table: how many were led over, and the names of some of them."""

    label: str
    moved: int = 0
    names: list[str] = field(default_factory=list)
    dropped: int = 0  # they stood with the row that stays already
    dropped_names: list[str] = field(default_factory=list)

    def note(self, names: Sequence[str]) -> None:
        self.moved += len(names)
        self.names = [*self.names, *names][:NAMES_SHOWN]

    def drop(self, name: str) -> None:
        self.dropped += 1
        self.dropped_names = [*self.dropped_names, name][:NAMES_SHOWN]


class StillNeededError(Exception):
    """Something would be lost with the row that goes: a table that nobody thought of."""


@dataclass
class _Work:
    """One merge under way."""

    kept: Any
    gone: list[Any]
    chosen: Collection[type[models.Model]]
    forgotten: Collection[type[models.Model]]
    choice: Mapping[str, int]
    moved: list[list[Any]] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)

    @property
    def gone_pks(self) -> list[int]:
        return [row.pk for row in self.gone]

    def line(self, relation: Relation) -> Line:
        return self.lines.setdefault(relation.label, Line(relation.label))

    def all_with(self, fate: Fate) -> list[Relation]:
        return [r for r in relations(type(self.kept), self.chosen, self.forgotten) if r.fate == fate]


@transaction.atomic
def merge(
    *,
    kept: models.Model,
    gone: Sequence[models.Model],
    choice: Mapping[str, int],
    by: User,
    chosen: Collection[type[models.Model]] = (),
    forgotten: Collection[type[models.Model]] = (),
    names_of: Callable[[Any], Collection[str]] = lambda row: (),
) -> Merge:
    """Make `kept` the only one. `choice` maps field names (and tables in `chosen` by model name) to the number of the
    row whose value holds, or ALL; what it does not name stays as in `kept`. `names_of` are more names, beside its slug,
    under which the public knows a row.

    Raises ValidationError when the chosen values do not go together, StillNeededError.
    """
    with pghistory.context(merge=True) as context:  # a request's own, if there is one
        done = _merge(kept, gone, choice, chosen, forgotten, names_of)
        done.merged_by, done.context = by, context.id
        done.save()
    return done


def _merge(
    kept: models.Model,
    gone: Sequence[models.Model],
    choice: Mapping[str, int],
    chosen: Collection[type[models.Model]],
    forgotten: Collection[type[models.Model]],
    names_of: Callable[[Any], Collection[str]],
) -> Merge:
    rows = {row.pk: row for row in _locked(type(kept), [kept, *gone])}
    work = _Work(rows[kept.pk], [rows[row.pk] for row in gone], chosen, forgotten, choice)
    _take_values(work)
    _take_parts(work)
    _lead_over(work)
    _rename(work, names_of)
    names = [{"id": row.pk, "name": str(row)[:200]} for row in work.gone]
    _remove(work)
    work.kept.full_clean(exclude=["slug", *(f.name for f in work.kept._meta.concrete_fields if not f.editable)])
    work.kept.save()
    _break_circles(work.kept)
    if hasattr(work.kept, "after_merge"):
        work.kept.after_merge()
    return Merge(
        kind=work.kept._meta.label_lower,
        target_id=work.kept.pk,
        name=str(work.kept)[:200],
        gone=names,
        moved=work.moved,
        report=[asdict(line) for line in work.lines.values() if line.moved or line.dropped],
    )


def _locked(model: type[models.Model], rows: Sequence[models.Model]) -> list[Any]:
    """Always in the same order, so that two merges never wait for each other."""
    pks = [row.pk for row in rows]
    return list(model._base_manager.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)))


def _take_values(work: _Work) -> None:
    by_pk = {row.pk: row for row in [work.kept, *work.gone]}
    fixed = fixed_values(list(by_pk.values()))
    for f in choosable(type(work.kept)):
        value = getattr(by_pk[work.choice.get(f.name) or work.kept.pk], f.attname)
        if f.related_model is type(work.kept) and value in by_pk:
            value = None  # nobody belongs to itself
        setattr(work.kept, f.attname, value)
    for name, value in fixed.items():
        setattr(work.kept, name, value)
    if fixed:  # the others first, so that their history holds no more than the one that stays
        type(work.kept)._base_manager.filter(pk__in=work.gone_pks).update(**fixed)


def fixed_values(rows: Sequence[Any]) -> dict[str, Any]:
    """What holds for the merged row whatever is chosen."""
    rule = getattr(type(rows[0]), "merge_fixed", None)
    return rule(rows) if rule else {}


def choosable(model: type[models.Model]) -> list[Any]:
    """The columns people choose between."""
    return [f for f in model._meta.concrete_fields if f.attname not in NEVER_CHOSEN and (f.editable or f.is_relation)]


def _take_parts(work: _Work) -> None:
    """Links of its own and rows inside it: those of the chosen row, or of all."""
    for link in type(work.kept)._meta.local_many_to_many:
        far = getattr(work.kept, link.name)
        wanted = work.choice.get(link.name, work.kept.pk)
        sources = [row for row in [work.kept, *work.gone] if wanted in (ALL, row.pk)]
        far.set({item for row in sources for item in getattr(row, link.name).all()})
    for relation in work.all_with(Fate.CHOOSE):
        if relation.model in work.chosen:
            wanted = work.choice.get(relation.model.__name__, work.kept.pk)
            pks = [row.pk for row in [work.kept, *work.gone] if wanted in (ALL, row.pk)]
            unwanted = relation.of([row.pk for row in [work.kept, *work.gone] if row.pk not in pks])
            for row in unwanted:
                work.line(relation).drop(relation.name_of(row))
                _delete_alone(row)
            _lead(work, relation)


def _lead_over(work: _Work) -> None:
    """Until nothing points to the rows that go: a row with two such columns may need two rounds."""
    own = [work.kept.pk, *work.gone_pks]
    for relation in work.all_with(Fate.MOVE):
        if relation.model is type(work.kept):  # among themselves there is nothing to keep
            relation.of(work.gone_pks).filter(pk__in=own).update(**{relation.field.attname: None})
    for _round in range(len(work.gone) + 2):
        found = [relation for relation in work.all_with(Fate.MOVE) if relation.of(work.gone_pks).exists()]
        if not found:
            return
        for relation in found:
            _lead(work, relation)
    raise StillNeededError(", ".join(relation.label for relation in found))


def _lead(work: _Work, relation: Relation) -> None:
    rows = list(relation.of(work.gone_pks))
    names = [relation.name_of(row) for row in rows[:NAMES_SHOWN]]
    if not hasattr(relation.model, "pointing") and _all_at_once(work, relation, rows):
        work.line(relation).note([*names, *([""] * (len(rows) - len(names)))])
        return
    for row in rows:
        name = relation.name_of(row)
        if _one(work, relation, row):
            work.line(relation).note([name])
        else:
            work.line(relation).drop(name)


def _all_at_once(work: _Work, relation: Relation, rows: list[Any]) -> bool:
    """False when a rule of the database is against it."""
    try:
        with transaction.atomic():
            relation.of(work.gone_pks).update(**{relation.field.attname: work.kept.pk})
    except IntegrityError:
        return False
    work.moved += [_memory(relation, row) for row in rows]
    return True


def _memory(relation: Relation, row: Any) -> list[Any]:
    return [relation.model._meta.label_lower, row.pk, relation.field.attname, getattr(row, relation.field.attname)]


def _one(work: _Work, relation: Relation, row: Any) -> bool:
    """Lead one row over; False when it went because the row that stays has one like it, or it makes no sense there."""
    ask = getattr(row, "pointing", None)
    values = ask(relation.field.name, work.kept.pk) if ask else {relation.field.attname: work.kept.pk}
    if values is not None and _written(relation, row, values):
        work.moved.append(_memory(relation, row))
        return True
    twin = _twin(relation, row, work.kept.pk)
    if twin is not None:
        leftover = _absorb(twin, row)
        if leftover and _written(relation, row, {**(values or {}), **leftover}):
            work.moved.append(_memory(relation, row))
            return True
    elif relation.field.null and _written(relation, row, {relation.field.attname: None}):
        return False
    _delete_alone(row)
    return False


def _written(relation: Relation, row: Any, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            relation.model._base_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return False
    return True


def _twin(relation: Relation, row: Any, kept: int) -> Any:
    """The row that stands where this one would, by one of the table's rules of uniqueness."""
    meta: Any = relation.model._meta
    rules = [(rule.fields, rule.condition) for rule in meta.constraints if isinstance(rule, models.UniqueConstraint)]
    alone = [((relation.field.name,), None)] if relation.field.unique else []
    for names, condition in [*rules, *alone, *((group, None) for group in meta.unique_together)]:
        if relation.field.name in names:
            same = {name: getattr(row, meta.get_field(name).attname) for name in names}
            found = relation.model._base_manager.filter(**(same | {relation.field.name: kept})).exclude(pk=row.pk)
            twin = (found.filter(condition) if condition is not None else found).first()
            if twin is not None:
                return twin
    return None


def _absorb(twin: Any, row: Any) -> dict[str, Any] | None:
    """Fill what is empty in the one from the other, and what the model says more."""
    for f in twin._meta.concrete_fields:
        if f.attname not in NEVER_CHOSEN and not f.unique and getattr(twin, f.attname) in (None, "", []):
            setattr(twin, f.attname, getattr(row, f.attname))
    more = twin.absorb(row) if hasattr(twin, "absorb") else None
    twin.save()
    return more


def _rename(work: _Work, names_of: Callable[[Any], Collection[str]]) -> None:
    """Names under which the others were known lead to the one that stays, also those they had before."""
    kind, now, kept = work.kept._meta.label_lower, timezone.now(), work.kept.pk
    for names in (FormerSlug.objects.filter(kind=kind), PackEntry.objects.filter(model__iexact=kind)):
        for name in names.filter(target_id__in=work.gone_pks):
            _lead_name(work, name)
    for row in work.gone:
        for slug in {getattr(row, "slug", ""), *names_of(row)} - {""}:
            known = FormerSlug.objects.filter(kind=kind, slug=slug).first()
            if known:
                _lead_name(work, known)
            else:
                made = FormerSlug.objects.create(kind=kind, slug=slug, target_id=kept, created_at=now)
                work.moved.append([FormerSlug._meta.label_lower, made.pk, "target_id", None])


def _lead_name(work: _Work, name: FormerSlug | PackEntry) -> None:
    work.moved.append([name._meta.label_lower, name.pk, "target_id", name.target_id])
    name.target_id = work.kept.pk
    name.save(update_fields=["target_id"])


def _remove(work: _Work) -> None:
    """The rows that go, with what a program made of them and their own links, and nothing else."""
    for fate in (Fate.CHOOSE, Fate.FORGET):  # in this order: a link that goes makes a program write again
        for relation in work.all_with(fate):
            relation.of(work.gone_pks).delete()
    for row in work.gone:
        _delete_alone(row)


def _delete_alone(row: Any) -> None:
    collector = Collector(using="default", origin=row)
    collector.collect([row])
    others = [str(other) for model, found in collector.data.items() for other in found if other != row]
    others += [str(found.model) for found in collector.fast_deletes if found.exists()]
    if others:
        raise StillNeededError(", ".join(others[:NAMES_SHOWN]))
    row.delete()


def _break_circles(kept: Any) -> None:
    """The row that stays belongs to nothing that now belongs to it."""
    for f in kept._meta.concrete_fields:
        if f.related_model is type(kept):
            above, seen = getattr(kept, f.name), set()
            while above is not None and above.pk not in seen and above != kept:
                seen.add(above.pk)
                above = getattr(above, f.name)
            if above is not None:
                setattr(kept, f.attname, None)
                kept.save()
