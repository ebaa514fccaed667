"""The loader of city packs: all or nothing, every problem named, staff edits safe."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from networks.models import Membership, Network
from offers.enums import Status
from offers.models import Funding, LifePhase, Offer, Schedule, Topic
from partners.models import Partner, Place
from portal.models import District, PackEntry, Postcode, SchoolHoliday
from portal.packs.columns import PackFile, Reference
from portal.packs.load import PackRefused, load_pack
from portal.packs.parse import pack_files

pytestmark = pytest.mark.django_db

Rows = dict[str, list[dict[str, str]]]
DISTRICTS = [
    {"slug": "stadt", "kind": "city", "name": "Stadt"},
    {"slug": "nord", "parent": "stadt", "kind": "borough", "name": "Nord", "note": "oben"},
    {"slug": "sued", "parent": "stadt", "kind": "borough", "name": "Süd"},
]
PARTNERS = [
    {
        "slug": "verein",
        "name": "Verein",
        "kind": "verein",
        "phone": "0208 1",
        "source": "Zeitung",
        "source_year": "2019",
    },
    {"slug": "gruppe", "name": "Gruppe", "kind": "verein", "parent": "verein", "fact_ids": "x1"},
]
OFFERS = [
    {
        "slug": "krabbeln", "title": "Krabbelgruppe", "summary": "Treffen.", "provider": "verein", "partners": "gruppe",
        "ages_from_months": "0", "ages_until_months": "36", "audiences": "kinder eltern", "topics": "fruehe-hilfen",
        "catchment": "nord sued", "places": "haus", "format": "gruppe", "access": "komm", "source": "Zeitung",
    },
    {
        "slug": "rat", "title": "Rat", "summary": "Rat.", "provider": "verein", "all_ages": "1",
        "topics": "fruehe-hilfen", "catchment": "stadt", "lifecycle": "projekt", "interpreting": "1",
    },
]  # fmt: skip


@pytest.fixture
def rows() -> Rows:
    """A small sound pack, by file."""
    return {
        "districts.csv": [dict(row) for row in DISTRICTS],
        "postcodes.csv": [{"code": "46045", "latitude": "51.5", "longitude": "6.8", "quarters": "nord sued"}],
        "school_holidays.csv": [{"name": "Herbst", "first_day": "2026-10-17", "last_day": "2026-10-31"}],
        "partners.csv": [dict(row) for row in PARTNERS],
        "places.csv": [
            {"key": "haus", "partner": "verein", "name": "Haus", "street": "Weg 1", "district": "nord"},
            {"key": "geheim", "partner": "gruppe", "name": "Schutz", "is_confidential": "1"},
        ],
        "networks.csv": [
            {"slug": "alt", "name": "Alt", "ended_year": "2014", "for_families": "0"},
            {"slug": "neu", "name": "Neu", "predecessors": "alt", "districts": "stadt", "coordinator": "verein"},
        ],
        "memberships.csv": [{"network": "neu", "partner": "verein", "role": "chair"}],
        "life_phases.csv": [
            {"slug": "0-3", "label": "Anfang", "ages_from_months": "0", "ages_until_months": "36", "position": "1"},
            {"slug": "eltern", "label": "Eltern", "audience": "eltern", "position": "2"},
        ],
        "topics.csv": [{"slug": "fruehe-hilfen", "label": "Frühe Hilfen", "synonyms": "Baby|Hebamme", "position": "1"}],
        "offers.csv": [dict(row) for row in OFFERS],
        "schedules.csv": [
            {"key": "krabbeln", "offer": "krabbeln", "kind": "weekly", "weekdays": "0 2", "start_time": "09:30"}
        ],
        "fundings.csv": [{"offer": "krabbeln", "source": "bsfh"}],
        "city.csv": [{"key": "name", "value": "Stadt", "source": "Amt"}],
    }


@pytest.fixture
def folder(tmp_path: Path, rows: Rows) -> Path:
    return write(tmp_path / "pack", rows)


def write(folder: Path, rows: Rows) -> Path:
    """Write the rows as a pack; columns that a row does not name are empty."""
    folder.mkdir(exist_ok=True)
    columns = {file.name: file.columns for file in pack_files()} | {"city.csv": ["key", "value", "source"]}
    for name, file_rows in rows.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns[name], restval="", delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(file_rows)
    return folder


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("load_pack", folder, *options, stdout=out)
    return out.getvalue()


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackRefused) as refused:
        load_pack(folder)
    return [str(problem) for problem in refused.value.problems]


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_loads_every_kind_of_row(folder: Path) -> None:
    said = run(folder)
    assert "offers.csv: 2 neu" in said
    assert "19 Zeilen neu, 0 geändert." in said
    offer = Offer.objects.get(slug="krabbeln")
    assert offer.ages == NumericRange(0, 36)
    assert offer.audiences == ["kinder", "eltern"]
    assert offer.access == ["komm"]
    assert {district.slug for district in offer.catchment.all()} == {"nord", "sued"}
    assert [place.address for place in offer.places.all()] == ["Weg 1"]
    assert [partner.slug for partner in offer.cooperation.all()] == ["gruppe"]
    advice = Offer.objects.get(slug="rat")
    assert advice.ages == NumericRange(None, None)
    assert (advice.interpreting, offer.interpreting) == (True, None)
    assert Partner.objects.get(slug="gruppe").parent == Partner.objects.get(slug="verein")
    assert District.objects.get(slug="nord").lineage[0] == District.objects.get(slug="stadt").pk
    assert Topic.objects.get().synonyms == ["Baby", "Hebamme"]
    assert LifePhase.objects.get(slug="eltern").ages is None
    assert Network.objects.get(slug="neu").predecessors.get().slug == "alt"
    assert Membership.objects.get().role == "chair"
    assert Schedule.objects.get().weekdays == [0, 2]
    assert Funding.objects.get().offer == offer
    assert Postcode.objects.get().districts.count() == 2
    assert SchoolHoliday.objects.get().last_day == date(2026, 10, 31)


def test_loaded_offers_are_public_but_unconfirmed_and_due_by_their_rhythm(folder: Path) -> None:
    load_pack(folder)
    offer, project = Offer.objects.get(slug="krabbeln"), Offer.objects.get(slug="rat")
    assert {offer.status, project.status} == {Status.PUBLISHED}
    assert offer.verified_at is None
    assert offer.confirmed_on is None
    assert (offer.review_months, project.review_months) == (12, 6)
    assert set(Offer.objects.public()) == {offer, project}
    assert project.review_due < offer.review_due


def test_second_load_changes_nothing_and_keeps_the_review_date(folder: Path) -> None:
    load_pack(folder)
    early = timezone.localdate() + timedelta(days=20)
    Offer.objects.update(review_due=early)
    versions = dict(Offer.objects.values_list("slug", "version"))
    said = run(folder)
    assert said.endswith("Nichts geändert.\n")
    assert "offers.csv: 2 unverändert" in said
    assert dict(Offer.objects.values_list("slug", "version")) == versions
    assert set(Offer.objects.values_list("review_due", flat=True)) == {early}


def test_a_changed_row_is_the_only_one_written(folder: Path) -> None:
    load_pack(folder)
    replace(folder, "offers.csv", "Krabbelgruppe", "Krabbelkreis")
    replace(folder, "offers.csv", "nord sued", "sued")
    said = run(folder)
    assert "offers.csv: 1 geändert, 1 unverändert" in said
    offer = Offer.objects.get(slug="krabbeln")
    assert offer.title == "Krabbelkreis"
    assert [district.slug for district in offer.catchment.all()] == ["sued"]
    assert run(folder).endswith("Nichts geändert.\n")


def test_a_row_edited_by_staff_is_left_alone_and_named(folder: Path) -> None:
    load_pack(folder)
    Offer.objects.filter(slug="krabbeln").update(title="Unsere Krabbelgruppe")
    replace(folder, "offers.csv", "Treffen.", "Ein Treffen.")
    replace(folder, "offers.csv", "Rat.", "Guter Rat.")
    said = run(folder)
    assert "Nicht angefasst: offers.csv: krabbeln: im Portal bearbeitet (Titel, Kurztext)." in said
    edited = Offer.objects.get(slug="krabbeln")
    assert (edited.title, edited.summary) == ("Unsere Krabbelgruppe", "Treffen.")
    assert Offer.objects.get(slug="rat").summary == "Guter Rat."
    assert "krabbeln: im Portal bearbeitet" in run(folder)


def test_links_edited_by_staff_are_left_alone(folder: Path) -> None:
    load_pack(folder)
    offer = Offer.objects.get(slug="krabbeln")
    offer.catchment.set(District.objects.filter(slug="nord"))
    assert "krabbeln: im Portal bearbeitet (Einzugsgebiet)" in run(folder)
    assert [district.slug for district in offer.catchment.all()] == ["nord"]


def test_a_withdrawn_offer_stays_withdrawn(folder: Path) -> None:
    load_pack(folder)
    Offer.objects.filter(slug="rat").update(status=Status.WITHDRAWN)
    assert "rat: im Portal bearbeitet (Stand)" in run(folder)
    assert Offer.objects.get(slug="rat").status == Status.WITHDRAWN


def test_fields_the_pack_does_not_fill_are_free_for_staff(folder: Path) -> None:
    load_pack(folder)
    Offer.objects.filter(slug="krabbeln").update(accessibility_note="Rampe")
    replace(folder, "offers.csv", "Treffen.", "Ein Treffen.")
    assert "offers.csv: 1 geändert" in run(folder)
    offer = Offer.objects.get(slug="krabbeln")
    assert (offer.summary, offer.accessibility_note) == ("Ein Treffen.", "Rampe")


def test_a_row_whose_slug_staff_changed_is_not_created_again(folder: Path) -> None:
    load_pack(folder)
    Offer.objects.filter(slug="krabbeln").update(slug="krabbelgruppe")
    assert "krabbeln: im Portal bearbeitet (Adresse im Portal)" in run(folder)
    assert Offer.objects.count() == 2


def test_a_row_deleted_by_staff_is_not_created_again(folder: Path) -> None:
    load_pack(folder)
    Offer.objects.get(slug="krabbeln").delete()
    said = run(folder)
    assert "offers.csv: krabbeln: im Portal gelöscht, bleibt gelöscht" in said
    assert "schedules.csv: krabbeln: gehört zu etwas, das im Portal gelöscht wurde" in said
    assert not Offer.objects.filter(slug="krabbeln").exists()


def test_a_place_deleted_by_staff_leaves_its_offer_alone(folder: Path) -> None:
    load_pack(folder)
    Place.objects.get(name="Haus").delete()
    said = run(folder)
    assert "places.csv: haus: im Portal gelöscht" in said
    assert Offer.objects.get(slug="krabbeln").places.count() == 0


def test_a_row_that_left_the_pack_stays_and_is_named(folder: Path, rows: Rows) -> None:
    load_pack(folder)
    rows["fundings.csv"] = []
    rows["offers.csv"] = rows["offers.csv"][:1]
    said = run(write(folder, rows))
    assert "offers.csv: rat: nicht mehr im Paket, bleibt im Portal" in said
    assert "fundings.csv: krabbeln/bsfh: nicht mehr im Paket" in said
    assert Offer.objects.filter(slug="rat").exists()


def test_a_row_that_staff_entered_first_is_left_alone(folder: Path) -> None:
    Partner.objects.create(slug="verein", name="Der Verein", kind="verein")
    said = run(folder)
    assert "partners.csv: verein: im Portal von Hand angelegt" in said
    assert Partner.objects.get(slug="verein").name == "Der Verein"
    assert Offer.objects.get(slug="rat").provider.name == "Der Verein"


def test_rows_that_match_without_memory_are_adopted(folder: Path) -> None:
    load_pack(folder)
    PackEntry.objects.filter(model__in=["offers.Offer", "offers.Topic"]).delete()
    assert "offers.csv: 2 unverändert" in run(folder)
    assert PackEntry.objects.filter(model="offers.Offer").count() == 2


def test_check_loads_nothing(folder: Path) -> None:
    said = run(folder, "--check")
    assert "Neu wären 19 Zeilen" in said
    assert not District.objects.exists()
    assert not PackEntry.objects.exists()


BAD_CELLS = [
    ("offers.csv", "provider", "niemand", "Unbekannt: niemand."),
    ("offers.csv", "provider", "", "Hier muss etwas stehen."),
    ("offers.csv", "topics", "fruehe-hilfen gibtsnicht", "Unbekannt: gibtsnicht."),
    ("offers.csv", "catchment", "", "Hier muss etwas stehen."),
    ("offers.csv", "ages_from_months", "-10", "Das Alter beginnt frühestens bei -9 Monaten."),
    ("offers.csv", "ages_from_months", "3,5", "„3,5“ ist keine ganze Zahl von Monaten."),
    ("offers.csv", "ages_from_months", "", "Zu „bis“ fehlt „von“."),
    ("offers.csv", "ages_until_months", "0", "„bis“ (0) muss größer sein als „von“ (0)."),
    ("offers.csv", "ages_until_months", "9999", "9999 Monate sind mehr als 99 Jahre."),
    ("offers.csv", "all_ages", "1", "Hier steht 0 oder 1; bei 1 bleiben die Altersspalten leer."),
    ("offers.csv", "audiences", "kinder katzen", "katzen"),
    ("offers.csv", "format", "party", "party"),
    ("offers.csv", "interpreting", "ja", "„ja“ ist weder 0 noch 1."),
    ("offers.csv", "starts_on", "2026-02-30", "2026-02-30"),
    ("offers.csv", "title", "x" * 161, "160"),
    ("offers.csv", "email", "kein-postfach", "E-Mail"),
    ("offers.csv", "website", "www", "gültige Adresse"),
    ("offers.csv", "phone", "anrufen!", "Telefonnummer"),
    ("offers.csv", "review_months", "7", "7"),
    ("offers.csv", "source_year", "20", "„20“ liegt nicht zwischen 1900 und 2100."),
    ("offers.csv", "slug", "", "Hier muss etwas stehen, es kennzeichnet die Zeile."),
    ("districts.csv", "latitude", "95", "„95“ liegt nicht zwischen -90 und 90."),
    ("districts.csv", "longitude", "nan", "„nan“ ist keine Zahl."),
    ("districts.csv", "parent", "sued", "Unbekannt: sued."),
    ("partners.csv", "kind", "kirche", "kirche"),
    ("places.csv", "postcode", "4604", "Eine Postleitzahl hat fünf Ziffern."),
    ("schedules.csv", "weekdays", "7", "7"),
    ("schedules.csv", "start_time", "25:00", "25:00"),
    ("school_holidays.csv", "last_day", "Oktober", "Oktober"),
    ("city.csv", "key", "", "Hier muss etwas stehen, es kennzeichnet die Zeile."),
]


@pytest.mark.parametrize(("name", "column", "value", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named_and_nothing_is_loaded(
    tmp_path: Path, rows: Rows, name: str, column: str, value: str, reason: str
) -> None:
    rows["districts.csv"] = rows["districts.csv"][:2]  # "sued" is unknown here
    for row in (*rows["postcodes.csv"], *rows["offers.csv"]):
        for cell in ("quarters", "catchment"):
            if cell in row:
                row[cell] = row[cell].replace(" sued", "")
    number = 1 if name == "districts.csv" else 0
    rows[name][number][column] = value
    found = [problem for problem in problems(write(tmp_path / "pack", rows)) if f"Spalte {column}:" in problem]
    assert any(problem.startswith(f"{name}, Zeile {number + 2}, Spalte {column}: ") for problem in found)
    assert any(reason in problem for problem in found)
    assert not District.objects.exists()
    assert not Offer.objects.exists()


BAD_ROWS = [
    ("offers.csv", 0, {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "Das Ende liegt vor dem Anfang."),
    ("places.csv", 1, {"street": "Geheimweg 1"}, "Ein geheimer Ort darf keine Adresse haben."),
    ("schedules.csv", 0, {"weekdays": ""}, "Zu diesem Rhythmus fehlt etwas"),
    ("life_phases.csv", 0, {"audience": "eltern"}, "lifephase_ages_or_audience"),
]


@pytest.mark.parametrize(("name", "number", "cells", "reason"), BAD_ROWS)
def test_a_row_that_breaks_a_rule_is_named(
    tmp_path: Path, rows: Rows, name: str, number: int, cells: dict[str, str], reason: str
) -> None:
    rows[name][number] |= cells
    found = problems(write(tmp_path / "pack", rows))
    assert [problem for problem in found if problem.startswith(f"{name}, Zeile {number + 2}: ") and reason in problem]
    assert not District.objects.exists()


def test_all_problems_of_all_files_are_reported_at_once(folder: Path) -> None:
    replace(folder, "partners.csv", "0208 1", "keine")
    replace(folder, "offers.csv", "fruehe-hilfen", "spaete-hilfen")
    replace(folder, "offers.csv", "projekt", "ewig")
    replace(folder, "topics.csv", "Frühe Hilfen", "F" * 121)
    with pytest.raises(CommandError, match=r"4 Fehler im Paket, nichts geladen\.") as refused:
        call_command("load_pack", folder, stdout=StringIO(), stderr=(errors := StringIO()))
    assert refused.value.returncode == 1
    assert [line.partition(": ")[0] for line in errors.getvalue().splitlines()] == [
        "offers.csv, Zeile 2, Spalte topics",
        "offers.csv, Zeile 3, Spalte lifecycle",
        "partners.csv, Zeile 2, Spalte phone",
        "topics.csv, Zeile 2, Spalte label",
    ]
    assert not PackEntry.objects.exists()


def test_a_bad_pack_keeps_what_was_loaded_before(folder: Path) -> None:
    load_pack(folder)
    replace(folder, "districts.csv", "Süd", "Süden")
    replace(folder, "fundings.csv", "bsfh", "lotto")
    assert "lotto" in "".join(problems(folder))
    assert District.objects.get(slug="sued").name == "Süd"


def test_the_same_key_twice(folder: Path, rows: Rows) -> None:
    rows["offers.csv"].append(dict(rows["offers.csv"][0]))
    assert problems(write(folder, rows)) == ["offers.csv, Zeile 4, Spalte slug: „krabbeln“ steht schon in Zeile 2."]


def test_a_key_that_is_too_long_to_remember(folder: Path, rows: Rows) -> None:
    rows["schedules.csv"][0]["key"] = "k" * 201
    assert problems(write(folder, rows)) == ["schedules.csv, Zeile 2, Spalte key: Länger als 200 Zeichen."]


def test_the_same_name_under_two_keys(folder: Path, rows: Rows) -> None:
    rows["partners.csv"][1]["name"] = "Verein"
    assert problems(write(folder, rows))[0].startswith("partners.csv, Zeile 3, Spalte name: ")


def test_a_parent_must_stand_above(folder: Path, rows: Rows) -> None:
    rows["partners.csv"].reverse()
    assert problems(write(folder, rows)) == [
        "partners.csv, Zeile 2, Spalte parent: Diese Zeile muss unter verein stehen."
    ]


def test_line_numbers_count_lines_inside_cells(folder: Path, rows: Rows) -> None:
    rows["offers.csv"][0]["description"] = "eins\nzwei\ndrei"
    rows["offers.csv"][1]["format"] = "party"
    assert problems(write(folder, rows))[0].startswith("offers.csv, Zeile 5, Spalte format: ")


def test_columns_that_are_missing_unknown_or_double(folder: Path) -> None:
    replace(folder, "topics.csv", "label", "titel")
    replace(folder, "postcodes.csv", "longitude", "latitude")
    assert problems(folder) == [
        "postcodes.csv, Zeile 1, Spalte latitude: Die Spalte steht zweimal da.",
        "postcodes.csv, Zeile 1, Spalte longitude: Die Spalte fehlt.",
        "topics.csv, Zeile 1, Spalte label: Die Spalte fehlt.",
        "topics.csv, Zeile 1, Spalte titel: Die Spalte ist unbekannt.",
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"name;first_day;last_day;source\nM\xe4rz;2026-03-01;2026-03-02;\n", "Zeile 2: Die Datei ist nicht in UTF-8"),
        (b"name;first_day;last_day;source\nM\0rz;2026-03-01;2026-03-02;\n", "Zeile 2: Die Zeile enthält ein NUL"),
        (b"", "Zeile 1: Die Datei ist leer"),
        (b"name;first_day;last_day;source\nA;2026-03-01;2026-03-02\n", "Zeile 2: 3 statt 4 Spalten."),
        (b'name;first_day;last_day;source\n"A;2026-03-01;2026-03-02;\n', "Zeile 2: Die Zeile ist kein gültiges CSV"),
    ],
)
def test_a_file_that_cannot_be_read(folder: Path, raw: bytes, reason: str) -> None:
    (folder / "school_holidays.csv").write_bytes(raw)
    found = problems(folder)
    assert len(found) == 1
    assert found[0].startswith(f"school_holidays.csv, {reason}")


def test_a_missing_and_a_misspelt_file(folder: Path) -> None:
    (folder / "fundings.csv").rename(folder / "funding.csv")
    assert problems(folder) == [
        "funding.csv: Keine App liest diese Datei. Ist der Name richtig geschrieben?",
        "fundings.csv: Die Datei fehlt.",
    ]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="gibt es nicht"):
        run(tmp_path / "nirgends")


def test_files_come_after_those_they_refer_to() -> None:
    names = [file.name for file in pack_files()]
    assert names.index("districts.csv") < names.index("places.csv") < names.index("offers.csv")
    assert names.index("offers.csv") < names.index("schedules.csv")


def test_files_in_a_circle_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    circle = [
        PackFile("a.csv", "offers.Offer", ("b",), (Reference("b", "offers.Topic"),)),
        PackFile("b.csv", "offers.Topic", ("a",), (Reference("a", "offers.Offer"),)),
    ]
    monkeypatch.setattr("offers.pack.FILES", circle)
    with pytest.raises(ValueError, match="circle"):
        pack_files()
