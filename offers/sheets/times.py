"""Times as one line each, as people write them: "Mo, Mi 9:30–11:00; nicht in den Schulferien".

What is written here is read back exactly. Reading takes more than is written: whole names of days, "9.30 bis 11 Uhr",
"alle zwei Wochen", "jeden 1. Montag im Monat".
"""

import re
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from offers.enums import ScheduleKind
from offers.sheets.words import BadValueError, day_text, plain, read_day

Entry = dict[str, Any]
DAYS = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
_NAMES = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"]
_WEEKS = {"1.": 1, "2.": 2, "3.": 3, "4.": 4, "5.": 5, "letzter": -1}
_SAID = {"erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "letzt": -1}
_NUMBERS = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8}
_DATE = r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})\b"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_FILLER = re.compile(r"\b(?:und|u|am|an|im|jede|jeden|jeder|jedes|woche|monat|uhr|um|immer|von)\b|[,.&+;/]")
NOTE = "Hinweis: "
LONGEST_LINE, LONGEST_NOTE = 2_000, 200  # characters; 200 is what a note holds
HOLIDAYS = "nicht in den Schulferien"


def write_time(entry: Entry) -> str:
    """One line; whether it says all is for the caller to try."""
    days = ", ".join(DAYS[day] for day in entry["weekdays"])
    if entry["kind"] == ScheduleKind.INTERVAL:
        days = f"alle {entry['interval_weeks']} Wochen {days}"
    elif entry["kind"] == ScheduleKind.MONTHLY:
        which = next((word for word, week in _WEEKS.items() if week == entry["week_of_month"]), "")
        days = f"{which} {days} im Monat"
    elif entry["kind"] == ScheduleKind.DATES:
        days = f"am {', '.join(map(day_text, entry['dates']))}"
    start, end = _clock(entry["start_time"]), _clock(entry["end_time"])
    clock = f"{start}–{end}" if start and end else start or (f"bis {end}" if end else "")
    parts = [" ".join(filter(None, [days, clock]))]
    parts += [f"ab {day_text(entry['valid_from'])}"] if entry["valid_from"] else []
    parts += [f"bis {day_text(entry['valid_until'])}"] if entry["valid_until"] else []
    parts += [HOLIDAYS] if entry["pauses_in_school_holidays"] else []
    parts += [f"{NOTE}{entry['note']}"] if entry["note"] else []
    return "; ".join(parts)


def _clock(iso: str | None) -> str:
    if not iso:
        return ""
    moment = time.fromisoformat(iso)
    return f"{moment.hour}:{moment.minute:02d}"


def read_time(line: str) -> Entry:
    """Raises BadValueError with what to write instead."""
    rest, _colon, note = _split_note(line)
    if len(rest) > LONGEST_LINE or len(note.strip()) > LONGEST_NOTE:
        raise BadValueError(_("„%(line)s …“ ist zu lang.") % {"line": line[:60]})
    reader = _Reader(plain(rest))
    entry: Entry = {
        "kind": "", "weekdays": [], "interval_weeks": None, "week_of_month": None, "dates": [],
        **reader.limits(), "pauses_in_school_holidays": reader.pauses(), "note": note.strip(),
    }  # fmt: skip
    interval, week = reader.interval(), reader.week_of_month()
    dates = reader.dates()
    start, end = reader.clock()
    weekdays = reader.weekdays()
    leftover = reader.leftover()
    if leftover or bool(dates) == bool(weekdays):
        raise BadValueError(_what_to_write(line, leftover))
    if start and end and end <= start:
        raise BadValueError(_("„%(line)s“: Das Ende liegt vor dem Anfang.") % {"line": line[:80]})
    if interval and not entry["valid_from"]:
        raise BadValueError(
            _("„%(line)s“: Ab wann wird gezählt? Schreiben Sie dahinter zum Beispiel: ; ab 12.01.2026")
            % {"line": line[:80]}
        )
    if entry["valid_from"] and entry["valid_until"] and entry["valid_until"] < entry["valid_from"]:
        raise BadValueError(_("„%(line)s“: Das Ende liegt vor dem Anfang.") % {"line": line[:80]})
    kind = ScheduleKind.DATES if dates else ScheduleKind.INTERVAL if interval else ScheduleKind.WEEKLY
    entry |= {"kind": (ScheduleKind.MONTHLY if week else kind).value, "dates": dates, "weekdays": weekdays,
              "interval_weeks": interval, "week_of_month": week, "start_time": start, "end_time": end}  # fmt: skip
    return {name: entry[name] for name in _ORDER}


