"""The dry run: what a table would change about an organisation's offers, row by row, and what is wrong in which cell.

The result is plain JSON: `{"problem", "hints", "rows", "same", "absent"}`. A row has `line`, `title`, `offer` (None
for a new one), `version`, `payload` (what would change), `base` (the offer's present values), `errors` (head and
reason), `conflicts` (fields that somebody else changed since the download), `moved` (likewise, but left alone here),
`waiting` (the reference of a proposal that says the same already) and `similar` (offers a new one overlaps with).
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.enums import Access, Audience, Lifecycle
from offers.models import Offer, Proposal
from offers.parallels.similar import similar_to_all
from offers.proposals import DAYS, FIELDS, LISTS, PARTS, Payload, label, snapshot, with_all_parts
from offers.sheets.columns import KEY, NEEDED
from offers.sheets.columns import PARTS as SHEET_PARTS
from offers.sheets.key import Key, mark
from offers.sheets.parts import Part
from offers.sheets.read import Line, Table
from offers.sheets.words import BadValueError, Words
from partners.models import Partner

MOST_SIMILAR = 3
BATCH = 50  # rows
Row = dict[str, Any]
FOREIGN = gettext_lazy(
    "Diese Zeile gehört nicht zu Ihrer Organisation, oder die Kennung wurde verändert. Für ein neues Angebot leeren "
    "Sie bitte die Kennung."
)
HEADS = {part.name: str(part.columns[0].head) for part in SHEET_PARTS}


def head_of(name: str) -> str:
    """What the sheet calls the field; fields in several columns by their name on the page."""
    part = next(part for part in SHEET_PARTS if part.name == name)
    return HEADS[name] if len(part.columns) == 1 else label(name)


def empty_offer() -> Payload:
    """What a new row starts from."""
    lists = {*LISTS, *PARTS}
    nothing = {**dict.fromkeys(FIELDS, ""), **dict.fromkeys((*DAYS, "ages"), None)}
    return {name: [] if name in lists else nothing[name] for name in FIELDS}


class Waiting:
    """The organisation's proposals on the Büro's desk."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner
        self._found: dict[tuple[int | None, str], str] = {}
        self._newest = 0
        self.look_again()

    def look_again(self) -> None:
        """What came since the last look."""
        new = Proposal.objects.waiting().filter(partner=self._partner, pk__gt=self._newest)
        for pk, offer, payload, reference in new.values_list("pk", "offer", "payload", "reference"):
            self._found.setdefault((offer, _said(payload)), reference)
            self._newest = max(self._newest, pk)

    def reference(self, offer: int | None, payload: Payload) -> str:
        """Of one that says just this; "" when there is none."""
        return self._found.get((offer, _said(payload)), "")


def _said(payload: Payload) -> str:
    return json.dumps(payload, sort_keys=True)


