"""Each parameter: unfiltered, valid, invalid, choices."""

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.http import QueryDict

from offers.enums import Audience, Cost, Format
from offers.filters import OfferFilter
from offers.finder import Catalogue
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.portal.factories import PostcodeFactory, borough, quarter, social_area

pytestmark = pytest.mark.django_db


def bound(query: str) -> OfferFilter:
    return OfferFilter(QueryDict(query), catalogue=Catalogue())


def found(query: str) -> set[str]:
    return {offer.title for offer in bound(query).qs}


def test_unfiltered_gives_every_public_offer() -> None:
    OfferFactory.create(title="Öffentlich")
    OfferFactory.create(title="Entwurf", status="draft")

    assert found("") == {"Öffentlich"}
    assert found("alter=&monate=&phase=&ort=&thema=&form=&kostenlos=&sprache=&q=&seite=") == {"Öffentlich"}
    assert not bound("").search


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("alter=14", {"Baby"}),
        ("alter=14m", {"Baby"}),
        ("alter=2j", {"Baby"}),
        ("alter=3j", {"Kita"}),
        ("alter=schwanger", {"Geburt"}),
        ("alter=18-27j", {"Jugend"}),
        ("alter=ohne", {"Ohne"}),
        ("monate=14", {"Baby"}),
        ("alter=3j&monate=14", {"Baby"}),
    ],
)
def test_age_finds_what_overlaps_and_nothing_without_age(query: str, titles: set[str]) -> None:
    OfferFactory.create(title="Geburt", ages=NumericRange(-9, 0))
    OfferFactory.create(title="Baby", ages=NumericRange(0, 36))
    OfferFactory.create(title="Kita", ages=NumericRange(36, 72))
    OfferFactory.create(title="Jugend", ages=NumericRange(192, 324))
    OfferFactory.create(title="Ohne", ages=None)

    assert found(query) == titles


@pytest.mark.parametrize(
    "value", ["-1", "1e9", "abc", "99999999999", "٣", "²", "3-2j", "1.5", "\0", "a\0b", "\ud800", "x" * 10_000, "14n"]
)
@pytest.mark.parametrize("name", ["alter", "monate"])
def test_bad_age_says_so_and_does_not_filter(name: str, value: str) -> None:
    OfferFactory.create(title="Baby")
    data = QueryDict(mutable=True)
    data[name] = value
    filterset = OfferFilter(data, catalogue=Catalogue())

    assert list(filterset.errors) == [name]
    assert {offer.title for offer in filterset.qs} == {"Baby"}


@pytest.mark.slow
def test_district_follows_rule_two() -> None:
    north, south = borough("Nord"), borough("Süd")
    area = social_area("Nordwest", north)
    near, beside, far = quarter("Nah", area), quarter("Daneben", area), quarter("Fern", social_area("Südost", south))
    for title, catchment in [("Nah", near), ("Daneben", beside), ("Fern", far), ("Bezirk", north)]:
        OfferFactory.create(title=title, catchment=[catchment])
    OfferFactory.create(title="Stadt")
    PostcodeFactory.create(code="46049").districts.set([near, far])

    assert found(f"ort={near.slug}") == {"Nah", "Bezirk", "Stadt"}
    assert found(f"ort={area.slug}") == {"Nah", "Daneben", "Bezirk", "Stadt"}
    assert found(f"ort={south.slug}") == {"Fern", "Stadt"}
    assert found("ort=46049") == {"Nah", "Fern", "Bezirk", "Stadt"}
    assert found("ort=gibt-es-nicht") == {"Nah", "Daneben", "Fern", "Bezirk", "Stadt"}
    assert "gibt-es-nicht" in bound("ort=gibt-es-nicht").errors["ort"][0]


def test_phase_filters_by_age_or_audience() -> None:
    LifePhaseFactory.create(label="Kita", slug="3-6", ages=NumericRange(36, 72))
    LifePhaseFactory.create(label="Eltern", slug="eltern", ages=None, audience=Audience.PARENTS)
    OfferFactory.create(title="Kita", ages=NumericRange(40, 60))
    OfferFactory.create(title="Eltern", ages=None, audiences=[Audience.PARENTS])

    assert found("phase=3-6") == {"Kita"}
    assert found("phase=eltern") == {"Eltern"}
    assert list(bound("phase=rente").errors) == ["phase"]


