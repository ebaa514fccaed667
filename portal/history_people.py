"""Who did what: everything one person changed, request by request, in a fixed number of statements a page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import admin
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from pghistory.models import Context
from psycopg import sql

from portal.history import event_models

SHOWN = 25  # things named for one request; the rest is counted


@dataclass
class Deed:
    """One row a request touched: what it is called, what became of it, and where its history stands ("" for none)."""

    title: str
    verb: str
    url: str


@dataclass
class Work:
    """What one request changed; `more` counts what is not named."""

    moment: Any
    deeds: list[Deed] = field(default_factory=list)
    more: int = 0


def requests_of(person: int, day: date | None = None) -> Any:
    """The person's requests that changed something, newest first."""
    found = Context.objects.filter(metadata__user=person).order_by("-created_at", "pk")
    return found.filter(created_at__date=day) if day else found


def works(contexts: Iterable[Any]) -> list[Work]:
    """What these requests changed, in their order."""
    by_context = {context.pk: Work(context.created_at) for context in contexts}
    events = {model._meta.db_table: (tracked, model) for tracked, model in event_models().items()}
    hits: dict[str, list[int]] = {}
    found = _events(list(events), list(by_context))
    for table, pk, _context in found:
        hits.setdefault(table, []).append(pk)
    rows = {table: events[table][1].objects.in_bulk(pks) for table, pks in hits.items()}
    seen: set[Any] = set()
    for table, pk, context in found:
        tracked, _model = events[table]
        event = rows[table].get(pk)
        key = (context, table, getattr(event, "id", None), getattr(event, "pgh_label", ""))
        if event is None or key in seen:
            continue
        seen.add(key)
        work = by_context[context]
        if len(work.deeds) < SHOWN:
            work.deeds.append(_deed(tracked, event))
        else:
            work.more += 1
    return list(by_context.values())


def _events(tables: list[str], contexts: list[Any]) -> list[tuple[str, int, Any]]:
    """Table, number and request of all events of the requests: one statement over all event tables."""
    if not contexts:
        return []
    each = [
        sql.SQL(
            "SELECT {name}::text, pgh_id, pgh_context_id FROM {table} WHERE pgh_context_id = ANY(%(contexts)s)"
        ).format(name=sql.Literal(table), table=sql.Identifier(table))
        for table in tables
    ]
    statement = sql.SQL(" UNION ALL ").join(each) + sql.SQL(" ORDER BY 1, 2")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"contexts": contexts})
        return list(cursor.fetchall())


def _deed(tracked: Any, event: Any) -> Deed:
    verbs = {"insert": _("angelegt"), "update": _("geändert"), "delete": _("gelöscht")}
    keys = ("title", "name", "label", "reference", "code", "subject", "text")
    name = next((str(getattr(event, key)) for key in keys if getattr(event, key, "")), "")
    what = str(kind_of(tracked))
    return Deed(
        f"{what} „{name[:80]}“" if name else what, verbs.get(event.pgh_label, event.pgh_label), _history(tracked, event)
    )


def kind_of(tracked: Any) -> Any:
    """What the row is called; a link is called after the field it belongs to."""
    owner = tracked._meta.auto_created
    if not owner:
        return tracked._meta.verbose_name
    link = next((f for f in owner._meta.local_many_to_many if f.remote_field.through is tracked), None)
    return f"{owner._meta.verbose_name}: {link.verbose_name}" if link else tracked._meta.verbose_name


def _history(tracked: Any, event: Any) -> str:
    """Of the row itself, or of the row whose link it is."""
    model, pk = tracked, event.id
    owner = tracked._meta.auto_created
    if owner:
        link = next((f for f in owner._meta.local_many_to_many if f.remote_field.through is tracked), None)
        if link is None:
            return ""
        model, pk = owner, getattr(event, link.m2m_column_name())
    gone = event.pgh_label == "delete" and not owner
    if gone or model not in admin.site._registry:
        return ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[pk])
    except NoReverseMatch:
        return ""
