"""Websites are asked politely, nothing inside is ever reached, and a week of silence is a task."""

import http.server
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from offers.freshness.enums import TaskKind
from offers.freshness.websites import DELAY, Answer, Checker, agent, check_websites
from offers.models import LinkCheck, Offer, Task
from partners.models import Partner
from portal import outside
from portal.enums import Fault
from portal.outside import Outside, OutsideError, is_open
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city

OPEN = "93.184.215.14"  # an address of the open internet, which the tests lead to their own server


class Site(http.server.ThreadingHTTPServer):
    """Websites of many names; `pages` says how each path answers."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.agents: set[str] = set()
        super().__init__(("127.0.0.1", 0), Page)


class Page(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        address = f"{self.headers['Host']}{self.path}"
        self.server.asked.append((self.command, self.headers["Host"], self.path))
        self.server.agents.add(self.headers["User-Agent"])
        answer = self.server.pages.get(address, 404)
        if isinstance(answer, dict):
            answer = answer.get(self.command, 405)
        if isinstance(answer, bytes):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)
        elif isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.end_headers()
        else:
            self.send_response(answer)
            self.end_headers()

    do_GET = do_HEAD  # noqa: N815  # the name http.server looks for

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Net:
    """Names and the way to the tests' server; remembers every address a connection was opened to."""

    def __init__(self, site: Site, **names: Sequence[str]) -> None:
        self.site = site
        self.names: dict[str, Any] = {name.replace("_", "."): found for name, found in names.items()}
        self.opened: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:
        found: Any = self.names.get(host, [OPEN])
        if isinstance(found, Exception):
            raise found
        return list(found.pop(0) if found and isinstance(found[0], list) else found)

    def connect(self, address: str, port: int) -> socket.socket:
        self.opened.append(address)
        return socket.create_connection(("127.0.0.1", self.site.server_port), timeout=5)

    def outside(self) -> Outside:
        return Outside("Probe/1.0", self.resolve, self.connect)

    def checker(self) -> Checker:
        return Checker(self.outside(), sleep=lambda seconds: None)


# -- what is open to the world ---------------------------------------------------------------------------------------


# fmt: off
INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
    "2002:a00:1::", "2001:0:7f00:1::1", "100::1", "kein", "127.1", "0x7f000001",
]
# fmt: on


@pytest.mark.parametrize("address", [*INSIDE, ""])
def test_no_address_inside_is_open(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", [OPEN, "8.8.8.8", "2a00:1450:4001:80e::200e", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_open(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], [OPEN, "10.0.0.1"], ["::1"], ["169.254.169.254"], ["::ffff:192.168.0.1"], [OPEN, "fe80::1"]],
)
def test_a_name_with_any_address_inside_is_not_asked(site: Site, found: list[str]) -> None:
    net = Net(site, intern_example=found)
    with pytest.raises(OutsideError) as error:
        net.outside().ask("GET", "http://intern.example/")
    assert error.value.fault == Fault.INTERNAL
    assert (net.opened, site.asked) == ([], [])


@pytest.mark.parametrize("hop", ["http://127.0.0.1/", "http://intern.example/", "http://[::1]/", "//intern.example/x"])
def test_a_redirect_does_not_lead_inside(site: Site, hop: str) -> None:
    net = Net(site, intern_example=["10.1.2.3"])
    net.names |= {"127.0.0.1": ["127.0.0.1"], "::1": ["::1"]}
    site.pages["aussen.example/"] = hop
    with pytest.raises(OutsideError) as error:
        net.outside().follow("GET", "http://aussen.example/")
    assert error.value.fault == Fault.INTERNAL
    assert net.opened == [OPEN]


