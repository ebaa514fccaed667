"""Guessing at every door: locked by the tenth wrong try, and the right person gets in all the same."""

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core import mail, signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.accounts import admission
from partners.accounts.guard import client_address
from portal.management.commands.worker import run_worker
from tests.partners.factories import PartnerFactory
from tests.partners.people import member
from tests.partners.test_accounts_door import ASK, ENTER, FACTOR, LOGIN, kind, mailed_code, text
from tests.portal.staff import PASSWORD, code_now, sign_in, signed_in, staff, with_phone

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AGAIN = "/konto/bestaetigen/"
ASK_LINK = "/konto/anmelden/zulassen/"
LINK = re.compile(r"http\S+(/konto/anmelden/zulassen/[^/\s]+/)")
TRIES = 50
Door = Callable[[str, int], Any]


# -- the doors, tried by somebody who has everything but the one thing that is asked for -------------------------------


def password(address: str, number: int) -> Any:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": "Anna" if number % 2 else "ANNA", "password": f"{number}"})


def second_factor(address: str, number: int, **typed: str) -> Any:
    browser = Client(REMOTE_ADDR=address)
    first = browser.post(LOGIN, {"login": "anna", "password": PASSWORD})
    return browser.post(FACTOR, typed or {"code": f"{number:06d}"}) if first.status_code == 302 else first


def passkey(address: str, number: int) -> Any:
    return second_factor(address, number, credential="no JSON")


def mail_code(address: str, number: int) -> Any:
    browser = Client(REMOTE_ADDR=address)
    first = browser.post(ASK, {"email": "kaethe@example.org"})
    if first.status_code == 200:  # too many codes were asked for
        return HttpResponse(status=429)
    return browser.post(ENTER, {"code": f"{number:06d}"}) if first.status_code == 302 else first


def inside(address: str) -> Client:
    """A session somebody left open; it asks again before anything that matters."""
    return signed_in(User.objects.get(username="anna"), Client(REMOTE_ADDR=address))


def password_again(address: str, number: int) -> Any:
    return inside(address).post(AGAIN, {"password": f"{number}"})


def code_again(address: str, number: int) -> Any:
    return inside(address).post(f"{AGAIN}code/", {"code": f"{number:06d}"})


def old_password(address: str, number: int) -> Any:
    new = "vier lange Woerter hier"
    return inside(address).post("/konto/passwort/", {"oldpassword": f"{number}", "password1": new, "password2": new})


STAFF_DOORS = [password, second_factor, passkey, password_again, code_again, old_password]
DOORS = [*STAFF_DOORS, mail_code]


@pytest.fixture
def _people() -> None:
    with_phone(staff("Redaktion", "anna"))
    User.objects.update(email="anna@buero.example")
    member(PartnerFactory.create(), email="kaethe@example.org")


def attack(door: Door, addresses: int) -> list[int]:
    return [door(f"203.0.113.{number % addresses}", number).status_code for number in range(TRIES)]


def enters(door: Door, browser: Client) -> bool:
    """The owner, who knows everything: whether they get in."""
    if door is mail_code:
        if browser.post(ASK, {"email": "kaethe@example.org"}).status_code != 302:
            return False
        browser.post(ENTER, {"code": mailed_code()})
        return browser.get("/mein-bereich/").status_code == 200
    if browser.post(LOGIN, {"login": "anna", "password": PASSWORD}).status_code != 302:
        return False
    browser.post(FACTOR, {"code": code_now()})
    return browser.get("/admin/").status_code == 200


def name_at(door: Door) -> str:
    return "kaethe@example.org" if door is mail_code else "anna"


def elsewhere() -> Client:
    return Client(REMOTE_ADDR="198.51.100.7")


def link_mailed() -> str:
    (link,) = LINK.findall("\n".join(letters()))
    return str(link)


def letters() -> list[str]:
    """What the real worker sends now."""
    mail.outbox.clear()
    run_worker(wait=False)
    return [str(message.body) for message in mail.outbox]


