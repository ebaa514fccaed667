"""Population figures as the city's statisticians send them: a CSV file, checked whole before anything is stored.

Columns: gebiet (slug or name), jahr, alter_von and alter_bis (years of age, both included), kinder, quelle. Separated
by semicolons or commas, in UTF-8 or as Excel writes it.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import pghistory
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _

from offers.models import Population
from portal.enums import DistrictKind
from portal.models import District

COLUMNS = ("gebiet", "jahr", "alter_von", "alter_bis", "kinder", "quelle")
LARGEST = 2_000_000  # bytes
MOST_ROWS = 20_000
_OLDEST = 120
_PREFIX = {DistrictKind.SOCIAL_AREA.value: "sozialraum ", DistrictKind.BOROUGH.value: "stadtbezirk "}


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a line of the file; the first line is 1."""

    line: int
    reason: str


@dataclass
class Sheet:
    """The figures of a file and what is wrong with it; `replaced` counts figures that were there before."""

    figures: list[Population] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    replaced: int = 0

    @property
    def is_good(self) -> bool:
        return bool(self.figures) and not self.mistakes


def read_figures(content: bytes) -> Sheet:
    """Read and check a file; nothing is stored."""
    sheet = Sheet()
    lines = _text(content).splitlines()
    if not lines:
        sheet.mistakes.append(Mistake(1, _("Die Datei ist leer.")))
        return sheet
    separator = ";" if ";" in lines[0] else ","
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    head = [name.strip().lower() for name in next(rows)]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        sheet.mistakes.append(Mistake(1, _("Diese Spalten fehlen: %(names)s.") % {"names": ", ".join(missing)}))
        return sheet
    places = _places()
    seen: dict[tuple[int, int, int, int], int] = {}
    for cells in rows:
        line = rows.line_num
        if len(sheet.figures) + len(sheet.mistakes) >= MOST_ROWS:
            sheet.mistakes.append(Mistake(line, _("Das sind mehr als %(most)d Zeilen.") % {"most": MOST_ROWS}))
            break
        if any(cell.strip() for cell in cells):
            _take(sheet, dict(zip(head, (cell.strip() for cell in cells), strict=False)), line, places, seen)
    if not sheet.figures and not sheet.mistakes:
        sheet.mistakes.append(Mistake(1, _("Unter den Überschriften steht nichts.")))
    return sheet


def store_figures(sheet: Sheet) -> None:
    """Store the figures of a good sheet; a figure for the same district, year and age is replaced."""
    if not sheet.is_good:
        raise ValueError("only a sheet without mistakes can be stored")
    with transaction.atomic(), pghistory.context(source="population"):
        for figure in sheet.figures:
            key = {"district": figure.district, "year": figure.year, "ages": figure.ages}
            values = {"people": figure.people, "source": figure.source}
            _row, made = Population.objects.update_or_create(**key, defaults=values)
            sheet.replaced += not made


def _take(
    sheet: Sheet, cells: Mapping[str, str], line: int, places: Mapping[str, District],
    seen: dict[tuple[int, int, int, int], int],
) -> None:  # fmt: skip
    reasons = []
    place = places.get(cells.get("gebiet", "").casefold())
    if place is None:
        reasons.append(_("„%(name)s“ ist kein Gebiet dieser Stadt.") % {"name": cells.get("gebiet", "")})
    numbers: dict[str, int] = {}
    for name, least, most in (("jahr", 1900, 2100), ("alter_von", 0, _OLDEST), ("alter_bis", 0, _OLDEST),
                              ("kinder", 0, 10**7)):  # fmt: skip
        text = cells.get(name, "").replace(".", "") if name == "kinder" else cells.get(name, "")
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            numbers[name] = int(text)
        else:
            values = {"name": name, "text": cells.get(name, ""), "least": least, "most": most}
            reasons.append(_("%(name)s: „%(text)s“ ist keine ganze Zahl von %(least)d bis %(most)d.") % values)
    if not 0 < len(cells.get("quelle", "")) <= 200:
        reasons.append(_("Die Quelle fehlt oder ist zu lang. Ohne Quelle zeigen wir keine Zahl."))
    if not reasons and numbers["alter_bis"] < numbers["alter_von"]:
        reasons.append(_("alter_bis ist kleiner als alter_von."))
    if not reasons and place is not None:
        first, end = numbers["alter_von"] * 12, (numbers["alter_bis"] + 1) * 12
        before = seen.get((place.pk, numbers["jahr"], first, end))
        if before:
            reasons.append(_("Dieselbe Angabe steht schon in Zeile %(line)d.") % {"line": before})
        else:
            seen[place.pk, numbers["jahr"], first, end] = line
            sheet.figures.append(
                Population(
                    district=place, year=numbers["jahr"], ages=NumericRange(first, end), people=numbers["kinder"],
                    source=cells["quelle"],
                )
            )  # fmt: skip
    sheet.mistakes += [Mistake(line, reason) for reason in reasons]


def _places() -> dict[str, District]:
    """Districts by slug and by name; of two with one name the larger is asked for as "Sozialraum …"."""
    found: dict[str, District] = {}
    order = [DistrictKind.QUARTER, DistrictKind.SOCIAL_AREA, DistrictKind.BOROUGH, DistrictKind.CITY]
    for district in sorted(District.objects.all(), key=lambda one: order.index(DistrictKind(one.kind))):
        found.setdefault(district.name.casefold(), district)
        found[_PREFIX.get(district.kind, "") + district.name.casefold()] = district
    return found | {district.slug: district for district in District.objects.all()}


def _text(content: bytes) -> str:
    """UTF-8 with or without a mark, else what Excel on Windows writes."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1").replace("\0", "")
