"""Forms of a network's coordination."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from networks.forms import DocumentForm
from networks.models import Attendance, Decision, Meeting, Network, NetworkDocument, SelfReview
from partners.models import Partner


class DeskForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type arguments when running
    """Drawn without its own form tag; the token comes with the fields."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper


class DetailsForm(DeskForm):
    """What the coordination itself knows best; name, members and areas stay with the Büro."""

    class Meta:
        model = Network
        fields = ["purpose", "description", "mandate", "rhythm", "meetings_per_year", "meeting_minutes", "email"]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "mandate": forms.Textarea(attrs={"rows": 4}),
        }


class PaperForm(DeskForm, DocumentForm):
    """A new document of the coordination's own network."""

    class Meta:
        model = NetworkDocument
        fields = ["title", "is_public"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = self.fields["file"]
        file.required = True
        file.help_text = _("Höchstens 5 MB.")
        file.error_messages["required"] = _("Bitte wählen Sie eine PDF-Datei.")


class MeetingForm(DeskForm):
    class Meta:
        model = Meeting
        fields = ["held_on", "starts_at", "ends_at", "title", "place", "agenda", "note", "is_public"]
        widgets = {
            "held_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "starts_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "agenda": forms.Textarea(attrs={"rows": 5}),
            "note": forms.Textarea(attrs={"rows": 8}),
        }

    @property
    def moves(self) -> bool:
        """Whether somebody who knew of the meeting would now come at the wrong time or to the wrong place."""
        return not {"held_on", "starts_at", "ends_at", "place"}.isdisjoint(self.changed_data)

    def _get_validation_exclusions(self) -> Any:
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, not in the stubs
        return excluded - {"network"}  # so that the same meeting twice is said here


class DecisionForm(DeskForm):
    class Meta:
        model = Decision
        fields = ["text", "owner", "due_on"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "due_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = _members(network)
        owner.empty_label = _("noch niemand")


class ReviewForm(DeskForm):
    class Meta:
        model = SelfReview
        fields = ["continuation", "mandate", "missing", "achieved", "merge_with"]
        widgets = {
            "continuation": forms.RadioSelect,
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ("mandate", "missing", "achieved")},
        }

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other: Any = self.fields["merge_with"]
        other.queryset = Network.objects.active().public().exclude(pk=network.pk).in_listing_order()
        other.empty_label = _("mit keiner")
        continuation: Any = self.fields["continuation"]
        continuation.choices = [choice for choice in continuation.choices if choice[0]]


class AttendanceForm(forms.Form):
    """How many came from each member organisation; empty or 0: nobody."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        counted = dict(meeting.attendances.values_list("partner_id", "people"))
        for partner in _members(meeting.network):
            self.fields[f"partner-{partner.pk}"] = forms.IntegerField(
                label=partner.name, required=False, min_value=0, max_value=500, initial=counted.get(partner.pk)
            )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        return helper

    def people(self) -> dict[int, int]:
        """By partner id; only those from whom somebody came."""
        return {int(name.removeprefix("partner-")): count for name, count in self.cleaned_data.items() if count}

    def save(self) -> None:
        """Make the counts of the members what was said."""
        said = self.people()
        asked = [int(name.removeprefix("partner-")) for name in self.fields]
        self.meeting.attendances.filter(partner__in=asked).exclude(partner__in=said).delete()
        for partner, people in said.items():
            Attendance.objects.update_or_create(meeting=self.meeting, partner_id=partner, defaults={"people": people})


def _members(network: Network) -> Any:
    return (
        Partner.objects.filter(memberships__network=network, memberships__until_year=None).distinct().in_listing_order()
    )