class Check:
    """One table against one organisation's offers."""

    def __init__(self, table: Table, partner: Partner) -> None:
        self.table = table
        self.partner = partner
        self.words = Words()
        self.offers = {offer.pk: offer for offer in with_all_parts(Offer.objects.filter(provider=partner))}
        self.seen: dict[int, int] = {}  # offer to the line it stood in
        self.new: dict[str, int] = {}  # what a new row says to its line
        self.waiting = Waiting(partner)

    def run(self, progress: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
        rows: list[Row] = []
        for start in range(0, len(self.table.lines), BATCH):
            rows += self._some(self.table.lines[start : start + BATCH])
            progress(len(rows))
        told = [row for row in rows if row["errors"] or row["payload"] or row["moved"] or row["waiting"]]
        return {
            "problem": "",
            "hints": self.table.hints,
            "rows": told,
            "same": len(rows) - len(told),
            "absent": len(self.offers.keys() - self.seen.keys()),
        }

    def _some(self, lines: list[Line]) -> list[Row]:
        """Their rows; what new ones overlap with is looked up together."""
        rows = [self.row(line) for line in lines]
        new = [row for row in rows if row["payload"] and row["offer"] is None]
        payloads = [row["payload"] for row in new]
        all_found = similar_to_all(payloads, most=MOST_SIMILAR, provider=self.partner)
        for row, found in zip(new, all_found, strict=True):
            row["similar"] = [[hit.offer.pk, list(map(str, hit.reasons))] for hit in found]
        return rows

    def row(self, line: Line) -> Row:
        row: Row = {
            "line": line.number, "title": line.cells.get(HEADS["title"], "").strip()[:160], "offer": None,
            "version": None, "payload": {}, "base": {}, "conflicts": [], "moved": [], "waiting": "", "similar": [],
            "errors": [[head, reason] for head, reason in line.problems.items()],
        }  # fmt: skip
        if not line.key:
            self._new(line, row)
        else:
            self._change(line, row)
        if row["errors"]:
            row["payload"], row["base"] = {}, {}
        return row

    def _change(self, line: Line, row: Row) -> None:
        key = Key.read(line.key)
        offer = self.offers.get(key.offer) if key else None
        if key is None or offer is None:
            row["errors"] = [[str(KEY.head), str(FOREIGN)]]
            return
        if offer.pk in self.seen:
            reason = _("Diese Kennung steht schon in Zeile %(line)d. Für ein neues Angebot leeren Sie sie bitte.")
            row["errors"].append([str(KEY.head), reason % {"line": self.seen[offer.pk]}])
            return
        self.seen[offer.pk] = line.number
        now = snapshot(offer, loaded=True)
        row |= {"offer": offer.pk, "version": offer.version}
        for part in self.table.parts:
            self._field(part, line, key, now, row)
        touched = set(row["payload"])
        self._complain(row, {**now, **row["payload"]}, touched, {name for name in NEEDED if now[name]} & touched)
        row["base"] = now if row["payload"] else {}
        self._already_sent(row, offer.pk)

    def _field(self, part: Part, line: Line, key: Key, now: Payload, row: Row) -> None:
        """Tell what the sender changed from what only Excel, or somebody else, did."""
        if any(str(column.head) in line.problems for column in part.columns):
            return
        cells, present = line.of(part), part.cells(now[part.name], self.words)
        if part.mark(cells) == part.mark(present):
            return
        before, here = key.marks.get(part.name), mark(part, present)
        moved = before != here if before else key.version != row["version"]
        try:
            value = part.read(cells, self.words, now[part.name])
            untouched = before in {mark(part, cells), mark(part, part.cells(value, self.words))}
            if part.same(value, now[part.name]):
                return
            value = value if untouched else part.check(value)
            if part.same(value, now[part.name]):
                return
        except BadValueError as error:
            if before != mark(part, cells):
                row["errors"].append([error.head or str(part.columns[0].head), error.reason])
                return
            untouched = True
        if untouched and before:
            row["moved"].append(part.name)
            return
        row["payload"][part.name] = value
        if moved:
            row["conflicts"].append(part.name)

    def _new(self, line: Line, row: Row) -> None:
        values = empty_offer()
        bad = set(line.problems)
        for part in self.table.parts:
            if bad & {str(column.head) for column in part.columns}:
                continue
            try:
                values[part.name] = part.check(part.read(line.of(part), self.words))
            except BadValueError as error:
                row["errors"].append([error.head or str(part.columns[0].head), error.reason])
                bad.add(str(part.columns[0].head))
        clean = {part.name for part in SHEET_PARTS if HEADS[part.name] not in bad}
        self._complain(row, values, clean, set(NEEDED) & clean)
        self._complain_of_new(row, values, clean)
        row["payload"] = values
        said = repr(sorted(values.items()))
        if said in self.new:
            reason = _("Dasselbe neue Angebot steht schon in Zeile %(line)d.") % {"line": self.new[said]}
            row["errors"].append([HEADS["title"], reason])
        self.new.setdefault(said, line.number)
        self._already_sent(row, None)

    def _complain(self, row: Row, values: Payload, touched: set[str], needed: set[str]) -> None:
        """What does not go together, or may not be empty."""
        found = [(name, _("Hier muss etwas stehen.")) for name in FIELDS if name in needed and not values[name]]
        start, end = values["starts_on"], values["ends_on"]
        if start and end and end < start and touched & {"starts_on", "ends_on"}:
            found.append(("ends_on", _("Das Ende liegt vor dem Anfang.")))
        if end and values["lifecycle"] == Lifecycle.REGULAR and touched & {"lifecycle", "ends_on"}:
            found.append(("ends_on", _("Ein dauerhaftes Angebot hat kein Ende. Bitte leeren Sie das Feld.")))
        pause = (values["pause_from"], values["pause_until"])
        if touched & {"pause_from", "pause_until"} and any(pause):
            if not all(pause):
                found.append(("pause_until" if pause[0] else "pause_from", _("Hier fehlt der andere Tag der Pause.")))
            elif pause[1] < pause[0]:
                found.append(("pause_until", _("Das Ende liegt vor dem Anfang.")))
        row["errors"] += [[HEADS[name], reason] for name, reason in found]

    def _complain_of_new(self, row: Row, values: Payload, clean: set[str]) -> None:
        if {"ages", "audiences"} <= clean and values["ages"] is None and Audience.PROFESSIONALS not in (
            values["audiences"]
        ):  # fmt: skip
            reason = _("Bitte füllen Sie „Alter von“ oder „Alter bis“ aus, oder schreiben Sie „alle“.")
            row["errors"].append([HEADS["ages"], reason])
        if {"places", "access"} <= clean and Access.COME in values["access"] and not values["places"]:
            reason = _("Bitte schreiben Sie, wohin die Familien kommen: Ort oder Straße.")
            row["errors"].append([HEADS["places"], reason])

    def _already_sent(self, row: Row, offer: int | None) -> None:
        """What the Büro has on its desk already is not sent a second time."""
        reference = self.waiting.reference(offer, row["payload"])
        if row["payload"] and reference:
            row |= {"waiting": reference, "payload": {}, "base": {}, "conflicts": []}


def errors(result: dict[str, Any]) -> Iterator[str]:
    """ "Zeile 7, Spalte „Alter von“: …" """
    for row in result.get("rows", []):
        for head, reason in row["errors"]:
            yield _("Zeile %(line)d, Spalte „%(head)s“: %(reason)s") % {
                "line": row["line"], "head": head, "reason": reason,
            }  # fmt: skip
