"""What comes for every child at a set age: check-ups and school.

Check-ups: windows of the Kinder-Richtlinie of the Gemeinsamer Bundesausschuss, § 2 (U1 to U9, without the tolerated
weeks around them), and of its Jugendgesundheitsuntersuchungs-Richtlinie (J1, with the twelve months before and after
that it allows). School: Schulgesetz NRW, § 35, 1. Both as of 2026; `AS_OF` says so on the page.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.timeline.months import Month, add_months

AS_OF = 2026
_DAYS, _WEEKS, _MONTHS = "days", "weeks", "months"


@dataclass(frozen=True)
class CheckUp:
    """A check-up in the first to the last day, week or month of life, both included; the first one is number 1."""

    name: str
    unit: str
    first: int
    last: int
    rule: Promise

    def window(self, birthday: date) -> tuple[date, date]:
        """First and last day for a child born on this day."""
        if self.unit == _MONTHS:
            return add_months(birthday, self.first - 1), add_months(birthday, self.last) - timedelta(days=1)
        days = 7 if self.unit == _WEEKS else 1
        return birthday + timedelta(days=(self.first - 1) * days), birthday + timedelta(days=self.last * days - 1)


CHECK_UPS = (
    CheckUp("U1", _DAYS, 1, 1, gettext_lazy("direkt nach der Geburt")),
    CheckUp("U2", _DAYS, 3, 10, gettext_lazy("3. bis 10. Lebenstag")),
    CheckUp("U3", _WEEKS, 4, 5, gettext_lazy("4. bis 5. Lebenswoche")),
    CheckUp("U4", _MONTHS, 3, 4, gettext_lazy("3. bis 4. Lebensmonat")),
    CheckUp("U5", _MONTHS, 6, 7, gettext_lazy("6. bis 7. Lebensmonat")),
    CheckUp("U6", _MONTHS, 10, 12, gettext_lazy("10. bis 12. Lebensmonat")),
    CheckUp("U7", _MONTHS, 21, 24, gettext_lazy("21. bis 24. Lebensmonat")),
    CheckUp("U7a", _MONTHS, 34, 36, gettext_lazy("34. bis 36. Lebensmonat")),
    CheckUp("U8", _MONTHS, 46, 48, gettext_lazy("46. bis 48. Lebensmonat")),
    CheckUp("U9", _MONTHS, 60, 64, gettext_lazy("60. bis 64. Lebensmonat")),
    CheckUp("J1", _MONTHS, 12 * 12 + 1, 15 * 12, gettext_lazy("12 bis 14 Jahre, meistens mit 13")),
)


@dataclass(frozen=True)
class Milestone:
    """A marker on the timeline; the day of birth is unknown, so the months are the widest that can be."""

    name: str
    rule: str
    first: Month
    last: Month

    @property
    def when(self) -> str:
        """ "Juni bis September 2026"."""
        if self.first == self.last:
            return self.first.label
        return _("%(first)s bis %(last)s") % {"first": self.first.label, "last": self.last.label}


def school_start(birth: Month) -> Month:
    """The August in which compulsory school begins.

    SchulG NRW § 35, 1: children who have completed their sixth year by the beginning of 30 September start on
    1 August of that year. Who is born on 30 September completes it the day before and is in; 1 October is out.
    """
    return Month(birth.year + (6 if birth.month <= 9 else 7), 8)


def milestones(birth: Month) -> list[Milestone]:
    """All markers in the order in which they come."""
    found = []
    for check in CHECK_UPS:
        first, _last = check.window(birth.first_day)
        _first, last = check.window(birth.last_day)
        found.append(Milestone(check.name, str(check.rule), Month.of(first), Month.of(last)))
    august = school_start(birth)
    rule = _("Die Schulpflicht beginnt am 1. August %(year)d.") % {"year": august.year}
    found.append(Milestone(_("Schulanfang"), rule, august, august))
    return sorted(found, key=lambda milestone: milestone.first)
