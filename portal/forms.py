"""Public forms without login: guarded by a signed time stamp and a honeypot, no cookie, no third party."""

import re
import secrets
import time
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.question import in_words, new_question, number_of
from portal.rate import Meter, of_page

SECONDS_A_PERSON_NEEDS = 3
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_signer = Signer(salt="portal.forms.guard")


def new_stamp() -> str:
    """A signed note of when a form was first shown, in seconds since 1970, with a number of its own."""
    return _signer.sign(f"{int(time.time())}-{secrets.token_hex(6)}")


def stamp_age(stamp: str) -> float | None:
    """Seconds since the stamp was made; None when it is missing or not ours.

    There is no oldest age: whoever writes for a day, or returns to a tab after a week, still gets through.
    """
    try:
        return time.time() - int(_signer.unsign(stamp).partition("-")[0])
    except (BadSignature, ValueError):
        return None


def parse_submission_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def legible(posted: QueryDict) -> QueryDict:
    """A mutable copy of what was sent, without characters that nobody types and HTML cannot carry."""
    copy = QueryDict(mutable=True)
    for name, values in posted.lists():
        copy.setlist(name, [_CONTROL.sub("", value) for value in values if isinstance(value, str)])
    return copy


class PlainForm(forms.Form):
    """A form for everybody: what a field says when it was left empty is said in short words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = (
                    _("Bitte wählen Sie etwas aus.")
                    if isinstance(field, forms.ChoiceField)
                    else _("Bitte füllen Sie dieses Feld aus.")
                )


class GuardedForm(PlainForm):
    """A public form that tells people from programs, and never loses what a person typed.

    `vorgang` is the id of the submission: sending the same form twice is stored once. `stempel` is the signed time at
    which the form was first shown. `betreff` is a field people neither see nor reach. A failed guard is a message and
    a repaired form, so that sending again works. With a `meter`, what is right otherwise is counted, and a connection
    that sends very often is asked for a number in words (`zahl`, `frage`). Render all with `portal/_guard.html`.
    """

    vorgang = forms.Field(required=False, widget=forms.HiddenInput)
    stempel = forms.Field(required=False, widget=forms.HiddenInput)
    betreff = forms.Field(
        required=False,
        label=_("Bitte leer lassen"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *args: Any, meter: Meter | None = None, **kwargs: Any) -> None:
        self._sent = legible(data) if data is not None else None
        super().__init__(self._sent, *args, **kwargs)
        self.initial.setdefault("stempel", new_stamp())
        self.initial.setdefault("vorgang", str(uuid.uuid4()))
        self._meter = meter
        if self._sent is not None and number_of(self._sent.get("frage", "")) is not None:
            self._show_question(self._sent)

    @property
    def submission_id(self) -> uuid.UUID:
        """The id that came with a valid form."""
        return uuid.UUID(self.cleaned_data["vorgang"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        message = self._guard_message(cleaned)
        if message:
            self.add_error(None, message)
        return cleaned

    def full_clean(self) -> None:
        super().full_clean()
        if self._sent is None:
            return
        if self._meter is not None and not self.errors:
            self._count(self._meter, self._sent)
        if self.errors:
            self._repair(self._sent)

    def _count(self, meter: Meter, sent: QueryDict) -> None:
        """Count what is about to be stored; where there was enough of it, a question or another page is in the way."""
        asked, number = sent.get("frage", ""), number_of(sent.get("frage", ""))
        is_answered = number is not None and sent.get("zahl", "").strip() == str(number)
        if not meter.take() and not (is_answered and of_page(asked).take()):
            if number is None or is_answered:  # one that was answered often enough gives way to a new one
                sent["frage"], sent["zahl"] = new_question(), ""
            self._show_question(sent)
            self.add_error("zahl", _("Bitte schreiben Sie die Zahl in Ziffern, zum Beispiel: 47."))
        elif not of_page(self.cleaned_data["stempel"]).take():
            sent["stempel"] = new_stamp()
            self.add_error(
                None,
                _(
                    "Von dieser Seite kam schon sehr oft etwas. "
                    "Ihre Angaben sind noch da: Bitte senden Sie noch einmal."
                ),
            )

    def _show_question(self, sent: QueryDict) -> None:
        self.fields["frage"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["zahl"] = forms.CharField(
            required=False,
            max_length=10,
            label=_("Bitte schreiben Sie diese Zahl in Ziffern: %(number)s")
            % {"number": in_words(number_of(sent.get("frage", "")) or 21)},
            help_text=_("Von Ihrem Anschluss kam gerade viel. So wissen wir, dass kein Programm sendet."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    def _guard_message(self, cleaned: dict[str, Any]) -> Any:
        if cleaned.get("betreff"):
            return _(
                "Ein Feld war ausgefüllt, das nur Programme sehen. Wir haben es geleert. "
                "Ihre Angaben sind noch da: Bitte senden Sie noch einmal."
            )
        age = stamp_age(cleaned.get("stempel") or "")
        if age is None or parse_submission_id(cleaned.get("vorgang") or "") is None:
            return _("Das hat noch nicht geklappt. Ihre Angaben sind noch da: Bitte senden Sie noch einmal.")
        if age < SECONDS_A_PERSON_NEEDS:
            return _("Das ging sehr schnell. Ihre Angaben sind noch da: Bitte senden Sie gleich noch einmal.")
        return None

    def _repair(self, sent: QueryDict) -> None:
        """Make the form shown again pass its guard."""
        sent["betreff"] = ""
        if stamp_age(sent.get("stempel", "")) is None:
            sent["stempel"] = new_stamp()
        if parse_submission_id(sent.get("vorgang", "")) is None:
            sent["vorgang"] = str(uuid.uuid4())


class BarrierReportForm(GuardedForm):
    """Somebody cannot get on: the electronic way to tell of a barrier (§ 5 BITVNRW)."""

    what = forms.CharField(
        label=_("Was geht nicht?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Zum Beispiel: Mein Vorlese-Programm liest die Filter nicht vor."),
    )
    page = forms.CharField(
        label=_("Auf welcher Seite?"),
        required=False,
        max_length=500,
        help_text=_("Die Adresse oder die Überschrift der Seite."),
    )
    reply = forms.CharField(
        label=_("Wie können wir Ihnen antworten?"),
        required=False,
        max_length=254,
        help_text=_("E-Mail-Adresse oder Telefonnummer. Nur wenn Sie eine Antwort möchten."),
    )
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout("what", "page", "reply")
