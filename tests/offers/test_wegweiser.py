"""The booklets of the Sozialräume: what stands in them, and that they are made and kept."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from offers.enums import Status
from portal.management.commands.worker import run_worker
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.offers.papers import Paper
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import borough, quarter, social_area

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "wegweiser"


@pytest.fixture
def osterfeld() -> District:
    return social_area("Osterfeld", borough("Osterfeld-Bezirk"))


def read(shelf: Path, area: District) -> Paper:
    return Paper((shelf / f"{area.slug}.pdf").read_bytes())


def test_a_booklet_holds_every_public_offer_for_the_area_once_by_phase(shelf: Path, osterfeld: District) -> None:
    baby = LifePhaseFactory.create(label="Erste Jahre", ages=NumericRange(0, 36), position=1)
    LifePhaseFactory.create(label="Kita-Zeit", ages=NumericRange(36, 72), position=2)
    topic = TopicFactory.create(label="Bewegung")
    provider = PartnerFactory.create(name="Turnverein Nord")
    inside, outside = quarter("Mitte", osterfeld), quarter("Fern")
    OfferFactory.create(title="Babyturnen", ages=baby.ages, topics=[topic], provider=provider, catchment=[inside])
    OfferFactory.create(title="Toben", ages=NumericRange(24, 60), topics=[topic], catchment=[osterfeld])
    OfferFactory.create(title="Woanders", catchment=[outside])
    OfferFactory.create(title="Geheimer Entwurf", status=Status.DRAFT, catchment=[osterfeld])
    call_command("wegweiser", verbosity=0)
    paper = read(shelf, osterfeld)

    assert paper.is_tagged
    assert "Stand:" in paper.text
    assert "2 Angebote" in paper.text
    assert paper.text.count("Spielen und Singen für die Kleinsten.") == 2
    assert "Passt auch in diese Zeit" in paper.text
    assert "Angebote nach Themen Bewegung" in paper.text
    assert "Turnverein Nord" in paper.text
    assert "Woanders" not in paper.text
    assert "Geheimer Entwurf" not in paper.text
    assert paper.codes[0].endswith(f"/angebote/?ort={osterfeld.slug}")


def test_a_confidential_place_has_no_address_in_a_booklet(shelf: Path, osterfeld: District) -> None:
    place = PlaceFactory.create(name="Haus Zuflucht", is_confidential=True, street="", postcode="", city="")
    OfferFactory.create(title="Frauenhaus", places=[place], ages=None)
    call_command("wegweiser", verbosity=0)

    text = read(shelf, osterfeld).text
    assert "Frauenhaus" in text
    assert "Haus Zuflucht" not in text


def test_the_page_lists_the_booklets_with_date_and_size(
    client: Client, osterfeld: District, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create()
    call_command("wegweiser", verbosity=0)
    with django_assert_num_queries(1):
        page = client.get("/wegweiser/").content.decode()

    assert f"/wegweiser/{osterfeld.slug}.pdf" in page
    assert "PDF," in page
    assert "Stand:" in page
    response = client.get(f"/wegweiser/{osterfeld.slug}.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert Paper(b"".join(response.streaming_content)).is_tagged  # type: ignore[attr-defined]  # a file


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_missing_booklets_are_ordered_once_and_made_by_the_worker(
    client: Client, shelf: Path, osterfeld: District
) -> None:
    OfferFactory.create(title="Elterncafé")
    for _ in range(3):
        assert "Das Heft wird gerade gemacht" in client.get("/wegweiser/").content.decode()
    assert ProcrastinateJob.objects.filter(task_name="offers.make_booklets").count() == 1
    run_worker(wait=False)

    assert "Elterncafé" in read(shelf, osterfeld).text
    assert "Das Heft wird gerade gemacht" not in client.get("/wegweiser/").content.decode()


@pytest.mark.parametrize("slug", ["gibt-es-nicht", "osterfeld-bezirk", "musterstadt"])
def test_there_are_no_other_booklets(client: Client, osterfeld: District, slug: str) -> None:
    assert client.get(f"/wegweiser/{slug}.pdf").status_code == 404
