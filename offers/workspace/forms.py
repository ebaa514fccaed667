"""Ending, pausing or making an offer regular."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.enums import Lifecycle
from offers.models import Offer
from offers.proposals import Payload
from offers.submission.fields import day, one
from portal.forms import PlainForm

END, REGULAR, PAUSE, RESUME = "ende", "regel", "pause", "weiter"
WAYS = [
    (END, gettext_lazy("Es endet.")),
    (REGULAR, gettext_lazy("Das Projekt endet, das Angebot geht dauerhaft weiter.")),
    (PAUSE, gettext_lazy("Es macht eine Pause.")),
    (RESUME, gettext_lazy("Die Pause fällt weg oder ist vorbei.")),
]


class EndForm(PlainForm):
    """What becomes of the offer, and from when; `payload` is what to propose."""

    what = one(WAYS, gettext_lazy("Wie geht es weiter?"), required=True)
    first_day = day(gettext_lazy("Pause ab"), gettext_lazy("Nur bei einer Pause. Leer: ab heute."))
    last_day = day(
        gettext_lazy("Bis wann?"),
        gettext_lazy("Beim Ende: der letzte Tag (leer: es ist schon vorbei). Bei einer Pause: ihr letzter Tag."),
    )
    message = forms.CharField(
        label=gettext_lazy("Nachricht an uns"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Zum Beispiel: Wohin können Familien sich jetzt wenden?"),
    )
    sometimes = ("first_day", "last_day")

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        self.offer = offer
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101  # declared above
        what.choices = [way for way in WAYS if way[0] != RESUME or offer.pause_until]
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        what, last = cleaned.get("what"), cleaned.get("last_day")
        if what == PAUSE and "last_day" in cleaned:
            self._check_pause(cleaned.get("first_day") or timezone.localdate(), last)
        if what == END and last and self.offer.starts_on and last < self.offer.starts_on:
            self.add_error("last_day", _("Das Ende liegt vor dem Anfang."))
        return cleaned

    def _check_pause(self, first: date, last: date | None) -> None:
        if last is None:
            self.add_error("last_day", _("Bitte sagen Sie, bis wann die Pause dauert."))
        elif last < timezone.localdate():
            self.add_error("last_day", _("Dieser Tag ist schon vorbei."))
        elif last < first:
            self.add_error("last_day", _("Das Ende liegt vor dem Anfang."))

    @property
    def payload(self) -> Payload:
        """Only when the form is valid."""
        what, last = self.cleaned_data["what"], self.cleaned_data["last_day"]
        if what == REGULAR:
            return {"lifecycle": Lifecycle.REGULAR.value, "ends_on": None}
        if what == RESUME:
            return {"pause_from": None, "pause_until": None}
        if what == PAUSE:
            first = self.cleaned_data["first_day"] or timezone.localdate()
            return {"pause_from": first.isoformat(), "pause_until": last.isoformat()}
        over = last is None or last < timezone.localdate()
        ended = {"lifecycle": Lifecycle.ENDED.value} if over else {}
        return {"ends_on": last.isoformat() if last else None, **ended}
