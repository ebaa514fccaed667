"""Cells of the tables: hostile text comes back to the letter and never runs, and Excel's habits do no harm."""

import csv
import io
import zipfile
from datetime import date, time
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from offers.enums import FundingSource
from offers.proposals import FIELDS, Payload
from offers.sheets.archive import UnreadableError
from offers.sheets.check import empty_offer
from offers.sheets.columns import COLUMNS, PARTS
from offers.sheets.parts import Part
from offers.sheets.read import Table, read_table
from offers.sheets.times import read_time, write_time
from offers.sheets.words import BadValueError, Words, read_day
from offers.sheets.write import as_csv, as_xlsx, row
from tests.offers.factories import TopicFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db
HEADS = [str(column.head) for column in COLUMNS]
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "'=", " =", "\u00a0+", "%", "|", "＝", "＋", '"', ";", ""]
BODIES = [
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://böse.example";"Klick")', 'DDE("cmd";"/C calc";"x")',
    "0208 123456", "a;b,c\td", "eins\nzwei\r\ndrei\rvier", '"doppelt ""doppelt""', "_x0041_ _x000D_ _x005F_x0041_",
    "👩‍👩‍👧 äöüß € „klug“ ‚fein‘",
]  # fmt: skip
OTHERS = [
    "00123", "6045", "1E5", "7.0", "TRUE", "#REF!", "2026-11-22", "22.11.2026", "9:30", "3-6", "null", " ", "'",
    "שלום עליכם", "\u202eRTL\u202c", "a\u0301\u0323\u0302", "\ufeffBOM", "\u00a0geschützt\u00a0", "\u2028\u2029",
    "\x01\x02\x1f", "\x7f\x85", "\x0b\x0c", "\ufffe\uffff", "x" * 32_767, "😀" * 16_383, "=" * 32_000, "sep=;",
]  # fmt: skip
HOSTILE = [*(start + body for start in STARTS for body in BODIES), *OTHERS]


@pytest.fixture
def words() -> Words:
    return Words()


def part(name: str) -> Part:
    return next(part for part in PARTS if part.name == name)


def sheet(rows: list[dict[str, Any]], *, heads: list[str] | None = None) -> bytes:
    """A workbook as somebody else's program writes it: values by head, of any type."""
    book = Workbook()
    page = book.active
    page.append(heads or HEADS)
    for values in rows:
        page.append([values.get(head) for head in heads or HEADS])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def only(table: Table, name: str) -> tuple[str, ...]:
    return table.lines[0].of(part(name))


# -- to the letter ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_hundred_hostile_cells_come_back_and_none_runs(words: Words) -> None:
    assert len(HOSTILE) >= 200
    rows = [
        row("", {**empty_offer(), "title": f"Nr {n}", "description": text}, words) for n, text in enumerate(HOSTILE)
    ]
    xlsx, plain = as_xlsx(rows, words), as_csv(rows)
    book = load_workbook(io.BytesIO(xlsx))
    kinds = {cell.data_type for page in book for cells in page.iter_rows() for cell in cells}
    assert kinds == {"s", "n"}
    assert {cell.number_format for cell in book["Angebote"]["D"]} == {"@"}
    cells = list(csv.reader(io.StringIO(plain.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert not [cell for line in cells for cell in line if cell.lstrip()[:1] in {*"=+-@", "\t", "\r"} and cell.strip()]
    for content in (xlsx, plain):
        found = [line.of(part("description"))[0] for line in read_table(content).lines]
        assert found == HOSTILE


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=30
    )
)
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@pytest.mark.slow
def test_any_text_comes_back(texts: list[str]) -> None:
    words = Words()
    rows = [row("x", {**empty_offer(), "summary": text, "phone": text}, words) for text in texts]
    for content in (as_xlsx(rows, words), as_csv(rows)):
        lines = read_table(content).lines
        assert [line.of(part("summary")) for line in lines] == [(text,) for text in texts]
        assert [line.of(part("phone")) for line in lines] == [(text,) for text in texts]


DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat)
CLOCK = st.times().map(lambda moment: time(moment.hour, moment.minute).isoformat())
WORD = st.text("abcäöüß ,.()–'=+@-", min_size=1, max_size=20).map(str.strip).filter(bool)
SPAN = st.lists(DAY, min_size=2, max_size=2).map(sorted)


