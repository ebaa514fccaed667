"""Ending, pausing or making an offer regular."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.enums import Lifecycle
from offers.models import Offer
from offers.proposals import Payload
from offers.submission.fields import day, one
from portal.forms import PlainForm

END, REGULAR, PAUSE = "ende", "regel", "pause"


class EndForm(PlainForm):
    """What becomes of the offer, and from when; `payload` is what to propose."""

    what = one(
        [
            (END, gettext_lazy("Es endet.")),
            (REGULAR, gettext_lazy("Das Projekt endet, das Angebot geht dauerhaft weiter.")),
            (PAUSE, gettext_lazy("Es macht eine Pause.")),
        ],
        gettext_lazy("Wie geht es weiter?"),
        required=True,
    )
    last_day = day(
        gettext_lazy("Bis wann?"),
        gettext_lazy("Beim Ende: der letzte Tag (leer: es ist schon vorbei). Bei einer Pause: bis wann sie dauert."),
    )
    message = forms.CharField(
        label=gettext_lazy("Nachricht an uns"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Zum Beispiel: Wohin können Familien sich jetzt wenden?"),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        self.offer = offer
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        what, last = cleaned.get("what"), cleaned.get("last_day")
        if what == PAUSE and not last and "last_day" not in self.errors:
            self.add_error("last_day", _("Bitte sagen Sie, bis wann die Pause dauert."))
        if what == PAUSE and last and last < timezone.localdate():
            self.add_error("last_day", _("Dieser Tag ist schon vorbei."))
        if what == END and last and self.offer.starts_on and last < self.offer.starts_on:
            self.add_error("last_day", _("Das Ende liegt vor dem Anfang."))
        return cleaned

    @property
    def payload(self) -> Payload:
        """Only when the form is valid."""
        what, last = self.cleaned_data["what"], self.cleaned_data["last_day"]
        if what == REGULAR:
            return {"lifecycle": Lifecycle.REGULAR.value, "ends_on": None}
        if what == PAUSE:
            words = _("Pause bis %(day)s.") % {"day": date_format(last)}
            return {"when_note": f"{words} {self.offer.when_note}".strip()[:300]}
        over = last is None or last < timezone.localdate()
        ended = {"lifecycle": Lifecycle.ENDED.value} if over else {}
        return {"ends_on": last.isoformat() if last else None, **ended}
