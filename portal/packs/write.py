"""Write the rows of one pack file, leaving alone what staff changed since the last load."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, models, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from portal.models import PackEntry
from portal.packs.columns import PackFile, References
from portal.packs.parse import Parsed
from portal.packs.reader import Problem

Ids = dict[str, dict[str, int | None]]
"""Model label → key of the pack → id; None for a row that staff deleted."""


@dataclass
class FileReport:
    """What happened to the rows of a file; `left_alone` holds one sentence for each row that was not touched."""

    name: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left_alone: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.changed + self.unchanged + len(self.left_alone)

    def __str__(self) -> str:
        parts = [(self.created, "neu"), (self.changed, "geändert"), (self.unchanged, "unverändert")]
        said = [f"{count} {word}" for count, word in parts if count]
        said += [f"{len(self.left_alone)} nicht angefasst"] if self.left_alone else []
        return f"{self.name}: {', '.join(said) or 'keine Zeilen'}"


class Plain(DjangoJSONEncoder):
    """JSON for every kind of value a pack can hold."""

    def default(self, o: Any) -> Any:
        return [o.lower, o.upper] if isinstance(o, NumericRange) else super().default(o)


def fingerprint(state: Mapping[str, Any]) -> str:
    """A hash over field values; links are sorted lists of ids."""
    text = json.dumps(state, cls=Plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class FileWriter:
    """Brings the rows of one file into the database and notes what it wrote in `PackEntry`."""

    def __init__(self, file: PackFile, ids: Ids) -> None:
        self.file = file
        self.model: type[models.Model] = apps.get_model(file.model)
        self.links = [part.field for part in file.references if isinstance(part, References)]
        self.ids = ids
        self.known = ids.setdefault(file.model, {})
        self.report = FileReport(file.name)
        self.problems: list[Problem] = []
        self._entries = {entry.key: entry for entry in PackEntry.objects.filter(model=file.model)}
        self._stale: list[PackEntry] = []
        self._fresh: list[PackEntry] = []
        targets = [entry.target_id for entry in self._entries.values()]
        rows = self.model._default_manager.select_for_update(of=("self",)).filter(pk__in=targets)
        self._rows = {row.pk: row for row in rows}
        self._linked = {name: self._present_links(name, targets) for name in self.links}

    def write(self, rows: list[Parsed]) -> None:
        """Create, change or leave alone each row."""
        for row in rows:
            try:
                with transaction.atomic():
                    self._write_row(row)
            except ValidationError as error:
                self._complain(row, error)
            except DatabaseError as error:
                reason = str(error).strip().splitlines()[0]
                self.problems.append(Problem(self.file.name, row.line, "", f"Die Datenbank lehnt ab: {reason}"))
        self._note_missing({row.key for row in rows})
        PackEntry.objects.bulk_create(self._fresh)
        PackEntry.objects.bulk_update(self._stale, ["fingerprint", "loaded_at"])

    def _write_row(self, row: Parsed) -> None:
        if row.broken or self._needs_broken_row(row):
            self._check(row)
            return
        wanted = self._wanted(row)
        entry = self._entries.get(row.key)
        if wanted is None:
            self.known[row.key] = entry.target_id if entry and entry.target_id in self._rows else None
            self._leave(row, "gehört zu etwas, das im Portal gelöscht wurde")
        elif entry is None:
            self._add(row, wanted)
        elif entry.target_id not in self._rows:
            self.known[row.key] = None
            self._leave(row, "im Portal gelöscht, bleibt gelöscht")
        else:
            self.known[row.key] = entry.target_id
            self._refresh(row, wanted, entry)

    def _needs_broken_row(self, row: Parsed) -> bool:
        return any(key not in self.ids[part.to] for part in self.file.references for key in row.references[part.field])

    def _check(self, row: Parsed) -> None:
        """Check the readable values of a row that is not loaded; raises ValidationError."""
        target = self.model()
        for name, value in row.values.items():
            setattr(target, name, value)
        target.clean_fields(exclude={field.name for field in self.model._meta.fields} - set(row.values))

    def _wanted(self, row: Parsed) -> dict[str, Any] | None:
        """The state the pack asks for, references as ids; None when a required one was deleted by staff."""
        state = dict(row.values)
        for part in self.file.references:
            keys = row.references[part.field]
            found = [self.ids[part.to].get(key) for key in keys]
            if part.field in self.links:
                state[part.field] = sorted({pk for pk in found if pk is not None})
            else:
                state[part.field] = found[0] if found else None
                target = self.model._meta.get_field(part.field)
                if keys and found[0] is None and not getattr(target, "null", False):
                    return None
        return state

    def _add(self, row: Parsed, wanted: dict[str, Any]) -> None:
        existing = self._entered_by_hand(wanted)
        if existing is None:
            existing = self.model()
            self._store(existing, wanted, list(wanted))
            self.report.created += 1
        else:
            links = {name: self._present_links(name, [existing.pk]) for name in self.links}
            if fingerprint(self._state(existing, links)) != fingerprint(wanted):
                self.known[row.key] = existing.pk
                self._leave(row, "im Portal von Hand angelegt")
                return
            self.report.unchanged += 1
        self.known[row.key] = existing.pk
        self._fresh.append(
            PackEntry(model=self.file.model, key=row.key, target_id=existing.pk, fingerprint=fingerprint(wanted))
        )

    def _refresh(self, row: Parsed, wanted: dict[str, Any], entry: PackEntry) -> None:
        target = self._rows[entry.target_id]
        present = self._state(target, self._linked)
        differing = [name for name in wanted if fingerprint({"": wanted[name]}) != fingerprint({"": present[name]})]
        if differing and fingerprint(present) != entry.fingerprint:
            names = ", ".join(str(self.model._meta.get_field(name).verbose_name) for name in differing)  # type: ignore[union-attr]  # only real fields are loaded
            self._leave(row, f"im Portal bearbeitet ({names})")
            return
        if differing:
            self._store(target, wanted, differing)
            self.report.changed += 1
        else:
            self.report.unchanged += 1
        if fingerprint(wanted) != entry.fingerprint:
            entry.fingerprint, entry.loaded_at = fingerprint(wanted), timezone.now()
            self._stale.append(entry)

    def _store(self, target: models.Model, wanted: dict[str, Any], names: list[str]) -> None:
        """Check and save the named fields; raises ValidationError."""
        columns = [name for name in names if name not in self.links]
        for name in columns:
            setattr(target, self._attribute(name), wanted[name])
        target.full_clean()
        if target.pk is None:
            target.save()
        elif columns:
            target.save(update_fields=columns)
        for name in set(names) & set(self.links):
            getattr(target, name).set(wanted[name])

    def _state(self, target: models.Model, linked: Mapping[str, Mapping[int, list[int]]]) -> dict[str, Any]:
        """What the database holds now in the fields the pack fills."""
        names = [*self.file.fixed, *(part.field for part in self.file.content if part.field)]
        return {
            name: linked[name].get(target.pk, []) if name in self.links else getattr(target, self._attribute(name))
            for name in names
        }

    def _attribute(self, name: str) -> str:
        return str(getattr(self.model._meta.get_field(name), "attname", name))

    def _present_links(self, name: str, pks: list[int]) -> dict[int, list[int]]:
        links: dict[int, list[int]] = {}
        pairs = self.model._default_manager.filter(pk__in=pks).order_by("pk", name).values_list("pk", name)
        for pk, other in pairs:
            if other is not None:
                links.setdefault(pk, []).append(other)
        return {pk: sorted(others) for pk, others in links.items()}

    def _entered_by_hand(self, wanted: dict[str, Any]) -> models.Model | None:
        if not self.file.natural:
            return None
        same = {self._attribute(name): wanted[name] for name in self.file.natural}
        return self.model._default_manager.filter(**same).order_by("pk").first()

    def _note_missing(self, keys: set[str]) -> None:
        for key, entry in sorted(self._entries.items()):
            if key not in keys and entry.target_id in self._rows:
                self.report.left_alone.append(f"{key}: nicht mehr im Paket, bleibt im Portal")

    def _leave(self, row: Parsed, why: str) -> None:
        self.report.left_alone.append(f"{row.key}: {why}")

    def _complain(self, row: Parsed, error: ValidationError) -> None:
        for name, messages in error.message_dict.items():
            column = "" if name == NON_FIELD_ERRORS else self.file.column_of(name) or name
            self.problems += [Problem(self.file.name, row.line, column, message) for message in messages]
