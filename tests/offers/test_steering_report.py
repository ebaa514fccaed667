"""The report: one source for page, paper and tables; the same days give the same report."""

import csv
import io
import os
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from networks.models import Membership, Network, SelfReview
from offers.enums import Lifecycle, Status
from offers.models import (
    CoverageDecision,
    LifePhase,
    Offer,
    PairDecision,
    Parallel,
    ParallelCount,
    Proposal,
    ReportOrder,
    SearchCount,
    Topic,
)
from offers.steering.deliver import last_month, last_year
from offers.steering.paper import paper_words
from offers.steering.report import Report
from offers.steering.sections import Table
from offers.steering.sheets import as_csv, as_xlsx
from offers.steering.shelf import clear, make
from offers.typesetting import typeset
from partners.models import Partner
from portal.management.commands.worker import run_worker
from portal.models import District
from portal.refusal import Refusal
from portal.tasks import deliver_mail
from tests.networks.factories import (
    AttendanceFactory,
    DecisionFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkFactory,
    SelfReviewFactory,
)
from tests.offers.factories import LifePhaseFactory, OfferFactory, ProposalFactory, TopicFactory
from tests.offers.papers import Paper
from tests.offers.test_steering_lifecycle import in_days, move_history
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, city, social_area
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
    """A project that became regular, a gap that opened, an end ahead, a search in vain, parallels, networks."""
    turned = OfferFactory.create(title="Lesepaten", lifecycle=Lifecycle.PROJECT, ages=phase.ages, catchment=[area])
    other = OfferFactory.create(title="Elterncafé", ages=NumericRange(215, 217), catchment=[area])
    rounds = [network(name) for name in ("Runder Tisch", "Stille Runde")]
    MembershipFactory.create(network=rounds[0], partner=PartnerFactory.create(name="Nur hier"))
    move_history(40)
    Offer.objects.filter(pk=turned.pk).update(lifecycle=Lifecycle.REGULAR, ends_on=in_days(100), confirmed_on=span()[1])
    Offer.objects.filter(title="Elterncafé").update(status=Status.WITHDRAWN)
    topic = TopicFactory.create(label="Trampolin & Turnen")
    SearchCount.objects.create(day=in_days(-12), phase=phase, area=area, topic=topic, bucket=0, count=17)
    CoverageDecision.objects.create(district=city(), topic=topic, reason="Macht der Verein & sein Verband.")
    _decide(turned, other)
    _meet(*rounds)
    move_history(10)
    return turned


def network(name: str) -> Network:
    found = NetworkFactory.create(name=name, meetings_per_year=24)
    found.districts.add(city())
    topic = Topic.objects.filter(slug="netz").first() or TopicFactory.create(slug="netz")
    topic.networks.add(found)
    for number in range(3):
        name = f"Mitglied {number}"
        MembershipFactory.create(
            network=found, partner=Partner.objects.filter(name=name).first() or PartnerFactory.create(name=name)
        )
    return found


def _decide(one: Offer, other: Offer) -> None:
    """The Büro and a partner decide about the pair; a proposal is taken back after the question."""
    ends = {"first": min(one, other, key=lambda offer: offer.pk), "second": max(one, other, key=lambda offer: offer.pk)}
    when = timezone.now() - timedelta(days=10)
    proposal = ProposalFactory.create(submitted_at=when, status="waiting", confirmed_at=when)
    Parallel.objects.create(proposal=proposal, existing=one, answer="kooperiert")
    PairDecision.objects.create(**ends, answer="kooperiert", decided_at=when, proposal=proposal)
    PairDecision.objects.create(**ends, answer="ersetzt", decided_at=when)
    PairDecision.objects.create(**ends, answer="verschieden", decided_at=when - timedelta(days=90))
    Proposal.objects.filter(pk=proposal.pk).update(status="withdrawn")
    for days, undecided, found in ((-20, 3, 0), (-12, 5, 4), (-5, 2, 1), (-2, 9, 9)):
        ParallelCount.objects.create(day=in_days(days), clusters=1, undecided=undecided, found=found)


