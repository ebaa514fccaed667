"""The coverage as a map: every tile says what its cell says; outlines replace the hexagons once all are there."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client

from offers.models import DistrictOutline, LifePhase
from offers.steering.outlines import read_outlines
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

MAP = "/steuerung/karte/"
LOAD = "/steuerung/karte/umrisse/"


@pytest.fixture
def quarters() -> list[District]:
    area = social_area("Raum", borough("Bezirk"))
    found = [quarter(name, area) for name in ("Nord", "Süd")]
    for number, district in enumerate(found):
        District.objects.filter(pk=district.pk).update(hex_q=0, hex_r=number)
    return found


@pytest.fixture
def phase() -> LifePhase:
    return LifePhaseFactory.create(label="Spät", slug="spaet", ages=NumericRange(300, 312))


def square(west: float) -> list[list[list[float]]]:
    return [[[west, 51.0], [west + 1, 51.0], [west + 1, 52.0], [west, 52.0], [west, 51.0]]]


def feature(name: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def polygon(name: str, west: float) -> dict[str, Any]:
    return feature(name, {"type": "Polygon", "coordinates": square(west)})


def file(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def upload(client: Client, content: bytes, **more: str) -> str:
    values = {"file": SimpleUploadedFile("umrisse.geojson", content), "source": "Vermessungsamt, 2026", **more}
    return client.post(LOAD, values, follow=True).content.decode()


def test_each_tile_says_and_links_what_its_cell_says(quarters: list[District], phase: LifePhase) -> None:
    OfferFactory.create_batch(3, ages=phase.ages, catchment=[quarters[0]])
    lead = signed_in(staff("Leitung"))
    answer = lead.get(f"{MAP}?spalte=spaet")
    found = answer.context["map"]
    assert [(tile.link.cell.district.name, tile.link.cell.local.offers, tile.link.label) for tile in found.tiles] == [
        ("Nord", 3, "gedeckt"), ("Süd", 0, "Lücke"),
    ]  # fmt: skip
    page = answer.content.decode()
    assert 'aria-label="Nord: 3, gedeckt"' in page
    assert page.count("<polygon") == 2
    assert "Kinder je Stadtteil: keine Angabe." in page
    assert '<th scope="col">Kinder</th>' not in page
    for tile in found.tiles:
        assert lead.get(tile.link.url).context["cell"].local == tile.link.cell.local


def test_outlines_are_checked_first_and_replace_the_hexagons_when_all_are_there(
    quarters: list[District], phase: LifePhase
) -> None:
    lead = signed_in(staff("Leitung"))
    page = upload(lead, file(polygon("nord", 6.0)))
    assert "1 Umriss." in page
    assert "Diese Stadtteile fehlen noch: Süd" in page
    assert not DistrictOutline.objects.exists()

    assert "Noch ist kein Umriss geladen." in page
    upload(lead, file(polygon("nord", 6.0)), laden="1")
    page = lead.get(LOAD).content.decode()
    assert "Geladen sind 1 von 2 Stadtteilen. Quelle: Vermessungsamt, 2026." in page
    assert "Bis alle da sind, zeigt die Karte Sechsecke." in page
    assert "<polygon" in lead.get(MAP).content.decode()
    upload(lead, file(feature("Süd", {"type": "MultiPolygon", "coordinates": [square(7), square(9)]})), laden="1")
    page = lead.get(MAP).content.decode()
    assert "<polygon" not in page
    assert "Umrisse: Vermessungsamt, 2026." in page
    assert page.count('<path d="M') == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "FeatureCollection"),
        (b"[1]", "FeatureCollection"),
        (b"\xff\xfe{", "FeatureCollection"),
        (file(None), "kein Stadtteil"),
        (file(polygon("Mond", 6)), "kein Stadtteil"),
        (file(polygon("Raum", 6)), "kein Stadtteil"),
        (file(polygon("Nord", 6), polygon("Nord", 7)), "zweimal"),
        (file(feature("Nord", {"type": "Point", "coordinates": [6, 51]})), "keine Fläche"),
        (file(feature("Nord", {"type": "Polygon"})), "Punkte"),
        (file(feature("Nord", {"type": "Polygon", "coordinates": [[["a", 1]] * 4]})), "Punkte"),
        (file(feature("Nord", {"type": "Polygon", "coordinates": [[[361, 51]] * 4]})), "Punkte"),
        (file(feature("Nord", {"type": "Polygon", "coordinates": [[[6, 51]] * 3]})), "Punkte"),
        (file(feature("Nord", {"type": "Polygon", "coordinates": 7})), "Punkte"),
    ],
)
def test_bad_outlines_say_what_is_wrong(quarters: list[District], content: bytes, reason: str) -> None:
    found = read_outlines(content)
    assert not found.is_good
    assert any(reason in mistake for mistake in found.mistakes), found.mistakes


@pytest.mark.parametrize("path", [MAP, LOAD])
def test_only_the_lead_sees_the_map(client: Client, path: str) -> None:
    assert signed_in(staff("Leitung")).get(path).status_code == 200
    assert signed_in(staff("Redaktion")).get(path).status_code == 403
    assert client.get(path).status_code == 302
