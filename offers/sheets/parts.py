"""How one field of an offer stands in the cells of a row, and how the cells are read back.

A part writes a payload value as one text per column, and reads texts as a payload value. Whatever it cannot say
exactly is shown all the same; it stays as it is while nobody changes the cells (offers/sheets/check.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from offers.models import Offer
from offers.proposals import Payload, schedule_text
from offers.sheets.cells import fit, legible
from offers.sheets.times import read_time, write_time
from offers.sheets.words import BadValueError, Choices, Words, day_text, plain, read_day, yes_or_no
from portal.ages import OLDEST_MONTHS

PREGNANCY_STARTS = -9  # months
HIDDEN = "geheim"
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """`kind` is text, day, number or code (digits that are no number). `choices` fill the list to pick from."""

    head: Any
    hint: Any
    kind: str = "text"
    width: int = 24
    choices: Callable[[Words], list[str]] | None = None
    several: bool = False


class Part:
    """One field of the payload in one or more columns."""

    def __init__(self, name: str, *columns: Column) -> None:
        self.name = name
        self.columns = columns

    def write(self, value: Any, words: Words) -> Cells:
        raise NotImplementedError

    def cells(self, value: Any, words: Words) -> Cells:
        """What stands in the sheet."""
        return tuple(map(fit, self.write(value, words)))

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        """`now` is the offer's own value. Raises BadValueError."""
        raise NotImplementedError

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def check(self, value: Any) -> Any:
        """The value as the form for one offer would take it. Raises BadValueError."""
        return value

    def mark(self, cells: Cells) -> str:
        """What tells two rows of cells apart: not spaces around the text, nor how a line ends."""
        return "\x1f".join(re.sub(r"\r\n?", "\n", cell).strip() for cell in cells)


class TextPart(Part):
    """Free text, held to the rules of the offer's own field."""

    def write(self, value: Any, words: Words) -> Cells:
        return (value or "",)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        return cells[0]

    def same(self, one: Any, other: Any) -> bool:
        return self.mark((one,)) == self.mark((other,))

    def check(self, value: Any) -> Any:
        target: Any = Offer._meta.get_field(self.name)
        more = {"assume_scheme": "https"} if self.name == "website" else {}
        field: forms.Field = target.formfield(required=False, **more)
        try:
            clean = field.clean(legible(re.sub(r"\r\n?", "\n", value)))
            if clean:
                target.run_validators(clean)
            if clean and self.name == "website":
                URLValidator(schemes=["http", "https"])(clean)
        except ValidationError as error:
            raise BadValueError(" ".join(error.messages)) from None
        return clean


class PhonePart(TextPart):
    """Excel takes a number for a number and drops the zero in front of it."""

    def same(self, one: Any, other: Any) -> bool:
        lost = one.strip().isdecimal() and one.strip() == re.sub(r"\D", "", other).lstrip("0")
        return bool(one.strip() and lost) or super().same(one, other)

    def check(self, value: Any) -> Any:
        text = plain(value)
        if re.fullmatch(r"[\d.,]+e\+?\d+", text):
            raise BadValueError(_("Excel hat die Nummer gekürzt. Bitte schreiben Sie sie mit Leerzeichen: 0208 123456"))
        if re.fullmatch(r"[2-9]\d{6,}", text) and not text.startswith("116"):
            raise BadValueError(
                _("Vorn fehlt wohl die Null: Excel lässt sie weg. Schreiben Sie zum Beispiel: 0208 123456")
            )
        return super().check(text)


class ChoicePart(Part):
    """One of a list."""

    def write(self, value: Any, words: Words) -> Cells:
        return (words.fixed[self.name].label(value) if value else "",)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        return words.fixed[self.name].read(cells[0]) if plain(cells[0]) else ""


class ListPart(Part):
    """Several of a list, in any order."""

    def choices(self, words: Words) -> Choices:
        return {"topics": words.topics, "catchment": words.areas}.get(self.name) or words.fixed[self.name]

    def write(self, value: Any, words: Words) -> Cells:
        choices = self.choices(words)
        return ("; ".join(choices.label(key) for key in value),)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        return self.choices(words).read_several(cells[0])

    def same(self, one: Any, other: Any) -> bool:
        return sorted(one) == sorted(other)


