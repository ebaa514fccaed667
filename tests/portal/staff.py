"""Staff who act in tests, and forms as a browser would send them."""

import base64
import hashlib
import hmac
import re
import struct
import time
from html.parser import HTMLParser
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "nur-fuer-diesen-einen-test"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of the app on the staff's phone


def staff(role: str = "", name: str = "", *, superuser: bool = False) -> User:
    """An account of the Büro with one of the roles, "Redaktion" or "Leitung"."""
    user = User.objects.create_user(name or role.lower() or "ohne-rolle", is_staff=True, is_superuser=superuser)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def with_phone(user: User) -> User:
    """With a password, and an authenticator app as second factor."""
    user.set_password(PASSWORD)
    user.save()
    return _with_app(user)


def _with_app(user: User) -> User:
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, SECRET)
    return user


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What the phone's app shows now, or some steps of 30 seconds away (RFC 6238)."""
    cache.clear()  # tests sign in more often than a code may be used
    moment = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Client:
    """Through the real door: password, then the code of the app."""
    answer = client.post(reverse("account_login"), {"login": user.get_username(), "password": password})
    assert answer.status_code == 302, answer.content.decode()
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert answer.status_code == 302, answer.content.decode()
    return client


def signed_in(user: User, client: Client | None = None) -> Client:
    """Signed in with password and second factor, without walking through the door each time (test_accounts does)."""
    client = client or Client()
    client.force_login(_with_app(user), backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


class _Fields(HTMLParser):
    """Collects what a browser would send for the admin's form."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
            if "multiple" in given:
                self.values.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in given:
            if isinstance(self.values.get(self._select), list):
                self.values[self._select].append(given.get("value"))
            else:
                self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "input" and name and given.get("type") not in {"submit", "button"}:
            self._input(name, given)

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        if given.get("type") in {"checkbox", "radio"}:
            if "checked" in given:
                self.values.setdefault(name, [])
                self.values[name].append(given.get("value", "on"))
        else:
            self.values[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, text: str) -> None:
        if self._area:
            self.values[self._area] += text.removeprefix("\n")


def filled_form(html: str) -> dict[str, Any]:
    """The fields of the admin's change form with what they hold."""
    match = re.search(r'<form [^>]*id="\w+_form".*?</form>', html, re.DOTALL)
    assert match, "no change form on the page"
    fields = _Fields()
    fields.feed(match[0])
    return {name: value for name, value in fields.values.items() if "__prefix__" not in name}


def open_form(client: Client, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return filled_form(response.content.decode())
