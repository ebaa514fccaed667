"""A table goes down, comes up changed, is checked by the real queue and becomes proposals; nobody else's row moves."""

import csv
import io
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from offers.desk.decisions import approve_proposal, return_proposal
from offers.enums import ProposalStatus
from offers.models import Offer, Parallel, Proposal, ReviewAnswer, TemplateLink, UploadedSheet
from offers.proposals import fingerprint
from offers.sheets import actions
from offers.sheets.actions import run_check
from offers.sheets.forms import MOST_ASKED, MOST_BYTES
from offers.sheets.send import BATCH, give_up_sending, order, proposals_of, run_sending, submission_of
from offers.workspace.following import follow
from partners.models import Affiliation
from portal.management.commands.worker import run_worker
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.partners.people import inside, member
from tests.portal.factories import quarter
from tests.portal.staff import staff

pytestmark = pytest.mark.django_db
Change = Callable[[list[dict[str, str]]], Any]


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(name="Verein Sonne"), email="kaethe@example.org")


@pytest.fixture
def mine(own: Affiliation) -> Client:
    return inside(own.person)


@pytest.fixture
def offers(own: Affiliation) -> list[Offer]:
    place = PlaceFactory.create(partner=own.partner, name="Haus", district=quarter("Osterfeld-Mitte"))
    found = [
        OfferFactory.create(
            title=title, provider=own.partner, topics=[TopicFactory.create(label=f"Thema {title}")], places=[place],
            format="gruppe", access=["komm"], cost="free", registration="none", phone="0208 123456",
        )
        for title in ("Chor", "Spielkreis", "Turnen")
    ]  # fmt: skip
    ScheduleFactory.create(offer=found[0])
    return found


def url(own: Affiliation, view: str = "sheets", *more: Any) -> str:
    return reverse(f"sheets:{view}", args=[own.partner.slug, *more])


