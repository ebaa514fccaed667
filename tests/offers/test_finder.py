"""Counts, facets, pages and wider searches of the finder."""

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from offers.enums import Cost
from offers.filters import OfferFilter
from offers.finder import PER_PAGE, Catalogue, Results, Search, count_each, find, plain
from offers.finder.pages import PageLinks
from offers.finder.wording import chips, heading
from tests.offers.factories import OfferFactory, TopicFactory
from tests.portal.factories import borough, city, quarter, social_area

pytestmark = pytest.mark.django_db


def search_for(query: str) -> tuple[Search, Catalogue]:
    catalogue = Catalogue()
    return OfferFilter(QueryDict(query), catalogue=catalogue).search, catalogue


def results(query: str, page: int = 1) -> Results:
    return find(*search_for(query), page=page)


def test_counts_what_it_lists_and_lists_each_offer_once() -> None:
    topics = [TopicFactory.create(), TopicFactory.create()]
    OfferFactory.create_batch(3, topics=topics, languages=["de", "tr"])

    found = results("")

    assert found.count == len(found.offers) == len({offer.pk for offer in found.offers}) == 3


def test_what_is_made_for_the_age_stands_before_what_is_for_all() -> None:
    OfferFactory.create(title="Alle", ages=NumericRange(None, None))
    OfferFactory.create(title="Bis drei", ages=NumericRange(0, 36))
    OfferFactory.create(title="Zweites Jahr", ages=NumericRange(12, 24))

    assert [offer.title for offer in results("alter=14").offers] == ["Zweites Jahr", "Bis drei", "Alle"]
    assert [offer.title for offer in results("").offers] == ["Alle", "Bis drei", "Zweites Jahr"]


def test_facet_counts_say_what_picking_a_choice_would_give() -> None:
    sport, language = TopicFactory.create(slug="sport"), TopicFactory.create(slug="sprache")
    OfferFactory.create(topics=[sport, language], format="kurs", cost=Cost.FREE, languages=["de", "tr"])
    OfferFactory.create(topics=[sport], format="kurs", cost=Cost.FEE, languages=["de"])
    OfferFactory.create(topics=[language], format="gruppe")
    OfferFactory.create(topics=[sport], status="draft")

    facets = results("form=kurs").tally.facets

    assert facets["thema"] == {"sport": 2, "sprache": 1}
    assert facets["form"] == {"kurs": 2, "gruppe": 1}  # its own filter is left out
    assert facets["kostenlos"] == {"1": 1}
    assert facets["sprache"] == {"de": 2, "tr": 1}
    for name, counts in facets.items():
        kept = "" if name == "form" else "form=kurs&"
        for value, count in counts.items():
            assert results(f"{kept}{name}={value}").count == count


def test_beside_a_picked_choice_the_others_count_what_they_add() -> None:
    sport, language = TopicFactory.create(slug="sport"), TopicFactory.create(slug="sprache")
    OfferFactory.create(topics=[sport, language], languages=["de", "tr"])
    OfferFactory.create(topics=[sport])
    OfferFactory.create(topics=[language], languages=["tr"])

    found = results("thema=sport")

    assert found.tally.facets["thema"] == {"sport": 2, "sprache": 1}
    assert results("thema=sport&thema=sprache").count == found.count + 1
    assert results("thema=sport&sprache=de").tally.facets["sprache"] == {"de": 1}  # Turkish would add nothing


def test_offers_without_an_age_are_counted_apart() -> None:
    OfferFactory.create(ages=NumericRange(0, 36))
    OfferFactory.create(ages=None)
    OfferFactory.create(ages=None, cost=Cost.FREE)

    assert (results("alter=14").count, results("alter=14").tally.without_age) == (1, 2)
    assert (results("alter=14&kostenlos=1").count, results("alter=14&kostenlos=1").tally.without_age) == (0, 1)
    assert results("").tally.without_age == 0
    assert results("alter=ohne").count == 2


@pytest.mark.slow
def test_pages_hold_twenty_and_a_too_high_page_is_the_last() -> None:
    OfferFactory.create_batch(PER_PAGE + 1)

    first, second, beyond = results(""), results("", page=2), results("", page=10**9)

    assert (len(first.offers), len(second.offers)) == (PER_PAGE, 1)
    assert beyond.number == 2
    assert not {offer.pk for offer in first.offers} & {offer.pk for offer in second.offers}


