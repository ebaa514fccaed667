"""Forms of the Leitung: the rule of coverage, gaps that are meant to be, files, and the report by mail."""

import base64
import zlib
from collections.abc import Sequence
from typing import Any, Self

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.models import CoverageDecision, CoverageRule, ReportMail
from offers.steering.decisions import Scope
from offers.steering.enums import MailRhythm
from offers.steering.figures import LARGEST


class SteeringForm:
    """Drawn without its own form tag; the token comes with the fields."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper


class RuleForm(SteeringForm, forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = CoverageRule
        fields = ["enough", "local_enough", "per_thousand", "citywide_counts"]


class DecisionForm(SteeringForm, forms.ModelForm):  # type: ignore[type-arg]  # as above
    """One reason for a cell or for more than it; what was decided for just the same is changed."""

    scope = forms.ChoiceField(label=_("Wofür gilt das?"), widget=forms.RadioSelect)
    field_order = ["reason", "scope", "decided_on"]

    def __init__(self, posted: Any, *, scopes: Sequence[Scope], holding: Sequence[CoverageDecision]) -> None:
        asked = posted.get("scope") if posted else None
        chosen = next((one for one in scopes if one.value == asked), None)
        if chosen is None:
            chosen = next((one for one in scopes if any(map(one.is_of, holding))), scopes[0])
        kept = next(filter(chosen.is_of, holding), None)
        super().__init__(posted, instance=kept or CoverageDecision(**chosen.key), initial={"scope": chosen.value})
        scope: Any = self.fields["scope"]
        scope.choices = [(one.value, one.label) for one in scopes]

    class Meta:
        model = CoverageDecision
        fields = ["reason", "decided_on"]
        widgets = {
            "reason": forms.Textarea(attrs={"rows": 3}),
            "decided_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class FileForm(SteeringForm, forms.Form):
    """A file of figures or outlines. One that was only checked stays in the page, so that nobody chooses it twice."""

    file = forms.FileField(label=_("Datei"))
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, files: Any = None) -> None:
        super().__init__(self._with(data, "") if data and files else data, files)
        self.content = _unpacked(self.data.get("kept", ""))
        if self.content:
            self.fields["file"].required = False
            self.fields["file"].label = _("Andere Datei")

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        if file and (file.size or 0) > LARGEST:
            raise ValidationError(_("Die Datei ist zu groß. Höchstens 2 MB gehen."))
        if file:
            self.content = file.read()
        return file

    def again(self, data: QueryDict) -> Self:
        """The same form with the file in the page."""
        return type(self)(self._with(data, base64.b64encode(zlib.compress(self.content)).decode()))

    @staticmethod
    def _with(data: QueryDict, kept: str) -> QueryDict:
        copy = data.copy()
        copy["kept"] = kept
        return copy


def _unpacked(kept: str) -> bytes:
    """Nothing when it is broken, cut off or larger than a file may be."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.b64decode(kept, validate=True), LARGEST + 1)
    except (ValueError, zlib.error):
        return b""
    return content if reader.eof and len(content) <= LARGEST else b""


class OutlineForm(FileForm):
    """Outlines come with their source, which stands below the map."""

    source = forms.CharField(label=_("Quelle"), max_length=200)


class ReportMailForm(SteeringForm, forms.ModelForm):  # type: ignore[type-arg]  # as above
    """Whose it is says the session."""

    class Meta:
        model = ReportMail
        fields = ["rhythm"]
        labels = {"rhythm": _("Wie oft möchten Sie ihn bekommen?")}
        widgets = {"rhythm": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rhythm"].choices = MailRhythm.choices  # type: ignore[attr-defined]  # without the empty one
