"""What asks wrongly gets the right number and one line in the log."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from portal.csrf import allowed_methods
from portal.log import WithoutTraceback

READ_ONLY = [
    *("offers:start", "offers:list", "offers:topics", "offers:chain", "offers:child_timeline", "offers:hexmap"),
    *("offers:shortlist", "offers:shortlist_compare", "offers:wegweiser", "partners:list", "networks:list"),
    *("portal:about", "portal:help", "portal:imprint", "portal:privacy", "portal:easy_language", "portal:healthz"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", READ_ONLY)
def test_a_page_to_read_answers_other_methods_with_405(name: str, method: str) -> None:
    client = Client(enforce_csrf_checks=True)

    response = getattr(client, method)(reverse(name))

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert method.upper() not in response.headers["Allow"]


@pytest.mark.django_db
def test_staff_whose_form_came_without_its_protection_read_why() -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {"username": "x"})

    assert response.status_code == 403
    assert "zu lange offen" in response.content.decode()


def _public_views() -> Iterator[tuple[str, Any]]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern), pattern.callback

    signed_in = ("admin/", "konto/", "mein-bereich/", "steuerung/")  # they use Django's own protection
    return (
        (path, view)
        for path, view in walk(get_resolver("portal.urls").url_patterns, "")
        if not path.startswith(signed_in)
    )


def test_every_public_view_says_which_methods_it_knows() -> None:
    silent = [
        path
        for path, view in _public_views()
        if allowed_methods(view) is None and not getattr(view, "csrf_exempt", False)
    ]
    assert silent == []


@pytest.fixture
def said() -> Iterator[list[logging.LogRecord]]:
    """What the console would print, after its filters."""
    records: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Kept()
    handler.addFilter(WithoutTraceback())
    logging.getLogger("django").addHandler(handler)
    yield records
    logging.getLogger("django").removeHandler(handler)


@override_settings(ROOT_URLCONF="tests.urls", ADMINS=[("", "technik@example.org")])
def test_a_senseless_request_is_one_line_and_no_mail(
    client: Client, said: list[logging.LogRecord], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert client.get("/test/400/").status_code == 400

    assert said
    assert all(record.exc_info is None for record in said)
    assert mail.outbox == []


@override_settings(ROOT_URLCONF="tests.urls", ADMINS=[("", "technik@example.org")])
def test_an_error_of_ours_keeps_its_traceback_and_is_mailed(said: list[logging.LogRecord], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert Client(raise_request_exception=False).get("/test/500/").status_code == 500

    (record,) = [record for record in said if getattr(record, "status_code", 0) == 500]
    assert record.exc_info
    assert len(mail.outbox) == 1


def test_the_console_uses_the_filter() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert "without_traceback" in handlers["console"]["filters"]
