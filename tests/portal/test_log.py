"""No row gets into a log: one that breaks a constraint may hold a confidential address."""

import logging
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, OperationalError, connection, transaction

from partners.models import Place
from portal.log import WithoutLostDatabase, without_rows
from tests.partners.factories import PlaceFactory

SECRET = "Rosengasse 17"
CHAPTER = f"Erster Absatz\n\nZweiter Absatz, {SECRET}\n\nTraceback"


def _hide(place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(street=SECRET, is_confidential=True)


def _hide_with_a_long_note(place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(street=SECRET, note=CHAPTER, is_confidential=True)


def _twice(place: Place) -> None:
    Place.objects.create(public_id=place.public_id, partner=place.partner, name=SECRET)


def _nonsense(place: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM nowhere WHERE street = '{SECRET}'")  # noqa: S608  # our own words


def _wrong_type(place: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_place SET latitude = %s::text::float8", [SECRET])


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a handler with the filters of the settings writes."""
    output = StringIO()
    handler = logging.StreamHandler(output)
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    for kept in console.filters:
        handler.addFilter(kept)
    logger = logging.getLogger("tests.rows")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    return output


@pytest.mark.django_db
@pytest.mark.parametrize("fail", [_hide, _hide_with_a_long_note, _twice, _nonsense, _wrong_type])
def test_a_failed_statement_is_logged_without_its_row(fail: Callable[[Place], None], logged: StringIO) -> None:
    place, logger = PlaceFactory.create(), logging.getLogger("tests.rows")
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        fail(place)
    assert SECRET in str(caught.value) or fail is _twice  # there it is the id that would be told
    error = caught.value
    logger.error("Geht nicht: %s", error, exc_info=(type(error), error, error.__traceback__))
    told = logged.getvalue()
    assert told.startswith("Geht nicht: ")
    assert told.count("Traceback (most recent call last)") >= 2  # both errors, the driver's and Django's
    assert type(error).__name__ in told
    for secret in (SECRET, "Zweiter Absatz", str(place.public_id), "DETAIL", "LINE 1"):
        assert secret not in told


@pytest.mark.django_db
def test_the_constraint_is_still_named(logged: StringIO) -> None:
    place = PlaceFactory.create()
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        _hide(place)
    logging.getLogger("tests.rows").error("Geht nicht", exc_info=caught.value)
    assert logged.getvalue().count('"place_confidential_has_no_address"') == 2


@pytest.mark.django_db
def test_the_mail_to_the_admins_says_no_more(settings: Any) -> None:
    settings.ADMINS = [("", "technik@example.org")]
    [handler] = [handler for handler in logging.getLogger().handlers if handler.name == "mail"]
    place = PlaceFactory.create()
    try:
        with transaction.atomic():
            _hide(place)
    except DatabaseError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Geht nicht", None, (type(error), error, None))
        handler.handle(record)
    [sent] = mail.outbox
    assert "place_confidential_has_no_address" in sent.body
    assert SECRET not in sent.body


def test_other_texts_stay_as_they_are() -> None:
    text = 'Traceback (most recent call last):\n  File "x.py"\nValueError: "DETAIL" fehlt: "ja"'
    assert without_rows(text) == text


@pytest.mark.slow
@pytest.mark.django_db
def test_what_nobody_catches_is_told_without_the_row_too() -> None:
    """A command of its own process, as from the shell; the database's own log keeps quiet as well."""
    code = f"from django.db import connection; connection.cursor().execute(\"SELECT '{SECRET}'::date\")"
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, "shell", "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert "invalid input syntax" in done.stderr
    assert done.stderr.count(SECRET) == done.stderr.count(f"'{SECRET}'::date")  # the command itself, as it was typed


# As manage.py, on the database of the tests.
_COMMAND = "from portal.startup import main; import sys; sys.exit(main(['manage.py', *sys.argv[1:]]))"


def test_only_a_database_that_is_gone_is_left_to_the_supervisor(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = OperationalError("connection is bad")
    about = {
        "a lost connection": _record("django.request", lost),
        "the pool": _record("psycopg.pool", None),
        "another error": _record("django.request", ValueError("x")),
    }
    kept = WithoutLostDatabase()
    settings.EMBEDDED, settings.EMBEDDED_DIR = True, tmp_path / "postgres"  # no server there
    assert [kept.filter(record) for record in about.values()] == [False, False, True]
    settings.EMBEDDED = False
    assert all(kept.filter(record) for record in about.values())


def _record(name: str, error: Exception | None) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "", 0, "x", None, (type(error), error, None) if error else None)