def _meet(held: Network, silent: Network) -> None:
    """A meeting of two hours with five people, two decisions, a review; the other has not met for long."""
    meeting = MeetingFactory.create(network=held, held_on=in_days(-15), title="Kita & Schule")
    AttendanceFactory.create(meeting=meeting, people=5)
    DecisionFactory.create(meeting=meeting, due_on=in_days(-9))
    DecisionFactory.create(meeting=meeting, done_on=in_days(-7))
    MeetingFactory.create(network=silent, held_on=in_days(-500), title="Lange her")
    review = SelfReviewFactory.create(network=held, continuation="zusammen", merge_with=silent)
    SelfReview.objects.filter(pk=review.pk).update(answered_on=in_days(-8))
    Membership.objects.filter(network=held, partner__name="Nur hier").update(until_year=2026)


def span() -> tuple[date, date]:
    return in_days(-20), in_days(-5)


def address(path: str = "") -> str:
    first, last = span()
    return f"/steuerung/bericht/{path}?von={first}&bis={last}"


def cells_of(report: Report) -> list[str]:
    """All words and figures of the page."""
    found = [section.text for section in report.sections]
    for section in report.sections:
        found += [section.title, *(cell for row in section.table.rows for cell in row)]
        found += section.table.head if section.table.rows else []
        found += (
            [str(number) for bar in section.chart.bars for number in (bar.before, bar.after)] if section.chart else []
        )
    return found


def flat(text: str) -> str:
    """Without blanks and hyphens; PDFium says \x02 where a word is broken at the end of a line."""
    return re.sub(r"[\s\x02\u00ad-]+", "", text)


@pytest.mark.slow
def test_the_page_tells_what_happened(story: Offer) -> None:
    lead = signed_in(staff("Leitung"))
    answer = lead.get(address())
    page = answer.content.decode()
    tables = {section.table.name: section.table.rows for section in answer.context["report"].sections}

    assert tables["ueberblick"][:3] == [
        ["Angebote, die Familien sehen", "2", "1"], ["davon Regelangebote", "0 (0 %)", "1 (100 %)"],
        ["davon bestätigt", "0 (0 %)", "1 (100 %)"],
    ]  # fmt: skip
    assert ["Mitte", "Schule → Beruf", "ein Anbieter", "Lücke"] in tables["veraenderungen"]
    assert [row[0] for row in tables["regelangebote"]] == ["Lesepaten"]
    assert tables["enden"][0][0] == "Lesepaten"
    assert "Mitte, Späte Phase: Lücke" in tables["enden"][0][2]
    assert [row[:4] for row in tables["bewusst-nicht"]] == [
        ["ganze Stadt", "alle Lebensphasen und Übergänge", "Trampolin & Turnen", "Macht der Verein & sein Verband."]
    ]
    assert tables["nachfrage"] == [["Späte Phase", "Mitte", "Trampolin & Turnen", "17", "17", "0"]]
    assert tables["parallelen"][:3] == [
        ["Offen am ersten Tag", "3 Paare in 1 Gruppe"], ["Offen am letzten Tag", "2 Paare in 1 Gruppe"],
        ["Neu gefundene Paare", "5"],
    ]  # fmt: skip
    assert [row for row in tables["parallelen"][3:] if row[1] != "0"] == [
        ["Träger beim Einreichen: „arbeiten zusammen“", "1"],
        ["Büro: „eines ersetzt das andere“", "1"],
        ["Vorschläge, die nach dem Hinweis zurückgezogen wurden", "1"],
    ]
    [agreed, taken_back] = sorted(tables["vermieden"], key=lambda row: row[4])
    assert agreed[1:5] == ["Lesepaten", "Elterncafé", "eines ersetzt das andere", "Büro"]
    assert agreed[5].startswith("„Elterncafé“ zurückgezogen am ")
    assert taken_back[2:] == ["Lesepaten", "nach dem Hinweis zurückgezogen", "Träger", ""]
    assert [row[:8] + row[9:] for row in tables["netzwerke"]] == [
        ["Runder Tisch", "1", "1", "10", "2", "1", "1", "1", "nein"],
        ["Stille Runde", "0", "1", "0", "0", "0", "0", "0", "ja"],
    ]
    assert [(row[0], row[2], row[3]) for row in tables["sitzungen"]] == [("Runder Tisch", "Kita & Schule", "5")]
    assert tables["doppelte-netzwerke"] == [["Runder Tisch", "Stille Runde", "100 %", "100 %", "nein"]]
    assert [row[0::3] for row in tables["selbstueberpruefungen"]] == [["Runder Tisch", "Stille Runde"]]
    assert ["Mitte", "1", "1 (100 %)", "0 (0 %)", "1 (100 %)"] in tables["frische-raeume"]
    assert "1 Projekt wurde ein Regelangebot." in page
    assert "Trampolin &amp; Turnen" in page


