import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import InternalError
from psycopg.errors import DiskFull

from portal.database import refusal_from_database_error, refuse_other_encoding
from portal.environment import Environment
from portal.refusal import Refusal, refusal_from_os_error

SAFE = {"PORTAL_SECRET_KEY": "k" * 50, "PORTAL_EMAIL_URL": "smtp+tls://name:pass@mail.example.org:587"}
READ = """
import json
import portal.settings as s
found = {name: value for name, value in vars(s).items() if name.isupper() and name != "LANGUAGES"}
print(json.dumps(found, default=str))
"""


def _environment(tmp_path: Path, text: str = "") -> Environment:
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    return Environment(file)


def _read_and_refuse(tmp_path: Path, text: str) -> None:
    environment = _environment(tmp_path, text)
    environment.text("PORTAL_CITY_PACK")
    environment.refuse_unknown()


def _read_settings(tmp_path: Path, **variables: str) -> tuple[dict[str, Any], str]:
    """All settings of a fresh process, or the error it ended with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    for name in ("DATABASE_URL", "PORT"):
        kept.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", READ],
        env={**kept, "VAR_DIR": str(tmp_path), **variables},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    return (json.loads(done.stdout) if done.returncode == 0 else {}), done.stderr


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a .env of these tests sets does not reach the next test."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr("environ.Env.ENVIRON", os.environ)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("PORTAL_CTIY_PACK=x", "PORTAL_CTIY_PACK gibt es nicht; alle stehen in .env.example. Gemeint ist vielleicht"),
        ("DEBUG=true", "DEBUG gibt es nicht"),
        ("PORTAL_CITY_PACK", "Zeile 1: erwartet wird NAME=Wert"),
    ],
)
def test_what_no_setting_reads_is_refused_in_the_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        _read_and_refuse(tmp_path, text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("PORTAL_EMAIL_FROM=Büro".encode("latin-1"))
    with pytest.raises(Refusal, match=r"^\.env ist keine Textdatei in UTF-8"):
        Environment(tmp_path / ".env")


def test_a_database_that_cannot_hold_every_letter_is_refused() -> None:
    refuse_other_encoding("UTF8")
    with pytest.raises(Refusal, match=r"speichert Text als LATIN1"):
        refuse_other_encoding("LATIN1")


def test_a_full_disk_is_named_even_when_cleaning_up_failed_after_it() -> None:
    first, then = DiskFull("could not extend file"), InternalError("current transaction is aborted")
    then.__context__ = first
    assert str(refusal_from_database_error(then)).startswith("Die Festplatte der Datenbank ist voll")
    assert refusal_from_database_error(InternalError("current transaction is aborted")) is None


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(FileExistsError) as caught:
        (tmp_path / "var").mkdir()
    assert str(refusal_from_os_error(caught.value)).startswith("Dieser Ordner lässt sich nicht anlegen")


def test_only_own_names_are_refused_in_the_process(tmp_path: Path) -> None:
    os.environ["SOMEBODY_ELSES"] = "1"
    _environment(tmp_path).refuse_unknown()
    os.environ["PORTAL_X"] = "1"
    with pytest.raises(Refusal, match="PORTAL_X gibt es nicht"):
        _environment(tmp_path).refuse_unknown()


def test_the_process_wins_over_the_file_and_empty_means_unset(tmp_path: Path) -> None:
    os.environ["PORTAL_A"] = "process"
    environment = _environment(tmp_path, "# comment\nPORTAL_A=file\nPORTAL_B='file'\nPORTAL_C=\n")
    assert environment.text("PORTAL_A") == "process"
    assert environment.text("PORTAL_B") == "file"
    assert environment.text("PORTAL_C", default="default") == "default"


@pytest.mark.parametrize(("raw", "expected"), [("true", True), ("Ja", True), ("0", False), ("off", False), ("", True)])
def test_flags(tmp_path: Path, raw: str, expected: bool) -> None:
    os.environ["PORTAL_F"] = raw
    assert _environment(tmp_path).flag("PORTAL_F", default=True) is expected


@pytest.mark.parametrize("raw", ["abc", "-1", "0", "65536", "1e3", "8000 8001", "٣"])
def test_malformed_numbers_are_refused(tmp_path: Path, raw: str) -> None:
    os.environ["PORT"] = raw
    with pytest.raises(Refusal, match=r"^PORT=.*: erlaubt ist eine ganze Zahl von 1 bis 65535\.$"):
        _environment(tmp_path).number("PORT", default=8000, low=1, high=65535)


@pytest.mark.parametrize(
    "raw",
    [
        "blah",
        "sqlite:///x",
        "postgresql://",
        "postgresql://h",
        "postgresql://h:xx/d",
        "postgresql://u:geheim@[/d",
        "postgresql://u:geheim%zz@h/d",
        "postgresql://u:geheim@h/d?foo=1",
        "postgresql://u:geheim@h/d?connect_timeout=abc",
    ],
)
def test_malformed_database_urls_are_refused_without_the_password(tmp_path: Path, raw: str) -> None:
    os.environ["DATABASE_URL"] = raw
    with pytest.raises(Refusal, match=r"^DATABASE_URL muss die Form") as caught:
        _environment(tmp_path).database("DATABASE_URL")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "raw", ["portal.example.org", "ftp://x.org", "https://x.org/pfad", "http://portal.example.org"]
)
def test_malformed_base_urls_are_refused(tmp_path: Path, raw: str) -> None:
    os.environ["PORTAL_BASE_URL"] = raw
    with pytest.raises(Refusal, match=r"^PORTAL_BASE_URL="):
        _environment(tmp_path).base_url("PORTAL_BASE_URL", default="")


@pytest.mark.parametrize("raw", ["mail.example.org", "smtp://", "imap://mail.example.org", "smtp://h:port"])
def test_malformed_mail_servers_are_refused(tmp_path: Path, raw: str) -> None:
    os.environ["PORTAL_EMAIL_URL"] = raw
    with pytest.raises(Refusal, match=r"^PORTAL_EMAIL_URL muss"):
        _environment(tmp_path).email("PORTAL_EMAIL_URL")


@pytest.mark.parametrize(
    "raw",
    [
        "karten.example.org/{z}/{x}/{y}.png",
        "http://karten.example.org/{z}/{x}/{y}.png",
        "https://karten.example.org/{z}/{x}.png",
        "https://{s}.karten.example.org/{z}/{x}/{y}.png",
        "https://karten.example.org/{z}/{x}/{y}.png; script-src *",
    ],
)
def test_malformed_addresses_of_map_pictures_are_refused(tmp_path: Path, raw: str) -> None:
    os.environ["PORTAL_TILES_URL"] = raw
    with pytest.raises(Refusal, match=r"^PORTAL_TILES_URL muss"):
        _environment(tmp_path).tiles_url("PORTAL_TILES_URL")


@pytest.mark.slow
def test_only_the_named_host_may_send_pictures(tmp_path: Path) -> None:
    named, error = _read_settings(tmp_path, PORTAL_TILES_URL="https://karten.example.org/a/{z}/{x}/{y}.png?key=1")
    unset, _ = _read_settings(tmp_path)

    assert error == ""
    own = unset["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"]
    assert own == ["'self'", "data:"]
    assert named["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"] == [*own, "https://karten.example.org"]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PORTAL_BASE_URL": "https://portal.example.org"}, "PORTAL_SECRET_KEY fehlt"),
        (
            {"PORTAL_BASE_URL": "https://portal.example.org", "PORTAL_SECRET_KEY": "kurz"},
            "PORTAL_SECRET_KEY ist zu kurz",
        ),
        ({"PORTAL_BASE_URL": "https://portal.example.org", "PORTAL_SECRET_KEY": "k" * 50}, "PORTAL_EMAIL_URL fehlt"),
        ({"PORTAL_BASE_URL": "https://portal.example.org", "PORTAL_DEBUG": "true", **SAFE}, "PORTAL_DEBUG=true"),
        ({"PORTAL_CITY_PACK": "../oberhausen"}, "PORTAL_CITY_PACK=../oberhausen: erlaubt ist"),
    ],
)
def test_an_unsafe_public_site_is_refused(tmp_path: Path, variables: dict[str, str], says: str) -> None:
    found, error = _read_settings(tmp_path, **variables)
    assert found == {}
    assert says in error


def test_https_switches_on_what_a_public_site_needs(tmp_path: Path) -> None:
    found, error = _read_settings(tmp_path, PORTAL_BASE_URL="https://portal.example.org", **SAFE)
    assert error == ""
    assert found["ALLOWED_HOSTS"] == ["portal.example.org"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert not found["DEBUG"]


@pytest.mark.slow
def test_on_this_machine_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first, _ = _read_settings(tmp_path)
    second, _ = _read_settings(tmp_path)
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_policy_allows_nothing_unsafe() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert not [source for sources in directives.values() for source in sources if "unsafe" in source or "*" in source]
