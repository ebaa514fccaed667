"""Rule 3 after time has passed: what is dormant or ended is in no outlet, as if it had never been there."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from offers.freshness.actions import confirm_on_behalf
from offers.models import Offer
from offers.shortlist.references import reference
from offers.wegweiser.booklet import booklet
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, ScheduleFactory, TopicFactory
from tests.offers.papers import Paper
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import borough, city, quarter, social_area
from tests.portal.staff import staff

pytestmark = pytest.mark.django_db
Clock = Callable[[int], None]
PAGES = [
    "/",
    "/angebote/",
    "/angebote/?q=Wintergarten",
    "/angebote/?alter=14&ort=borbeck&thema=fruehe-hilfen&form=gruppe",
    "/angebote/vorschlaege/?q=Wintergarten",
    "/themen/",
    "/kette/",
    "/kette/sozialraum-sterkrade/",
    "/kette/karte/",
    "/kette/karte/?alter=14",
    f"/kette/kind/?geburt={timezone.localdate() - timedelta(days=425):%Y-%m}",
    "/sitemap.xml",
    "/partner/kinderladen/",
    "/partner/mitmacher/",
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the time all of the portal goes by to so many days from today."""
    start = timezone.now()

    def move(days: int) -> None:
        def now() -> datetime:
            return start + timedelta(days=days)

        monkeypatch.setattr(timezone, "now", now)
        monkeypatch.setattr("portal.clock._until", 0.0)  # the day is reckoned anew

    return move


@pytest.fixture
def offers() -> dict[str, Offer]:
    """Three that are alike: one is kept true, one is forgotten, one ends soon. All are due today."""
    city()
    area = quarter("Borbeck", social_area("Sozialraum Sterkrade", borough("Sterkrade")))
    District.objects.filter(pk=area.pk).update(hex_q=0, hex_r=0)
    LifePhaseFactory.create()
    topic = TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")
    provider, helper = PartnerFactory.create(name="Kinderladen"), PartnerFactory.create(name="Mitmacher")
    found = {}
    for name in ("gepflegt", "vergessen", "endend"):
        offer = OfferFactory.create(
            title=f"Wintergarten {name}",
            provider=provider,
            topics=[topic],
            catchment=[area],
            places=[PlaceFactory.create(partner=provider, name="Haus der Familie", district=area, street="Weg 7")],
            format="gruppe",
            phone="0208 4711",
        )
        offer.cooperation.set([helper])
        ScheduleFactory.create(offer=offer)
        Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate())
        offer.refresh_from_db()
        found[name] = offer
    ends = timezone.localdate() + timedelta(days=20)
    Offer.objects.filter(pk=found["endend"].pk).update(ends_on=ends)
    return found


def pages(client: Client) -> dict[str, str]:
    """What every outlet says now."""
    said = {}
    for path in PAGES:
        response = client.get(path)
        assert response.status_code == 200, path
        said[path] = response.content.decode()
    said["wegweiser"] = Paper(booklet(District.objects.social_areas().get(), timezone.now())).text
    return said


@pytest.mark.slow
def test_outlets_speak_as_if_the_forgotten_and_the_ended_had_never_been_there(
    client: Client, offers: dict[str, Offer], clock: Clock
) -> None:
    fresh = pages(client)
    for name in ("vergessen", "endend"):
        assert any(f"Wintergarten {name}" in page for page in fresh.values())
    clock(61)
    confirm_on_behalf(offer=offers["gepflegt"], by=staff("Redaktion"))
    later = pages(client)
    for path, page in later.items():
        assert "vergessen" not in page, path
        assert "endend" not in page, path
        assert page != fresh[path], f"{path} showed nothing of them before, so it proves nothing"
    Offer.objects.exclude(pk=offers["gepflegt"].pk).delete()
    for path, page in pages(client).items():
        assert page == later[path], path


@pytest.mark.parametrize(("name", "last", "notice"), [
    ("vergessen", 60, "Dieses Angebot ruht"), ("endend", 20, "Dieses Angebot ist beendet"),
])  # fmt: skip
def test_an_offer_leaves_everything_the_day_after_its_last_and_its_page_says_so(
    client: Client, offers: dict[str, Offer], clock: Clock, name: str, last: int, notice: str
) -> None:
    offer = offers[name]
    own, papers = f"/angebote/{offer.slug}/", ("angebot.pdf", "angebot-gross.pdf", "termine.ics", "qr.svg")
    kept = f"?o={reference(offer)}&o={reference(offers['gepflegt'])}"
    clock(last)
    page = client.get(own).content.decode()
    for words in ("0208 4711", "Weg 7", "application/ld+json"):
        assert words in page
    assert notice not in page
    for paper in set(papers) - {"termine.ics"}:  # on its last day it may have no date left
        assert client.get(own + paper).status_code == 200, paper
    assert f"Wintergarten {name}" in client.get(f"/merkliste/{kept}").content.decode()
    assert f"Wintergarten {name}" in Paper(client.get(f"/merkliste/angebote.pdf{kept}").content).text
    clock(last + 1)
    confirm_on_behalf(offer=offers["gepflegt"], by=staff("Redaktion"))
    response = client.get(own)
    page = response.content.decode()
    assert response.status_code == 200
    assert notice in page
    for words in ("0208 4711", "application/ld+json"):
        assert words not in page
    for paper in papers:
        assert client.get(own + paper).status_code == 404, paper
    assert f"Wintergarten {name}" not in client.get(f"/merkliste/{kept}").content.decode()
    assert f"Wintergarten {name}" not in client.get(f"/merkliste/vergleich/{kept}").content.decode()
    assert f"Wintergarten {name}" not in Paper(client.get(f"/merkliste/angebote.pdf{kept}").content).text
    assert name not in client.get(f"/merkliste/termine.ics{kept}").content.decode()


@pytest.mark.slow
def test_confirming_brings_an_offer_back_to_every_outlet_at_once(
    client: Client, offers: dict[str, Offer], clock: Clock
) -> None:
    clock(61)
    office = staff("Redaktion")
    confirm_on_behalf(offer=offers["gepflegt"], by=office)
    without = pages(client)
    confirm_on_behalf(offer=offers["vergessen"], by=office)
    for path, page in pages(client).items():
        assert page != without[path], path