@st.composite
def times(draw: st.DrawFn) -> Payload:
    kind = draw(st.sampled_from(["weekly", "interval", "monthly", "dates"]))
    clock = sorted(draw(st.sets(CLOCK, min_size=2, max_size=2)))
    span = draw(SPAN)
    return {
        "kind": kind,
        "weekdays": [] if kind == "dates" else sorted(draw(st.sets(st.integers(0, 6), min_size=1))),
        "interval_weeks": draw(st.integers(2, 12)) if kind == "interval" else None,
        "week_of_month": draw(st.sampled_from([1, 2, 3, 4, 5, -1])) if kind == "monthly" else None,
        "dates": draw(st.lists(DAY, min_size=1, max_size=4)) if kind == "dates" else [],
        "start_time": draw(st.sampled_from([clock[0], None])),
        "end_time": draw(st.sampled_from([clock[1], None])),
        "valid_from": span[0] if kind == "interval" else draw(st.sampled_from([span[0], None])),
        "valid_until": draw(st.sampled_from([span[1], None])),
        "pauses_in_school_holidays": draw(st.booleans()),
        "note": draw(st.just("") | WORD),
    }


AGES = st.none() | st.tuples(st.none() | st.integers(-9, 240), st.none() | st.integers(241, 1188)).map(
    lambda pair: {"from": pair[0], "until": pair[1]}
)
PLACE = st.builds(
    lambda name, street, district: {"name": name, "street": street, "postcode": "00123", "city": "Ort",
                                    "district": district},
    WORD, WORD, st.sampled_from(["", "osterfeld-mitte"]),
) | st.builds(lambda name: {"name": name, "is_confidential": True}, WORD)  # fmt: skip
FUNDING = st.builds(
    lambda source, label, span: {"source": source, "label": label, "starts_on": span[0], "ends_on": span[1]},
    st.sampled_from(FundingSource.values), st.just("") | WORD, SPAN | st.just([None, None]),
)  # fmt: skip


SAID = st.fixed_dictionaries(
    {
        "ages": AGES,
        "places": st.lists(PLACE, max_size=3),
        "schedules": st.lists(times(), max_size=3),
        "fundings": st.lists(FUNDING, max_size=3),
        "ends_on": st.none() | DAY,
    }
)


@given(st.lists(SAID, min_size=5, max_size=20))
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
@pytest.mark.slow
def test_what_offers_say_is_read_back_exactly(offers: list[Payload]) -> None:
    slug, words = quarter("Osterfeld-Mitte").slug, Words()
    for place in (place for said in offers for place in said["places"]):
        place |= {"district": slug} if place.get("district") else {}
    rows = [row("x", {**empty_offer(), **said}, words) for said in offers]
    for content in (as_xlsx(rows, words), as_csv(rows)):
        for line, said in zip(read_table(content).lines, offers, strict=True):
            assert {name: part(name).read(line.of(part(name)), words) for name in said} == said


def test_every_field_a_partner_can_propose_has_its_columns() -> None:
    assert sorted(part.name for part in PARTS) == sorted(FIELDS)
    assert len(HEADS) == len(set(HEADS))


