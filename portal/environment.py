"""Settings from the environment and `.env`: typed, and refusing what is unknown or malformed."""

import difflib
import os
import re
from pathlib import Path
from typing import Any, overload
from urllib.parse import urlsplit

import environ
import psycopg
from psycopg.conninfo import conninfo_to_dict

from portal.refusal import Refusal

PREFIX = "PORTAL_"
LINE = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
TRUE = {"true", "1", "yes", "on", "ja"}
FALSE = {"false", "0", "no", "off", "nein"}


class Environment:
    """Reads settings by name and remembers the names, so that a name nobody reads can be refused.

    In `.env` every unread name is refused; among the process's variables, which hold those of other programs too,
    every unread one that starts with PORTAL_. A variable of the process wins over `.env`.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()
        self._in_file = self._names_in_file()
        if self._in_file:
            environ.Env.read_env(file)

    def _names_in_file(self) -> list[str]:
        if not self._file.is_file():
            return []
        names = []
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise Refusal(f"{self._file.name} ist keine Textdatei in UTF-8; bitte neu speichern.") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            match = LINE.match(line.strip())
            if match is None:
                raise Refusal(f"{self._file.name}, Zeile {number}: erwartet wird NAME=Wert.")
            names.append(match[1])
        return names

    def _raw(self, name: str) -> str:
        """The text of a setting; empty when it is unset, as `NAME=` in .env means "not set"."""
        self._known.add(name)
        return os.environ.get(name, "").strip()  # as it stands: Env.str would follow a leading "$"

    @overload
    def text(self, name: str, default: str = "") -> str: ...
    @overload
    def text(self, name: str, default: None) -> str | None: ...
    def text(self, name: str, default: str | None = "") -> str | None:
        return self._raw(name) or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        raw = self._raw(name).lower()
        if not raw:
            return default
        if raw not in TRUE | FALSE:
            raise Refusal(f"{name}={raw}: erlaubt sind true und false.")
        return raw in TRUE

    def number(self, name: str, *, default: int, low: int, high: int) -> int:
        raw = self._raw(name)
        if not raw:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not low <= int(raw) <= high:
            raise Refusal(f"{name}={raw}: erlaubt ist eine ganze Zahl von {low} bis {high}.")
        return int(raw)

    def words(self, name: str) -> list[str]:
        """A list separated by commas."""
        return [word.strip() for word in self._raw(name).split(",") if word.strip()]

    def choice(self, name: str, *, default: str, among: list[str]) -> str:
        raw = self._raw(name) or default
        if raw not in among:
            raise Refusal(f"{name}={raw}: erlaubt ist {', '.join(among)}.")
        return raw

    def base_url(self, name: str, *, default: str) -> str:
        """An origin without path: https anywhere, plain http on this machine alone."""
        raw = (self._raw(name) or default).rstrip("/")
        try:
            parts = urlsplit(raw)
            host = parts.hostname if parts.port != 0 else None
        except ValueError:
            host = None
        local = host in ("127.0.0.1", "localhost", "::1")
        if not host or parts.path or parts.query or parts.username or parts.scheme not in ("http", "https"):
            raise Refusal(f"{name}={raw}: erwartet wird eine Adresse wie https://portal.example.org ohne Pfad.")
        if parts.scheme == "http" and not local:
            raise Refusal(f"{name}={raw}: Außerhalb dieses Rechners muss die Adresse mit https:// beginnen.")
        return raw

    def email(self, name: str) -> dict[str, Any]:
        """Django's EMAIL_* settings from a URL such as smtp+tls://user:password@host:587; empty when unset."""
        raw = self._raw(name)
        if not raw:
            return {}
        try:
            parts = urlsplit(raw)
            if parts.scheme in ("smtp", "smtp+tls", "smtp+ssl") and parts.hostname and parts.port != 0:
                return dict(environ.Env.email_url_config(raw))
        except ValueError:
            pass
        raise Refusal(f"{name} muss die Form smtp+tls://name:passwort@mail.example.org:587 haben.")

    def cache_url(self, name: str) -> str:
        """The address of a Valkey or Redis; empty when unset. It may hold a password: no message repeats it."""
        raw = self._raw(name)
        if raw and not re.fullmatch(r"rediss?://[^/\s;,]+(/[0-9]+)?|unix:///[^\s;,]+", raw):
            raise Refusal(f"{name} muss die Form redis://name:passwort@rechner:6379/0 haben.")
        return raw

    def tiles_url(self, name: str) -> str:
        """Where pictures for maps come from; empty when unset. Pages fetch them, so https, but on this machine."""
        raw = self._raw(name)
        host = r"https://[^/\s;,{}]+|http://(?:127\.0\.0\.1|localhost)(?::[0-9]+)?"
        asked = all(raw.count(part) == 1 for part in ("{z}", "{x}", "{y}"))
        if raw and not (asked and re.fullmatch(rf"(?:{host})/[^\s;,]+", raw)):
            raise Refusal(f"{name} muss die Form https://karten.example.org/{{z}}/{{x}}/{{y}}.png haben.")
        return raw

    def database(self, name: str) -> dict[str, Any]:
        """Django's database settings from a URL; empty when unset."""
        raw = self._raw(name)
        return self.parse_database(raw, name) if raw else {}

    @staticmethod
    def parse_database(url: str, name: str = "DATABASE_URL") -> dict[str, Any]:
        """Django's database settings from a URL. It may hold a password: no message repeats it."""
        form = f"{name} muss die Form postgresql://name:passwort@rechner:5432/datenbank haben"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Refusal(f"{form}; Rechner oder Port sind unlesbar.") from error
        if parts.scheme not in ("postgres", "postgresql"):
            raise Refusal(f"{form}; das Portal braucht PostgreSQL.")
        if port == 0 or not parts.path.strip("/") or "/" in parts.path.strip("/"):
            raise Refusal(f"{form}; der Name der Datenbank fehlt.")
        try:
            timeout = conninfo_to_dict(url).get("connect_timeout", "5")
        except psycopg.ProgrammingError as error:
            raise Refusal(f"{form}; ein Zeichen oder ein Zusatz hinter dem Fragezeichen ist unbekannt.") from error
        if not re.fullmatch(r"[0-9]{1,4}", str(timeout)):
            raise Refusal(f"{form}; connect_timeout ist keine Zahl von Sekunden.")
        return dict(environ.Env.db_url_config(url))

    def refuse_unknown(self) -> None:
        """Raise for the first name that is set but read by no setting."""
        own = [name for name in os.environ if name.startswith(PREFIX)]
        for name in [*self._in_file, *sorted(own)]:
            if name not in self._known:
                near = difflib.get_close_matches(name, self._known, n=1)
                hint = f" Gemeint ist vielleicht {near[0]}." if near else ""
                raise Refusal(f"Die Einstellung {name} gibt es nicht; alle stehen in .env.example.{hint}")

    @property
    def known(self) -> frozenset[str]:
        """All names read so far."""
        return frozenset(self._known)
