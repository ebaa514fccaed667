"""The last page before sending: how the new offer stands to similar ones, and the guard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.actions import ParallelAnswered
from offers.enums import ParallelAnswer
from offers.models import Offer
from offers.proposals import Payload
from offers.submission.draft import GUARD, PARALLEL, Draft, age_range
from portal.ages import age_label
from portal.forms import GuardedForm
from portal.models import District

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
    common: list[tuple[Any, str]]
    answer: BoundField
    reason: BoundField


class SendForm(GuardedForm):
    """Asks about every similar offer; an answer is needed, none is refused (design rule 8)."""

    def __init__(self, data: QueryDict | None = None, *, draft: Draft) -> None:
        self.draft = draft
        super().__init__(data, initial=_initial(draft))
        for offer in draft.similar:
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
        for offer in self.draft.similar:
            reason = _name(offer, "grund")
            if cleaned.get(_name(offer)) == ParallelAnswer.ANYWAY and reason in cleaned and not cleaned[reason]:
                self.add_error(reason, _("Bitte schreiben Sie, warum das Angebot trotzdem gebraucht wird."))
        return cleaned

    @property
    def overlaps(self) -> list[Overlap]:
        return [
            Overlap(offer, in_common(offer, self.draft.payload), self[_name(offer)], self[_name(offer, "grund")])
            for offer in self.draft.similar
        ]

    @property
    def answered(self) -> Iterator[ParallelAnswered]:
        """The sender's words on each similar offer; only when the form is valid."""
        for offer in self.draft.similar:
            yield ParallelAnswered(offer, self.cleaned_data[_name(offer)], self.cleaned_data[_name(offer, "grund")])


def _initial(draft: Draft) -> dict[str, str]:
    """What the sender answered on an earlier visit, and the guard as it came."""
    names = [*(name for name in GUARD if draft.values.get(name)), *(n for n in draft.values if n.startswith(PARALLEL))]
    return {name: str(draft.values[name]) for name in names}


def _name(offer: Offer, part: str = "") -> str:
    return f"{PARALLEL}{offer.public_id.hex}" + (f"-{part}" if part else "")


def in_common(offer: Offer, payload: Payload) -> list[tuple[Any, str]]:
    """Why the two overlap: the shared age, area, topics and format, each in words."""
    districts = District.objects.filter(slug__in=payload["catchment"])
    areas = set(District.objects.touching(*districts).values_list("pk", flat=True))
    shared: Sequence[tuple[Any, str]] = [
        (_("Alter"), age_label(_intersection(offer.ages, age_range(payload)))),
        (_("Gebiet"), ", ".join(area.name for area in offer.catchment.all() if area.pk in areas)),
        (_("Thema"), ", ".join(topic.label for topic in offer.topics.all() if topic.slug in payload["topics"])),
        (_("Form"), offer.get_format_display()),
    ]
    return [(label, words) for label, words in shared if words]


def _intersection(one: NumericRange | None, other: NumericRange | None) -> NumericRange | None:
    if one is None or other is None:
        return None
    starts = [bound for bound in (one.lower, other.lower) if bound is not None]
    ends = [bound for bound in (one.upper, other.upper) if bound is not None]
    return NumericRange(max(starts, default=None), min(ends, default=None))
