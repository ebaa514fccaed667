"""A visitor's hint that an entry is wrong: which part, and what is right instead."""

import json
import re
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from offers.freshness.enums import ReportField
from offers.models import Offer
from portal.forms import GuardedForm

MOST_ADDRESSES = 2
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*a\s|\[url|\[link", re.IGNORECASE)


class ErrorReportForm(GuardedForm):
    field = forms.ChoiceField(
        label=_("Worum geht es?"),
        required=False,
        choices=[
            (ReportField.OTHER, _("etwas anderes oder mehreres")),
            *(choice for choice in ReportField.choices if choice[0] != ReportField.OTHER),
        ],
    )
    correction = forms.CharField(
        label=_("Was ist richtig?"),
        required=False,
        max_length=300,
        help_text=_("Zum Beispiel die richtige Telefonnummer oder Uhrzeit. Leer, wenn Sie es nicht wissen."),
    )
    message = forms.CharField(
        label=_("Was stimmt nicht?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Bitte schreiben Sie hier nichts über Ihre Familie."),
    )
    reply_email = forms.EmailField(
        label=_("Ihre E-Mail-Adresse"),
        required=False,
        max_length=254,
        help_text=_("Nur wenn Sie eine Antwort möchten."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout("field", "correction", "message", "reply_email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        words = f"{cleaned.get('correction', '')} {cleaned.get('message', '')}"
        if (
            not words.strip()
            and cleaned.get("field") != ReportField.ENDED
            and not {"correction", "message"} & {*self.errors}
        ):
            self.add_error("message", _("Bitte schreiben Sie, was nicht stimmt oder was richtig ist."))
        if len(_ADDRESS.findall(words)) > MOST_ADDRESSES or _MARKUP.search(words):
            self.add_error("message", _("Bitte schreiben Sie höchstens zwei Internetadressen, ohne Verweise."))
        return cleaned

    def content_id(self, offer: Offer) -> uuid.UUID:
        """The same report sent twice has the same id; another one sent from the same page has not."""
        values = self.cleaned_data
        words = [str(offer.public_id), values["message"], values["reply_email"], values["field"], values["correction"]]
        return uuid.uuid5(self.submission_id, json.dumps(words))