@pytest.mark.slow
def test_the_paper_is_tagged_and_holds_every_word_and_figure_of_the_page(story: Offer) -> None:
    paper = Paper(typeset("report", paper_words(Report(*span()))))
    assert paper.is_tagged
    text = flat(paper.text)
    missing = [cell for cell in cells_of(Report(*span())) if flat(cell) not in text]
    assert missing == []


@pytest.mark.slow
def test_the_same_days_give_the_same_report_whatever_happens_later(story: Offer) -> None:
    before = typeset("report", paper_words(Report(*span())))
    words = cells_of(Report(*span()))
    move_history(3)
    move_history(-3)
    OfferFactory.create_batch(2)
    story.delete()
    CoverageDecision.objects.all().delete()
    Topic.objects.filter(label="Trampolin & Turnen").update(label="Springen")
    LifePhase.objects.update(label="Ganz anders")
    District.objects.filter(name="Mitte").update(name="Neue Mitte")
    after = typeset("report", paper_words(Report(*span())))
    assert cells_of(Report(*span())) == words
    assert _STAMPS.sub(b"", after) == _STAMPS.sub(b"", before)


@pytest.mark.slow
def test_every_table_comes_as_csv_and_xlsx_with_the_same_cells(story: Offer) -> None:
    tables = [section.table for section in Report(*span()).sections]
    assert len({table.name for table in tables}) == len(tables) == 17
    for table in tables:
        rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig")), delimiter=";"))
        assert rows == [table.head, *table.rows]
        assert sheet_cells(as_xlsx(table)) == [table.head, *table.rows]
    lead = signed_in(staff("Leitung"))
    assert lead.get(address("netzwerke.csv")).content == as_csv(Report(*span()).table("netzwerke"))  # type: ignore[arg-type]  # it is there
    assert lead.get(address("frische.ods")).status_code == 404
    assert lead.get(address("quatsch.xlsx")).status_code == 404


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


@pytest.mark.parametrize("path", ["", "frische.csv"])
def test_only_the_lead_reads_it(client: Client, path: str, story: Offer) -> None:
    assert signed_in(staff("Leitung")).get(address(path)).status_code == 200
    assert client.get(address(path)).status_code == 302
    assert signed_in(staff("Redaktion")).get(address(path)).status_code == 403


def order(lead: Client) -> str:
    first, last = span()
    answer = lead.post("/steuerung/bericht/auftrag/", {"von": first, "bis": last})
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_paper_is_made_by_the_queue_and_tells_how_far_it_is(story: Offer, tmp_path: Path, settings: Any) -> None:
    """Ordered, looked at, made by the real worker, kept; the same again is the very same file."""
    settings.VAR_DIR = tmp_path
    lead = signed_in(staff("Leitung"))
    waits = order(lead)
    assert order(lead) == waits, "who presses twice waits for one"
    page = lead.get(waits)
    assert page["Refresh"] == "2"
    assert b"<progress" in page.content
    assert "Refresh" not in lead.get(waits + "?halt=1")
    assert lead.get(waits.rstrip("/") + ".pdf").status_code == 404

    run_worker(wait=False)
    page = lead.get(waits)
    assert "Refresh" not in page
    assert "Das PDF ist fertig" in page.content.decode()
    made = ReportOrder.objects.get()
    assert made.parts_done == made.parts - 1 > 5
    file = lead.get(waits.rstrip("/") + ".pdf").getvalue()
    assert Paper(file).is_tagged
    assert f"{waits.rstrip('/')}.pdf" in lead.get(address()).content.decode()

    again = order(lead)
    assert again != waits
    run_worker(wait=False)
    assert lead.get(again.rstrip("/") + ".pdf").getvalue() == file
    assert len(list((tmp_path / "berichte").iterdir())) == 1