def test_a_name_that_turns_inside_after_the_look_gains_nothing(site: Site) -> None:
    """DNS rebinding: the connection goes to the address that was looked at, not to the name."""
    net = Net(site, dreher_example=[[OPEN], ["127.0.0.1"]])  # type: ignore[list-item]  # one answer after the other
    site.pages["dreher.example/"] = 200
    assert net.outside().ask("GET", "http://dreher.example/").status == 200
    assert net.opened == [OPEN]
    with pytest.raises(OutsideError):
        net.outside().ask("GET", "http://dreher.example/")
    assert net.opened == [OPEN]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ftp://a.example/", Fault.ADDRESS), ("file:///etc/passwd", Fault.ADDRESS), ("http://", Fault.ADDRESS),
        ("http://a:b@a.example/", Fault.ADDRESS), ("http://a@127.0.0.1/", Fault.ADDRESS),
        ("http://a.example:22/", Fault.INTERNAL), ("https://a.example:8443/", Fault.INTERNAL),
        ("http://a.example:99999/", Fault.ADDRESS), ("http://a.example/ b", Fault.ADDRESS),
        ("http://[::1/", Fault.ADDRESS), ("kein", Fault.ADDRESS), ("", Fault.ADDRESS),
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_asked(site: Site, url: str, fault: Fault) -> None:
    net = Net(site)
    with pytest.raises(OutsideError) as error:
        net.outside().ask("GET", url)
    assert error.value.fault == fault
    assert net.opened == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://[::1]/"])
def test_with_the_systems_own_resolver_this_machine_is_not_reached(url: str) -> None:
    opened: list[str] = []

    def connect(address: str, port: int) -> socket.socket:
        opened.append(address)
        raise AssertionError(address)

    with pytest.raises(OutsideError):
        Outside("Probe/1.0", connect=connect).ask("GET", url)
    assert opened == []


def test_a_server_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "LONGEST", 0.3)
    near, far = socket.socketpair()
    with near, far, pytest.raises(OutsideError) as error:
        Outside("Probe/1.0", lambda host, port: [OPEN], lambda address, port: near).ask("GET", "http://a.example/")
    assert error.value.fault == Fault.REFUSED


# -- how a website answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "answer"),
    [
        ({"a.example/": 200}, Answer(200)),
        ({"a.example/": "/neu", "a.example/neu": 200}, Answer(200)),
        ({"a.example/": {"HEAD": 405, "GET": 200}}, Answer(200)),
        ({"a.example/": {"HEAD": 404, "GET": 200}}, Answer(200)),
        ({"a.example/": 401}, Answer(401)),
        ({"a.example/": 403}, Answer(403)),
        ({"a.example/": 404}, Answer(404, Fault.STATUS)),
        ({"a.example/": 410}, Answer(410, Fault.STATUS)),
        ({"a.example/": 500}, Answer(500, Fault.STATUS)),
        ({"a.example/": "/"}, Answer(fault=Fault.REDIRECTS)),
    ],
)
def test_what_somebody_who_clicks_would_see(site: Site, pages: dict[str, Any], answer: Answer) -> None:
    site.pages = pages
    assert Net(site).checker().check("http://a.example/") == answer


@pytest.mark.slow
def test_names_servers_and_certificates_that_fail_are_told_apart(site: Site) -> None:
    net = Net(site)
    net.names["weg.example"] = socket.gaierror("unknown")
    assert net.checker().check("http://weg.example/") == Answer(fault=Fault.NAME)
    assert net.checker().check("https://a.example/") == Answer(fault=Fault.TLS)  # the tests' server speaks no TLS
    stumm = Outside("Probe/1.0", net.resolve, lambda address, port: socket.create_connection(("127.0.0.1", 1)))
    assert Checker(stumm).check("http://a.example/") == Answer(fault=Fault.REFUSED)


def test_whoever_forbids_programs_is_left_in_peace(site: Site) -> None:
    site.pages = {"a.example/robots.txt": b"User-agent: *\nDisallow: /intern/\n", "a.example/intern/": 404}
    checker = Net(site).checker()
    assert checker.check("http://a.example/intern/") is None
    assert [path for _method, _host, path in site.asked] == ["/robots.txt"]
    assert checker.check("http://a.example/") == Answer(404, Fault.STATUS)
    assert sum(path == "/robots.txt" for _method, _host, path in site.asked) == 1


