"""A header cannot make Django read an address in a charset that breaks it; asked of the real WSGI application."""

from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import RequestFactory

from portal.encoding import always_utf8

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Any:
    """The test's transaction lives in the connection that Django would close around a request."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def status_of(query: str, kind: str) -> int:
    environ = RequestFactory().get("/soforthilfe/", QUERY_STRING=query).environ | {"CONTENT_TYPE": kind}
    answered: list[str] = []
    response = always_utf8(get_wsgi_application())(environ, lambda status, headers, *rest: answered.append(status))
    body = b"".join(response)
    response.close()
    assert b"<h1" in body
    return int(answered[0].split()[0])


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", "utf-16", "unsinn", "UTF-8", '"utf-7"', ""])
@pytest.mark.parametrize("value", ["+2AA-", r"\ud800", "%D8%00", "Caf%C3%A9"])
@pytest.mark.slow
def test_no_charset_breaks_a_page(charset: str, value: str) -> None:
    assert status_of(f"q={value}", f"text/plain; charset={charset}; x=1") == 200


def test_too_many_parameters_are_refused_with_a_page_whatever_the_charset() -> None:
    query = "&".join(f"a{number}=1" for number in range(3_000))

    assert status_of(query, "text/plain; CHARSET=utf-8") in {200, 400}
