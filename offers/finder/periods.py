"""When something takes place: today, in the next seven days, in the school holidays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

TODAY, WEEK, HOLIDAYS = "heute", "woche", "ferien"


@dataclass(frozen=True)
class Period:
    """Days to search in, first and last included; without known holidays there are none."""

    value: str
    label: str
    phrase: str  # as in "Angebote … heute"
    first: date | None = field(compare=False)
    last: date | None = field(compare=False)

    @property
    def days(self) -> list[date]:
        if not self.first or not self.last:
            return []
        return [self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1)]


def periods(today: date, holidays: Sequence[tuple[str, date, date]]) -> dict[str, Period]:
    """The choices of "Wann?"; `holidays` are name, first and last day of those not yet over, soonest first."""
    week = today + timedelta(days=6)
    found = [
        Period(TODAY, _("heute"), _("heute"), today, today),
        Period(WEEK, _("in den nächsten 7 Tagen"), _("in den nächsten 7 Tagen"), today, week),
    ]
    if holidays:
        name, first, last = holidays[0]
        label = _("in den Schulferien (%(name)s)") % {"name": name}
        found.append(Period(HOLIDAYS, label, _("in den Schulferien"), max(first, today), last))
    else:
        found.append(Period(HOLIDAYS, _("in den Schulferien"), _("in den Schulferien"), None, None))
    return {period.value: period for period in found}