def test_two_requests_to_one_host_are_seconds_apart_and_say_who_asks(site: Site) -> None:
    site.pages = {"a.example/": 200, "a.example/b": 200, "c.example/": 200}
    moments, clock = [0.0], [100.0]

    def sleep(seconds: float) -> None:
        moments.append(seconds)
        clock[0] += seconds

    net = Net(site)
    checker = Checker(Outside(agent(), net.resolve, net.connect), sleep=sleep, clock=lambda: clock[0])
    for url in ("http://a.example/", "http://a.example/b", "http://c.example/"):
        checker.check(url)
    assert moments == [0.0, DELAY, DELAY, DELAY]  # robots.txt and two pages, then robots.txt and one
    [name] = site.agents
    assert "Praeventionsportal" in name
    assert "http://127.0.0.1:8000/ueber-uns/" in name


# -- a week of silence -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_website_broken_for_a_week_is_a_task_until_it_answers_again(site: Site) -> None:
    city()
    partner = PartnerFactory.create(name="Kinderladen", website="http://gut.example/")
    offer = OfferFactory.create(title="Elterncafé", provider=partner, website="http://tot.example/")
    site.pages = {"gut.example/": 200}
    start = timezone.now()
    for day in range(7):
        assert check_websites(Net(site).checker(), start + timedelta(days=day)) == 0
        assert not Task.objects.exists()
    LinkCheck.objects.filter(url="http://tot.example/").update(broken_since=timezone.localdate() - timedelta(days=7))
    check_websites(Net(site).checker(), start + timedelta(days=7))
    [task] = Task.objects.open()
    assert (task.kind, task.partner, task.offer, task.concerns) == (
        TaskKind.BROKEN_LINK, partner, offer, "http://tot.example/",
    )  # fmt: skip
    assert "Elterncafé" in task.subject
    assert list(Task.objects.open().for_partners([partner])) == [task]
    check_websites(Net(site).checker(), start + timedelta(days=8))
    assert Task.objects.count() == 1
    site.pages["tot.example/"] = 200
    check_websites(Net(site).checker(), start + timedelta(days=9))
    assert not Task.objects.open().exists()
    assert not LinkCheck.objects.broken().exists()


@pytest.mark.django_db
def test_what_may_not_be_asked_any_more_is_no_longer_called_broken(site: Site) -> None:
    city()
    OfferFactory.create(website="http://a.example/")
    site.pages = {"a.example/": 404}
    start = timezone.now()
    check_websites(Net(site).checker(), start)
    LinkCheck.objects.update(broken_since=timezone.localdate() - timedelta(days=7))
    check_websites(Net(site).checker(), start + timedelta(days=1))
    assert Task.objects.open().count() == 1
    site.pages["a.example/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    check_websites(Net(site).checker(), start + timedelta(days=2))
    assert not Task.objects.open().exists()
    assert not LinkCheck.objects.exists()


@pytest.mark.django_db
def test_a_website_is_asked_once_a_day_and_only_while_somebody_can_click_on_it(site: Site) -> None:
    city()
    offer = OfferFactory.create(website="http://a.example/")
    PartnerFactory.create(website="http://a.example/")
    OfferFactory.create(website="http://entwurf.example/", status="draft")
    site.pages = {"a.example/": 200}
    now = timezone.now()
    for _twice in range(2):
        check_websites(Net(site).checker(), now)
    assert [path for method, _host, path in site.asked if method == "HEAD"] == ["/"]
    assert {host for _method, host, _path in site.asked} == {"a.example"}
    Offer.objects.filter(pk=offer.pk).update(status="withdrawn")
    Partner.objects.update(website="")
    check_websites(Net(site).checker(), now)
    assert not LinkCheck.objects.exists()
