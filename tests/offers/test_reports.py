"""Anyone can report: which field, what is right instead; programs are stopped, people are not."""

import itertools
import random
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from offers.enums import Status
from offers.freshness.enums import ReportField
from offers.freshness.reports import AlreadyHandledError, adopt_report, proposed
from offers.models import ErrorReport, Offer
from portal.models import FormUse
from portal.question import in_words, new_question, number_of
from tests.offers.factories import ErrorReportFactory, OfferFactory
from tests.offers.steps import Page, old_stamp
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    city()
    provider = PartnerFactory.create(name="Kinderladen", email="laden@example.org")
    return OfferFactory.create(title="Elterncafé", provider=provider, phone="0208 123456", source="Flyer")


def path(offer: Offer) -> str:
    return reverse("offers:report_error", args=[offer.slug])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page(client: Client, offer: Offer, connection_: str = "127.0.0.1", seconds: int = 60) -> dict[str, list[str]]:
    """The form as a browser holds it, opened so long ago."""
    values = Page(client.get(path(offer), REMOTE_ADDR=connection_)).values
    values["stempel"] = [old_stamp(seconds)]
    return values


def queued() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'to', args->>'body' FROM procrastinate_jobs WHERE task_name = 'portal.deliver_mail'"
        )
        return list(cursor.fetchall())


def test_a_field_and_its_right_value_are_kept_and_the_office_told(client: Client, offer: Offer) -> None:
    values = {**page(client, offer), "field": "phone", "correction": "0208 777", "reply_email": "a@example.org"}
    answer = client.post(path(offer), values)
    assert "Danke für Ihren Hinweis" in text(client.get(answer["Location"]))
    report = ErrorReport.objects.get()
    assert (report.field, report.correction, report.message) == ("phone", "0208 777", "")
    [(_to, body)] = queued()
    assert "Telefon" in body
    assert "0208 777" in body
    assert not answer.cookies


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"field": "lifecycle"}, True),
        ({"field": "schedules", "correction": "dienstags um 10"}, True),
        ({"message": "Siehe https://example.org/ und www.example.net"}, True),
        ({"field": "phone"}, False),
        ({"field": "quatsch", "message": "x"}, False),
        ({"correction": "x" * 301}, False),
        ({"message": "https://a.de https://b.de https://c.de"}, False),
        ({"message": '<a href="https://a.de">Casino</a>'}, False),
    ],
)
@pytest.mark.slow
def test_something_must_be_said_and_nothing_sold(
    client: Client, offer: Offer, values: dict[str, str], stored: bool
) -> None:
    answer = client.post(path(offer), {**page(client, offer), **values})
    assert (answer.status_code == 302) is stored
    assert ErrorReport.objects.exists() is stored


# -- what becomes of it ----------------------------------------------------------------------------------------------


def decide(report: ErrorReport, wish: str, **values: str) -> Any:
    client = signed_in(staff("Redaktion"))
    address = reverse("admin:offers_errorreport_change", args=[report.pk])
    shown = text(client.get(address))
    found = re.search(r'name="seen" value="([^"]*)"', shown)
    seen = found[1] if found else ""
    client.post(address, {"entscheidung": wish, "seen": seen, **values})
    return client.get(address)


def test_staff_take_over_a_single_value_with_one_press(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="phone", correction="0208 777", message="")
    assert "Übernommen" in text(decide(report, "uebernehmen"))
    offer.refresh_from_db()
    assert offer.phone == "0208 777"
    assert (offer.confirmed_on, offer.verified_at) == (None, None)
    report.refresh_from_db()
    assert (report.adopted, report.handled_by is not None) == (True, True)
    with pytest.raises(AlreadyHandledError):
        adopt_report(report=report, by=staff("Leitung"), seen="0208 777")


def test_a_value_that_does_not_fit_changes_nothing(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="phone", correction="keine Ahnung")
    assert "nur mit Ziffern" in text(decide(report, "uebernehmen"))
    offer.refresh_from_db()
    report.refresh_from_db()
    assert (offer.phone, report.handled_at) == ("0208 123456", None)


def test_a_value_that_moved_meanwhile_is_looked_at_again(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="phone", correction="0208 777")
    assert "inzwischen geändert" in text(decide(report, "uebernehmen", seen="0208 999"))
    offer.refresh_from_db()
    assert offer.phone == "0208 123456"


def test_what_does_not_exist_any_more_leaves_every_outlet(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="lifecycle", message="")
    decide(report, "uebernehmen")
    assert not Offer.objects.public().exists()


def test_times_and_places_are_worked_out_by_people(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="schedules", correction="dienstags")
    assert proposed(report) == {}
    client = signed_in(staff("Redaktion"))
    assert "Übernehmen" not in text(client.get(reverse("admin:offers_errorreport_change", args=[report.pk])))


def test_a_hint_is_passed_on_to_the_provider_with_a_way_to_answer(client: Client, offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer, field="phone", correction="0208 777", message="Falsch verbunden")
    assert "laden@example.org" in text(decide(report, "weitergeben"))
    [(to, body)] = queued()
    assert to == "laden@example.org"
    assert "Falsch verbunden" in body
    for link in re.findall(r"http://127.0.0.1:8000(\S+)", body):
        assert client.get(link).status_code == 200
    assert list(ErrorReport.objects.open().about([offer.provider])) == [report]


