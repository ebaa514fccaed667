"""Suggestions while typing: what begins like the words, five of a kind, few statements, nothing kept by others."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from offers.search.splitting import split_new_words
from offers.suggest.matches import MOST, suggestions
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import PostcodeFactory, borough, quarter, social_area

pytestmark = pytest.mark.django_db


def labels(text: str) -> dict[str, list[str]]:
    return {group.name: [choice.label for choice in group.choices] for group in suggestions(text)}


@pytest.fixture
def _some_things() -> None:
    TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen", synonyms=["Hebamme", "Krabbelgruppe"])
    provider = PartnerFactory.create(name="Hebammenpraxis Süd")
    PartnerFactory.create(name="Praxis ohne Angebot")
    OfferFactory.create(title="Hebamme kommt nach Hause", provider=provider)
    OfferFactory.create(title="Offene Sprechstunde der Hebammen", provider=provider)
    OfferFactory.create(title="Hebamme nur als Entwurf", provider=provider, status="draft")
    other = PartnerFactory.create(name="Wasserfreunde")  # a name of the factory's has a number that may begin with 46
    OfferFactory.create(title="Schwimmen für Väter", summary="Auch mit Hebamme.", provider=other)
    area = social_area("Tal", borough("Hebenbach"))
    PostcodeFactory.create(code="46049").districts.set([quarter("Hebstadt-Mitte", area), quarter("Osterfeld")])


@pytest.mark.usefixtures("_some_things")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "heb",
            {
                "themen": ["Frühe Hilfen"],
                "angebote": ["Hebamme kommt nach Hause", "Offene Sprechstunde der Hebammen"],
                "traeger": ["Hebammenpraxis Süd"],
                "orte": ["Hebstadt-Mitte", "Stadtbezirk Hebenbach"],
            },
        ),
        ("pra", {"traeger": ["Praxis ohne Angebot"]}),
        ("früh", {"themen": ["Frühe Hilfen"]}),
        ("FRUEH", {"themen": ["Frühe Hilfen"]}),
        ("vaeter", {"angebote": ["Schwimmen für Väter"]}),
        ("schwimmen vä", {"angebote": ["Schwimmen für Väter"]}),
        ("46", {"orte": ["46049"]}),
        ("Mitte Heb", {"orte": ["Hebstadt-Mitte"]}),
        ("krabelgruppe", {"themen": ["Frühe Hilfen"]}),
        ("h", {}),
        ("?!", {}),
        ("gibtesnicht", {}),
        ("'; drop", {}),
    ],
)
def test_what_begins_like_the_words(text: str, expected: dict[str, list[str]]) -> None:
    assert labels(text) == expected


@pytest.mark.slow
def test_compounds_and_typos_lead_to_offers() -> None:
    OfferFactory.create(title="Familienhebammen")
    OfferFactory.create(title="Schuldnerberatung")
    split_new_words()

    assert labels("hebam") == {"angebote": ["Familienhebammen"]}
    assert labels("schuldnerbratung") == {"angebote": ["Schuldnerberatung"]}


def test_at_most_five_of_a_kind_in_few_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    OfferFactory.create_batch(MOST + 3, title="Krabbelgruppe")
    labels("x1")

    kept = 3  # the stock's state, topics and places, partners: asked for anew in transactions only
    with django_assert_num_queries(kept + 1):  # titles that begin so are a slice
        assert len(labels("krab")["angebote"]) == MOST
    with django_assert_num_queries(kept + 2):  # words that begin so, and one that is like it
        assert labels("qqqqq") == {}


def test_the_fragment_is_a_list_of_options_that_nobody_else_keeps(client: Client) -> None:
    offer = OfferFactory.create(title="<b>Krabbelgruppe</b>")
    response = client.get("/angebote/vorschlaege/?q=krab")
    page = response.content.decode()

    assert re.findall(r'role="option" [^>]*data-url="([^"]*)"', page) == [offer.get_absolute_url()]
    assert "&lt;b&gt;Krabbelgruppe&lt;/b&gt;" in page
    assert "1 Vorschlag." in page
    assert "private" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%00", "q=%ED%A0%80", "q=" + "x" * 9_000, "q=%F0%9F%98%80%F0%9F%98%80", "q=a%27b%5Cc"]
)
def test_nothing_to_suggest_is_an_empty_answer(client: Client, query: str) -> None:
    response = client.get("/angebote/vorschlaege/", QUERY_STRING=query)

    assert response.status_code == 200
    assert "option" not in response.content.decode()
