"""The rules of the register, each by its name in design §5."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from offers.enums import Lifecycle, Status
from offers.models import Offer, SearchRow
from offers.models.offer_queryset import DORMANT_AFTER_DAYS
from tests.offers.factories import FundingFactory, LifePhaseFactory, OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.factories import borough, city, quarter, social_area

pytestmark = pytest.mark.django_db


def found(**filters: Any) -> list[str]:
    queryset = Offer.objects.public()
    for method, argument in filters.items():
        queryset = getattr(queryset, method)(argument)
    return sorted(queryset.values_list("title", flat=True))


class TestAges(TestCase):
    """Rule 1."""

    def test_half_open(self) -> None:
        OfferFactory.create(title="Krabbeln", ages=NumericRange(0, 36))
        assert found(for_ages=NumericRange(35, 36)) == ["Krabbeln"]
        assert found(for_ages=NumericRange(36, 37)) == []

    def test_pregnancy_open_end_and_all_ages(self) -> None:
        OfferFactory.create(title="Vor der Geburt", ages=NumericRange(-9, 0))
        OfferFactory.create(title="Ab zwölf", ages=NumericRange(144, None))
        OfferFactory.create(title="Für alle", ages=NumericRange(None, None))
        OfferFactory.create(title="Ohne Alter", ages=None)
        assert found(for_ages=NumericRange(-9, 0)) == ["Für alle", "Vor der Geburt"]
        assert found(for_ages=NumericRange(900, 901)) == ["Ab zwölf", "Für alle"]

    @pytest.mark.slow
    @settings(max_examples=60, deadline=None)
    @given(
        offer=st.tuples(st.integers(-9, 400), st.integers(1, 400)),
        child=st.tuples(st.integers(-9, 400), st.integers(1, 60)),
    )
    def test_two_ages_overlap_or_they_do_not(self, offer: tuple[int, int], child: tuple[int, int]) -> None:
        OfferFactory.create(title="Eins", ages=NumericRange(offer[0], offer[0] + offer[1]))
        months = set(range(offer[0], offer[0] + offer[1])) & set(range(child[0], child[0] + child[1]))
        assert bool(found(for_ages=NumericRange(child[0], child[0] + child[1]))) == bool(months)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"ages": NumericRange(-10, 0)}, "offer_ages_from_pregnancy_on"),
        ({"ages": NumericRange(5, 5)}, "offer_ages_from_pregnancy_on"),
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "offer_ends_after_it_begins"),
        ({"review_months": 4}, "offer_review_rhythm"),
    ],
)
def test_offer_constraints(values: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OfferFactory.create(**values)


def test_funding_ends_after_it_begins() -> None:
    offer = OfferFactory.create()
    with pytest.raises(IntegrityError, match="funding_ends_after_it_begins"), transaction.atomic():
        FundingFactory.create(offer=offer, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))


def test_a_phase_has_ages_or_an_audience() -> None:
    for values in ({"audience": "eltern"}, {"ages": None}):
        with pytest.raises(IntegrityError, match="lifephase_ages_or_audience"), transaction.atomic():
            LifePhaseFactory.create(**values)


def test_shown_for_its_district_its_ancestors_and_descendants_only() -> None:
    """Rule 2: Sterkrade only never shows for Osterfeld; city-wide shows everywhere."""
    north, south = borough("Sterkrade"), borough("Osterfeld")
    area = social_area("Sterkrade-Nord", north)
    part, sibling, far = quarter("Holten", area), quarter("Schmachtendorf", area), quarter("Vonderort")
    OfferFactory.create(title="Stadtweit", catchment=[city()])
    OfferFactory.create(title="Sterkrade", catchment=[north])
    OfferFactory.create(title="Holten", catchment=[part])
    OfferFactory.create(title="Nirgends", catchment=[])
    assert found(for_districts=[part]) == ["Holten", "Stadtweit", "Sterkrade"]
    assert found(for_districts=[sibling]) == ["Stadtweit", "Sterkrade"]
    assert found(for_districts=[north]) == ["Holten", "Stadtweit", "Sterkrade"]
    assert found(for_districts=[south]) == ["Stadtweit"]
    assert found(for_districts=[far, part]) == ["Holten", "Stadtweit", "Sterkrade"]
    assert found(for_districts=[city()]) == ["Holten", "Stadtweit", "Sterkrade"]


def make_hidden_offers() -> None:
    """One offer for each reason not to be public."""
    today = timezone.localdate()
    OfferFactory.create(title="Entwurf", status=Status.DRAFT)
    OfferFactory.create(title="Zurückgezogen", status=Status.WITHDRAWN)
    OfferFactory.create(title="Beendet", lifecycle=Lifecycle.ENDED)
    OfferFactory.create(title="Gestern vorbei", ends_on=today - timedelta(days=1))
    overdue = today - timedelta(days=DORMANT_AFTER_DAYS + 1)
    Offer.objects.filter(pk=OfferFactory.create(title="Ruhend").pk).update(review_due=overdue)


def test_public_means_published_not_ended_not_dormant() -> None:
    """Rule 3, with the last day of each limit."""
    make_hidden_offers()
    today = timezone.localdate()
    OfferFactory.create(title="Öffentlich")
    OfferFactory.create(title="Endet heute", ends_on=today)
    last = today - timedelta(days=DORMANT_AFTER_DAYS)
    Offer.objects.filter(pk=OfferFactory.create(title="Letzter Tag").pk).update(review_due=last)
    assert found() == ["Endet heute", "Letzter Tag", "Öffentlich"]
    assert [offer.title for offer in Offer.objects.dormant()] == ["Ruhend"]
    assert {offer.title for offer in Offer.objects.all() if offer.is_dormant} == {"Ruhend"}
    assert {offer.title for offer in Offer.objects.all() if offer.is_ended} == {"Beendet", "Gestern vorbei"}


@pytest.mark.parametrize(
    ("lifecycle", "months"),
    [(Lifecycle.PROJECT, 6), (Lifecycle.EXTENDED, 6), (Lifecycle.REGULAR, 12), ("", 12)],
)
def test_review_rhythm_by_lifecycle(lifecycle: str, months: int) -> None:
    """Rule 4: projects 6, regular 12 months by default."""
    offer = OfferFactory.create(
        lifecycle=lifecycle, verified_at=datetime(2026, 1, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    )
    assert offer.review_months == months
    assert offer.review_due == date(2026 + months // 12, 1 + months % 12, 15)


def test_review_due_moves_with_the_confirmation_only() -> None:
    """Rule 4: an edit is no confirmation; a late evening counts for its local day, also in bulk."""
    offer = OfferFactory.create(review_months=3)
    due = offer.review_due
    offer.title = "Neuer Titel"
    offer.save()
    offer.refresh_from_db()
    assert offer.review_due == due
    late = datetime(2026, 3, 31, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # still 30 March in UTC
    Offer.objects.filter(pk=offer.pk).update(verified_at=late)
    offer.refresh_from_db()
    assert offer.review_due == date(2026, 6, 30)


def test_version_counts_real_changes_however_they_come() -> None:
    """Rule 5: the ground for not overwriting each other."""
    offer = OfferFactory.create()
    offer.save()
    offer.refresh_from_db()
    assert offer.version == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offers_offer SET title = 'Roh', version = 99 WHERE id = %s", [offer.pk])
    offer.refresh_from_db()
    assert (offer.version, offer.title) == (2, "Roh")
    assert offer.updated_at > offer.created_at


def test_one_offer_one_row() -> None:
    """Rule 6: several places, topics and districts never list an offer twice."""
    topics, parts = TopicFactory.create_batch(3), [quarter(name) for name in "ABC"]
    offer = OfferFactory.create(topics=topics, catchment=parts, places=PlaceFactory.create_batch(3))
    queryset = (
        Offer.objects.public()
        .for_districts(parts)
        .on_topics([topic.slug for topic in topics])
        .for_ages(NumericRange(0, 1))
        .matching("krabbelgruppe")
        .with_listing_relations()
        .in_listing_order("krabbelgruppe")
    )
    assert list(queryset) == [offer]
    assert queryset.count() == 1


class TestSearch(TestCase):
    def test_title_summary_provider_topics_and_text_are_searched(self) -> None:
        topic = TopicFactory.create(label="Frühe Hilfen", synonyms=["Babytreff"])
        provider = PartnerFactory.create(name="Kinderschutzbund")
        OfferFactory.create(
            title="Cityknirpse", summary="Spielen", description="Mit Frühstück.", provider=provider, topics=[topic]
        )
        for word in ("cityknirpse", "spielen", "kinderschutzbund", "frühe hilfe", "babytreff", "frühstück"):
            assert found(matching=word) == ["Cityknirpse"], word
        assert found(matching="schulden") == []

    def test_the_row_follows_every_change(self) -> None:
        topic = TopicFactory.create(label="Ernährung")
        offer = OfferFactory.create(title="Kochkurs", topics=[topic])
        Offer.objects.filter(pk=offer.pk).update(title="Backkurs")
        assert (found(matching="kochkurs"), found(matching="backkurs")) == ([], ["Backkurs"])
        topic.synonyms = ["Mittagessen"]
        topic.save()
        assert found(matching="mittagessen") == ["Backkurs"]
        offer.provider.name = "Tafelrunde"
        offer.provider.save()
        assert found(matching="tafelrunde") == ["Backkurs"]
        offer.topics.clear()
        assert found(matching="mittagessen") == []
        assert SearchRow.objects.count() == 1

    def test_a_hit_in_the_title_stands_first(self) -> None:
        OfferFactory.create(title="Anderes", description="Schulden kommen auch vor.")
        OfferFactory.create(title="Schulden loswerden")
        titles = [offer.title for offer in Offer.objects.matching("schulden").in_listing_order("schulden")]
        assert titles == ["Schulden loswerden", "Anderes"]


def test_an_offer_never_takes_the_address_of_a_page() -> None:
    offer = OfferFactory.create(title="Einreichen")
    assert offer.slug == "einreichen-2"
    offer.slug = "einreichen"
    with pytest.raises(ValidationError, match="schon eine andere Seite"):
        offer.full_clean()


def test_offer_with_former_slug_is_found() -> None:
    offer = OfferFactory.create(title="Elterncafé")
    Offer.objects.filter(pk=offer.pk).update(slug="cafe")
    assert Offer.objects.at_slug("elterncafe") == offer
