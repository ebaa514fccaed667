"""The last page before sending: how the new offer stands to similar ones, and the guard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.actions import ParallelAnswered
from offers.enums import ParallelAnswer
from offers.models import Offer
from offers.submission.draft import GUARD, PARALLEL, Draft
from portal.forms import GuardedForm
from portal.rate import Meter

ANSWERS = [
    (ParallelAnswer.COMPLEMENTS, _("Unser Angebot ergänzt es.")),
    (ParallelAnswer.COOPERATES, _("Wir arbeiten damit zusammen.")),
    (ParallelAnswer.REPLACES, _("Unser Angebot ersetzt es.")),
    (ParallelAnswer.ANYWAY, _("Unser Angebot wird trotzdem gebraucht, weil …")),
]


@dataclass(frozen=True)
class Overlap:
    """One similar offer, what the two have in common in words, and the fields that ask about it."""

    offer: Offer
    reasons: Sequence[str]
    answer: BoundField
    reason: BoundField


class SendForm(GuardedForm):
    """Asks about every similar offer; an answer is needed, none is refused (design rule 8)."""

    def __init__(self, data: QueryDict | None = None, *, draft: Draft, meter: Meter | None = None) -> None:
        self.draft = draft
        self.similar = [found.offer for found in draft.similar]
        self.sometimes = [_name(offer, "grund") for offer in self.similar]  # needed after one of the answers
        super().__init__(data, initial=_initial(draft), meter=meter)
        for offer in self.similar:
            self.fields[_name(offer)] = forms.ChoiceField(
                label=_("Wie steht Ihr Angebot dazu?"),
                choices=ANSWERS,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Bitte wählen Sie eine Antwort zu „%(title)s“.") % {"title": offer.title}
                },
            )
            self.fields[_name(offer, "grund")] = forms.CharField(
                label=_("Warum?"),
                required=False,
                max_length=500,
                help_text=_("Nötig bei „trotzdem gebraucht“."),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for offer in self.similar:
            reason = _name(offer, "grund")
            if cleaned.get(_name(offer)) == ParallelAnswer.ANYWAY and reason in cleaned and not cleaned[reason]:
                self.add_error(reason, _("Bitte schreiben Sie, warum das Angebot trotzdem gebraucht wird."))
        return cleaned

    @property
    def overlaps(self) -> list[Overlap]:
        return [
            Overlap(found.offer, found.reasons, self[_name(found.offer)], self[_name(found.offer, "grund")])
            for found in self.draft.similar
        ]

    @property
    def answered(self) -> Iterator[ParallelAnswered]:
        """The sender's words on each similar offer; only when the form is valid."""
        for offer in self.similar:
            yield ParallelAnswered(offer, self.cleaned_data[_name(offer)], self.cleaned_data[_name(offer, "grund")])


def _initial(draft: Draft) -> dict[str, str]:
    """What the sender answered on an earlier visit, and the guard as it came."""
    names = [*(name for name in GUARD if draft.values.get(name)), *(n for n in draft.values if n.startswith(PARALLEL))]
    return {name: str(draft.values[name]) for name in names}


def _name(offer: Offer, part: str = "") -> str:
    return f"{PARALLEL}{offer.public_id.hex}" + (f"-{part}" if part else "")
