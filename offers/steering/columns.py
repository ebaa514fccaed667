"""The columns of the coverage matrix: life phases from pregnancy to job, with the transitions between them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _

from offers.chain.transitions import TRANSITIONS, Transition
from offers.models import LifePhase
from portal.ages import age_label

# German syllables begin with the last consonant before a vowel; nothing shorter than three letters stands alone.
_SYLLABLE = re.compile(
    r"(?<=\w\w\w)(?=(?:sch|ch|[^aeiouäöüy\W])[aeiouäöüy]\w)(?<!sc)(?<!s(?=ch))(?<!c(?=h))", re.IGNORECASE
)


@dataclass(frozen=True)
class Column:
    """A phase, with an age in months or an audience, or a transition at `months`; `key` stands in addresses."""

    key: str
    label: str
    ages: NumericRange | None = None
    audience: str = ""
    months: int | None = None
    phase_id: int | None = None
    transition: str = ""  # its slug

    @property
    def time(self) -> tuple[int | None, str]:
        """The id of the phase or the slug of the transition, as decisions name it."""
        return self.phase_id, self.transition

    @property
    def age_label(self) -> str:
        return age_label(self.ages)

    @property
    def narrow_label(self) -> str:
        """The label with hints where its long words may be broken."""
        return _narrow(self.label)

    @property
    def narrow_age_label(self) -> str:
        return _narrow(self.age_label)

    @property
    def is_transition(self) -> bool:
        return self.months is not None

    @property
    def meaning(self) -> str:
        """What counts in this column."""
        if self.months is not None:
            return _("Angebote, die vor und nach dem %(age)d. Geburtstag passen") % {"age": self.months // 12}
        if self.ages is None:
            return _("Angebote für diese Zielgruppe")
        return _("Angebote, deren Alter sich mit diesem überschneidet: %(ages)s") % {"ages": self.age_label}


def _narrow(text: str) -> str:
    return re.sub(r"\w{9,}", lambda word: _SYLLABLE.sub("\u00ad", word[0]), text)


def columns(phases: Iterable[LifePhase]) -> list[Column]:
    """Each transition stands before the phase that it leads into; transitions no phase begins with come last."""
    waiting = {transition.months: transition for transition in TRANSITIONS}
    found: list[Column] = []
    for phase in phases:
        first = phase.ages.lower if phase.ages is not None else None
        if first in waiting:
            found.append(_transition(waiting.pop(first)))
        found.append(Column(phase.slug, phase.label, phase.ages, phase.audience, phase_id=phase.pk))
    return [*found, *(_transition(transition) for transition in waiting.values())]


def _transition(transition: Transition) -> Column:
    key = f"uebergang-{transition.slug}"
    return Column(key, str(transition.label), months=transition.months, transition=transition.slug)