def by_link(browser: Client, name: str) -> None:
    """Ask for a link, open it, press the button."""
    browser.post(ASK_LINK, {"login": name})
    link = link_mailed()
    assert "Diesen Browser zulassen" in text(browser.get(link))
    assert browser.post(link).status_code == 302


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("addresses", [1, TRIES], ids=["one-address", "many-addresses"])
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_fifty_wrong_tries_are_locked_by_the_tenth_and_the_owner_gets_in(door: Door, addresses: int) -> None:
    own, new = elsewhere(), elsewhere()
    assert enters(door, own)
    own.post("/konto/abmelden/")
    statuses = attack(door, addresses)
    assert 429 not in statuses[:3], "whoever mistypes is not shut out at once"
    assert set(statuses[9:]) == {429}, statuses
    assert enters(door, own), "the browser that was used before"
    is_in = enters(door, new)
    if addresses == 1 and door in STAFF_DOORS:
        assert is_in, "a new browser, elsewhere"
    if addresses > 1 and door in (password, second_factor, passkey, mail_code):
        assert not is_in, "a guesser would get as many tries as there are browsers"
    if not is_in:
        by_link(new, name_at(door))
        assert enters(door, new)


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("door", [password, second_factor, mail_code], ids=lambda door: door.__name__)
def test_a_browser_that_belongs_to_the_owner_is_locked_too(door: Door) -> None:
    """Whoever steals it, or reads the mailbox, has no more tries than others, from however many addresses."""
    stolen = elsewhere()
    by_link(stolen, name_at(door))
    statuses = []
    for number in range(20):
        browser = Client(REMOTE_ADDR=f"203.0.113.{number}")
        browser.cookies["bekannt"] = stolen.cookies["bekannt"].value
        if door is mail_code:
            browser.post(ASK, {"email": "kaethe@example.org"})
            answer = browser.post(ENTER, {"code": f"{number:06d}"})
        else:
            answer = browser.post(LOGIN, {"login": "anna", "password": PASSWORD if door is second_factor else "x"})
            if answer.status_code == 302:
                answer = browser.post(FACTOR, {"code": f"{number:06d}"})
        statuses.append(answer.status_code)
    assert set(statuses[9:]) <= {302, 429}, statuses
    assert 200 not in statuses[9:]
    assert enters(door, elsewhere()), "and closes the door for nobody else"


# -- the link ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_people")
def test_the_link_opens_no_account() -> None:
    browser = elsewhere()
    by_link(browser, "anna")
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/mein-bereich/").status_code == 302
    browser.post(LOGIN, {"login": "anna", "password": PASSWORD})
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith(FACTOR), "the second factor stays"