def downloaded(mine: Client, own: Affiliation) -> list[dict[str, str]]:
    """The rows of the CSV file by head."""
    answer = mine.get(url(own, "download", "csv"))
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def as_file(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def upload(mine: Client, own: Affiliation, content: bytes, name: str = "herbst.csv", **values: Any) -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    return mine.post(url(own), {"vorgang": str(uuid.uuid4()), **values, "file": file})  # type: ignore[return-value]


def checked(mine: Client, own: Affiliation, rows: list[dict[str, str]]) -> UploadedSheet:
    """Uploaded, and checked as the job does."""
    upload(mine, own, as_file(rows))
    sheet = UploadedSheet.objects.latest("pk")
    run_check(sheet.pk)
    sheet.refresh_from_db()
    return sheet


def page(mine: Client, own: Affiliation, sheet: UploadedSheet) -> str:
    return " ".join(mine.get(url(own, "sheet", sheet.public_id)).content.decode().split())


def sent(mine: Client, own: Affiliation, sheet: UploadedSheet, **answers: str) -> None:
    """The button pressed, and sent as the job does."""
    mine.post(url(own, "sheet", sheet.public_id), answers)
    run_sending(sheet.pk)


def titled(rows: list[dict[str, str]], title: str) -> dict[str, str]:
    return next(row for row in rows if row["Name des Angebots"] == title)


def complements() -> dict[str, str]:
    """ "ergänzt es" for every similar offer the last table was asked about."""
    rows = UploadedSheet.objects.latest("pk").result["rows"]
    return {f"parallel-{row['line']}-{hit[0]}": "ergaenzt" for row in rows for hit in row["similar"]}


# -- the whole way ---------------------------------------------------------------------------------------------------


NEW = {
    "Name des Angebots": "Babymassage", "In ein bis zwei Sätzen": "Ruhe für Sie und Ihr Kind.", "Alter bis": 1.0,
    "Themen": "Thema Chor", "Form": "Kurs oder Training", "Gebiete": "Osterfeld-Mitte", "Kosten": "kostet etwas",
    "Zugang": "Familien kommen zu uns", "Anmeldung": "mit Anmeldung", "Ort: Name": "Haus",
}  # fmt: skip


def fill(book: Any, line: int, values: dict[str, Any]) -> None:
    """Type into cells of one row."""
    heads = {cell.value: cell.column for cell in book["Angebote"][1]}
    for head, value in values.items():
        book["Angebote"].cell(line, heads[head]).value = value


def send_up(mine: Client, own: Affiliation, book: Any) -> str:
    """Save, upload, and let the real queue check; returns where the result stands."""
    file = io.BytesIO()
    book.save(file)
    there = str(upload(mine, own, file.getvalue(), "angebote.xlsx").headers["Location"])
    assert "Die Tabelle wird geprüft" in mine.get(there).content.decode()
    assert mine.get(there, headers={"HX-Request": "true"}).status_code == 200
    run_worker(wait=False)
    assert mine.get(there, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    return there


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_from_the_download_over_the_queue_and_two_errors_to_what_families_see(
    mine: Client, own: Affiliation, offers: list[Offer]
) -> None:
    """The sheet is changed in Excel's format, two cells are wrong, come right the second time, and are decided."""
    book = load_workbook(io.BytesIO(mine.get(url(own, "download", "xlsx")).content))
    lines = {book["Angebote"].cell(line, 2).value: line for line in range(2, 5)}
    fill(book, lines["Chor"], {"Name des Angebots": "Chor für alle", "Zeiten": "Do 17 bis 18 Uhr"})
    fill(book, lines["Turnen"], {"Alter von": "ab drei", "Kosten": "gratis"})
    fill(book, 7, NEW)
    there = send_up(mine, own, book)
    words = " ".join(mine.get(there).content.decode().split())
    line = lines["Turnen"]
    assert f"Zeile {line}, Spalte „Alter von“: „ab drei“ ist kein Alter. Schreiben Sie zum Beispiel: 3 oder" in words
    assert f"Zeile {line}, Spalte „Kosten“: „gratis“ kennen wir nicht. Möglich ist: kostenlos, kostet etwas." in words
    assert "<strong>1</strong> Angebot mit Änderungen" in words
    assert "<strong>1</strong> neues Angebot" in words
    assert not Proposal.objects.exists()
    assert "Die Vorschläge werden gesendet" in mine.post(there, complements(), follow=True).content.decode()
    run_worker(wait=False)  # the proposals and the mail to the Büro
    assert mine.get(there, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert {proposal.payload["title"] for proposal in Proposal.objects.all()} == {"Chor für alle", "Babymassage"}
    # the errors put right; what is at the Büro is not sent twice
    fill(book, lines["Turnen"], {"Alter von": 1, "Kosten": "kostet etwas"})
    there = send_up(mine, own, book)
    words = mine.get(there).content.decode()
    assert words.count("liegt schon beim Büro") == 2
    mine.post(there)
    run_worker(wait=False)
    assert Proposal.objects.waiting().count() == 3
    turning = Proposal.objects.latest("pk")
    assert turning.payload == {"ages": {"from": 12, "until": 36}, "cost": "fee"}
    song, new = (Proposal.objects.get(payload__title=title) for title in ("Chor für alle", "Babymassage"))
    buero = staff("Redaktion")
    approve_proposal(proposal=song, by=buero, seen=fingerprint(offers[0]))
    assert approve_proposal(proposal=new, by=buero).provider == own.partner
    return_proposal(proposal=turning, by=buero, reason="Bitte den Preis nennen.")
    song_now = Offer.objects.get(pk=offers[0].pk)
    assert [(row.weekdays, row.start_time.hour) for row in song_now.schedules.all() if row.start_time] == [([3], 17)]
    assert Offer.objects.public().filter(title__in=["Chor für alle", "Babymassage"]).count() == 2


@pytest.mark.slow
def test_the_page_offers_the_way_down_and_up(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    words = mine.get(url(own)).content.decode()
    assert "alle 3 Angebote" in words
    assert 'enctype="multipart/form-data"' in words
    for view in (reverse("workspace:offers", args=[own.partner.slug]), url(own)):
        assert f'href="{url(own)}"' in mine.get(view).content.decode()
    answer = mine.get(url(own, "download", "xlsx"))
    assert answer["Content-Disposition"].startswith('attachment; filename="angebote-verein-sonne-')
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Angebote", "Erklärung", "Auswahl"]
    assert book["Angebote"].freeze_panes == "C2"
    assert len(book["Angebote"].data_validations.dataValidation) > 10
    assert mine.get(url(own, "download", "ods")).status_code == 404


def test_a_table_that_changes_nothing_says_so(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    sheet = checked(mine, own, rows[:2])
    assert (sheet.result["rows"], sheet.result["same"], sheet.result["absent"]) == ([], 2, 1)
    words = page(mine, own, sheet)
    assert "Nichts zu ändern" in words
    assert "Angebot steht nicht in der Tabelle und bleibt, wie es ist" in words
    mine.post(url(own, "sheet", sheet.public_id))
    assert not Proposal.objects.exists()


def test_old_and_new_words_are_told_apart(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    titled(rows, "Chor")["In ein bis zwei Sätzen"] = "Spielen & Singen für die Großen."
    words = page(mine, own, checked(mine, own, rows))
    assert "bisher: </span>Spielen <del>und</del> Singen für die <del>Kleinsten</del>." in words
    assert "neu: </span>Spielen <ins>&amp;</ins> Singen für die <ins>Großen</ins>." in words


# -- sent once -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_sent_twice_is_stored_once(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    titled(rows, "Chor")["Telefon"] = "0208 99"
    sheet = checked(mine, own, rows)
    there = url(own, "sheet", sheet.public_id)
    for _click in range(2):
        answer = mine.post(there, {"message": "Neue Nummer"}, follow=True)
        assert "Die Vorschläge werden gesendet" in answer.content.decode()
    order(sheet=sheet, keep={}, parallels={})
    assert waiting_jobs("offers.send_sheet") == 1
    for _job in range(2):
        run_sending(sheet.pk)
    [proposal] = Proposal.objects.all()
    assert (proposal.payload, proposal.message) == ({"phone": "0208 99"}, "Neue Nummer")
    assert (proposal.status, proposal.sender_email) == (ProposalStatus.WAITING, "kaethe@example.org")
    assert proposal.base["phone"] == "0208 123456"
    assert ReviewAnswer.objects.get().proposal == proposal
    words = page(mine, own, sheet)
    assert "1 Vorschlag ist beim Büro" in words
    assert reverse("workspace:proposal", args=[own.partner.slug, proposal.reference]) in words
    # the very same file once more: it is on the Büro's desk
    assert checked(mine, own, rows).result["rows"][0]["waiting"] == proposal.reference


def waiting_jobs(task: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [task])
        return int(cursor.fetchone()[0])


def many(own: Affiliation, count: int) -> UploadedSheet:
    """A checked table of that many new offers; what a check makes of them, without one."""
    new = [{"title": f"Angebot {number}"} for number in range(count)]
    rows: list[dict[str, Any]] = [
        {"line": line, "offer": None, "version": None, "payload": payload, "base": {}, "conflicts": [], "similar": [],
         "title": "", "errors": [], "moved": [], "waiting": ""}
        for line, payload in enumerate(new, start=2)
    ]  # fmt: skip
    return UploadedSheet.objects.create(
        person=own.person, partner=own.partner, submission_id=uuid.uuid4(), name="viele.xlsx",
        checked_at=timezone.now(), result={"rows": rows},
    )  # fmt: skip


def titles(sheet: UploadedSheet) -> list[str]:
    return [proposal.payload["title"] for proposal in proposals_of(sheet)]


def test_what_breaks_off_goes_on_where_it_was_and_sends_each_row_once(mine: Client, own: Affiliation) -> None:
    """A row in the third handful cannot be stored: two are, a button sends the rest, and the mail goes out at last."""
    count = 3 * BATCH
    sheet = many(own, count)
    stone = Proposal.objects.create(
        submission_id=submission_of(sheet, count), sender_email="x@example.org", payload={"title": "im Weg"}
    )
    order(sheet=sheet, keep={}, parallels={})
    for _try in range(2):
        with pytest.raises(IntegrityError):
            run_sending(sheet.pk)
    assert titles(sheet) == [f"Angebot {number}" for number in range(2 * BATCH)]
    assert f"{2 * BATCH} von {count} Zeilen" in page(mine, own, sheet)
    assert "wird gerade gesendet" in mine.post(url(own, "drop", sheet.public_id), follow=True).content.decode()
    give_up_sending(sheet.pk)
    words = page(mine, own, sheet)
    assert "Das Senden ist stehen geblieben" in words
    assert f"{2 * BATCH} von {count} Zeilen sind erledigt" in words
    stone.delete()
    assert (
        "Die Vorschläge werden gesendet" in mine.post(url(own, "sheet", sheet.public_id), follow=True).content.decode()
    )
    assert waiting_jobs("portal.deliver_mail") == 0
    run_sending(sheet.pk)
    assert titles(sheet) == [f"Angebot {number}" for number in range(count)]
    assert waiting_jobs("portal.deliver_mail") == 1
    assert "Gesendet" in page(mine, own, sheet)


def test_who_left_the_organisation_sends_nothing_any_more(own: Affiliation) -> None:
    sheet = many(own, 2)
    order(sheet=sheet, keep={}, parallels={})
    Affiliation.objects.update(ended_at=timezone.now())
    run_sending(sheet.pk)
    assert titles(sheet) == []
    sheet.refresh_from_db()
    assert sheet.stopped


def test_many_rows_are_sent_with_as_many_questions_to_the_database_as_few(
    own: Affiliation, offers: list[Offer]
) -> None:
    """For a whole handful, that is, of which there is one here and there."""
    counts = []
    for count in (2, BATCH - 1):
        sheet = many(own, count)
        sheet.result["rows"][0] |= {"offer": offers[0].pk, "payload": {"phone": f"0208 {count}"}, "version": 1}
        sheet.save()
        order(sheet=sheet, keep={}, parallels={})
        with CaptureQueriesContext(connection) as asked:
            run_sending(sheet.pk)
        counts.append(len(asked))
        assert proposals_of(sheet).count() == count
        Proposal.objects.all().delete()
    assert counts[0] == counts[1]


def test_what_a_table_changes_goes_its_own_way_from_now_on(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    """As with a change by hand: the template does not ask to take it back."""
    follow(offers=[offers[1]], template=offers[0])
    rows = downloaded(mine, own)
    titled(rows, "Spielkreis")["Kosten genauer"] = "2 Euro"
    sent(mine, own, checked(mine, own, rows))
    assert "cost_note" in TemplateLink.objects.get().differs


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_row_once(own: Affiliation) -> None:
    sheet = many(own, 4 * BATCH)
    order(sheet=sheet, keep={}, parallels={})

    def work() -> None:
        try:
            run_sending(sheet.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        for done in [workers.submit(work) for _worker in range(3)]:
            done.result()
    assert sorted(titles(sheet)) == sorted(f"Angebot {number}" for number in range(4 * BATCH))
    assert waiting_jobs("portal.deliver_mail") == 1


def test_a_double_click_on_upload_is_one_table(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows, number = downloaded(mine, own), str(uuid.uuid4())
    places = {upload(mine, own, as_file(rows), vorgang=number)["Location"] for _click in range(2)}
    assert len(places) == 1
    assert UploadedSheet.objects.count() == 1


@pytest.mark.slow
def test_many_proposals_are_one_mail_to_the_buero(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    for row in rows:
        row["Telefon"] = "0208 99"
    sent(mine, own, checked(mine, own, rows))
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'subject' FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail'")
        assert cursor.fetchall() == [("3 Vorschläge aus einer Tabelle: Verein Sonne",)]


# -- others' rows, others' changes -----------------------------------------------------------------------------------


def test_a_foreign_or_made_up_key_reveals_nothing(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    other = member(PartnerFactory.create(name="Haus Mond"), email="mond@example.org")
    OfferFactory.create(title="Geheimplan", provider=other.partner)
    [foreign] = downloaded(inside(other.person), other)
    rows = downloaded(mine, own)
    for row, key in zip(rows, [foreign["Kennung"], rows[1]["Kennung"] + "x", "1"], strict=True):
        row["Kennung"], row["Telefon"] = key, "0208 99"
    sheet = checked(mine, own, rows)
    assert [row["errors"] for row in sheet.result["rows"]] == [
        [["Kennung", "Diese Zeile gehört nicht zu Ihrer Organisation, oder die Kennung wurde verändert. Für ein neues "
                     "Angebot leeren Sie bitte die Kennung."]]
    ] * 3  # fmt: skip
    assert "Geheimplan" not in page(mine, own, sheet)
    mine.post(url(own, "sheet", sheet.public_id))
    assert not Proposal.objects.exists()


def test_a_copied_row_is_no_new_offer_before_its_key_is_empty(
    mine: Client, own: Affiliation, offers: list[Offer]
) -> None:
    rows = downloaded(mine, own)
    copy = {**titled(rows, "Chor"), "Name des Angebots": "Chor am Abend"}
    sheet = checked(mine, own, [*rows, copy])
    assert sheet.result["rows"][0]["errors"] == [
        ["Kennung", "Diese Kennung steht schon in Zeile 2. Für ein neues Angebot leeren Sie sie bitte."]
    ]
    copy["Kennung"] = ""
    sheet = checked(mine, own, [*rows, copy, copy])
    first, second = sheet.result["rows"]
    assert first["payload"]["title"] == "Chor am Abend"
    assert second["errors"] == [["Name des Angebots", "Dasselbe neue Angebot steht schon in Zeile 5."]]


@pytest.mark.slow
def test_what_somebody_else_changed_meanwhile_is_asked_about(
    mine: Client, own: Affiliation, offers: list[Offer]
) -> None:
    """Field by field: untouched here stays as it is now, touched on both sides is a question, the rest is sent."""
    rows = downloaded(mine, own)
    offer = Offer.objects.get(title="Chor")
    Offer.objects.filter(pk=offer.pk).update(phone="0208 1", cost_note="frei", title="Chor!")
    row = titled(rows, "Chor")
    row["Telefon"], row["Zeiten in Worten"] = "0208 2", "nach Absprache"
    sheet = checked(mine, own, rows)
    [found] = sheet.result["rows"]
    assert found["payload"] == {"phone": "0208 2", "when_note": "nach Absprache"}
    assert (found["conflicts"], sorted(found["moved"])) == (["phone"], ["cost_note", "title"])
    there = url(own, "sheet", sheet.public_id)
    assert "Bitte wählen Sie eine Antwort." in mine.post(there).content.decode()
    assert not Proposal.objects.exists()
    words = page(mine, own, sheet)
    assert "jetzt im Portal: 0208 1" in words
    assert "in Ihrer Tabelle: 0208 2" in words
    sent(mine, own, sheet, **{f"wahl-{found['line']}-phone": "portal"})
    assert Proposal.objects.get().payload == {"when_note": "nach Absprache"}


def test_a_new_offer_that_overlaps_is_asked_about(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    copy = {**titled(rows, "Chor"), "Kennung": "", "Name des Angebots": "Chor am Morgen"}
    sheet = checked(mine, own, [*rows, copy])
    [row] = sheet.result["rows"]
    assert row["similar"][0][0] == offers[0].pk
    there = url(own, "sheet", sheet.public_id)
    names = [f"{word}-{row['line']}-{hit[0]}" for hit in row["similar"] for word in ("parallel", "grund")]
    assert "Es gibt schon etwas Ähnliches: „Chor“" in mine.post(there).content.decode()
    answers = {name: "trotzdem" if name.startswith("parallel") else "" for name in names}
    assert "Bitte schreiben Sie, warum" in mine.post(there, answers).content.decode()
    sent(mine, own, sheet, **{name: text or "Am Morgen ist keiner." for name, text in answers.items()})
    assert {answer.reason for answer in Proposal.objects.get().parallels.all()} == {"Am Morgen ist keiner."}


@pytest.mark.slow
def test_more_questions_than_anybody_answers_become_one(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    copy = titled(rows, "Chor") | {"Kennung": ""}
    rows += [copy | {"Name des Angebots": f"Chor am Morgen {number}"} for number in range(MOST_ASKED + 2)]
    Offer.objects.filter(title="Chor").update(phone="0208 1")
    titled(rows, "Chor")["Telefon"] = "0208 2"
    sheet = checked(mine, own, rows)
    asked = [row for row in sheet.result["rows"] if row["conflicts"] or row["similar"]]
    assert len(asked) == MOST_ASKED + 3
    there = url(own, "sheet", sheet.public_id)
    first = {f"parallel-{row['line']}-{pk}": "ergaenzt" for row in asked[:MOST_ASKED] for pk, _why in row["similar"]}
    first[f"wahl-{asked[0]['line']}-phone"] = "tabelle"
    words = mine.post(there, first).content.decode()
    assert "Alle 3 weiteren Zeilen zusammen" in words
    assert words.count("Bitte wählen Sie eine Antwort.") == 2  # beside the field and in the list above
    sent(mine, own, sheet, **first, **{"parallel-rest": "kooperiert"})
    answers = Counter(Parallel.objects.filter(existing=offers[0]).values_list("answer", flat=True))
    assert answers == {"ergaenzt": MOST_ASKED - 1, "kooperiert": 3}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"Name des Angebots": ""}, "Hier muss etwas stehen."),
        ({"Name des Angebots": "x" * 161}, "höchstens 160 Zeichen"),
        ({"E-Mail": "keine"}, "gültige E-Mail-Adresse"),
        ({"Internetseite": "ftp://x.de"}, "gültige Adresse"),
        ({"Telefon": "2,08123E+09"}, "Excel hat die Nummer gekürzt"),
        ({"Ort: Postleitzahl": "46"}, None),
        ({"Ort: Postleitzahl": "123456"}, "fünf Ziffern"),
        ({"Alter von": "7", "Alter bis": "3"}, "muss größer sein"),
        ({"Endet am": "31.2.2027"}, "ist kein Tag"),
        ({"Beginnt am": "2.2.2027", "Endet am": "1.2.2027"}, "Das Ende liegt vor dem Anfang."),
        ({"Laufzeit": "Regelangebot", "Endet am": "1.2.2027"}, "hat kein Ende"),
        ({"Pause ab": "1.2.2027"}, "Hier fehlt der andere Tag der Pause."),
        ({"Themen": "Thema Chor; Quatsch"}, "„Quatsch“ kennen wir nicht"),
        ({"Gebiete": ""}, "Hier muss etwas stehen."),
        ({"Förderung": "Stadt; irgendwann"}, "„irgendwann“ verstehen wir nicht"),
        ({"Weitere Orte": "a;b;c;d;e;f"}, "zu viele Teile"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(
    mine: Client, own: Affiliation, offers: list[Offer], changes: dict[str, str], error: str | None
) -> None:
    rows = downloaded(mine, own)
    titled(rows, "Spielkreis").update(changes)
    [row] = checked(mine, own, rows).result["rows"]
    assert row["line"] == 3
    if error is None:
        assert row["payload"]["places"][0]["postcode"] == "00046"
        return
    [[head, reason]] = row["errors"]
    assert head in changes or head == "Pause bis"
    assert error in reason
    assert row["payload"] == {}


# -- what is kept ----------------------------------------------------------------------------------------------------


def test_a_table_belongs_to_its_person_and_is_forgotten(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    sheet = checked(mine, own, downloaded(mine, own))
    assert bytes(sheet.content) == b""
    colleague = inside(member(own.partner, email="zweite@example.org").person)
    for view in ("sheet", "drop"):
        assert colleague.post(url(own, view, sheet.public_id)).status_code == 404
    assert sheet.name not in colleague.get(url(own)).content.decode()
    assert sheet.name in mine.get(url(own)).content.decode()
    UploadedSheet.objects.update(created_at=timezone.now() - timedelta(days=8))
    fresh = checked(mine, own, downloaded(mine, own))
    UploadedSheet.objects.outdated().delete()  # what `forget_sheets` does every night
    assert list(UploadedSheet.objects.all()) == [fresh]
    mine.post(url(own, "drop", fresh.public_id))
    assert not UploadedSheet.objects.exists()


def test_after_the_last_try_the_person_is_told(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    upload(mine, own, as_file(downloaded(mine, own)))
    sheet = UploadedSheet.objects.get()
    assert "Die Tabelle wird geprüft" in page(mine, own, sheet)
    actions.give_up(sheet.pk)
    run_check(sheet.pk)  # a job that comes late changes nothing
    assert "es liegt an uns" in page(mine, own, sheet)
    sheet.refresh_from_db()
    assert bytes(sheet.content) == b""


def test_what_cannot_be_read_or_is_too_big_is_refused_kindly(mine: Client, own: Affiliation) -> None:
    assert "Bitte wählen Sie eine Datei aus." in mine.post(url(own)).content.decode()
    assert "zu groß (4,8" in upload(mine, own, b"x" * (MOST_BYTES + 1)).content.decode()
    upload(mine, own, b"PK kaputt")
    sheet = UploadedSheet.objects.get()
    run_check(sheet.pk)
    assert "beschädigt oder keine Excel-Datei" in page(mine, own, sheet)
    mine.post(url(own, "sheet", sheet.public_id))
    assert not Proposal.objects.exists()


def test_a_page_of_many_rows_asks_no_more_than_one_of_few(mine: Client, own: Affiliation, offers: list[Offer]) -> None:
    rows = downloaded(mine, own)
    counts = []
    for some in (rows[:1], rows):
        for row in some:
            row["Telefon"] += "9"
        sheet = checked(mine, own, some)
        mine.get(url(own, "sheet", sheet.public_id))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            mine.get(url(own, "sheet", sheet.public_id))
        counts.append(len(asked))
    assert counts[0] == counts[1]
