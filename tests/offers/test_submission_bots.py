"""Must hold 5: of a thousand programs that submit offers hardly one gets through; of sixty people nobody is refused."""

import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse

from offers.models import Parallel, Proposal, Topic
from portal.models import District
from portal.question import in_words
from portal.rate import SENDINGS_AN_HOUR, SENDINGS_OF_A_PAGE
from tests.offers.factories import OfferFactory, TopicFactory
from tests.offers.steps import STEPS, URL, Page, first_page, old_stamp, press
from tests.portal.factories import city, quarter

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPAM = 'Jetzt gewinnen! <a href="https://casino.example/">Casino</a> https://a.example https://b.example'
ONE, MANY = "203.0.113.7", "198.51.{}.{}"
EACH = 125  # of eight kinds
Answer = tuple[int, str]


@pytest.fixture(autouse=True)
def register() -> None:
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")


def whole(number: int, stamp: str, **more: Any) -> dict[str, Any]:
    """What a program sends that has learnt the last page by heart; each time another offer and another address."""
    typed: dict[str, Any] = {name: value for step in STEPS for name, value in step.items()}
    own = {"title": f"Angebot {number}", "description": SPAM, "sender_email": f"programm{number}@example.org"}
    guard = {"vorgang": str(uuid.uuid4()), "stempel": stamp, "schritt": "5", "besucht": "1 2 3 4", "aktion": "senden"}
    return {**typed, **own, **guard, **more}


def send(values: dict[str, Any], address: str) -> Answer:
    answer = Client().post(URL, values, REMOTE_ADDR=address)
    return answer.status_code, answer.headers.get("Location", "")


def stamp_now() -> str:
    return Page(Client().get(URL)).values["stempel"][0]


def is_stored(answer: Answer) -> bool:
    return answer[0] == 302


def kinds() -> dict[str, Callable[[int], Answer]]:
    caught, foreign = old_stamp(), Signer(key="eines anderen", salt="portal.forms.guard").sign("1700000000-abcdef")

    def from_many(number: int) -> str:
        return MANY.format(number % 4, number % 250)

    return {
        "without a token": lambda number: send(whole(number, ""), from_many(number)),
        "with a token of its own making": lambda number: send(whole(number, foreign), from_many(number)),
        "at once": lambda number: send(whole(number, stamp_now()), from_many(number)),
        "filling in every field": lambda number: send(whole(number, old_stamp(), betreff=SPAM), from_many(number)),
        "one page again and again": lambda number: send(whole(number, caught), from_many(number)),
        "step by step at once": step_by_step,
        "a flood from one address": lambda number: send(whole(number, old_stamp()), ONE),
        "one after the other from there": lambda number: send(whole(number, old_stamp()), ONE),
    }


def step_by_step(number: int) -> Answer:
    """Walks the pages as fast as it can."""
    client = Client(REMOTE_ADDR=MANY.format(9, number))
    page = Page(client.get(URL))
    for typed in STEPS:
        page = Page(press(client, page, "weiter", **{**typed, "sender_email": f"schritt{number}@example.org"}))
    answer = press(client, page, "senden")
    return answer.status_code, answer.headers.get("Location", "")


THROUGH = {"one page again and again": SENDINGS_OF_A_PAGE, "a flood from one address": SENDINGS_AN_HOUR}


@contextmanager
def within_a_moment() -> Iterator[None]:
    """Programs are quick however slow this machine is: while this lasts the guard's clock stands still."""
    began = time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.forms.time", SimpleNamespace(time=lambda: began))
        yield


def test_of_a_thousand_programs_less_than_one_in_a_hundred_gets_through() -> None:
    """No more than the limits let through, also of those that send in the same moment."""
    answers: dict[str, list[Answer]] = {}
    for kind, program in kinds().items():
        numbers = range(len(answers) * EACH, (len(answers) + 1) * EACH)
        if "flood" in kind:
            answers[kind] = at_the_same_time(program, numbers)
        else:
            with within_a_moment() if "at once" in kind else nullcontext():
                answers[kind] = [program(number) for number in numbers]
    assert sum(map(len, answers.values())) == 1000
    through = {kind: sum(map(is_stored, given)) for kind, given in answers.items()}
    assert Proposal.objects.count() == sum(through.values())
    assert {kind: number for kind, number in through.items() if number} == THROUGH
    assert sum(THROUGH.values()) <= 10
    assert not Proposal.objects.waiting().exists(), "nobody read the mails, so nothing is before the Büro"


