"""What a request changed in the tables, without what is new at every turn: keys, moments, random tokens."""

import re
import uuid
from collections import Counter
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from pghistory.models import Event

Row = tuple[str, ...]
NOT_COMPARED = {"sessions", "pghistory", "procrastinate"}
RANDOM = {
    "reference", "confirm_token", "password", "session_key", "stamp", "token", "public_id",
    "object_id", "lineage", "moved", "data", "digest",  # hold keys of new rows, or secrets
}  # fmt: skip
TOLD = {"subject", "path", "body"}  # of notices, which name the number of a case
CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|(\d{9,}-\w+|:\w{6}):[\w-]{43}")  # ids and signed stamps


class Rows:
    """The tables as they stand when this is made; a transaction must be open, and stay so."""

    def __init__(self) -> None:
        self._start = timezone.now()
        self._models: dict[str, Any] = {
            model._meta.db_table: model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not issubclass(model, Event) and model._meta.app_label not in NOT_COMPARED
        }
        self._known = {
            table: set(model._base_manager.values_list("pk", flat=True)) for table, model in self._models.items()
        }
        self._before = {table: self._rows(table) for table in self._models}

    def writes(self) -> dict[str, int]:
        """How often each table was written to in this transaction, also by what was taken back."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
            return dict(cursor.fetchall())

    def changed(self, writes: dict[str, int]) -> Counter[Row]:
        """The rows that came (+) and went (-) in the tables written to since then."""
        found: Counter[Row] = Counter()
        for table, count in self.writes().items():
            if table in self._models and count != writes.get(table, 0):
                now = self._rows(table)
                found.update({("+", table, *row): times for row, times in (now - self._before[table]).items()})
                found.update({("-", table, *row): times for row, times in (self._before[table] - now).items()})
        return found

    def _rows(self, table: str) -> Counter[Row]:
        model = self._models[table]
        fields = [f for f in model._meta.concrete_fields if f.name not in RANDOM | TOLD]
        rows = model._base_manager.values_list("pk", *(f.attname for f in fields))
        return Counter(
            tuple(self._steady(f, value, pk) for f, value in zip(fields, row, strict=True)) for pk, *row in rows
        )

    def _steady(self, f: "models.Field[Any, Any]", value: Any, pk: Any) -> str:
        target: Any = f.remote_field.model if f.remote_field else f.model if f.primary_key else None
        if target is not None and value is not None:
            known = self._known.get(target._meta.db_table, ())
            value = value if value in known else "neu"
        elif isinstance(value, datetime) and value >= self._start:
            value = "jetzt"
        elif isinstance(value, uuid.UUID) and pk not in self._known[f.model._meta.db_table]:
            value = "neu"
        return f"{f.name}={CHANGING.sub('neu', repr(value))}"
