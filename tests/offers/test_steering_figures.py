"""Population figures by file: checked whole, errors by line, nothing half stored."""

import base64
import re
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client

from offers.models import Population, SocialIndex
from offers.steering.figures import LARGEST, read_figures
from portal.models import District
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

PATH = "/steuerung/bevoelkerung/"
HEAD = "gebiet;jahr;alter_von;alter_bis;kinder;quelle\n"


@pytest.fixture
def area() -> District:
    return quarter("Süd-Mitte", social_area("Süd", borough("Bezirk Süd")))


def sent(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("zahlen.csv", text.encode(encoding), "text/csv")


def upload(client: Client, text: str, *, load: bool) -> str:
    values = {"file": sent(text), **({"laden": "1"} if load else {})}
    return client.post(PATH, values, follow=True).content.decode()


def test_a_check_stores_nothing_and_loading_does(area: District) -> None:
    lead = signed_in(staff("Leitung"))
    text = HEAD + "süd-mitte;2025;0;2;1.310;Statistikstelle\nSozialraum Süd;2025;3;5;200;Statistikstelle\n"
    assert "Noch gibt es keine Zahl nach Alter." in lead.get(PATH).content.decode()
    assert "2 Zahlen" in upload(lead, text, load=False)
    assert not Population.objects.exists()
    page = upload(lead, text, load=True)
    assert "2 Zahlen sind geladen." in page
    assert '<td class="amount">1.310</td>' in page
    assert "Noch gibt es keine Zahl nach Alter." not in page
    figure = Population.objects.get(district=area)
    assert (figure.people, figure.ages, figure.year) == (1310, NumericRange(0, 36), 2025)
    assert Population.objects.get(district__name="Süd").ages == NumericRange(36, 72)
    upload(lead, text.replace("1.310", "7"), load=True)
    assert Population.objects.get(district=area).people == 7


def test_what_was_checked_is_loaded_without_choosing_it_again(area: District) -> None:
    lead = signed_in(staff("Leitung"))
    page = upload(lead, HEAD + "süd-mitte;2025;0;2;310;Amt\n", load=False)
    assert "Andere Datei" in page
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    bad = lead.post(PATH, {"kept": found[1], "file": sent(HEAD + "nirgends;2025;0;2;7;Amt\n"), "laden": "1"})
    assert "1 Fehler" in bad.content.decode()
    assert found[1] not in bad.content.decode(), "the file that was checked before is not loaded in place of this one"
    for broken in ("", found[1][:-8], "quatsch", base64.b64encode(zlib.compress(b"x" * (LARGEST + 1))).decode()):
        assert "file" in lead.post(PATH, {"kept": broken, "laden": "1"}).context["form"].errors
        assert not Population.objects.exists()
    lead.post(PATH, {"kept": found[1], "laden": "1"})
    assert Population.objects.get().people == 310


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Nirgends;2025;0;2;310;Amt", "kein Gebiet dieser Stadt"),
        ("süd-mitte;25;0;2;310;Amt", "jahr"),
        ("süd-mitte;2025;0;;310;Amt", "alter_bis"),
        ("süd-mitte;2025;3;2;310;Amt", "kleiner als"),
        ("süd-mitte;2025;0;2;viele;Amt", "kinder"),
        ("süd-mitte;2025;0;2;-3;Amt", "kinder"),
        ("süd-mitte;2025;0;2;310;", "Quelle"),
        ("süd-mitte;2025;6;7;1;Amt\nsüd-mitte;2025;6;7;2;Amt", "schon in Zeile 3"),
    ],
)
def test_each_mistake_has_its_line_and_keeps_all_out(area: District, line: str, reason: str) -> None:
    lead = signed_in(staff("Leitung"))
    page = upload(lead, HEAD + "süd-mitte;2025;0;2;310;Amt\n" + line + "\n", load=True)
    assert reason in page
    assert "Zeile 3" in page
    assert not Population.objects.exists()


@pytest.mark.parametrize("text", ["", "gebiet;jahr\n", HEAD, "\x00\x01\x02"])
def test_files_that_are_none_are_refused(area: District, text: str) -> None:
    assert read_figures(text.encode()).mistakes


def test_excel_on_windows_is_understood(area: District) -> None:
    sheet = read_figures((HEAD.replace(";", ",") + "Süd-Mitte,2025,0,2,310,Amt für Statistik\n").encode("cp1252"))
    assert sheet.is_good
    assert sheet.figures[0].source == "Amt für Statistik"


def test_only_the_lead_loads_figures(area: District) -> None:
    text = HEAD + "süd-mitte;2025;0;2;310;Amt\n"
    assert signed_in(staff("Redaktion")).post(PATH, {"file": sent(text), "laden": "1"}).status_code == 403
    assert Client().post(PATH, {"file": sent(text), "laden": "1"}).status_code == 302
    assert not Population.objects.exists()


def test_the_social_index_stands_by_risk_not_by_letter(area: District) -> None:
    for name, risk in (("Grenzort", "grenze"), ("Niederort", "niedrig"), ("Zorn", "hoch"), ("Anger", "hoch")):
        SocialIndex.objects.create(district=quarter(name, area.parent), risk=risk, year=2023, source="Zeitung")
    found = signed_in(staff("Leitung")).get(PATH).context["indices"]
    assert [index.district.name for index in found] == ["Anger", "Zorn", "Grenzort", "Niederort"]