def at_the_same_time(program: Callable[[int], Answer], numbers: range) -> list[Answer]:
    def one(number: int) -> Answer:
        try:
            return program(number)
        finally:
            connection.close()  # of this thread

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, numbers))


def test_patient_programs_with_an_address_each_reach_nobody_at_the_buero() -> None:
    """They look like people; what stops them is the mail they cannot read, and that one mailbox gets few."""
    answers = [send(whole(number, old_stamp(), sender_email="opfer@example.org"), MANY.format(7, number))
               for number in range(50)]  # fmt: skip
    assert sum(map(is_stored, answers)) == 10
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'to', count(*) FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail' GROUP BY 1"
        )
        assert cursor.fetchall() == [("opfer@example.org", 10)]
    assert not Proposal.objects.waiting().exists()


# -- people ----------------------------------------------------------------------------------------------------------


class Person:
    """Somebody without script: reads, types, sometimes too quickly, wrongly or twice; reads what the page answers."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(number)
        # Each third sits in the same big office with one address for all.
        self.client = Client(REMOTE_ADDR=f"203.0.{number}.9" if number % 3 else "192.0.2.1")
        self.shown = ""
        self.given: dict[str, str] = {}
        self.page = first_page(self.client)
        self.page.values["stempel"] = [old_stamp(self.chance.choice([4, 30, 600, 90_000, 700_000]))]

    def own(self, typed: dict[str, Any]) -> dict[str, Any]:
        words = {"title": f"Elterncafé {self.number}", "sender_email": f"mensch{self.number}@example.org"}
        return {name: words.get(name, value) for name, value in typed.items()}

    def fill(self) -> None:
        for number, typed in enumerate(STEPS, start=1):
            if self.number % 4 == number - 1:  # presses "go on" before anything is typed
                self.page = Page(self.press("weiter", **dict.fromkeys(typed, "")))
            before = self.page
            self.page = Page(self.press("weiter", **self.own(typed)))
            assert self.page.values["schritt"] == [str(number + 1)], "a step that is filled in leads on"
            if self.number % 5 == number:  # the back button, then once more
                self.page = before
                self.page = Page(self.press("weiter", **self.own(typed)))
            if self.number % 7 == number:  # the button "back", and forward again
                self.page = Page(self.press(f"schritt-{number}"))
                self.page = Page(self.press("weiter"))

    def send(self) -> Any:
        if self.number % 5 == 0:  # two seconds after opening
            self.page.values["stempel"] = [old_stamp(2)]
        if self.number % 6 == 0:  # a program that fills in forms for them meant well
            self.page.values["betreff"] = [f"mensch{self.number}@example.org"]
        for _try in range(4):
            self.given = self.answers()
            answer = self.press("senden", **self.given)
            if answer.status_code == 302:
                break
            words = " ".join(answer.content.decode().split())
            assert f"Elterncafé {self.number}" in words, "what a person typed is still there"
            self.page = Page(answer)
            if self.number % 5 == 0:
                self.page.values["stempel"] = [old_stamp(4)]  # the page says: a moment later once more
            asked = re.search(r"in Ziffern: (\w+)", words)
            if asked:
                number = next(n for n in range(21, 90) if n % 10 and in_words(n) == asked[1])
                self.page.values["zahl"] = [str(number)]
        return answer

    def press(self, button: str, **typed: Any) -> Any:
        answer = press(self.client, self.page, button, **typed)
        self.shown = answer.content.decode()
        return answer

    def answers(self) -> dict[str, str]:
        """Each question about a similar offer, answered."""
        return dict.fromkeys(re.findall(r'name="(parallel-[0-9a-f]{32})"', self.shown), "ergaenzt")


def test_of_sixty_people_nobody_is_refused() -> None:
    OfferFactory.create(
        title="Krabbelgruppe", format="gruppe", topics=list(Topic.objects.all()), catchment=District.objects.quarters()
    )
    answers = []
    for number in range(60):
        person = Person(number)
        person.fill()
        answers.append(person.send())
        if number % 8 == 0:  # back and once more
            assert person.press("senden", **person.given).status_code == 302
    assert [answer.status_code for answer in answers] == [302] * 60
    references = {answer["Location"] for answer in answers}
    stored = {reverse("offers:submit_done", args=[one.reference]) for one in Proposal.objects.all()}
    assert references == stored
    assert len(stored) == 60
    assert Parallel.objects.count() == 60, "each was asked about the similar offer"
