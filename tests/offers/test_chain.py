"""The prevention chain: counts that equal the finder's own, links that lead there, gaps that are said kindly."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from offers.chain.picture import Chain, Dot
from offers.chain.transitions import TRANSITIONS
from offers.enums import Lifecycle
from offers.finder import Area, Catalogue, Search
from offers.models import LifePhase, Offer, Topic
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.offers.steps import count_behind
from tests.portal.factories import borough, quarter, social_area

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def phases() -> list[LifePhase]:
    bands = [(-9, 3), (0, 36), (36, 72), (72, 120), (120, 168), (168, 216), (216, 324)]
    found = [
        LifePhaseFactory.create(label=f"Phase {number}", ages=NumericRange(*band), position=number)
        for number, band in enumerate(bands)
    ]
    return [*found, LifePhaseFactory.create(label="Eltern", ages=None, audience="eltern", position=99)]


@pytest.fixture
def here() -> District:
    """A Stadtteil in the Sozialraum "osterfeld" of its borough."""
    return quarter("Eisenheim", social_area("Osterfeld", borough("Bezirk Osterfeld")))


def test_shows_phases_with_their_ages_and_topics_with_links(client: Client, phases: list[LifePhase]) -> None:
    sport = TopicFactory.create(label="Sport", slug="sport")
    TopicFactory.create(label="Musik", slug="musik")
    OfferFactory.create(topics=[sport], ages=NumericRange(30, 60))

    response = client.get("/kette/")

    page = text(response)
    assert "Phase 1 bis 3 Jahre 1 Angebot" in page
    assert "Phase 2 3 bis 6 Jahre 1 Angebot" in page
    assert "Phase 3 6 bis 10 Jahre 0 Angebote" in page
    assert f'href="/angebote/?phase={phases[1].slug}&amp;thema=sport"' in response.content.decode()
    assert "Musik : noch nichts bekannt" in page
    assert "Fehlt etwas? Sagen Sie es uns" in page
    assert not response.cookies


def test_counts_only_what_is_public(client: Client, phases: list[LifePhase]) -> None:
    topic = TopicFactory.create(label="Sport")
    today = timezone.localdate()
    for hidden in (
        {"status": "draft"},
        {"status": "withdrawn"},
        {"lifecycle": Lifecycle.ENDED},
        {"ends_on": today - timedelta(days=1)},
        {"verified_at": timezone.now() - timedelta(days=3 * 365)},
    ):
        OfferFactory.create(topics=[topic], ages=NumericRange(30, 60), audiences=["eltern"], **hidden)

    chain = Chain(Catalogue(), None)

    assert chain.total == 0
    assert {dot.count for link in (*chain.links, *chain.beside) for dot in link.dots} == {0}
    assert {link.bridge.count for link in chain.links if link.bridge} == {0}


@pytest.mark.slow
def test_every_number_is_what_its_link_lists(client: Client, phases: list[LifePhase], here: District) -> None:
    sport, change = TopicFactory.create(slug="sport"), TopicFactory.create(slug="uebergaenge")
    elsewhere = quarter("Anderswo")
    OfferFactory.create(topics=[sport, change], ages=NumericRange(30, 80), audiences=["eltern"])
    OfferFactory.create(topics=[sport], ages=NumericRange(-9, 36), catchment=[here])
    OfferFactory.create(topics=[change], ages=NumericRange(200, None), catchment=[elsewhere])
    OfferFactory.create(topics=[change], ages=NumericRange(None, None))
    OfferFactory.create(topics=[sport], ages=None, audiences=["eltern", "kinder"])

    for area in (None, Catalogue().areas[here.parent.slug if here.parent else ""]):
        chain = Chain(Catalogue(), area)
        parts = [(link.url, link.count) for link in (*chain.links, *chain.beside)]
        parts += [(dot.url, dot.count) for link in (*chain.links, *chain.beside) for dot in link.dots]
        parts += [(link.bridge.url, link.bridge.count) for link in chain.links if link.bridge]
        parts += [(dot.url, dot.count) for dot in chain.topics]
        parts += [(chain.url, chain.total), (chain.ageless_url, chain.ageless)]
        for url, count in parts:
            assert count_behind(client, url) == count, url


AGES = st.one_of(
    st.none(),
    st.tuples(st.one_of(st.none(), st.integers(-9, 300)), st.one_of(st.none(), st.integers(1, 60))).map(
        lambda pair: NumericRange(pair[0], None if pair[1] is None else (pair[0] or 0) + pair[1])
    ),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offers=st.lists(
        st.tuples(AGES, st.sets(st.integers(0, 2)), st.booleans(), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_counts_equal_a_count_by_hand(offers: list[tuple[Any, set[int], bool, bool]]) -> None:
    Offer.objects.all().delete()
    LifePhase.objects.all().delete()
    topics = list(Topic.objects.order_by("pk")) or TopicFactory.create_batch(3)
    place = District.objects.quarters().first() or quarter("Eisenheim")
    for band in ((0, 36), (36, 72), (216, 324)):
        LifePhaseFactory.create(ages=NumericRange(*band))
    LifePhaseFactory.create(ages=None, audience="eltern")
    for ages, chosen, is_local, is_parental in offers:
        OfferFactory.create(
            ages=ages,
            topics=[topics[number] for number in chosen],
            catchment=[place] if is_local else None,
            audiences=["eltern"] if is_parental else [],
        )

    chain = Chain(Catalogue(), None)

    phases = [*LifePhase.objects.chain(), *LifePhase.objects.filter(ages=None).in_listing_order()]
    for phase, link in zip(phases, (*chain.links, *chain.beside), strict=True):
        assert link.count == Search(phase=phase).offers().count()
        for topic, dot in zip(Topic.objects.in_listing_order(), link.dots, strict=True):
            assert dot.count == Search(phase=phase, thema=(topic.slug,)).offers().count()
    bridges = {link.bridge.label: link.bridge.count for link in chain.links if link.bridge}
    for transition in TRANSITIONS:
        if str(transition.label) in bridges:
            fitting = [ages for ages, *_rest in offers if ages and _holds(ages, transition.months)]
            assert bridges[str(transition.label)] == len(fitting)


def _holds(ages: NumericRange, months: int) -> bool:
    """Whether both the last month before and the first month after lie inside."""
    lower = -9 if ages.lower is None else ages.lower
    return bool(lower < months and (ages.upper is None or ages.upper > months))


def test_takes_the_same_queries_for_one_and_three_offers(
    client: Client, phases: list[LifePhase], here: District, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    topic = TopicFactory.create()
    OfferFactory.create(topics=[topic])
    assert here.parent
    with django_assert_num_queries(2):
        client.get("/kette/")
    OfferFactory.create_batch(2, topics=[topic, TopicFactory.create()])
    with django_assert_num_queries(2):
        client.get("/kette/")
    with django_assert_num_queries(2):
        client.get(f"/kette/{here.parent.slug}/")


def test_an_area_counts_its_own_and_the_city_wide_offers(
    client: Client, phases: list[LifePhase], here: District
) -> None:
    OfferFactory.create(ages=NumericRange(30, 40), catchment=[here])
    OfferFactory.create(ages=NumericRange(30, 40))
    OfferFactory.create(ages=NumericRange(30, 40), catchment=[quarter("Anderswo")])
    assert here.parent

    response = client.get(f"/kette/{here.parent.slug}/")

    assert response.context["chain"].total == 2
    assert "im Sozialraum Osterfeld" in text(response)
    assert 'aria-current="page">Osterfeld</a>' in response.content.decode()


def test_only_a_sozialraum_has_a_chain_of_its_own(client: Client, here: District) -> None:
    assert client.get("/kette/gibt-es-nicht/").status_code == 404
    assert client.get(f"/kette/{here.slug}/").status_code == 404


def test_a_former_address_leads_to_the_new_one(client: Client, here: District) -> None:
    area = here.parent
    assert area
    old = area.slug
    area.slug = "neuer-name"
    area.save()

    response = client.get(f"/kette/{old}/")

    assert response.status_code == 301
    assert response["Location"] == "/kette/neuer-name/"


def test_a_transition_lists_what_crosses_it_those_about_it_first(client: Client) -> None:
    change = TopicFactory.create(slug="uebergaenge")
    OfferFactory.create(title="Anfang allgemein", ages=NumericRange(0, 80))
    OfferFactory.create(title="Zum Schulstart", ages=NumericRange(60, 84), topics=[change])
    OfferFactory.create(title="Nur Kita", ages=NumericRange(36, 72))
    OfferFactory.create(title="Nur Schule", ages=NumericRange(72, 120))
    OfferFactory.create(title="Ohne Alter", ages=None)

    response = client.get("/kette/uebergang/kita-grundschule/")

    assert [card.title for card in response.context["cards"]] == ["Zum Schulstart", "Anfang allgemein"]
    assert "/angebote/?alter=5-7j" in response.content.decode()


def test_a_transition_keeps_to_its_place_and_pages(
    client: Client, here: District, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create(title="Hier", ages=NumericRange(0, 80), catchment=[here])
    OfferFactory.create(title="Dort", ages=NumericRange(0, 80), catchment=[quarter("Anderswo")])

    with django_assert_num_queries(5):
        response = client.get(f"/kette/uebergang/kita-grundschule/?ort={here.slug}&seite=99")

    assert [card.title for card in response.context["cards"]] == ["Hier"]


def test_an_empty_transition_says_so_kindly(client: Client) -> None:
    page = text(client.get("/kette/uebergang/schule-beruf/"))

    assert "Hier kennen wir noch nichts" in page
    assert "Angebot melden" in page


def test_an_unknown_transition_is_not_found(client: Client) -> None:
    assert client.get("/kette/uebergang/gibt-es-nicht/").status_code == 404


@pytest.mark.parametrize(
    "query", ["ort=nirgends", "ort=%00", "seite=-1", "seite=x", "seite=" + "9" * 40, "ort=&seite="]
)
def test_bad_values_get_a_page_with_a_message(client: Client, query: str) -> None:
    response = client.get(f"/kette/uebergang/schule-beruf/?{query}")

    assert response.status_code == 200
    assert bool(response.context["errors"]) == (not re.fullmatch(r"ort=&seite=|seite=9+", query))


@pytest.mark.parametrize(
    ("count", "size"), [(0, 0), (1, 1), (2, 1), (3, 2), (11, 3), (12, 4), (49, 5), (50, 6), (9999, 6)]
)
def test_a_dot_grows_with_its_count(count: int, size: int) -> None:
    assert Dot("", count, "").size == size


def test_the_page_stands_without_phases_topics_and_offers(client: Client) -> None:
    assert "Noch keine Lebensphasen" in text(client.get("/kette/"))


def test_areas_are_the_finders_own(here: District) -> None:
    assert here.parent
    area = Catalogue().areas[here.parent.slug]
    assert isinstance(area, Area)
    assert [link.chosen for link in Chain(Catalogue(), area).areas] == [True]
