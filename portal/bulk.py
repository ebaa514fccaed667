"""One change to many rows in the admin: first what would change in which row, then it changes, all or nothing.

The preview is the change itself, taken back: so it shows what triggers and rules of the database make of it, too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.history import NEVER_RESTORED
from portal.history_words import Line, Names, in_words

MOST = 500  # rows at once: what somebody can still look through
UNTOLD = NEVER_RESTORED - {"review_due", "is_confidential"} | {"slug"}


class BulkChange:
    """What can be done with many rows; `form` asks for what is needed."""

    name = ""
    label: Any = ""
    explanation: Any = ""
    form: type[forms.Form] = forms.Form

    def apply(self, row: Any, values: dict[str, Any], by: Any) -> None:
        """Change the row (it is locked). Raises ValidationError with the reason why that row cannot be changed."""
        raise NotImplementedError


class ConfirmFacts(BulkChange):
    """For rows with a source: their owner has said today that they are true."""

    name = "confirm_facts"
    label = gettext_lazy("Vom Träger bestätigt")
    explanation = gettext_lazy("Der Träger hat Ihnen gesagt, dass die Angaben stimmen. Die Seite sagt dann nicht mehr: "
                               "noch nicht bestätigt.")  # fmt: skip

    def apply(self, row: Any, values: dict[str, Any], by: Any) -> None:
        type(row)._base_manager.filter(pk=row.pk).update(confirmed_on=timezone.localdate())


@dataclass
class Outcome:
    """One row with what changes in it, or why it does not."""

    row: Any
    lines: list[Line] = field(default_factory=list)
    refused: str = ""


def carry_out(change: BulkChange, rows: Sequence[Any], values: dict[str, Any], by: Any) -> list[Outcome]:
    """Apply the change to all rows it fits; call it in a transaction."""
    outcomes = [Outcome(row) for row in rows]
    before = _facts(rows)
    for outcome in outcomes:
        try:
            with transaction.atomic():
                change.apply(outcome.row, values, by)
        except ValidationError as reason:
            outcome.refused = " ".join(reason.messages)
    after = _facts(rows)
    for outcome in outcomes:
        pairs = zip(before[outcome.row.pk], after[outcome.row.pk], strict=True)
        outcome.lines = [Line(label, old, new) for (label, old), (_label, new) in pairs if old != new]
    return outcomes


def _facts(rows: Sequence[Any]) -> dict[int, list[tuple[str, str]]]:
    """Label and words of every column and link, as the database has them now."""
    model = type(rows[0])
    links = model._meta.local_many_to_many
    found = model._base_manager.filter(pk__in=[row.pk for row in rows]).prefetch_related(*(link.name for link in links))
    fields = [f for f in model._meta.concrete_fields if f.attname not in UNTOLD and f.name not in UNTOLD]
    fresh = list(found)
    names = Names((f.related_model, getattr(row, f.attname)) for f in fields if f.is_relation for row in fresh)
    return {
        row.pk: [
            *((capfirst(str(f.verbose_name)), in_words(names, f, getattr(row, f.attname))) for f in fields),
            *((capfirst(str(link.verbose_name)), _named(getattr(row, link.name).all())) for link in links),
        ]
        for row in fresh
    }


def _named(rows: Sequence[Any]) -> str:
    return ", ".join(sorted(str(row) for row in rows))


class BulkMixin:
    """For a RecordedAdmin: its `bulk_changes` stand among the actions of the list."""

    bulk_changes: tuple[BulkChange, ...] = ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]  # from ModelAdmin
        if self.has_change_permission(request):  # type: ignore[attr-defined]  # from ModelAdmin
            ours = {change.name: (_action(change), change.name, change.label) for change in self.bulk_changes}
            actions = ours | actions
        return actions

    def bulk_view(self, request: HttpRequest, queryset: "models.QuerySet[Any]", change: BulkChange) -> Any:
        """The page between choosing and changing; None when it is done."""
        admin: Any = self
        if not admin.has_change_permission(request):
            raise PermissionDenied
        pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if len(pks) > MOST:
            words = _("Das sind zu viele auf einmal. Bitte wählen Sie höchstens %(most)d.") % {"most": MOST}
            messages.warning(request, words)
            return None
        asked = "gefragt" in request.POST or not change.form.base_fields
        form = change.form(request.POST if "gefragt" in request.POST else None)
        outcomes: list[Outcome] = []
        stand, changed_meanwhile = "", False
        if asked and (not change.form.base_fields or form.is_valid()):
            values = form.cleaned_data if change.form.base_fields else {}
            with transaction.atomic():
                rows = list(admin.model._base_manager.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)))
                outcomes = carry_out(change, rows, values, request.user)
                stand = _stand(outcomes)
                changed_meanwhile = "ja" in request.POST and request.POST.get("stand") != stand
                really = "ja" in request.POST and not changed_meanwhile
                transaction.set_rollback(not really)
            if really:
                self._say(request, outcomes)
                return None
        context = {
            **admin.admin_site.each_context(request),
            "title": change.label,
            "opts": admin.opts,
            "change": change,
            "form": form,
            "pks": pks,
            "stand": stand,
            "changed_meanwhile": changed_meanwhile,
            "changing": [outcome for outcome in outcomes if outcome.lines],
            "same": [outcome for outcome in outcomes if not outcome.lines and not outcome.refused],
            "refused": [outcome for outcome in outcomes if outcome.refused],
            "asked": bool(outcomes),
        }
        return TemplateResponse(request, "admin/bulk.html", context)

    def _say(self, request: HttpRequest, outcomes: list[Outcome]) -> None:
        count = sum(bool(outcome.lines) for outcome in outcomes)
        words = ngettext("%(count)d Eintrag ist geändert.", "%(count)d Einträge sind geändert.", count)
        left = len(outcomes) - count
        more = ngettext("%(count)d blieb, wie er war.", "%(count)d blieben, wie sie waren.", left) if left else ""
        messages.success(request, f"{words % {'count': count}} {more % {'count': left} if left else ''}".strip())


def _action(change: BulkChange) -> Any:
    def run(modeladmin: Any, request: HttpRequest, queryset: "models.QuerySet[Any]") -> HttpResponse | None:
        done: HttpResponse | None = modeladmin.bulk_view(request, queryset, change)
        return done

    return run


def _stand(outcomes: list[Outcome]) -> str:
    """Another text as soon as anything that would happen is another thing; times of day aside."""
    told = [
        (outcome.row.pk, outcome.refused, [(line.label, line.before) for line in outcome.lines]) for outcome in outcomes
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
