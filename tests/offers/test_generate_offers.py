from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from offers.models import Offer, SearchRow, Topic
from offers.search.splitting import split_new_words
from offers.synthetic import load
from offers.synthetic.load import generate, refuse_real_data
from offers.synthetic.rows import SOURCE
from partners.models import Partner, Place
from portal.changes import version
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
    assert Partner.objects.count() == 2  # one for 25 offers
    assert Place.objects.count() >= 2
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


def _rows() -> list[tuple[object, ...]]:
    columns = [field.attname for field in SearchRow._meta.concrete_fields if field.attname != "stamp"]
    return list(SearchRow.objects.order_by("offer").values_list(*columns))


@pytest.mark.slow
@pytest.mark.usefixtures("ground")
def test_rows_are_those_that_the_triggers_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one batch, and in several of which only the first splits its words at once."""
    monkeypatch.setattr(load, "BATCH", 15)
    monkeypatch.setattr(load, "MANY", 15)
    generate(count=60, seed=7)
    split_new_words()
    made = _rows()
    assert len(made) == 60
    SearchRow.objects.all().delete()
    with connection.cursor() as cursor:
        for change in ("title = title || '!'", "title = rtrim(title, '!')", "version = 0"):
            cursor.execute(f"UPDATE offers_offer SET {change}")  # noqa: S608  # our own
    split_new_words()
    assert _rows() == made
    assert not SearchRow.objects.filter(pending=True).exists()


@pytest.mark.usefixtures("ground")
def test_readers_learn_that_everything_is_new_and_the_triggers_work_again() -> None:
    before = version()
    generate(count=30, seed=7)
    assert version() != before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_publicchange WHERE offers IS NULL")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'searchrow_document'")
        assert cursor.fetchone() == (1,)
    offer = Offer.objects.all()[0]
    Offer.objects.filter(pk=offer.pk).update(title="Hebammensprechstunde", version=0)
    assert offer in Offer.objects.matching("Hebammensprechstunde")


@pytest.mark.usefixtures("ground")
def test_batches_of_any_size_make_the_same_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    generate(count=20, seed=7)
    first = _content()
    for model in (Offer, Place, Partner):
        model.objects.all().delete()
    monkeypatch.setattr(load, "BATCH", 7)
    generate(count=20, seed=7)
    assert _content() == first


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
