from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from offers.models import Offer, SearchRow, Topic
from offers.synthetic.load import generate, refuse_real_data
from offers.synthetic.rows import SOURCE
from partners.models import Partner, Place
from portal.refusal import Refusal
from tests.offers.factories import OfferFactory, TopicFactory
from tests.portal.factories import DistrictFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> None:
    """The least that made-up offers stand on: a tree of districts and some topics."""
    city = DistrictFactory.create(kind="city", parent=None, name="Musterstadt")
    borough = DistrictFactory.create(kind="borough", parent=city, name="Nord")
    area = DistrictFactory.create(kind="social_area", parent=borough, name="Nord-Ost")
    DistrictFactory.create(kind="quarter", parent=area, name="Hafen")
    for slug in ("beratung", "sprache", "bewegung"):
        TopicFactory.create(slug=slug)


def _content() -> list[tuple[object, ...]]:
    fields = ["public_id", "slug", "title", "summary", "description", "ages", "cost", "languages", "verified_at"]
    return list(
        Offer.objects.order_by("slug", "topics").values_list(*fields, "topics", "catchment__name", "provider__name")
    )


@pytest.mark.usefixtures("ground")
def test_makes_offers_that_the_finder_finds() -> None:
    out = StringIO()
    call_command("generate_offers", count=60, seed=7, stdout=out)
    assert "60 erfundene Angebote" in out.getvalue()
    offers = Offer.objects.all()
    assert offers.count() == 60
    assert offers.public().count() > 30
    assert not offers.exclude(source=SOURCE).exists()
    assert not offers.filter(topics=None).exists()
    assert not offers.filter(catchment=None).exists()
    assert not offers.filter(review_due__isnull=True).exists()
    assert SearchRow.objects.count() == 60
    first = offers.order_by("pk")[0]
    assert first in Offer.objects.matching(first.title)
    assert Partner.objects.count() == 5
    assert Place.objects.count() >= 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM offers_offerevent")
        assert cursor.fetchone() == (0,)  # made-up rows have no history


@pytest.mark.usefixtures("ground")
def test_the_history_goes_on_afterwards() -> None:
    generate(count=2, seed=7)
    TopicFactory.create(slug="neu")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM offers_topicevent WHERE slug = 'neu'")
        assert cursor.fetchone() == (1,)


@pytest.mark.usefixtures("ground")
def test_the_same_seed_gives_the_same_offers() -> None:
    generate(count=20, seed=7)
    first = _content()
    for model in (Offer, Place, Partner):
        model.objects.all().delete()
    generate(count=20, seed=7)
    assert _content() == first
    Offer.objects.all().delete()
    generate(count=20, seed=8)
    assert _content() != first


@pytest.mark.usefixtures("ground")
def test_two_seeds_stand_side_by_side_and_one_is_not_used_twice() -> None:
    generate(count=3, seed=1)
    generate(count=3, seed=2)
    assert Offer.objects.count() == 6
    with pytest.raises(Refusal, match="Mit --seed 1"):
        generate(count=3, seed=1)


@pytest.mark.usefixtures("ground")
def test_real_data_refuse_made_up_ones_unless_forced() -> None:
    generate(count=2, seed=1)
    refuse_real_data()
    OfferFactory.create(source="Stadt")
    with pytest.raises(Refusal, match="echte Angebote oder Partner"):
        call_command("generate_offers", count=2, seed=2)
    call_command("generate_offers", count=2, seed=2, force=True, stdout=StringIO())
    assert Offer.objects.filter(source=SOURCE).count() == 4


def test_without_districts_nothing_is_made() -> None:
    Topic.objects.all().delete()
    with pytest.raises(Refusal, match="load_pack"):
        generate(count=1, seed=1)


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (-1, 1), (1, -1), (10_000_000, 1)])
def test_impossible_numbers_are_refused(count: int, seed: int) -> None:
    with pytest.raises(Refusal):
        call_command("generate_offers", count=count, seed=seed)
