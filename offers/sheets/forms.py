"""Uploading a table, and what must be said before its rows are sent."""

import uuid
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offers.actions import ParallelAnswered
from offers.enums import ParallelAnswer
from offers.models import Offer, UploadedSheet
from offers.proposals import Wording
from offers.sheets.check import Row, head_of
from offers.submission.send import ANSWERS
from portal.forms import PlainForm, parse_submission_id

MOST_BYTES = 5_000_000
MOST_ASKED = 40  # rows with questions of their own
PORTAL, SHEET = "portal", "tabelle"
REST = "rest"


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
        rows = [row for row in sheet.result.get("rows", []) if row["payload"]]
        self.similar = Offer.objects.public().in_bulk([hit[0] for row in rows for hit in row["similar"]])
        asked = [row for row in rows if row["conflicts"] or self._hits(row)]
        self.single, self.rest = asked[:MOST_ASKED], asked[MOST_ASKED:]
        wording = Wording()
        groups = [self._group(row, wording) for row in self.single]
        if self.rest:
            groups.append(self._common())
        self.asks = bool(groups)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*groups, "message")

    def _hits(self, row: Row) -> list[tuple[int, list[str]]]:
        """What a new offer overlaps with, of what is still there."""
        return [(pk, reasons) for pk, reasons in row["similar"] if pk in self.similar]

    def _group(self, row: Row, wording: Wording) -> Fieldset:
        line = row["line"]
        names = []
        for name in row["conflicts"]:
            now, new = (wording.text(name, values[name]) or "–" for values in (row["base"], row["payload"]))
            label = _("%(field)s: Das hat inzwischen jemand anderes geändert. Was gilt?") % {"field": head_of(name)}
            says = [
                (PORTAL, _("jetzt im Portal: %(value)s") % {"value": now}),
                (SHEET, _("in Ihrer Tabelle: %(value)s") % {"value": new}),
            ]
            names.append(self._ask(f"wahl-{line}-{name}", label, says))
        for pk, reasons in self._hits(row):
            label = _("Es gibt schon etwas Ähnliches: „%(title)s“. Wie steht Ihr Angebot dazu?")
            label %= {"title": self.similar[pk].title}
            names += self._ask_about_parallels(f"{line}-{pk}", label, "; ".join(reasons))
        return Fieldset(_("Zeile %(line)d: %(title)s") % {"line": line, "title": row["title"]}, *names)

    def _common(self) -> Fieldset:
        """One question for each kind of question about the rows that are too many to be asked about one by one."""
        names = []
        if any(row["conflicts"] for row in self.rest):
            label = _("Wo inzwischen jemand anderes etwas geändert hat: Was gilt?")
            says = [(PORTAL, _("was jetzt im Portal steht")), (SHEET, _("was in Ihrer Tabelle steht"))]
            names.append(self._ask(f"wahl-{REST}", label, says))
        if any(map(self._hits, self.rest)):
            label = _("Wo es schon etwas Ähnliches gibt: Wie stehen Ihre Angebote dazu?")
            names += self._ask_about_parallels(REST, label, "")
        title = ngettext("%(count)d weitere Zeile", "Alle %(count)d weiteren Zeilen zusammen", len(self.rest))
        return Fieldset(title % {"count": len(self.rest)}, *names)

    def _ask(self, name: str, label: str, choices: Iterable[tuple[Any, Any]], hint: str = "") -> str:
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            help_text=hint,
            widget=forms.RadioSelect,
            error_messages={"required": _("Bitte wählen Sie eine Antwort.")},
        )
        return name

    def _ask_about_parallels(self, key: str, label: str, hint: str) -> list[str]:
        self.fields[f"grund-{key}"] = forms.CharField(
            label=_("Warum?"), required=False, max_length=500, help_text=_("Nötig bei „trotzdem gebraucht“.")
        )
        return [self._ask(f"parallel-{key}", label, ANSWERS, hint), f"grund-{key}"]

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
        said = self.cleaned_data
        kept = {
            row["line"]: [name for name in row["conflicts"] if said[f"wahl-{row['line']}-{name}"] == PORTAL]
            for row in self.single
        }
        if said.get(f"wahl-{REST}") == PORTAL:
            kept |= {row["line"]: row["conflicts"] for row in self.rest}
        return kept

    @property
    def answered(self) -> dict[int, list[ParallelAnswered]]:
        """By line what was said about similar offers; only when the form is valid."""
        keys = [(row, pk, f"{row['line']}-{pk}") for row in self.single for pk, _reasons in self._hits(row)]
        keys += [(row, pk, REST) for row in self.rest for pk, _reasons in self._hits(row)]
        found: dict[int, list[ParallelAnswered]] = {}
        for row, pk, key in keys:
            answer, reason = self.cleaned_data[f"parallel-{key}"], self.cleaned_data[f"grund-{key}"]
            found.setdefault(row["line"], []).append(ParallelAnswered(self.similar[pk], answer, reason))
        return found
