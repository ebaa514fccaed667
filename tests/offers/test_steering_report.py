"""The report: one source for page, paper and tables; the same days give the same report."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from networks.models import Meeting
from offers.enums import Lifecycle, Status
from offers.models import LifePhase, Offer, SearchCount
from offers.steering.deliver import last_month
from offers.steering.paper import report_pdf
from offers.steering.report import Report, Table
from offers.steering.sheets import as_csv, as_xlsx
from portal.models import District
from portal.refusal import Refusal
from tests.networks.factories import NetworkFactory
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.offers.papers import Paper
from tests.offers.test_steering_lifecycle import in_days, move_history
from tests.portal.factories import borough, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

_STAMPS = re.compile(
    rb"/(CreationDate|ModDate) ?\([^)]*\)|<xmp:(CreateDate|ModifyDate)>[^<]*<|/ID ?\[[^\]]*\]"
    rb"|<xmpMM:(InstanceID|DocumentID)>[^<]*<"
)


@pytest.fixture
def area() -> District:
    return social_area("Mitte", borough("Bezirk"))


@pytest.fixture
def phase() -> LifePhase:
    return LifePhaseFactory.create(label="Späte Phase", slug="spaet", ages=NumericRange(300, 312))


@pytest.fixture
def story(area: District, phase: LifePhase) -> Offer:
    """A project that became regular, a gap that opened, an end ahead, a search in vain, a meeting."""
    turned = OfferFactory.create(title="Lesepaten", lifecycle=Lifecycle.PROJECT, ages=phase.ages, catchment=[area])
    OfferFactory.create(title="Elterncafé", ages=NumericRange(215, 217), catchment=[area])
    move_history(40)
    Offer.objects.filter(pk=turned.pk).update(lifecycle=Lifecycle.REGULAR, ends_on=in_days(100))
    Offer.objects.filter(title="Elterncafé").update(status=Status.WITHDRAWN)
    move_history(10)
    topic = TopicFactory.create(label="Trampolin & Turnen")
    SearchCount.objects.create(day=in_days(-12), phase=phase, area=area, topic=topic, bucket=0, count=17)
    Meeting.objects.create(network=NetworkFactory.create(name="Runder Tisch"), held_on=in_days(-15), title="Kita")
    return turned


def span() -> tuple[date, date]:
    return in_days(-20), in_days(-5)


def address(path: str = "") -> str:
    first, last = span()
    return f"/steuerung/bericht/{path}?von={first}&bis={last}"


def cells_of(report: Report) -> list[str]:
    found = [section.text for section in report.sections]
    for section in report.sections:
        found += [section.title, *(cell for row in section.table.rows for cell in row)]
        found += section.table.head if section.table.rows else []
    return found


def flat(text: str) -> str:
    """Without blanks and hyphens; PDFium says \x02 where a word is broken at the end of a line."""
    return re.sub(r"[\s\x02\u00ad-]+", "", text)


def test_the_page_tells_what_happened(story: Offer) -> None:
    lead = signed_in(staff("Leitung"))
    answer = lead.get(address())
    page = answer.content.decode()
    tables = {section.table.name: section.table.rows for section in answer.context["report"].sections}

    assert ["Mitte", "Schule → Beruf", "ein Anbieter", "Lücke"] in tables["veraenderungen"]
    assert [row[0] for row in tables["regelangebote"]] == ["Lesepaten"]
    assert tables["enden"][0][0] == "Lesepaten"
    assert "Mitte, Späte Phase: Lücke" in tables["enden"][0][2]
    assert tables["nachfrage"] == [["Späte Phase", "Mitte", "Trampolin & Turnen", "17", "17", "0"]]
    assert tables["netzwerke"][0][0] == "Runder Tisch"
    assert "1 Projekt wurde ein Regelangebot." in page
    assert "Trampolin &amp; Turnen" in page


def test_the_paper_is_tagged_and_holds_every_word_and_figure_of_the_page(story: Offer) -> None:
    answer = signed_in(staff("Leitung")).get(address("bericht.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    paper = Paper(answer.content)
    assert paper.is_tagged
    text = flat(paper.text)
    missing = [cell for cell in cells_of(Report(*span())) if flat(cell) not in text]
    assert missing == []


def test_the_same_days_give_the_same_report_whatever_happens_later(story: Offer) -> None:
    before = report_pdf(Report(*span()))
    words = cells_of(Report(*span()))
    move_history(3)
    move_history(-3)
    OfferFactory.create_batch(2)
    story.delete()
    after = report_pdf(Report(*span()))
    assert cells_of(Report(*span())) == words
    assert _STAMPS.sub(b"", after) == _STAMPS.sub(b"", before)


def test_every_table_comes_as_csv_and_xlsx_with_the_same_cells(story: Offer) -> None:
    lead = signed_in(staff("Leitung"))
    for section in Report(*span()).sections:
        table = section.table
        text = lead.get(address(f"{table.name}.csv"))
        rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig")), delimiter=";"))
        assert rows == [table.head, *table.rows]
        book = lead.get(address(f"{table.name}.xlsx"))
        assert sheet_cells(book.content) == [table.head, *table.rows]
        assert lead.get(address(f"{table.name}.xlsx")).content == book.content
    assert lead.get(address("quatsch.csv")).status_code == 404
    assert lead.get(address("frische.ods")).status_code == 404


def sheet_cells(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own file
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{space}row")]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    table = Table("probe", "Probe", ["Wort"], [[text]])
    assert "'" + text in as_csv(table).decode("utf-8-sig")
    assert sheet_cells(as_xlsx(table))[1] == [text]
    assert b"<f>" not in as_xlsx(table)


@pytest.mark.parametrize("path", ["", "bericht.pdf", "frische.csv"])
def test_only_the_lead_reads_it(client: Client, path: str, story: Offer) -> None:
    assert signed_in(staff("Leitung")).get(address(path)).status_code == 200
    assert client.get(address(path)).status_code == 302
    assert signed_in(staff("Redaktion")).get(address(path)).status_code == 403


def test_the_command_writes_the_file_and_mails_the_lead(story: Offer, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    for name, role, email in (("a", "Leitung", "leitung@example.org"), ("b", "Redaktion", "red@example.org")):
        person = staff(role, name)
        person.email = email
        person.save()
    first, last = span()
    call_command("bericht", "--von", str(first), "--bis", str(last), "--mail", stdout=io.StringIO())
    [file] = (tmp_path / "berichte").iterdir()
    assert Paper(file.read_bytes()).is_tagged
    mails = ProcrastinateJob.objects.filter(task_name="portal.deliver_mail")
    assert [mail.args["to"] for mail in mails] == ["leitung@example.org"]
    assert f"/steuerung/bericht/?von={first}" in mails[0].args["body"]
    with pytest.raises(Refusal):
        call_command("bericht", "--von", str(last), "--bis", str(first))


def test_the_night_reports_the_month_before() -> None:
    assert last_month(date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
