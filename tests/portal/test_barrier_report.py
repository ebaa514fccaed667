"""The electronic way to tell of a barrier: to the office, without a cookie, without an account."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from portal.city import city
from portal.forms import new_stamp

pytestmark = pytest.mark.django_db
ADDRESS = "/barrierefreiheit/"


def sent(**changes: str) -> dict[str, str]:
    stamp = changes.pop("stempel", None) or new_stamp()
    return {
        "what": "Mein Vorlese-Programm liest die Filter nicht.",
        "page": "/angebote/",
        "reply": "leserin@example.org",
        "vorgang": "6c0d0d2c-6b5e-4d8f-9d53-1d1a1f0a7c11",
        "stempel": stamp,
        **changes,
    }


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person has read the page for a minute."""
    monkeypatch.setattr("portal.forms.stamp_age", lambda stamp: 60.0)


def mails() -> list[dict[str, Any]]:
    return list(ProcrastinateJob.objects.filter(task_name="portal.deliver_mail").values_list("args", flat=True))


def test_a_report_goes_to_the_office_and_the_page_says_thanks(patient: None) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(ADDRESS, sent())

    assert response.status_code == 302
    assert response.headers["Location"] == f"{ADDRESS}?gesendet=1"
    (mail,) = mails()
    assert mail["to"] == city()["office_email"]
    assert "liest die Filter nicht" in mail["body"]
    assert "/angebote/" in mail["body"]
    assert "leserin@example.org" in mail["body"]
    thanks = client.get(response.headers["Location"])
    assert "Ihre Meldung ist angekommen" in thanks.content.decode()
    assert not client.cookies


def test_page_and_answer_are_optional(patient: None, client: Client) -> None:
    assert client.post(ADDRESS, sent(page="", reply="")).status_code == 302

    assert "Eine Antwort ist nicht gewünscht." in mails()[0]["body"]


def test_without_a_description_nothing_is_sent_and_nothing_typed_is_lost(patient: None, client: Client) -> None:
    response = client.post(ADDRESS, sent(what=" "))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Bitte füllen Sie dieses Feld aus." in page
    assert "Ihre Meldung ist noch nicht gesendet" in page
    assert 'value="leserin@example.org"' in page
    assert mails() == []


@pytest.mark.parametrize("changes", [{"betreff": "x"}, {"stempel": "falsch"}])
def test_programs_are_asked_to_send_again(client: Client, changes: dict[str, str]) -> None:
    response = client.post(ADDRESS, sent(**changes))

    assert "Bitte senden Sie noch einmal" in response.content.decode()
    assert mails() == []


def test_the_form_has_its_own_copy_and_is_reached_from_every_page(client: Client) -> None:
    assert "private" in client.get(ADDRESS).headers["Cache-Control"]
    assert f'href="{ADDRESS}"' in client.get(reverse("portal:about")).content.decode()
