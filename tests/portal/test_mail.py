import logging
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.template import engines
from django.utils import timezone
from pytest_django import Settings

from portal.log import WithoutArguments
from portal.mail import html_of, queue_mail
from portal.management.commands.worker import run_worker

TEMPLATES = {
    "mail/test.txt": "Guten Tag {{ name }},\n\nIhr Portal in {{ city.name }}: {{ base_url }}/\n",
    "mail/page.html": "<title>{{ subject }}</title>{{ content }}",
    "mail/own.txt": "Guten Tag {{ name }}\n",
    "mail/own.html": "<h1>{{ name }}</h1>",
}


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined] # the one engine is Django's own
    loader = ("django.template.loaders.locmem.Loader", TEMPLATES)
    monkeypatch.setattr(engine, "template_loaders", [engine.find_template_loader(loader)])


def _queue(to: str = "traeger@example.org", subject: str = "Ihr Angebot") -> None:
    queue_mail(to=to, subject=subject, template="mail/test.txt", context={"name": "Käthe & <Co>"})


def _jobs() -> list[tuple[str, int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts, scheduled_at FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_real_worker_delivers_a_queued_mail_and_forgets_it() -> None:
    _queue()
    assert mail.outbox == []
    run_worker(wait=False)
    [sent] = mail.outbox
    assert sent.to == ["traeger@example.org"]
    assert sent.subject == "Ihr Angebot"
    assert sent.body == "Guten Tag Käthe & <Co>,\n\nIhr Portal in Oberhausen: http://127.0.0.1:8000/\n"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert _jobs() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("template", "page"),
    [
        (
            "mail/test.txt",
            "<title>Ihr Angebot</title><p>Guten Tag Käthe &amp; &lt;Co&gt;,</p>\n"
            '<p><a href="http://127.0.0.1:8000/">Ihr Portal in Oberhausen</a></p>\n',
        ),
        ("mail/own.txt", "<h1>Käthe &amp; &lt;Co&gt;</h1>\n"),
    ],
)
def test_every_mail_is_text_and_html(template: str, page: str) -> None:
    queue_mail(to="a@example.org", subject="Ihr Angebot", template=template, context={"name": "Käthe & <Co>"})
    run_worker(wait=False)
    [sent] = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert sent.alternatives == [(page, "text/html")]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Eins\n  Zwei\n\n\nDrei", "<p>Eins<br>\nZwei</p>\n<p>Drei</p>"),
        (
            "http://127.0.0.1:8000/?a=1&b=2",
            '<p><a href="http://127.0.0.1:8000/?a=1&amp;b=2">http://127.0.0.1:8000/?a=1&amp;b=2</a></p>',
        ),
        ("Stimmt noch: http://127.0.0.1:8000/a/", '<p><a href="http://127.0.0.1:8000/a/">Stimmt noch</a></p>'),
        ("Stimmt noch: http://127.0.0.1:8000.evil.de/", "<p>Stimmt noch: http://127.0.0.1:8000.evil.de/</p>"),
        ("Zur Anmeldung: https://evil.de/", "<p>Zur Anmeldung: https://evil.de/</p>"),
        ("javascript:alert(1) <b>", "<p>javascript:alert(1) &lt;b&gt;</p>"),
        (
            'http://127.0.0.1:8000/"><b>',
            '<p><a href="http://127.0.0.1:8000/&quot;&gt;&lt;b&gt;">http://127.0.0.1:8000/&quot;&gt;&lt;b&gt;</a></p>',
        ),
    ],
)
def test_text_becomes_html_without_letting_any_in(text: str, page: str) -> None:
    assert html_of(text) == page


@pytest.mark.django_db(transaction=True)
def test_a_rollback_sends_nothing() -> None:
    with transaction.atomic():
        _queue()
        transaction.set_rollback(True)
    run_worker(wait=False)
    assert mail.outbox == []
    assert _jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_failing_mail_server_leaves_the_job_to_be_tried_again(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    _queue()
    before = timezone.now()
    run_worker(wait=False)
    [(status, attempts, next_try)] = _jobs()
    assert (status, attempts) == ("todo", 1)
    assert timedelta(seconds=4) < next_try - before < timedelta(seconds=30)


def test_the_log_names_no_address() -> None:
    record = logging.makeLogRecord(
        {"name": "procrastinate.worker", "msg": "Job portal.deliver_mail[7](to='a@b.de') ended"}
    )
    assert WithoutArguments().filter(record)
    assert record.getMessage() == "Job portal.deliver_mail[7] ended"


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["", "kein", "a@b.de\nBcc: x@y.de", "a@b.de, c@d.de", "a@b.de\x00"])
def test_what_is_no_single_address_is_not_queued(to: str) -> None:
    with pytest.raises(ValidationError):
        _queue(to=to)
    assert _jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_line_break_in_the_subject_smuggles_in_no_header() -> None:
    _queue(subject="Ihr Angebot\r\nBcc: alle@example.org")
    run_worker(wait=False)
    [sent] = mail.outbox
    assert sent.subject == "Ihr Angebot Bcc: alle@example.org"
    assert sent.recipients() == ["traeger@example.org"]
