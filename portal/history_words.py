"""The recorded changes in plain German: who, what, from what to what."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.ages import age_label
from portal.history import Correction, Part, Step


@dataclass
class Line:
    """One changed field: `before` and `after` in words, "" when there is nothing."""

    label: str
    before: str
    after: str


@dataclass
class Entry:
    """What happened to one row."""

    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Account:
    """A step as people read it."""

    step: Step
    who: str
    entries: list[Entry]


class Names:
    """Names of the rows that events point to, fetched once per table."""

    def __init__(self, wanted: Iterable[tuple[Any, Any]]) -> None:
        ids: dict[Any, set[Any]] = {}
        for model, pk in wanted:
            if pk is not None:
                ids.setdefault(model, set()).add(pk)
        self._found = {model: model._base_manager.in_bulk(pks) for model, pks in ids.items()}

    def of(self, model: Any, pk: Any) -> str:
        if pk is None:
            return ""
        return str(self._found[model].get(pk) or _("gelöscht (Nr. %(number)s)") % {"number": pk})


def accounts(steps: list[Step]) -> list[Account]:
    """The steps in words, in the given order."""
    names = Names(_pointers((part, row) for step in steps for part, *rows in step.events for row in rows))
    users = get_user_model()._default_manager.in_bulk({step.context.get("user") for step in steps} - {None})
    return [
        Account(
            step,
            _who(step.context, users),
            [entry for part, event, before in step.events if (entry := _entry(names, part, event, before))],
        )
        for step in steps
    ]


def corrections_in_words(found: list[Correction]) -> list[Entry]:
    """What going back would do."""
    names = Names(_pointers((c.part, row) for c in found for row in (c.row, c.event)))
    entries = []
    for correction in found:
        part, row, event = correction.part, correction.row, correction.event
        if part.other:
            entries.append(_link(names, part, event or row, added=event is not None))
        elif event is None:
            entries.append(Entry(_("%(what)s wird entfernt") % {"what": _title(part, row)}))
        elif row is None:
            title = _("%(what)s wird wieder angelegt") % {"what": _title(part, event)}
            entries.append(Entry(title, _lines(names, part, None, event)))
        else:
            lines = [line for line in _lines(names, part, row, event) if line.label != _confidential(part)]
            entries.append(Entry(_("%(what)s wird geändert") % {"what": _title(part, event)}, lines))
    return entries


def _confidential(part: Part) -> str:
    return next((str(f.verbose_name) for f in part.fields() if f.attname == "is_confidential"), "")


def _pointers(rows: Iterable[tuple[Part, Any]]) -> Iterable[tuple[Any, Any]]:
    for part, row in rows:
        if row is not None:
            for f in part.fields():
                if f.is_relation:
                    yield f.related_model, getattr(row, f.attname)


def _who(context: dict[str, Any], users: dict[Any, Any]) -> str:
    if pk := context.get("user"):
        user = users.get(pk)
        return user.get_full_name() or user.get_username() if user else _("gelöschtes Konto %(id)s") % {"id": pk}
    return _("jemand ohne Anmeldung") if context.get("url") else _("ein Programm oder die Datenbank")


def _entry(names: Names, part: Part, event: Any, before: Any) -> Entry | None:
    if part.other:
        return _link(names, part, event, added=event.pgh_label != "delete")
    if event.pgh_label == "delete":
        return Entry(_("%(what)s gelöscht") % {"what": _title(part, event)})
    lines = _lines(names, part, before, event)
    if event.pgh_label == "insert":
        return Entry(_("%(what)s angelegt") % {"what": _title(part, event)}, lines)
    if not lines and part.is_own:
        return None  # only a new version number: the change itself stands beside it
    return Entry(_("%(what)s geändert") % {"what": _title(part, event)}, lines)


def _title(part: Part, row: Any) -> str:
    name = next((str(getattr(row, key)) for key in ("title", "name", "label") if getattr(row, key, "")), "")
    return f"{part.label} „{name}“" if name else part.label


def _link(names: Names, part: Part, row: Any, *, added: bool) -> Entry:
    other = next(f for f in part.model._meta.concrete_fields if f.attname == part.other)
    name = names.of(other.related_model, getattr(row, part.other))
    return Entry(part.label, [Line("", "", name) if added else Line("", name, "")])


def _lines(names: Names, part: Part, before: Any, after: Any) -> list[Line]:
    lines = []
    for f in part.fields():
        old, new = (None if row is None else getattr(row, f.attname) for row in (before, after))
        if old != new:
            line = Line(str(f.verbose_name), in_words(names, f, old), in_words(names, f, new))
            if line.before != line.after:
                lines.append(line)
    return lines


def in_words(names: Names, f: Any, value: Any) -> str:
    """A field's value as the admin would say it."""
    if value is None or value == "" or value == []:
        return ""
    if f.is_relation:
        return names.of(f.related_model, value)
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, NumericRange):
        return age_label(value)
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(f, models.JSONField)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ", ".join(_choice(f.base_field, item) for item in value)
    return _choice(f, value)


def _choice(f: "models.Field[Any, Any]", value: Any) -> str:
    label = dict(f.flatchoices).get(value)
    if label is not None:
        return str(label)
    if hasattr(value, "tzinfo") and hasattr(value, "year"):
        value = localtime(value)
    return str(localize(value))