@pytest.mark.slow
def test_each_part_is_told_and_a_failure_is_said(story: Offer, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    told: list[tuple[int, int]] = []
    Report(*span(), tell=lambda done, parts: told.append((done, parts)))
    assert told == [(number, 12) for number in range(1, 12)]
    (tmp_path / "berichte").write_text("kein Ordner")
    failed = ReportOrder.objects.create(first=span()[0], last=span()[1])
    with pytest.raises(OSError, match="berichte"):
        make(failed)
    page = signed_in(staff("Leitung")).get(failed.get_absolute_url())
    assert "nicht gelungen" in page.content.decode()
    assert "Refresh" not in page


@pytest.mark.slow
def test_the_shelf_is_cleared_of_what_is_old(story: Offer, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    old, new = (
        ReportOrder.objects.create(first=first, last=span()[1], ordered_at=timezone.now() - timedelta(days=age))
        for first, age in ((in_days(-19), 93), (in_days(-20), 91))
    )
    files = [make(old), make(new)]
    for file in files:
        os.utime(file, (0, 0))
    assert clear() == 1
    assert [file.exists() for file in files] == [False, True]
    assert list(ReportOrder.objects.all()) == [new]


@pytest.mark.slow
def test_the_night_makes_what_is_due_and_mails_it(story: Offer, tmp_path: Path, settings: Any) -> None:
    """Monthly to whoever said nothing, nightly to who asked for it; never to others, and each only once."""
    settings.VAR_DIR = tmp_path
    people = {}
    for name, role in (("monat", "Leitung"), ("nacht", "Leitung"), ("nie", "Leitung"), ("red", "Redaktion")):
        people[name] = staff(role, name)
        User.objects.filter(pk=people[name].pk).update(email=f"{name}@example.org")
    for name in ("nacht", "nie"):
        client = signed_in(people[name])
        assert client.post("/steuerung/bericht/post/", {"rhythm": name}).status_code == 302
    call_command("bericht", "--nachts", stdout=io.StringIO())
    call_command("bericht", "--nachts", stdout=io.StringIO())
    mails = ProcrastinateJob.objects.filter(task_name="portal.deliver_mail").order_by("id")
    assert [mail.args["to"] for mail in mails] == ["monat@example.org", "nacht@example.org"]
    spans = [last_month(), last_year()]
    for mail, (first, last) in zip(mails, spans, strict=True):
        assert f"/steuerung/bericht/?von={first}&bis={last}" in mail.args["body"]
    deliver_mail(**mails[0].args)
    [(name, content, kind)] = outbox.outbox[-1].attachments
    assert kind == "application/pdf"
    assert name.startswith(f"bericht-{spans[0][0]}")
    assert Paper(content).is_tagged
    (tmp_path / "berichte" / name).unlink()
    deliver_mail(**mails[0].args)
    assert outbox.outbox[-1].attachments == []


@pytest.mark.slow
def test_the_command_writes_the_file_and_mails_the_lead(story: Offer, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    for name, role, email in (("a", "Leitung", "leitung@example.org"), ("b", "Redaktion", "red@example.org")):
        person = staff(role, name)
        person.email = email
        person.save()
    first, last = span()
    call_command("bericht", "--von", str(first), "--bis", str(last), "--mail", stdout=io.StringIO())
    [file] = (tmp_path / "berichte").iterdir()
    assert file.read_bytes().startswith(b"%PDF-")
    mails = ProcrastinateJob.objects.filter(task_name="portal.deliver_mail")
    assert [mail.args["to"] for mail in mails] == ["leitung@example.org"]
    assert f"/steuerung/bericht/?von={first}" in mails[0].args["body"]
    with pytest.raises(Refusal):
        call_command("bericht", "--von", str(last), "--bis", str(first))


def test_the_night_reports_the_month_before() -> None:
    assert last_month(date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