# -- what people write -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Montag und Mittwoch von 9.30 bis 11 Uhr", "Mo, Mi 9:30–11:00"),
        ("mo - fr 8-12", "Mo, Di, Mi, Do, Fr 8:00–12:00"),
        ("jeden Dienstag, 16:00 Uhr, nicht in den Ferien", "Di 16:00; nicht in den Schulferien"),
        ("alle zwei Wochen donnerstags 15–17 Uhr ab 7.1.2027", "alle 2 Wochen Do 15:00–17:00; ab 07.01.2027"),
        ("jeden ersten Freitag im Monat 18 Uhr", "1. Fr im Monat 18:00"),
        ("letzter Sa im Monat bis 12:00", "letzter Sa im Monat bis 12:00"),
        ("am 12.03.2027 und 19.03.27 10:00-11:30", "am 12.03.2027, 19.03.2027 10:00–11:30"),
        ("So; Hinweis: Bitte; klingeln", "So; Hinweis: Bitte; klingeln"),
        ("täglich bis zum 24.12.2026", "Mo, Di, Mi, Do, Fr, Sa, So; bis 24.12.2026"),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, written: str) -> None:
    assert write_time(read_time(typed)) == written


@pytest.mark.parametrize("typed", ["9:30", "nach Vereinbarung", "Mo 25:00", "Mo 11–9", "alle 2 Wochen Mo", "Mo 9.5.",
                                   "alle 1 Wochen Mo", "Mo 9:00 oder 10:00"])  # fmt: skip
def test_times_nobody_understands_are_said_so(typed: str) -> None:
    with pytest.raises(BadValueError):
        read_time(typed)


@pytest.mark.parametrize("typed", ["31.12.2026", "31.12.26", "2026-12-31", "31. Dezember 2026", " 31/12/2026 ",
                                   "31.12.2026 00:00", "2026-12-31 00:00:00"])  # fmt: skip
def test_days_are_read_as_people_write_them(typed: str) -> None:
    assert read_day(typed) == "2026-12-31"


