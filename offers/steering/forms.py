"""Forms of the Leitung: the rule of coverage, gaps that are meant to be, files, and the report by mail."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
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
    """A file of figures or outlines; it is looked at, never kept."""

    file = forms.FileField(label=_("Datei"))

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(_("Die Datei ist zu groß. Höchstens 2 MB gehen."))
        return file


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
