"""A sender who fills in the four steps, for tests of the submission."""

import re
from html.parser import HTMLParser
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from portal.forms import new_stamp
from portal.management.commands.worker import run_worker

URL = "/angebote/einreichen/"
Values = dict[str, list[str]]

STEP_1 = {
    "title": "Krabbelgruppe am Vormittag",
    "summary": "Spielen und Singen für die Kleinsten.",
    "description": "Wir treffen uns im großen Saal.",
    "topics": ["fruehe-hilfen"],
    "format": "gruppe",
}
STEP_2 = {
    "for_whom": "alter",
    "age_from": "0",
    "age_until": "3",
    "age_unit": "jahre",
    "audiences": ["eltern"],
    "area": "gebiete",
    "catchment": ["borbeck"],
    "access": ["komm"],
    "place_name": "Haus der Familie",
    "street": "Beispielweg 1",
    "postcode": "46117",
    "quarter": "borbeck",
}
STEP_3 = {
    "rhythm": "weekly",
    "weekdays": ["2"],
    "start_time": "09:30",
    "end_time": "11:00",
    "pauses": "on",
    "cost": "free",
    "registration": "none",
    "phone": "0208 123456",
    "email": "gruppe@example.org",
    "website": "https://example.org/gruppe",
    "languages": ["de", "tr"],
    "lifecycle": "projekt",
    "ends_on": "2028-06-30",
    "funding": "bsfh",
    "funding_until": "2028-06-30",
}
STEP_4 = {
    "organisation": "Verein Sonnenschein",
    "organisation_kind": "verein",
    "sender_name": "Ayşe Muster",
    "sender_email": "traeger@example.org",
    "message": "Wir freuen uns.",
}
STEPS: list[dict[str, Any]] = [STEP_1, STEP_2, STEP_3, STEP_4]


def old_stamp(seconds: int = 60) -> str:
    """A stamp as it looks when the form was first shown some time ago."""
    signer = Signer(salt="portal.forms.guard")
    opened, _, number = signer.unsign(new_stamp()).partition("-")
    return signer.sign(f"{int(opened) - seconds}-{number}")


class Page(HTMLParser):
    """What a browser would send from the page's form, and what stands in it."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.values: Values = {}
        self.buttons: list[tuple[str, str]] = []
        self._select: str | None = None
        self._textarea: str | None = None
        self._in_form = False
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._in_form = given.get("method") == "post"
        elif not self._in_form:
            return
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            standard = "on" if given.get("type") in {"checkbox", "radio"} else ""
            self.values.setdefault(name, []).append(given.get("value", standard))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "button":
            self.buttons.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][0] += data.removeprefix("\n") if not self.values[self._textarea][0] else data


def first_page(client: Client) -> Page:
    """The empty first step, shown a minute ago."""
    page = Page(client.get(URL))
    page.values["stempel"] = [old_stamp()]
    return page


def press(client: Client, page: Page, button: str, **typed: Any) -> Any:
    """Type into the page as it stands and press a button; None empties a field."""
    values = {**page.values, **{name: value if isinstance(value, list) else [value] for name, value in typed.items()}}
    values = {name: [entry for entry in entries if entry is not None] for name, entries in values.items()}
    return client.post(URL, {**values, "aktion": button})


def at_step(client: Client, number: int) -> Page:
    """The page of a step (5 is the preview), everything before it filled in."""
    page = first_page(client)
    for typed in STEPS[: number - 1]:
        page = Page(press(client, page, "weiter", **typed))
    return page


def send_all(client: Client, **answers: Any) -> Any:
    return press(client, at_step(client, 5), "senden", **answers)


def confirm_path(body: str) -> str:
    """The path of the link in a mail."""
    start = body.index(reverse("offers:submit"))
    return body[start:].split()[0]


def count_behind(client: Client, url: str) -> int:
    """How many offers the page a link leads to says it has."""
    found = re.search(r'(?:id="ergebnisse"[^>]*>|<strong>)([0-9.]+)\sAngebote?', client.get(url).content.decode())
    return int(found[1].replace(".", "")) if found else 0


def sent() -> list[EmailMessage]:
    """The mails the real worker delivers now."""
    mail.outbox.clear()
    run_worker(wait=False)
    return list(mail.outbox)
