"""What the Büro and the holder of a link fill in."""

import json
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.freshness.enums import CallResult
from offers.models import Offer
from offers.submission.fields import day
from portal.forms import GuardedForm


class EndForm(GuardedForm):
    """An offer has ended, or its last day is known."""

    last_day = day(_("Letzter Tag"), _("Leer: Das Angebot ist schon zu Ende."))
    message = forms.CharField(
        label=_("Nachricht an uns"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Zum Beispiel: Wohin können Familien sich jetzt wenden?"),
    )
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout("last_day", "message")

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        self.offer = offer
        super().__init__(*args, **kwargs)

    def clean_last_day(self) -> Any:
        last, first = self.cleaned_data["last_day"], self.offer.starts_on
        if last and first and last < first:
            raise forms.ValidationError(_("Das Ende liegt vor dem Anfang."))
        return last


def content_id(submission_id: uuid.UUID, *content: Any) -> uuid.UUID:
    """The same form with the same content sent twice has one id; with other content another."""
    return uuid.uuid5(submission_id, json.dumps(content, sort_keys=True, default=str))


class CallForm(forms.Form):
    """Who was called and what they said; the offers they confirmed on the phone are ticked."""

    spoken_with = forms.CharField(
        label=_("Mit wem haben Sie gesprochen?"),
        required=False,
        max_length=120,
        help_text=_("Stelle oder Funktion, zum Beispiel: Sekretariat. Kein Name einer Person."),
    )
    result = forms.ChoiceField(label=_("Was kam heraus?"), choices=[("", _("bitte wählen")), *CallResult.choices])
    note = forms.CharField(label=_("Notiz"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.ModelMultipleChoiceField(
        Offer.objects.none(),
        label=_("Diese Angebote stimmen noch"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nur was am Telefon durchgegangen wurde. Es wird als Auskunft an das Büro vermerkt."),
    )

    def __init__(self, data: QueryDict | None = None, *, offers: list[Offer]) -> None:
        super().__init__(data)
        field = self.fields["confirmed"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  # declared above
        field.queryset = Offer.objects.filter(pk__in=[offer.pk for offer in offers]).order_by("review_due", "pk")
