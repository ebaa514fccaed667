"""Staff who act in tests, and forms as a browser would send them."""

import re
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client


def staff(role: str = "", name: str = "", *, superuser: bool = False) -> User:
    """An account of the Büro with one of the roles, "Redaktion" or "Leitung"."""
    user = User.objects.create_user(name or role.lower() or "ohne-rolle", is_staff=True, is_superuser=superuser)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
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
