"""What all our admin pages share: friendly fields, a lock against silent overwriting, history with the way back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import models
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.admin_fields import recorded_formfield
from portal.admin_history import HistoryMixin
from portal.history import stand_of, steps_since
from portal.history_words import accounts

if TYPE_CHECKING:  # Django's own classes take no type arguments when running
    Page = admin.ModelAdmin[Any]
    Stacked = admin.StackedInline[Any, Any]
    Table = admin.TabularInline[Any, Any]
else:
    Page, Stacked, Table = admin.ModelAdmin, admin.StackedInline, admin.TabularInline

STAND = "_stand"  # name of the hidden field with the state the form was opened at


class FriendlyFields:
    """Ages as two numbers, lists of choices as check boxes."""

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        ours = recorded_formfield(db_field, **kwargs)
        return ours or super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # from admin


class RecordedAdmin(FriendlyFields, HistoryMixin, Page):
    """A tracked model: nobody overwrites a colleague's change without having seen it (rule 5)."""

    change_form_template = "admin/recorded_change_form.html"
    save_on_top = False
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """While a form is being saved, its row is locked, so that two people are checked one after the other."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if request.method == "POST" and match and str(match.url_name).endswith(("_change", "_restore", "_take_back")):
            return rows.select_for_update(of=("self",))
        return rows

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or request.method != "POST":
            return form
        complaint = self.complaint(request, obj)

        def clean(self: "forms.ModelForm[Any]") -> Any:
            cleaned = forms.ModelForm.clean(self) if base_clean is None else base_clean(self)
            if complaint:
                self.add_error(None, complaint)
            return cleaned

        base_clean = getattr(form, "clean", None)
        metaclass: Any = type(form)
        return metaclass(form.__name__, (form,), {"clean": clean})

    def complaint(self, request: HttpRequest, obj: Any) -> SafeString | str:
        """What somebody else changed since this form was opened; "" when nothing."""
        if not hasattr(request, "_stand_complaint"):
            request._stand_complaint = self._find_complaint(obj, request.POST.get(STAND, ""))  # type: ignore[attr-defined]  # remembered: forms are built more than once
        return request._stand_complaint  # type: ignore[attr-defined, no-any-return]  # set above

    def _find_complaint(self, obj: Any, stand: str) -> SafeString | str:
        try:
            steps = steps_since(self.parts(), obj.pk, stand)
        except ValueError:
            return _("Bitte prüfen Sie Ihre Eingaben und speichern Sie noch einmal: Der Stand des Formulars fehlte.")
        found = accounts(steps)
        if not found:
            return ""
        lines = [
            (account.who, entry.title, line.label, line.before or "–", line.after or "–")
            for account in found
            for entry in account.entries
            for line in entry.lines
        ] or [(account.who, entry.title, "", "", "") for account in found for entry in account.entries]
        return format_html(
            "{} <ul>{}</ul> {}",
            _("Inzwischen hat jemand anderes diesen Eintrag geändert. Ihre Eingaben sind noch nicht gespeichert:"),
            format_html_join("", "<li>{}: {} {} {} → {}</li>", lines),
            _("Ihre Eingaben stehen unten. Bitte vergleichen Sie. Wenn sie gelten sollen, speichern Sie noch einmal."),
        )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        context["stand_name"], context["stand"] = STAND, stand_of(self.parts(), obj.pk) if obj else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: "Iterable[BaseModelFormSet[Any, Any]]", change: bool
    ) -> None:
        formsets = list(formsets)
        super().save_related(request, form, formsets, change)
        links = {link.name for link in self.model._meta.many_to_many} & set(form.changed_data)
        if change and (links or any(formset.has_changed() for formset in formsets)):
            self.surroundings_changed(form.instance)

    def surroundings_changed(self, obj: Any) -> None:
        """Called after links or inner rows changed, for models that count versions."""


class RecordedInline(FriendlyFields, Stacked):
    extra = 0
    show_change_link = True


class LabelledFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # takes no type arguments when running
    """Says what the box for deleting a row is for."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Löschen")


class RecordedTable(FriendlyFields, Table):
    extra = 0
    formset = LabelledFormSet

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """Cells have no label of their own; the column's head is not enough for screen readers."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = db_field.verbose_name
        return field


class ReadOnlyAdmin(Page):
    """What programs write and people only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StandFilter(admin.SimpleListFilter):
    """For lists of what waits for somebody: that is shown (`unasked` says it in words) unless one of the `stands`,
    value and words, or all is asked for. `rows` gives those of a stand, "" for what waits.
    """

    title = gettext_lazy("Stand")
    parameter_name = "stand"
    unasked: Promise
    stands: tuple[tuple[str, Promise], ...]

    def rows(self, queryset: Any, stand: str) -> Any:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*self.stands, ("alle", _("alle"))]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        return [{**everything, "display": self.unasked}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        stand = self.value() or ""
        return queryset if stand == "alle" else self.rows(queryset, stand)