class DayPart(Part):
    def write(self, value: Any, words: Words) -> Cells:
        return (day_text(value),)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        return read_day(cells[0])


class AgesPart(Part):
    """From and until: years, or a number with "Monate"; "Schwangerschaft"; "alle" for no lower bound."""

    def write(self, value: Any, words: Words) -> Cells:
        if value is None:
            return ("", "")
        start, until = value["from"], value["until"]
        first = _("Schwangerschaft") if start == PREGNANCY_STARTS else _("alle") if start is None else _age(start)
        return (first, "" if until is None else _age(until))

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        first, last = (plain(cell) for cell in cells)
        if not first and not last:
            return None
        until = self._months(cells[1], self.columns[1]) if last else None
        if first in {plain(_("alle")), "alle altersgruppen", "jedes alter"}:
            return {"from": None, "until": until}
        start = self._months(cells[0], self.columns[0]) if first else 0
        if until is not None and until <= start:
            raise BadValueError(
                _("„Alter bis“ muss größer sein als „Alter von“. Gemeint ist: bis zu diesem Geburtstag."),
                str(self.columns[1].head),
            )
        return {"from": start, "until": until}

    def _months(self, cell: str, column: Column) -> int:
        text = plain(cell)
        if text.startswith("schwanger") or text in {"geburt", "bis zur geburt"}:
            return PREGNANCY_STARTS if text.startswith("schwanger") else 0
        match = re.fullmatch(r"(-?\d{1,4})(?:[.,]0+)?(?: ?(j|jahre?n?|m|monate?n?|mon\.?))?", text)
        if not match:
            raise BadValueError(
                _("„%(text)s“ ist kein Alter. Schreiben Sie zum Beispiel: 3 oder 18 Monate") % {"text": cell[:60]},
                str(column.head),
            )
        months = int(match[1]) * (1 if (match[2] or "j").startswith("m") else 12)
        if months > OLDEST_MONTHS or months < PREGNANCY_STARTS:
            reason = _("Dieses Alter ist zu hoch.") if months > 0 else _("Dieses Alter gibt es nicht.")
            raise BadValueError(reason, str(column.head))
        return months