def test_several_topics_mean_one_of_them_and_list_an_offer_once() -> None:
    sport, language = TopicFactory.create(slug="sport"), TopicFactory.create(slug="sprache")
    OfferFactory.create(title="Beides", topics=[sport, language])
    OfferFactory.create(title="Sport", topics=[sport])
    OfferFactory.create(title="Nichts")

    assert found("thema=sport") == {"Beides", "Sport"}
    assert [offer.title for offer in bound("thema=sport&thema=sprache").qs] == ["Beides", "Sport"]
    assert bound("thema=sport&thema=unsinn").errors["thema"][0].startswith("„unsinn“ kennen wir nicht")


@pytest.mark.parametrize("value", Format.values)
def test_each_format(value: str) -> None:
    OfferFactory.create(title="Dies", format=value)
    OfferFactory.create(title="Anderes", format="kurs" if value != "kurs" else "gruppe")

    assert found(f"form={value}") == {"Dies"}


def test_unknown_format_and_language() -> None:
    assert list(bound("form=tanz&sprache=xx").errors) == ["form", "sprache"]


def test_cost() -> None:
    OfferFactory.create(title="Frei", cost=Cost.FREE)
    OfferFactory.create(title="Teuer", cost=Cost.FEE)
    OfferFactory.create(title="Unbekannt")

    assert found("kostenlos=1") == {"Frei"}
    assert found("kostenlos=0") == {"Frei", "Teuer", "Unbekannt"}
    assert list(bound("kostenlos=ja").errors) == ["kostenlos"]


def test_language() -> None:
    OfferFactory.create(title="Türkisch", languages=["de", "tr"])
    OfferFactory.create(title="Deutsch", languages=["de"])

    assert found("sprache=tr") == {"Türkisch"}
    assert found("sprache=tr&sprache=de") == {"Türkisch", "Deutsch"}


def test_text_needs_all_words_and_ignores_what_is_no_word() -> None:
    OfferFactory.create(title="Elterncafé am Markt", summary="")
    OfferFactory.create(title="Elterncafé am Fluss", summary="")

    assert found("q=Elterncafé+Markt") == {"Elterncafé am Markt"}
    assert found("q=und+der") == found("q=%3F%21") == found("") != set()


@pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "\udcff"])
def test_unreadable_text_says_so(value: str) -> None:
    OfferFactory.create(title="Da")
    data = QueryDict(mutable=True)
    data["q"] = value
    filterset = OfferFilter(data, catalogue=Catalogue())

    assert list(filterset.errors) == ["q"]
    assert len(filterset.errors["q"][0]) < 200
    assert filterset.qs.count() == 1


@pytest.mark.parametrize(("value", "page"), [("", 1), ("2", 2), ("007", 7), ("9" * 50, 10**9)])
def test_page(value: str, page: int) -> None:
    assert bound(f"seite={value}").page == page


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "zwei", "٣", "²"])
def test_bad_page(value: str) -> None:
    filterset = bound(f"seite={value}")

    assert filterset.page == 1
    assert list(filterset.errors) == ["seite"]


def test_a_bad_value_leaves_the_others_working() -> None:
    OfferFactory.create(title="Frei", cost=Cost.FREE)
    OfferFactory.create(title="Teuer", cost=Cost.FEE)

    assert found("kostenlos=1&alter=abc&ort=xyz&thema=nie") == {"Frei"}


def test_one_search_has_one_address() -> None:
    TopicFactory.create(slug="b")
    TopicFactory.create(slug="a")

    first = bound("q=x&thema=b&thema=a&alter=14m&seite=3&ort=").search.url(page=3)

    assert first == bound("thema=a&thema=b&monate=14&q=x&unbekannt=1").search.url(page=3)
    assert first == "/angebote/?alter=14&thema=a&thema=b&q=x&seite=3"
