"""A past for a database of made-up offers: all of it as if recorded 60 days ago, a tenth changed 20 days ago."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from offers.models import Offer
from portal.history import event_models

RECORDED, CHANGED = 60, 20  # days ago


def give_a_past() -> None:
    """Move all that was recorded back, record what was loaded without a history, and some changes to offers."""
    known = event_models()
    tables: list[type[models.Model]] = [Offer, Offer.catchment.through, Offer.topics.through]
    for model in tables:
        _record(model, known[_concrete(model)], "insert", RECORDED)
    with connection.cursor() as cursor:
        for events in known.values():
            cursor.execute(f"UPDATE {events._meta.db_table} SET pgh_created_at = %s", [_ago(RECORDED)])  # noqa: S608
    _record(Offer, known[Offer], "update", CHANGED, "row.id %% 10 = 0", lifecycle="'regel'")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _record(model: type[models.Model], events: Any, label: str, days: int, which: str = "true", **instead: str) -> None:
    """Events of all rows that have none, or of some rows."""
    held = {field.column for field in events._meta.concrete_fields}
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column in held]
    values = [instead.get(column, f"row.{column}") for column in columns]
    table, history = model._meta.db_table, events._meta.db_table
    new = "" if label == "update" else f"AND NOT EXISTS (SELECT FROM {history} AS event WHERE event.id = row.id)"
    owner = ", row.id" if "pgh_obj_id" in held else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history} ({_list(columns)}, pgh_created_at, pgh_label{', pgh_obj_id' if owner else ''})"  # noqa: S608
            f" SELECT {', '.join(values)}, %s, %s{owner} FROM {table} AS row WHERE {which} {new}",
            [_ago(days), label],
        )


def _list(columns: Sequence[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, columns))


def _concrete(model: type[models.Model]) -> type[models.Model]:
    return model._meta.concrete_model or model


def _ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)