@pytest.mark.usefixtures("_people")
def test_opening_the_link_admits_nobody_and_pressing_twice_admits_one() -> None:
    elsewhere().post(ASK_LINK, {"login": "ANNA@buero.example"})
    link, browser = link_mailed(), elsewhere()
    for _scanner in range(3):
        assert "bekannt" not in browser.get(link).cookies
    assert browser.post(link).cookies["bekannt"]["path"] == "/konto/"
    for answer in (elsewhere().post(link), elsewhere().get(link)):
        assert answer.status_code == 410
        assert "Dieser Link gilt nicht mehr" in text(answer)
        assert "bekannt" not in answer.cookies


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("wrong", ["tampered", "expired", "another kind", "closed account"])
def test_a_link_that_is_no_good_changes_nothing(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere().post(ASK_LINK, {"login": "anna"})
    link = link_mailed()
    if wrong == "tampered":
        link = link.replace(":", "x:", 1)
    elif wrong == "another kind":
        link = f"{ASK_LINK}{signing.dumps([User.objects.get(username='anna').pk, 'ab'], salt='anderes')}/"
    elif wrong == "closed account":
        User.objects.update(is_active=False)
    else:
        later = time.time() + admission.VALID.total_seconds() + 1
        monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    for answer in (elsewhere().get(link), elsewhere().post(link)):
        assert answer.status_code == 410
        assert "bekannt" not in answer.cookies


@pytest.mark.usefixtures("_people")
def test_nobody_is_flooded_and_a_flood_keeps_nobody_out() -> None:
    for number in range(TRIES):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post(ASK_LINK, {"login": "anna"})
    came = letters()
    assert len(came) == admission.MAILS_AN_HOUR
    attack(password, TRIES)
    browser = elsewhere()
    browser.post(ASK_LINK, {"login": "anna"})
    assert letters() == [], "no more this hour,"
    found = LINK.search(came[0])
    assert found
    browser.post(found[1])
    assert enters(password, browser), "but one of those that came is as good"


def test_one_connection_asks_for_few_links() -> None:
    for number in range(2 * admission.ASKED_AN_HOUR):
        member(PartnerFactory.create(), email=f"person{number}@example.org")
        Client(REMOTE_ADDR="203.0.113.200").post(ASK_LINK, {"login": f"person{number}@example.org"})
    assert len(letters()) == admission.ASKED_AN_HOUR


# -- known and unknown names -------------------------------------------------------------------------------------------


def test_unknown_names_are_locked_like_known_ones() -> None:
    with_phone(staff("Redaktion", "anna"))
    pages = []
    for name in ("anna", "gibtesnicht"):
        answers = [Client().post(LOGIN, {"login": name, "password": "falsch"}) for _unused in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 3
        pages.append([plain(answer, name) for answer in answers])
    assert pages[0] == pages[1]
    assert "Die Anmeldung ist für eine Stunde gesperrt" in pages[0][-1]
    assert ASK_LINK in Client().post(LOGIN, {"login": "anna", "password": "falsch"}).content.decode()


def plain(answer: Any, name: str) -> str:
    """The page without what differs each time: the form's token and the name that was typed."""
    return re.sub(r'value="\w{64}"', "", text(answer)).replace(name, "NAME")


@pytest.mark.usefixtures("_people")
def test_a_link_is_asked_for_with_the_same_words_and_work_by_everybody() -> None:
    seen = []
    for name in ("warm@example.org", "kaethe@example.org", "anna", "niemand@example.org", "gibtesnicht"):
        browser = Client()
        browser.get(ASK_LINK)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(ASK_LINK, {"login": name})
        page = plain(browser.get(answer["Location"]), name)
        seen.append((answer.status_code, answer["Location"], page, [kind(query["sql"]) for query in asked]))
    assert seen[1:] == [seen[1]] * 4
    assert len(letters()) == 2


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("path", [LOGIN, ASK, ASK_LINK])
def test_no_door_takes_longer_for_a_name_it_knows(path: str) -> None:
    """Processor time, names in turn: what a clock outside could tell apart would show here more clearly."""
    spent: dict[str, list[float]] = {name: [] for name in ("kaethe@example.org", "gibtesnicht@example.org")}
    if path == LOGIN:
        spent |= {"anna": [], "gibtesnicht": []}
    for number in range(16):
        for name, times in spent.items():
            browser = Client(REMOTE_ADDR=f"203.0.{number}.7")
            AccessAttempt.objects.all().delete()
            began = time.process_time()
            browser.post(path, {"login": name, "email": name, "password": "falsch"})
            times.append(time.process_time() - began)
    middle = {name: statistics.median(times[4:]) for name, times in spent.items()}
    assert max(middle.values()) < 1.4 * min(middle.values()), middle


# -- the lock ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_people")
def test_an_hour_later_the_door_is_open_again() -> None:
    attack(password, TRIES)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=61))
    assert enters(password, Client())


def test_nothing_that_was_typed_is_kept_of_a_wrong_try(client: Client) -> None:
    client.post(LOGIN, {"login": "anna", "password": "fast-richtig"})
    kept = AccessAttempt.objects.get()
    assert "fast-richtig" not in f"{kept.post_data} {kept.get_data}"


def test_the_proxy_says_who_asks_on_a_public_site_only(settings: Any, rf: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="203.0.113.9")
    assert client_address(request) == "127.0.0.1"
    settings.PRODUCTION = True
    assert client_address(request) == "203.0.113.9"
    assert client_address(rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="<b>")) == "127.0.0.1"


# -- cookies -----------------------------------------------------------------------------------------------------------


def test_the_mark_of_an_own_browser_goes_to_the_sign_in_pages_only(client: Client) -> None:
    sign_in(client, with_phone(staff("Redaktion", "anna")))
    cookie = client.cookies["bekannt"]
    assert cookie["path"] == "/konto/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "anna" not in cookie.value


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    "forged",
    ['["anna"]:fälschung', signing.dumps(["1", "anna"], salt="anderes"), ""],
    ids=["broken", "of another purpose", "empty"],  # a signature holds the second in which the tests were collected
)
def test_a_forged_mark_counts_for_nothing(forged: str) -> None:
    attack(password, TRIES)
    browser = Client()
    browser.cookies["bekannt"] = forged.encode().hex() if "ä" in forged else forged
    assert browser.post(LOGIN, {"login": "anna", "password": PASSWORD}).status_code == 429