@pytest.mark.slow
def test_page_links_leave_gaps_and_never_link_the_page_itself() -> None:
    found = results("q=nichts")
    links = PageLinks(found)
    assert (links.previous, links.next, links.total) == ("", "", 1)

    OfferFactory.create_batch(PER_PAGE * 6)
    links = PageLinks(results("", page=4))

    assert [(page.number, page.gap) for page in links.pages] == [
        (1, False),
        (3, True),
        (4, False),
        (5, False),
        (6, False),
    ]
    assert [page.number for page in links.pages if not page.url] == [4]
    assert links.previous == "/angebote/?seite=3"


def test_an_empty_search_offers_wider_ones_with_true_counts() -> None:
    north = borough("Nord")
    area = social_area("Nordwest", north)
    here, beside = quarter("Hier", area), quarter("Daneben", area)
    OfferFactory.create(catchment=[beside], ages=NumericRange(0, 36))
    OfferFactory.create(catchment=[here], ages=NumericRange(120, 200))

    found = results(f"alter=14&ort={here.slug}&kostenlos=1")

    assert found.count == 0
    assert found.offers == ()
    urls = {wider.url: wider.count for wider in found.wider}
    assert urls["/angebote/"] == 2
    assert all(wider.count == find(wider.search, Catalogue()).count > 0 for wider in found.wider)

    near = results(f"alter=14&ort={here.slug}")
    assert [(wider.label, wider.count) for wider in near.wider][:2] == [("im Sozialraum Nordwest", 1), ("in Nord", 1)]
    assert {wider.label for wider in near.wider} >= {"in der ganzen Stadt", "für alle Altersgruppen"}


def test_text_finds_the_best_match_first() -> None:
    OfferFactory.create(title="Aaa", summary="Auch mit Hebamme.")
    OfferFactory.create(title="Hebamme kommt nach Hause", summary="")

    assert [offer.title for offer in results("q=Hebamme").offers] == ["Hebamme kommt nach Hause", "Aaa"]


def test_text_without_words_is_ignored_and_said() -> None:
    OfferFactory.create(title="B")
    OfferFactory.create(title="A")

    found = results("q=und+die")

    assert found.ignored_text
    assert [offer.title for offer in found.offers] == ["A", "B"]
    assert not results("q=Krabbelgruppe").ignored_text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Angebote"),
        ("alter=14&ort=osterfeld", "Angebote für Kinder mit 14 Monaten in Osterfeld"),
        ("alter=0j&kostenlos=1", "Kostenlose Angebote für Kinder unter 1 Jahr"),
        ("alter=1j", "Angebote für Kinder mit 1 Jahr"),
        ("alter=16j", "Angebote für Menschen mit 16 Jahren"),
        ("alter=ohne", "Angebote ohne Altersangabe"),
        ("alter=schwanger", "Angebote für die Schwangerschaft"),
        ("q=Sport&thema=bewegung", "Angebote zu „Sport“ zum Thema Bewegung"),
        ("alter=18-27j&ort=musterstadt", "Angebote für Menschen von 18 bis 27 Jahren in ganz Musterstadt"),
    ],
)
def test_the_heading_names_the_search(query: str, words: str) -> None:
    city()
    quarter("Osterfeld")
    TopicFactory.create(label="Bewegung", slug="bewegung")

    assert heading(*search_for(query)) == words


def test_each_chip_takes_away_one_filter() -> None:
    quarter("Osterfeld")
    TopicFactory.create(label="Bewegung", slug="bewegung")
    TopicFactory.create(label="Sprache", slug="sprache")

    found = {chip.label: chip.url for chip in chips(*search_for("alter=14&ort=osterfeld&thema=bewegung&thema=sprache"))}

    assert found == {
        "14 Monate": "/angebote/?ort=osterfeld&thema=bewegung&thema=sprache",
        "Osterfeld": "/angebote/?alter=14&thema=bewegung&thema=sprache",
        "Bewegung": "/angebote/?alter=14&ort=osterfeld&thema=sprache",
        "Sprache": "/angebote/?alter=14&ort=osterfeld&thema=bewegung",
    }


def test_counting_many_searches_takes_one_statement() -> None:
    OfferFactory.create()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert plain.count_each([Search(), Search(kostenlos=True)]) == [1, 0]
    assert len(queries) == 1
    assert plain.count_each([]) == count_each([]) == []