def test_who_may_only_look_decides_nothing(offer: Offer) -> None:
    report = ErrorReportFactory.create(offer=offer)
    client = signed_in(staff())
    address = reverse("admin:offers_errorreport_change", args=[report.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {"entscheidung": "erledigt"}).status_code == 403
    assert ErrorReport.objects.open().exists()


# -- programs and people ---------------------------------------------------------------------------------------------

SPAM = "Guten Tag, sehr geehrte Damen und Herren, gewinnen Sie jetzt. Nummer"


def bots(client: Client, offer: Offer) -> list[Any]:
    """A thousand sendings by five kinds of programs."""
    caught = page(client, offer)
    fresh = Page(client.get(path(offer))).values
    answers = []
    for number in range(200):
        words = {"message": f"{SPAM} {number}"}
        own = {"vorgang": str(uuid.uuid4())}
        elsewhere = f"198.51.{number % 4}.{number}"
        answers += [
            client.post(path(offer), {**words, **own}, REMOTE_ADDR=elsewhere),  # never opened the page
            client.post(path(offer), {**fresh, **own, **words}, REMOTE_ADDR=elsewhere),  # at once
            client.post(path(offer), {**page(client, offer), **words, "betreff": "Casino"}, REMOTE_ADDR=elsewhere),
            client.post(path(offer), {**caught, **own, **words}, REMOTE_ADDR=elsewhere),  # one page again and again
            client.post(path(offer), {**page(client, offer), **words}, REMOTE_ADDR="203.0.113.7"),  # patient, one place
        ]
    return answers


@pytest.mark.slow
def test_of_a_thousand_sendings_by_programs_less_than_one_in_a_hundred_gets_through(
    client: Client, offer: Offer
) -> None:
    answers = bots(client, offer)
    assert len(answers) == 1000
    assert ErrorReport.objects.count() == sum(answer.status_code == 302 for answer in answers)
    assert ErrorReport.objects.count() < 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["replayed", "one connection"])
def test_a_program_that_sends_again_and_again_is_stopped_after_a_few(client: Client, offer: Offer, kind: str) -> None:
    caught = page(client, offer)
    for number in range(100):
        values = caught if kind == "replayed" else page(client, offer)
        elsewhere = f"198.51.100.{number}" if kind == "replayed" else "203.0.113.7"
        client.post(
            path(offer), {**values, "vorgang": str(uuid.uuid4()), "message": f"{SPAM} {number}"}, REMOTE_ADDR=elsewhere
        )
    assert 0 < ErrorReport.objects.count() <= 5


def people(client: Client, offer: Offer, number: int) -> Any:
    """One person in one of many ways: slow, hurried, going back, with a typing mistake, from an office of twenty."""
    chance = random.Random(number)
    home = f"203.0.{number}.9" if number % 3 else "192.0.2.1"  # each third sits in the same big office
    values: dict[str, Any] = page(client, offer, home, seconds=chance.choice([4, 30, 600, 90_000]))
    if number % 5 == 0:  # quick: two seconds, is asked, sends again
        values["stempel"] = [old_stamp(2)]
    if number % 7 == 0:  # forgets everything at first
        values = {**Page(client.post(path(offer), values, REMOTE_ADDR=home)).values, "stempel": values["stempel"]}
    values |= {
        "field": chance.choice(ReportField.values),
        "correction": chance.choice(["", "0208 777", "Mittwoch 10 Uhr"]),
        "message": "Die Telefonnummer ist falsch.",
        "reply_email": chance.choice(["", "familie@example.org"]),
    }
    for _try in range(4):
        answer = client.post(path(offer), values, REMOTE_ADDR=home)
        if answer.status_code == 302:
            break
        shown = Page(answer).values
        assert shown["message"] == ["Die Telefonnummer ist falsch."], "what a person typed is still there"
        asked = re.search(r"in Ziffern: (\w+)", text(answer))
        values = {**values, **shown, "stempel": [old_stamp(4)]}
        if asked:
            values["zahl"] = [str(next(n for n in range(21, 90) if n % 10 and in_words(n) == asked[1]))]
    if number % 11 == 0:  # goes back and sends again
        assert client.post(path(offer), values, REMOTE_ADDR=home).status_code == 302
    return answer


@pytest.mark.slow
def test_of_sixty_people_nobody_is_refused(client: Client, offer: Offer) -> None:
    answers = [people(client, offer, number) for number in range(60)]
    assert [answer.status_code for answer in answers] == [302] * 60
    assert ErrorReport.objects.count() == 60


def test_nothing_that_was_counted_names_anybody_and_all_is_forgotten(
    client: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(path(offer), {**page(client, offer), "message": "Falsch."}, REMOTE_ADDR="203.0.113.7")
    rows = list(FormUse.objects.values_list("digest", flat=True))
    assert len(rows) == 2
    assert all(len(bytes(row)) == 16 and b"203" not in bytes(row) for row in rows)
    moment = itertools.count()
    start = __import__("time").time()
    monkeypatch.setattr("portal.rate.time.time", lambda: start + 2 * 3600 + next(moment))
    values = {**page(client, offer), "message": "Noch einmal."}
    client.post(path(offer), values, REMOTE_ADDR="203.0.113.8")
    digests = {bytes(row) for row in FormUse.objects.values_list("digest", flat=True)}
    assert digests.isdisjoint(bytes(row) for row in rows)


def test_the_question_is_signed_and_in_german_words() -> None:
    assert number_of(new_question()) in range(21, 90)
    assert number_of("47-abc:gefälscht") is None
    assert [in_words(number) for number in (21, 37, 66, 89)] == [
        "einundzwanzig", "siebenunddreißig", "sechsundsechzig", "neunundachtzig",
    ]  # fmt: skip


def test_only_published_offers_can_be_reported(client: Client) -> None:
    draft = OfferFactory.create(status=Status.DRAFT, title="Geheimer Entwurf")
    assert client.get(path(draft)).status_code == 404
