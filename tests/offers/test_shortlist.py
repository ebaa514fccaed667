"""The shortlist: it lives in its address, shows what is public alone and survives whatever stands in the address."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from offers.enums import Lifecycle, Status
from offers.models import Offer
from offers.shortlist.references import named, reference
from offers.shortlist.state import MOST_OFFERS, Shortlist
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import PlaceFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db
ALL_PAGES = ("", "vergleich/", "angebote.pdf", "angebote-gross.pdf", "qr.svg", "termine.ics", "merken/")


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def query(*offers: Offer) -> str:
    return Shortlist(tuple(reference(offer) for offer in offers)).query


def shown(response: Any) -> list[str]:
    return [entry.offer.title for entry in response.context["listed"].entries]


# References


def test_a_reference_is_short_and_finds_its_offer_alone() -> None:
    first, _second = OfferFactory.create(), OfferFactory.create()

    assert re.fullmatch(r"[0-9A-Za-z]{8}", reference(first))
    assert list(named(Offer.objects.all(), [reference(first)])) == [first]
    assert list(named(Offer.objects.all(), [first.slug])) == [first]
    assert list(named(Offer.objects.all(), ["zzzzzzzz", "gibt-es-nicht"])) == []


def test_a_reference_stays_when_the_offer_gets_a_new_name() -> None:
    offer = OfferFactory.create()
    before = reference(offer)
    Offer.objects.filter(pk=offer.pk).update(title="Neu", slug="neu")

    assert list(named(Offer.objects.all(), [before])) == [offer]


# The list in the address


def test_forty_offers_stay_below_two_kilobytes() -> None:
    names = tuple(reference(Offer(public_id=uuid4())) for _ in range(40))

    assert len(set(names)) == 40
    assert len(Shortlist(names).url()) < 600


def test_a_list_keeps_order_and_lists_nothing_twice() -> None:
    asked = Shortlist.from_query(QueryDict("o=b&o=a&o=b&o=c.a,b"))

    assert asked.names == ("b", "a", "c")
    assert asked.moved("c", -1).names == ("b", "c", "a")
    assert asked.moved("b", -5).names == asked.names
    assert asked.without("a").names == ("b", "c")
    assert asked.with_name("b") == asked
    assert asked.with_name("../böse") == asked


# The page


def test_the_page_shows_the_offers_in_the_order_of_the_address(client: Client) -> None:
    first, second = OfferFactory.create(title="Elterncafé"), OfferFactory.create(title="Babymassage")

    assert shown(client.get("/merkliste/" + query(second, first))) == ["Babymassage", "Elterncafé"]
    assert shown(client.get(f"/merkliste/?o={first.slug}")) == ["Elterncafé"]


def test_the_empty_list_says_how_to_fill_it(client: Client) -> None:
    assert "Ihre Merkliste ist leer" in text(client.get("/merkliste/"))


def test_every_change_is_a_link_to_the_changed_list(client: Client) -> None:
    first, second, third = (OfferFactory.create() for _ in range(3))
    rows = client.get("/merkliste/" + query(first, second, third)).context["rows"]

    assert rows[1].up_url == "/merkliste/" + query(second, first, third)
    assert rows[1].down_url == "/merkliste/" + query(first, third, second)
    assert rows[1].remove_url == "/merkliste/" + query(first, third)
    assert (rows[0].up_url, rows[2].down_url) == ("", "")


def hidden_offers() -> list[Offer]:
    yesterday = timezone.localdate() - timedelta(days=1)
    return [
        OfferFactory.create(title="Geheimer Entwurf", status=Status.DRAFT),
        OfferFactory.create(title="Zurückgezogenes", status=Status.WITHDRAWN),
        OfferFactory.create(title="Beendetes", lifecycle=Lifecycle.ENDED),
        OfferFactory.create(title="Abgelaufenes", ends_on=yesterday),
        OfferFactory.create(title="Ruhendes", verified_at=timezone.now() - timedelta(days=900)),
    ]


@pytest.mark.parametrize("page", ["", "vergleich/", "angebote.pdf", "termine.ics"])
def test_what_is_not_public_shows_nowhere_and_is_counted_alike(client: Client, page: str) -> None:
    offer = OfferFactory.create(title="Elterncafé")
    ScheduleFactory.create(offer=offer)
    hidden = hidden_offers()
    response = client.get(f"/merkliste/{page}" + query(offer, *hidden) + "&o=zzzzzzzz")

    assert response.status_code == 200
    content = response.content.decode(errors="replace")
    for other in hidden:
        assert other.title not in content
        assert other.slug not in content
    if not page:
        assert shown(response) == ["Elterncafé"]
        assert "6 Einträge auf Ihrer Liste führen zu keinem Angebot mehr" in text(response)
        assert not any(reference(other) in content for other in hidden)


@pytest.mark.parametrize("end", ["angebot.pdf", "angebot-gross.pdf", "qr.svg", "termine.ics"])
def test_an_offer_that_is_not_public_has_no_papers(client: Client, end: str) -> None:
    for offer in hidden_offers():
        ScheduleFactory.create(offer=offer)
        assert client.get(f"/angebote/{offer.slug}/{end}").status_code == 404


def test_a_confidential_place_has_no_address_in_the_list(client: Client) -> None:
    place = PlaceFactory.create(name="Haus Zuflucht", is_confidential=True, street="", postcode="", city="")
    offer = OfferFactory.create(places=[place])
    ScheduleFactory.create(offer=offer)

    for page in ("", "vergleich/", "termine.ics"):
        content = client.get(f"/merkliste/{page}" + query(offer)).content.decode()
        assert "Haus Zuflucht" not in content
        assert "Adresse ist zum Schutz geheim" in content


@pytest.mark.slow
def test_a_list_that_is_too_long_is_cut_and_says_so(client: Client) -> None:
    offers = OfferFactory.create_batch(MOST_OFFERS + 2)
    response = client.get("/merkliste/" + query(*offers))

    assert len(shown(response)) == MOST_OFFERS
    assert "2 Angebote passen nicht mehr auf die Liste" in text(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_three_offers_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    offers = []
    for _ in range(count):
        place = PlaceFactory.create(district=quarter(f"Stadtteil {uuid4()}"))
        offers.append(OfferFactory.create(topics=[TopicFactory.create()], places=[place]))
        ScheduleFactory.create(offer=offers[-1])
    for page in ("", "vergleich/", "angebote.pdf", "termine.ics"):
        with django_assert_num_queries(7):
            client.get(f"/merkliste/{page}" + query(*offers))


def test_the_pages_set_no_cookie_and_stay_out_of_search_engines(client: Client) -> None:
    offer = OfferFactory.create()
    for page in ALL_PAGES[:2]:
        response = client.get(f"/merkliste/{page}" + query(offer))
        assert not response.cookies
        assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert client.get("/merkliste/angebote.pdf" + query(offer)).headers["X-Robots-Tag"] == "noindex"


# Comparing


def test_up_to_four_chosen_offers_stand_side_by_side(client: Client) -> None:
    offers = [*OfferFactory.create_batch(4), OfferFactory.create(phone="0208 123-45"), OfferFactory.create()]
    chosen = "".join(f"&v={reference(offer)}" for offer in offers[1:])
    response = client.get("/merkliste/vergleich/" + query(*offers) + chosen)

    assert [entry.offer for entry in response.context["comparison"].entries] == offers[1:5]
    assert "höchstens 4 Angebote nebeneinander" in text(response)
    assert '<td><a href="tel:020812345">0208 123-45</a></td>' in response.content.decode()
    unchosen = client.get("/merkliste/vergleich/" + query(*offers)).context["comparison"].entries
    assert [entry.offer for entry in unchosen] == offers[:4]
    assert "Es gibt nichts zu vergleichen" in text(client.get("/merkliste/vergleich/"))


# Without script


def test_results_carry_the_list_into_links_forms_and_buttons(client: Client) -> None:
    kept, other = OfferFactory.create(title="Elterncafé"), OfferFactory.create(title="Babymassage")
    carried = f"merk={reference(kept)}"
    page = client.get(f"/angebote/?alter=14&{carried}").content.decode()

    for link in re.findall(r'<a [^>]*href="(/angebote/[^"#]*)', page):
        assert carried in link, link
    assert page.count(f'<input type="hidden" name="merk" value="{reference(kept)}">') == 2
    assert f'name="ohne" value="{reference(kept)}"' in page
    assert f'name="o" value="{reference(other)}"' in page
    assert '<input type="hidden" name="suche" value="alter=14">' in page
    assert "Merkliste (1)" in page


def test_keeping_one_more_leads_back_to_the_search(client: Client) -> None:
    response = client.get("/merkliste/merken/?merk=Aaaaaaaa.Bbbbbbbb&suche=alter%3D14%26q%3Dx&o=Cccccccc")
    assert response.headers["Location"] == "/angebote/?alter=14&q=x&merk=Aaaaaaaa.Bbbbbbbb.Cccccccc"
    response = client.get("/merkliste/merken/?merk=Aaaaaaaa.Bbbbbbbb&suche=&ohne=Aaaaaaaa")
    assert response.headers["Location"] == "/angebote/?merk=Bbbbbbbb"
    assert client.get("/merkliste/merken/?o=Aaaaaaaa").headers["Location"] == "/merkliste/?o=Aaaaaaaa"


def test_the_way_back_stays_in_the_portal(client: Client) -> None:
    for wanted in ("//evil.example/", "https://evil.example", "%0d%0aSet-Cookie: a=b", "\\evil.example"):
        response = client.get("/merkliste/merken/", {"suche": wanted, "o": "Aaaaaaaa"})
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/angebote/?")


def test_a_page_without_a_list_is_the_same_for_all(client: Client) -> None:
    OfferFactory.create()
    plain = client.get("/angebote/").content
    assert b'data-carried=""' in plain
    assert client.get("/angebote/?merk=%00").content.count(b'name="merk"') == 0


# Whatever stands in the address


@pytest.mark.parametrize("page", ALL_PAGES)
@pytest.mark.parametrize(
    "asked",
    [
        "o=%00",
        "o=" + "a" * 10_000,
        "o=" + "a." * 5_000,
        "&".join(["o=aaaaaaaa"] * 900),
        "&".join(f"o={number:08d}" for number in range(900)),
        "o=%ff%fe&o=%F0%9F%98%80",
        "o=../../etc/passwd&v=%00&merk=%00&ohne=%00&suche=%00",
        "o=<script>alert(1)</script>&suche=<script>",
    ],
)
def test_no_address_breaks_a_page(client: Client, page: str, asked: str) -> None:
    response = client.get(f"/merkliste/{page}?{asked}")
    assert response.status_code in {200, 302, 404}
    assert b"<script>alert" not in response.content


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.text(max_size=30), max_size=12))
def test_any_text_is_a_list(client: Client, values: list[str]) -> None:
    asked = {"o": values, "merk": values, "suche": "".join(values)}
    for page in ("", "vergleich/", "merken/"):
        assert client.get(f"/merkliste/{page}", asked).status_code in {200, 302}
