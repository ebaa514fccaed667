"""A visitor's hint that an entry is wrong."""

import json
import uuid

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from offers.models import Offer
from portal.forms import GuardedForm


class ErrorReportForm(GuardedForm):
    message = forms.CharField(
        label=_("Was stimmt nicht?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Zum Beispiel: Die Telefonnummer ist falsch. Bitte schreiben Sie hier nichts über Ihre Familie."),
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
    helper.layout = Layout("message", "reply_email")

    def content_id(self, offer: Offer) -> uuid.UUID:
        """The same report sent twice has the same id; another one sent from the same page has not."""
        words = [str(offer.public_id), self.cleaned_data["message"], self.cleaned_data["reply_email"]]
        return uuid.uuid5(self.submission_id, json.dumps(words))