def test_excels_habits_do_no_harm(words: Words) -> None:
    """Days as days and as numbers, ages as 7.0, zeros lost, spaces and quotes changed, formulas with a result."""
    TopicFactory.create(label="Sprache, Lesen")
    quarter("Osterfeld-Mitte")
    content = sheet([{
        "Kennung": "x", "Name des Angebots": 7.0, "Beginnt am": date(2026, 12, 31), "Endet am": 46_387,
        "Alter von": 3.0, "Alter bis": "6,0", "Ort: Straße": "Weg 1", "Ort: Postleitzahl": 1234.0,
        "Ort: Stadtteil": "\u00a0osterfeld-mitte ", "Themen": "sprache,  lesen", "Kosten": "KOSTENLOS\n",
        "Zielgruppen": "Eltern, Kinder;", "Ort: Adresse geheim": False, "Zeiten": 0.395833333,
        "Telefon": 208123456.0,
    }])  # fmt: skip
    table = read_table(content)

    def read(name: str, now: Any = None) -> Any:
        return part(name).read(only(table, name), words, now)

    assert (read("title"), read("starts_on"), read("ends_on")) == ("7", "2026-12-31", "2026-12-31")
    assert read("ages") == {"from": 36, "until": 72}
    assert read("places")[0] == {
        "name": "Weg 1", "street": "Weg 1", "postcode": "01234", "city": words.city, "district": "osterfeld-mitte",
    }  # fmt: skip
    assert (read("topics"), read("cost"), read("audiences")) == (["sprache-lesen"], "free", ["eltern", "kinder"])
    assert only(table, "schedules") == ("9:30",)
    assert part("phone").same(read("phone"), "0208 123456")
    with pytest.raises(BadValueError, match="Null"):
        part("phone").check(read("phone"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_kind_of_csv_is_read(encoding: str, delimiter: str) -> None:
    lines = [["Name des Angebots ", "KENNUNG", "Telefon", "Unbekannt"], ["Müller; Straße, „klug“ ", "x", "'+49 1", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([*lines, [], ["", " ", "", ""]])
    table = read_table(text.getvalue().encode(encoding))
    assert [(line.number, line.key) for line in table.lines] == [(2, "x")]
    assert only(table, "title") == ("Müller; Straße, „klug“ ",)
    assert only(table, "phone") == ("+49 1",)
    assert "Unbekannt" in table.hints[0]
    assert "„Alter von“" in table.hints[1]


def test_a_title_above_the_head_and_columns_in_another_order_are_no_problem() -> None:
    book = Workbook()
    page = book.active
    page.merge_cells("A1:D1")
    page["A1"] = "Unsere Angebote"
    page.append([])
    page.append(["Telefon", None, "Name des Angebots*", "Kennung"])
    page.append(["1", None, "Chor", "x"])
    page.cell(900, 30).number_format = "@"
    page["C4"] = '="Ch"&"or"'
    page["A5"], page["C5"], page["D5"] = "2", "Spiel", "y"
    page.merge_cells("A5:A6")
    file = io.BytesIO()
    book.save(file)
    table = read_table(file.getvalue())
    assert [line.number for line in table.lines] == [4, 5]
    assert table.lines[0].problems == {
        "Name des Angebots": "In der Zelle steht eine Formel ohne Ergebnis. Bitte schreiben Sie den Wert hin."
    }
    assert list(table.lines[1].problems) == ["Telefon"]


def _archive(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def _with(name: str, change: Any) -> bytes:
    """A real workbook with one file inside it changed. Its one title is kept apart, as Excel does with all text."""
    with zipfile.ZipFile(io.BytesIO(sheet([{"Kennung": "x", "Name des Angebots": "Chor"}]))) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    page, kinds = "xl/worksheets/sheet1.xml", "[Content_Types].xml"
    inside, apart = b't="inlineStr"><is><t>Chor</t></is>', b't="s"><v>0</v>'
    assert inside in parts[page]
    parts[page] = parts[page].replace(inside, apart)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    parts[kinds] = parts[kinds].replace(b"</Types>", override)
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="' + space + b'"><si><t>Chor</t></si></sst>'
    return _archive(**{**parts, name: change(parts[name])})


def test_text_is_read_as_excel_stores_it() -> None:
    content = _with("xl/sharedStrings.xml", lambda xml: xml.replace(b"Chor", b"_x005F_x000D_ a_x000D_b"))
    assert only(read_table(content), "title") == ("_x000D_ a\rb",)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: b"", "Kopfzeile"),
        (lambda: b"\x89PNG\r\n\x1a\n\0\0", "nicht lesen"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 99, "ohne Passwort"),
        (lambda: b"PK\x03\x04 kaputt", "beschädigt"),
        (lambda: _archive(**{"mimetype": b"x", "content.xml": b""}), "OpenDocument"),
        pytest.param(lambda: _archive(**{"a.xml": b"\0" * 31_000_000}), "zu groß", marks=pytest.mark.slow),
        (lambda: _archive(**{f"{n}": b"" for n in range(400)}), "zu groß"),
        (lambda: _with("xl/worksheets/sheet1.xml", lambda xml: LAUGHS + xml), "beschädigt"),
        (lambda: _with("xl/sharedStrings.xml", lambda xml: LAUGHS + xml.replace(b"Chor", b"&b;")), "beschädigt"),
        (lambda: sheet([{"A": 1}], heads=["A", "B"]), "Kopfzeile"),
        (lambda: sheet([], heads=["Kennung", "Telefon"]), "„Name des Angebots“ fehlt"),
        (lambda: sheet([], heads=["Name des Angebots", "Telefon"]), "„Kennung“ fehlt"),
        (lambda: sheet([], heads=[*HEADS, "Kosten "]), "zweimal"),
        (lambda: sheet([], heads=["Kennung", "Name des Angebots", "Alter von"]), "„Alter bis“ fehlt"),
        (lambda: b"Kennung;Titel\n" + b"x;y\n" * 2_001, "2001 Zeilen"),
        (lambda: b"Kennung;Titel\n" + b'x;"' + b"y" * 200_000, "CSV"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused_with_a_sentence(content: Any, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_table(content())