def _age(months: int) -> str:
    return str(months // 12) if months % 12 == 0 else _("%(count)d Monate") % {"count": months}


class LinesPart(Part):
    """Several entries, one a line. A line the offer's own entries would give is that very entry."""

    def line(self, entry: Payload, words: Words) -> str:
        raise NotImplementedError

    def entry(self, line: str, words: Words) -> Payload:
        raise NotImplementedError

    def lines(self, value: list[Payload], words: Words) -> str:
        return "\n".join(self.line(entry, words).replace("\n", " ") for entry in value)

    def entries(self, text: str, words: Words, now: list[Payload]) -> list[Payload]:
        known = {self.mark((self.line(entry, words).replace("\n", " "),)): entry for entry in now}
        lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
        return [known.get(self.mark((line,))) or self.entry(line, words) for line in lines]

    def write(self, value: Any, words: Words) -> Cells:
        return (self.lines(value, words),)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        return self.entries(cells[0], words, now or [])

    def same(self, one: Any, other: Any) -> bool:
        return sorted(map(_key, one)) == sorted(map(_key, other))


def _key(entry: Payload) -> str:
    return repr(sorted(entry.items()))


class TimesPart(LinesPart):
    def line(self, entry: Payload, words: Words) -> str:
        line = write_time(entry)
        try:
            exact = read_time(line) == entry
        except BadValueError:
            exact = False
        return line if exact else schedule_text(entry)

    def entry(self, line: str, words: Words) -> Payload:
        return read_time(line)


class FundingsPart(LinesPart):
    """ "Stadt; von 01.01.2026; bis 31.12.2026; genauer: Haushalt" """

    def line(self, entry: Payload, words: Words) -> str:
        parts = [words.fixed["fundings"].label(entry["source"])]
        parts += [f"von {day_text(entry['starts_on'])}"] if entry["starts_on"] else []
        parts += [f"bis {day_text(entry['ends_on'])}"] if entry["ends_on"] else []
        return "; ".join([*parts, *([f"genauer: {entry['label']}"] if entry["label"] else [])])

    def entry(self, line: str, words: Words) -> Payload:
        match = re.search(r";\s*genauer:\s?", line, re.IGNORECASE)
        rest, label = (line[: match.start()], line[match.end() :]) if match else (line, "")
        source, *days = rest.split(";")
        found: Payload = {"source": words.fixed["fundings"].read(source), "label": label.strip(),
                          "starts_on": None, "ends_on": None}  # fmt: skip
        for text in days:
            word = re.fullmatch(r"(von|ab|bis) (?:zum )?(.+)", plain(text))
            if not word:
                raise BadValueError(
                    _("„%(text)s“ verstehen wir nicht. Schreiben Sie zum Beispiel: Stadt; bis 31.12.2026")
                    % {"text": text.strip()[:60]}
                )
            found["ends_on" if word[1] == "bis" else "starts_on"] = read_day(word[2])
        if found["starts_on"] and found["ends_on"] and found["ends_on"] < found["starts_on"]:
            raise BadValueError(_("Das Ende liegt vor dem Anfang."))
        if len(found["label"]) > 200:
            raise BadValueError(_("Hinter „genauer:“ ist Platz für 200 Zeichen."))
        return found


class PlacesPart(LinesPart):
    """The first place in columns of its own, others in a line each: "Name; Straße; Postleitzahl; Stadt; Stadtteil"."""

    def write(self, value: Any, words: Words) -> Cells:
        if not value:
            return ("",) * len(self.columns)
        first, *others = value
        if first.get("is_confidential"):
            cells: Cells = (first["name"], "", "", "", "", _("ja"))
        else:
            cells = (*self._address(first, words), "")
        return (*cells, self.lines(others, words))

    def _address(self, entry: Payload, words: Words) -> Cells:
        district = words.areas.label(entry["district"]) if entry["district"] else ""
        return (entry["name"], entry["street"], entry["postcode"], entry["city"], district)

    def line(self, entry: Payload, words: Words) -> str:
        cells = (entry["name"], HIDDEN) if entry.get("is_confidential") else self._address(entry, words)
        return "; ".join(cell.replace(";", ",") for cell in cells)

    def read(self, cells: Cells, words: Words, now: Any = None) -> Any:
        *address, secret, others = cells
        found = self.entries(others, words, now or [])
        if yes_or_no(secret):
            return [{"name": address[0].strip(), "is_confidential": True}, *found]
        if any(plain(cell) for cell in address[:3]) or plain(address[4]):
            return [self._place((*address,), words), *found]
        return found

    def entry(self, line: str, words: Words) -> Payload:
        cells = [cell.strip() for cell in line.split(";")]
        if len(cells) == 2 and plain(cells[1]) == HIDDEN:
            return {"name": cells[0], "is_confidential": True}
        if len(cells) > 5:
            raise BadValueError(
                _("„%(line)s“ hat zu viele Teile. Schreiben Sie: Name; Straße; Postleitzahl; Stadt; Stadtteil")
                % {"line": line[:60]},
                str(self.columns[-1].head),
            )
        return self._place((*cells, *[""] * (5 - len(cells))), words)

    def _place(self, cells: Cells, words: Words) -> Payload:
        name, street, postcode, city, district = (legible(cell).strip() for cell in cells)
        if not name and not street:
            raise BadValueError(_("Bitte schreiben Sie den Namen des Ortes oder die Straße."))
        postcode = re.sub(r"\D+$", "", plain(postcode)).zfill(5) if plain(postcode) else ""
        if postcode and not re.fullmatch(r"[0-9]{5}", postcode):
            raise BadValueError(_("Eine Postleitzahl hat fünf Ziffern."), str(self.columns[2].head))
        for text, column, most in ((name, 0, 200), (street, 1, 200), (city, 3, 100)):
            if len(text) > most:
                raise BadValueError(
                    _("Hier ist Platz für %(count)d Zeichen.") % {"count": most}, str(self.columns[column].head)
                )
        try:
            slug = words.areas.read(district) if district else ""
        except BadValueError as error:
            raise BadValueError(error.reason, str(self.columns[4].head)) from None
        return {"name": name or street, "street": street, "postcode": postcode, "city": city or words.city,
                "district": slug}  # fmt: skip
