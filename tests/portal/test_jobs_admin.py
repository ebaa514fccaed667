"""What failed for good is shown and tried again; every mail can be looked at and sent as a probe."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django import app

from portal.job_admin import NAMES
from portal.mail import queue_mail
from portal.mail_samples import samples, title_of, write_sample
from portal.management.commands.worker import run_worker
from tests.portal.staff import signed_in, staff

LINK = re.compile(r"http://127\.0\.0\.1:8000/\S*")
LIST = "/admin/procrastinate/procrastinatejob/"


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def park(body: str = "mail/offers/_closing.txt") -> int:
    queue_mail(to="traeger@example.org", subject="Ihr Angebot", template=body, context={})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
        [pk] = cursor.fetchone() or [0]
    return int(pk)


@pytest.mark.django_db(transaction=True)
def test_a_parked_mail_is_shown_and_arrives_when_it_is_tried_again() -> None:
    pk = park()
    client = signed_in(staff("Leitung"))
    page = text(client.get(LIST))
    assert "traeger@example.org" in page
    assert "Ihr Angebot" in page
    detail = text(client.get(f"{LIST}{pk}/change/"))
    assert "Freundliche Grüße" not in page + detail, "a mail may hold a code to sign in with"
    client.post(LIST, {"action": "try_again", "_selected_action": [pk]})
    run_worker(wait=False)
    assert [sent.to for sent in mail.outbox] == [["traeger@example.org"]]
    assert "traeger@example.org" not in text(client.get(LIST)).partition('id="changelist"')[2]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", "Redaktion"])
def test_only_the_leitung_sees_the_engine_room(role: str) -> None:
    client = signed_in(staff(role))
    for path in (LIST, reverse("admin:portal_mails")):
        assert client.get(path).status_code == 403
        assert client.post(path, {"vorlage": samples()[0]}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("template", samples())
def test_every_mail_reads_well_with_made_up_words(template: str) -> None:
    body, page, _rest = write_sample(template)
    assert len(body) > 40
    assert title_of(template) != Path(template).stem, "say in the first line what it is: {# … – an … #}"
    for leftover in ("{{", "{%", "{#", "[", "None", "Sample"):
        assert leftover not in body, body
        assert leftover not in page, page
    assert set(LINK.findall(body)) == set(re.findall(r'href="([^"]*)"', page)), "both parts lead to the same places"
    assert not re.search(r"<(img|script|link|iframe|form)|url\(|@import", page), (
        "nothing is fetched, nothing tells on readers"
    )
    assert 'content="light dark"' in page
    assert page.count("<h1>") == 1


@pytest.mark.django_db(transaction=True)
def test_a_probe_goes_to_oneself_and_nobody_else() -> None:
    user = staff("Leitung")
    client = signed_in(user)
    address = reverse("admin:portal_mails")
    page = text(client.get(address))
    assert "Stimmt das noch? – an den Träger" in page
    assert "Elterncafé am Mittwoch" in page
    assert "keine E-Mail-Adresse" in text(client.post(address, {"vorlage": samples()[0]}, follow=True))
    user.email = "chefin@example.org"
    user.save()
    assert "gibt es nicht" in text(client.post(address, {"vorlage": "../settings.py"}, follow=True))
    client.post(address, {"vorlage": "mail/offers/review_reminder.txt", "to": "fremd@example.org"})
    run_worker(wait=False)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["chefin@example.org"], "Probe: Stimmt das noch?")
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert sent.alternatives
    shown = client.get(reverse("admin:portal_mail", args=["mail/offers/review_reminder.txt"]))
    assert "Stimmt noch" in shown.content.decode()
    policy = shown.headers["Content-Security-Policy"]
    style = shown.content.decode().partition("<style>")[2].partition("</style>")[0]
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}';" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert client.get(reverse("admin:portal_mail", args=["mail/offers/_closing.txt"])).status_code == 404


def test_every_job_has_a_german_name() -> None:
    own = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate."))}
    assert own == set(NAMES)