_ORDER = ("kind", "weekdays", "interval_weeks", "week_of_month", "dates", "start_time", "end_time", "valid_from",
          "valid_until", "pauses_in_school_holidays", "note")  # fmt: skip


def _split_note(line: str) -> tuple[str, str, str]:
    match = re.search(r"(?:^|;)\s*hinweis:\s?", line, re.IGNORECASE)
    return (line[: match.start()], ":", line[match.end() :]) if match else (line, "", "")


def _what_to_write(line: str, leftover: str) -> str:
    problem = (
        _("„%(words)s“ verstehen wir nicht.") % {"words": leftover[:60]}
        if leftover
        else _("In „%(line)s“ fehlt der Wochentag oder das Datum.") % {"line": line[:60]}
    )
    return problem + " " + _("Schreiben Sie zum Beispiel: Mo, Mi 9:30–11:00")


class _Reader:
    """Takes what it knows out of a line, the clearest first; what is left over nobody understood."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _take(self, pattern: str) -> re.Match[str] | None:
        match = re.search(pattern, self.text)
        if match:
            self.text = f"{self.text[: match.start()]} {self.text[match.end() :]}"
        return match

    def limits(self) -> Entry:
        first = self._take(rf"\b(?:ab|seit|vom|ab dem) ({_DATE})")
        last = self._take(rf"\bbis (?:zum )?({_DATE})")
        return {
            "valid_from": read_day(first[1]) if first else None,
            "valid_until": read_day(last[1]) if last else None,
        }

    def pauses(self) -> bool:
        return bool(self._take(r"\b(?:nicht|pause|ausser|keine?) ?(?:in den|in|während der)? ?(?:schul)?ferien\b"))

    def interval(self) -> int | None:
        if self._take(r"\b14-?tägig\b|\balle 14 tage\b"):
            return 2
        match = self._take(r"\balle (\d{1,2}|[a-zü]+) wochen\b")
        if not match:
            return None
        number = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1], 0)
        if number < 2:
            raise BadValueError(_("„%(words)s“ verstehen wir nicht.") % {"words": match[0]})
        return number

    def week_of_month(self) -> int | None:
        if "monat" not in self.text:
            return None
        match = self._take(r"\b([1-5])\. ?(?=[a-z])")
        if match:
            return int(match[1])
        match = self._take(r"\b(erst|zweit|dritt|viert|fünft|letzt)(?:e[rn]?)\b")
        return _SAID[match[1]] if match else None

    def dates(self) -> list[str]:
        found = []
        while match := self._take(_DATE):
            found.append(str(read_day(match[0])))
        return found

    def clock(self) -> tuple[str | None, str | None]:
        match = self._take(rf"\b{_CLOCK} ?(?:uhr)? ?(?:-|bis) ?{_CLOCK}\b(?: uhr)?")
        if match:
            return _moment(match[1], match[2]), _moment(match[3], match[4])
        match = self._take(rf"\bbis {_CLOCK}\b(?: uhr)?")
        if match:
            return None, _moment(match[1], match[2])
        match = self._take(rf"(?:\bab )?\b{_CLOCK}\b(?: uhr)?")
        return (_moment(match[1], match[2]), None) if match else (None, None)

    def weekdays(self) -> list[int]:
        found: set[int] = set()
        if self._take(r"\btäglich\b"):
            return list(range(7))
        name = (
            r"\b(mo|di|mi|do|fr|sa|so|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?)\b\.?"
        )
        while match := self._take(rf"{name} ?(?:-|bis) ?{name}"):
            first, last = _weekday(match[1]), _weekday(match[2])
            found |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
        while match := self._take(name):
            found.add(_weekday(match[1]))
        return sorted(found)

    def leftover(self) -> str:
        return " ".join(_FILLER.sub(" ", self.text).split())


def _weekday(word: str) -> int:
    return next(number for number, name in enumerate(_NAMES) if name.startswith(word[:2]))


def _moment(hours: str, minutes: str | None) -> str:
    try:
        return time(int(hours), int(minutes or 0)).isoformat()
    except ValueError:
        raise BadValueError(
            _("„%(clock)s“ ist keine Uhrzeit.") % {"clock": ":".join(filter(None, [hours, minutes]))}
        ) from None
