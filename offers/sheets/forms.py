"""Uploading a table, and what must be said before its rows are sent."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.actions import ParallelAnswered
from offers.enums import ParallelAnswer
from offers.models import Offer, UploadedSheet
from offers.proposals import Wording
from offers.sheets.check import head_of
from offers.submission.send import ANSWERS
from portal.forms import PlainForm, parse_submission_id

MOST_BYTES = 5_000_000
PORTAL, SHEET = "portal", "tabelle"


class UploadForm(PlainForm):
    vorgang = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("Ihre Tabelle"),
        help_text=gettext_lazy("Excel (.xlsx) oder CSV, höchstens 5 MB und 2.000 Zeilen."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei aus."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"vorgang": str(uuid.uuid4())}, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("vorgang", "file")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("Die Datei ist zu groß (%(size)s). Höchstens 5 MB sind möglich.")
                % {"size": filesizeformat(file.size)}
            )
        return file

    @property
    def submission_id(self) -> uuid.UUID:
        return parse_submission_id(self.cleaned_data.get("vorgang") or "") or uuid.uuid4()


class SendForm(PlainForm):
    """Which value holds where somebody else wrote too, how new offers stand to similar ones, and a word to the Büro."""

    message = forms.CharField(
        label=gettext_lazy("Nachricht an uns"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None = None, *, sheet: UploadedSheet) -> None:
        super().__init__(data)
        self.rows = [row for row in sheet.result.get("rows", []) if row["payload"]]
        self.similar = Offer.objects.public().in_bulk([hit[0] for row in self.rows for hit in row["similar"]])
        wording = Wording()
        groups = []
        for row in self.rows:
            names = [*self._conflicts(row, wording), *self._parallels(row)]
            if names:
                title = _("Zeile %(line)d: %(title)s") % {"line": row["line"], "title": row["title"]}
                groups.append(Fieldset(title, *names))
        self.asks = bool(groups)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*groups, "message")

    def _conflicts(self, row: dict[str, Any], wording: Wording) -> list[str]:
        names = []
        for name in row["conflicts"]:
            now, new = (wording.text(name, values[name]) or "–" for values in (row["base"], row["payload"]))
            field = forms.ChoiceField(
                label=_("%(field)s: Das hat inzwischen jemand anderes geändert. Was gilt?") % {"field": head_of(name)},
                widget=forms.RadioSelect,
                choices=[
                    (PORTAL, _("jetzt im Portal: %(value)s") % {"value": now}),
                    (SHEET, _("in Ihrer Tabelle: %(value)s") % {"value": new}),
                ],
                error_messages={"required": _("Bitte wählen Sie, was gelten soll.")},
            )
            names.append(f"wahl-{row['line']}-{name}")
            self.fields[names[-1]] = field
        return names

    def _parallels(self, row: dict[str, Any]) -> list[str]:
        names = []
        for pk, reasons in row["similar"]:
            if pk not in self.similar:
                continue
            answer, reason = f"parallel-{row['line']}-{pk}", f"grund-{row['line']}-{pk}"
            self.fields[answer] = forms.ChoiceField(
                label=_("Es gibt schon etwas Ähnliches: „%(title)s“. Wie steht Ihr Angebot dazu?")
                % {"title": self.similar[pk].title},
                help_text="; ".join(reasons),
                choices=ANSWERS,
                widget=forms.RadioSelect,
                error_messages={"required": _("Bitte wählen Sie eine Antwort.")},
            )
            self.fields[reason] = forms.CharField(
                label=_("Warum?"), required=False, max_length=500, help_text=_("Nötig bei „trotzdem gebraucht“.")
            )
            names += [answer, reason]
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name in self.fields if name.startswith("parallel-")]:
            reason = name.replace("parallel-", "grund-")
            if cleaned.get(name) == ParallelAnswer.ANYWAY and not cleaned.get(reason) and reason not in self.errors:
                self.add_error(reason, _("Bitte schreiben Sie, warum das Angebot trotzdem gebraucht wird."))
        return cleaned

    @property
    def keep(self) -> dict[int, list[str]]:
        """By line the fields whose value in the portal stays; only when the form is valid."""
        return {
            row["line"]: [
                name for name in row["conflicts"] if self.cleaned_data[f"wahl-{row['line']}-{name}"] == PORTAL
            ]
            for row in self.rows
        }

    @property
    def answered(self) -> dict[int, list[ParallelAnswered]]:
        return {
            row["line"]: [
                ParallelAnswered(
                    self.similar[pk],
                    self.cleaned_data[f"parallel-{row['line']}-{pk}"],
                    self.cleaned_data[f"grund-{row['line']}-{pk}"],
                )
                for pk, _reasons in row["similar"]
                if pk in self.similar
            ]
            for row in self.rows
        }
