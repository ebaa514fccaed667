"""Who helps at once by telephone, in the whole country, and when somebody answers; asks the database nothing.

Times of day are the city's clock times, half-open. A line that is not there day and night is not promised on public
holidays: better somebody who surely answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.public_holidays import public_holidays

_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY, _SATURDAY = range(6)
_LONGEST_PAUSE = 14  # days to look ahead


@dataclass(frozen=True)
class Hours:
    """From `start` to before `end` on some weekdays (0 is Monday), in full hours."""

    weekdays: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Helpline:
    """`link` holds the digits to dial; without `hours` somebody is there day and night."""

    number: str
    name: Promise
    text: Promise
    hours: tuple[Hours, ...] = ()
    hours_in_words: Promise | str = ""

    @property
    def link(self) -> str:
        return self.number.replace(" ", "")

    def hours_on(self, day: date) -> list[Hours]:
        """In the order of the clock."""
        if day in public_holidays(day.year):
            return []
        return sorted((hours for hours in self.hours if day.weekday() in hours.weekdays), key=lambda hours: hours.start)

    def open_until(self, now: datetime) -> int | None:
        """The hour at which it closes when somebody is there now; 24 for lines that never close."""
        if not self.hours:
            return 24
        return next((hours.end for hours in self.hours_on(now.date()) if hours.start <= now.hour < hours.end), None)

    def opens_next(self, now: datetime) -> datetime | None:
        """When somebody is there again."""
        for ahead in range(_LONGEST_PAUSE):
            day = now.date() + timedelta(days=ahead)
            for hours in self.hours_on(day):
                opening = datetime.combine(day, time(hours.start), now.tzinfo)
                if opening > now:
                    return opening
        return None


@dataclass(frozen=True)
class Answering:
    """A line with what to say of it at one moment: "heute bis 20 Uhr", or when somebody is there again."""

    line: Helpline
    when: str


DANGER = (
    Helpline(
        "112",
        gettext_lazy("Notarzt und Feuerwehr"),
        gettext_lazy("Bei Lebensgefahr, schwerer Verletzung oder Feuer. Rund um die Uhr."),
    ),
    Helpline(
        "110", gettext_lazy("Polizei"), gettext_lazy("Wenn jemand bedroht oder geschlagen wird. Rund um die Uhr.")
    ),
)

LINES = (
    # Hours: Bundesministerium für Familie, press release on longer hours of the "Nummer gegen Kummer", 2020.
    Helpline(
        "116 111",
        gettext_lazy("Nummer gegen Kummer: für Kinder und Jugendliche"),
        gettext_lazy("Ärger zu Hause, Stress in der Schule, Angst oder Mobbing: Hier hört jemand zu."),
        (
            Hours((_MONDAY, _WEDNESDAY, _THURSDAY), 10, 12),
            Hours((_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY, _FRIDAY, _SATURDAY), 14, 20),
        ),
        gettext_lazy("Montag bis Samstag 14 bis 20 Uhr. Montag, Mittwoch und Donnerstag auch 10 bis 12 Uhr."),
    ),
    Helpline(
        "0800 111 0550",
        gettext_lazy("Nummer gegen Kummer: für Eltern"),
        gettext_lazy("Wenn der Alltag mit Kind zu viel wird oder Sie sich Sorgen machen."),
        (Hours((_MONDAY, _WEDNESDAY, _FRIDAY), 9, 17), Hours((_TUESDAY, _THURSDAY), 9, 19)),
        gettext_lazy("Montag bis Freitag 9 bis 17 Uhr. Dienstag und Donnerstag bis 19 Uhr."),
    ),
    Helpline(
        "116 016",
        gettext_lazy("Hilfetelefon Gewalt gegen Frauen"),
        gettext_lazy("Für Frauen, die Gewalt erleben, und für alle, die ihnen helfen wollen. In vielen Sprachen."),
    ),
    # Hours: Unabhängige Beauftragte für Fragen des sexuellen Kindesmissbrauchs, as told by several cities, 2020.
    Helpline(
        "0800 22 55 530",
        gettext_lazy("Hilfe-Telefon Sexueller Missbrauch"),
        gettext_lazy("Wenn ein Kind sexuelle Gewalt erlebt oder Sie es vermuten. Für Betroffene und alle, die helfen."),
        (Hours((_MONDAY, _WEDNESDAY, _FRIDAY), 9, 14), Hours((_TUESDAY, _THURSDAY), 15, 20)),
        gettext_lazy("Montag, Mittwoch und Freitag 9 bis 14 Uhr. Dienstag und Donnerstag 15 bis 20 Uhr."),
    ),
    Helpline(
        "0800 40 40 020",
        gettext_lazy("Hilfetelefon Schwangere in Not"),
        gettext_lazy("Wenn Sie schwanger sind und nicht wissen, wie es weitergeht. In vielen Sprachen."),
    ),
    Helpline("0800 111 0 111", gettext_lazy("TelefonSeelsorge"), gettext_lazy("Für alle, in jeder Krise.")),
    Helpline(
        "116 117",
        gettext_lazy("Ärztlicher Bereitschaftsdienst"),
        gettext_lazy(
            "Jemand ist krank, und die Praxis hat zu. Für Beschwerden, die nicht bis morgen warten können, "
            "aber nicht lebensgefährlich sind."
        ),
    ),
)


def answering(now: datetime, lines: Sequence[Helpline] = LINES) -> tuple[list[Answering], list[Answering]]:
    """Who is there now, and who is there soonest again; `now` is the city's local time."""
    there, later = [], []
    for line in lines:
        until = line.open_until(now)
        if until is not None:
            there.append(Answering(line, _until(until)))
        elif opening := line.opens_next(now):
            later.append((opening, Answering(line, _opening(opening, now))))
    return there, [found for _opening, found in sorted(later, key=lambda one: one[0])]


def _until(hour: int) -> str:
    return _("rund um die Uhr") if hour == 24 else _("heute bis %(hour)d Uhr") % {"hour": hour}


def _opening(opening: datetime, now: datetime) -> str:
    """ "heute ab 14 Uhr", "morgen ab 10 Uhr", "am Montag ab 10 Uhr"."""
    days = (opening.date() - now.date()).days
    if days == 0:
        return _("heute ab %(hour)d Uhr") % {"hour": opening.hour}
    if days == 1:
        return _("morgen ab %(hour)d Uhr") % {"hour": opening.hour}
    if days < 7:
        weekday = date_format(opening, "l")
        return _("am %(weekday)s ab %(hour)d Uhr") % {"weekday": weekday, "hour": opening.hour}
    day = date_format(opening, "j. F")
    return _("am %(day)s ab %(hour)d Uhr") % {"day": day, "hour": opening.hour}
