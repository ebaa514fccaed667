"""Say in one sentence what is wrong with a database that cannot be reached."""

from collections.abc import Iterator

from django.conf import settings
from django.db import OperationalError, connection

from portal.refusal import Refusal

OLDEST = 15  # ranges, generated columns and triggers as the models use them

REASONS = (  # what the driver says, what we say
    (("could not translate host", "Name or service", "failed to resolve", "nodename nor"), "der Rechner ist unbekannt"),
    (("Connection refused", "No such file or directory"), "dort antwortet kein PostgreSQL"),
    (("password authentication failed", "no password supplied"), "Name oder Passwort sind falsch"),
    (("role",), "dieses Konto gibt es dort nicht"),
    (("database",), "diese Datenbank gibt es dort nicht"),
    (("no pg_hba.conf entry", "SSL"), "der Server lässt diese Verbindung nicht zu"),
    (("timeout", "timed out", "unreachable", "No route"), "der Server ist nicht zu erreichen"),
    (("too many clients", "remaining connection slots"), "der Server hat keine freie Verbindung"),
    (("starting up", "shutting down"), "der Server startet oder beendet sich gerade"),
)
MISSING = ("role", "database")
NO_CONNECTION = ("connection failed", "connection is bad", "connection timeout", "failed to resolve", "[Errno")


def require_database() -> None:
    """Raise Refusal unless the database of DATABASE_URL answers, is new enough and can hold every name."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise refusal_from_database_error(error) or error from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num'), current_setting('server_encoding')")
        version, encoding = cursor.fetchone()
    refuse_old(int(version))
    refuse_other_encoding(encoding)


def require_right_to_migrate() -> None:
    """Raise Refusal unless the account may create tables and extensions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(current_database(), 'CREATE')"
            " AND has_schema_privilege(current_schema(), 'CREATE')"
        )
        if not cursor.fetchone()[0]:
            raise Refusal(f"DATABASE_URL ({_target()}): das Konto darf dort keine Tabellen und Erweiterungen anlegen.")


def refuse_old(version: int) -> None:
    """Refuse a server older than OLDEST; the version is PostgreSQL's number, 150004 for 15.4."""
    if version // 10000 < OLDEST:
        raise Refusal(
            f"DATABASE_URL: Dort läuft PostgreSQL {version // 10000}; gebraucht wird mindestens PostgreSQL {OLDEST}."
        )


def refuse_other_encoding(encoding: str) -> None:
    """Refuse a database that cannot hold every letter: names of people and languages come in all scripts."""
    if encoding != "UTF8":
        raise Refusal(f"DATABASE_URL: Die Datenbank speichert Text als {encoding}; bitte eine mit UTF8 anlegen.")


def refusal_from_database_error(error: Exception) -> Refusal | None:
    """The sentence for a failed connection or a full disk; None for an error in a statement."""
    text = str(error)
    if any(getattr(link, "sqlstate", None) == "53100" or "No space left" in str(link) for link in _chain(error)):
        return Refusal("Die Festplatte der Datenbank ist voll: Bitte Platz schaffen und neu starten.")
    if not text.startswith(NO_CONNECTION):
        return None
    reason = next((ours for theirs, ours in REASONS if any(_says(text, word) for word in theirs)), None)
    return Refusal(f"DATABASE_URL ({_target()}): {reason or text.splitlines()[-1].strip()}.")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it: cleaning up after the first failure often fails, too, and hides it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(text: str, word: str) -> bool:
    if word in MISSING:
        return word in text and "does not exist" in text
    return word in text


def _target() -> str:
    """The address without the password."""
    found = settings.DATABASES["default"]
    host = found.get("HOST") or found.get("OPTIONS", {}).get("host") or "dieser Rechner"
    port = f":{found['PORT']}" if found.get("PORT") else ""
    return f"{host}{port}, Datenbank „{found['NAME']}“, Konto „{found.get('USER') or '–'}“"
