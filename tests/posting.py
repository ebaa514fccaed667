"""Every form of the portal, found on its pages, and what a person would type into it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from offers.models import Offer, Topic
from partners.models import Partner
from portal.models import District
from tests.access import DOOR, ROLES, World, addresses, read_table
from tests.offers.steps import STEPS, old_stamp
from tests.page_forms import PageForm, Pair, forms_of
from tests.portal.staff import PASSWORD, code_now

_NUMBER = re.compile(r"\d+")
CLOSED = {"403", "404", "405", DOOR}
Typed = dict[str, Any]


def file(name: str, content: bytes) -> Callable[[], SimpleUploadedFile]:
    return lambda: SimpleUploadedFile(name, content)


def pk(model: Any, number: int = 0) -> Callable[[], str]:
    return lambda: str(model._default_manager.order_by("pk").values_list("pk", flat=True)[number])


PDF = b"%PDF-1.7\n%%EOF"
FIGURES = b"gebiet;jahr;alter_von;alter_bis;kinder;quelle\nOsterfeld;2025;0;2;1310;Statistikstelle\n"
OUTLINES = b"""{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"name": "Osterfeld"},
   "geometry": {"type": "Polygon", "coordinates": [[[6.85, 51.47], [6.86, 51.47], [6.86, 51.48], [6.85, 51.47]]]}}
]}"""
NEW = "vier lange Woerter hier"
SUBMISSION = {name: value for step in STEPS for name, value in step.items()}
BULK: dict[str, Typed] = {
    "set_rhythm": {"months": "6"},
    "add_topic": {"topic": pk(Topic)},
    "pause": {"first_day": "01.02.2027", "last_day": "01.03.2027"},
    "end": {"last_day": "01.02.2027"},
    "withdraw": {},
}
# What a person types into the form that stands at an address; several rows: it is sent several times.
FILLED: dict[str, list[Typed]] = {
    "account_ask_admission": [{"login": "anna"}],
    "account_change_password": [{"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}],
    "account_login": [{"login": "anna", "password": PASSWORD}],
    "account_reauthenticate": [{"password": PASSWORD}],
    "account_request_login_code": [{"email": "antrag@example.org"}],
    "accounts:invitation": [{"first_name": "Ayşe", "last_name": "Muster"}],
    "accounts:invite": [{"email": "x@example.org", "role": "bearbeitung"}],
    "admin:keep_filter": [{"name": "Offene", "path": "/admin/offers/offer/", "query": "q=a"}],
    "admin:offers_offer_changelist": [
        {"action": name, "_selected_action": pk(Offer), "gefragt": "1", **typed} for name, typed in BULK.items()
    ],
    "admin:auth_group_add": [{"name": "Praktikum"}],
    "admin:auth_user_add": [{"username": "neu", "password1": NEW, "password2": NEW}],
    "admin:auth_user_password_change": [{"password1": NEW, "password2": NEW}],
    "admin:offers_parallelpair_change": [{"answer": "verschieden"}],
    "admin:offers_wave_partner": [{"result": "niemand"}],
    "admin:networks_membership_add": [{"partner": pk(Partner, 1)}],
    "admin:networks_networkdocument_add": [{"file": file("plan.pdf", PDF)}],
    "admin:networks_selfreview_add": [{"year": "2031"}],
    "admin:offers_formatwords_add": [{"format": "kurs"}],
    "admin:partners_affiliation_add": [{"partner": pk(Partner, 1)}],
    "admin:partners_invitation_add": [{"partner": pk(Partner), "email": "x@example.org", "role": "bearbeitung"}],
    "admin:portal_postcode_add": [{"code": "46999", "districts": pk(District)}],
    "admin:portal_postcode_change": [{"districts": pk(District)}],
    "desk:meeting": [{"text": "Wir treffen uns öfter."}],
    "desk:details": [{"title": "Satzung", "file": file("satzung.pdf", PDF)}],
    "desk:new_meeting": [{"held_on": "2026-12-01", "title": "Sitzung"}],
    "desk:review": [{"continuation": "ja"}],
    "mfa_authenticate": [{"code": code_now}],
    "mfa_reauthenticate": [{"code": code_now}],
    "offers:answer_question": [{"text": "Immer mittwochs."}],
    "offers:coverage_cell": [{"reason": "Das gibt es im Sozialraum nebenan."}],
    "offers:outlines": [{"file": file("umrisse.json", OUTLINES), "source": "Stadt", "laden": "1"}],
    "offers:population": [{"file": file("zahlen.csv", FIGURES), "laden": "1"}],
    "offers:report_error": [{"message": "Das stimmt nicht."}],
    "offers:submit": [{**SUBMISSION, "schritt": "5", "besucht": "1 2 3 4", "aktion": "senden"}],
    "portal:accessibility": [{"what": "Der Knopf hat keinen Namen."}],
    "sheets:sheets": [{"file": file("angebote.csv", b"Kennung;Name des Angebots")}],
    "workspace:edit": [{"title": "Neu"}],
    "workspace:end": [{"what": "regel"}],
}


@dataclass(frozen=True)
class Case:
    """One form with one button, as one role sends it; without a form, an address that takes a POST all the same."""

    address: str
    role: str
    path: str
    form: PageForm | None = None
    button: Pair = ("", "")
    typed: int = 0  # which row of FILLED

    @property
    def key(self) -> tuple[str | int, ...]:
        """The same for forms that differ in numbers only: rows of a list, or one row more."""
        names = {_NUMBER.sub("0", name) for name in (self.form.names if self.form else ())}
        return (self.address, *(_NUMBER.sub("0", word) for word in self.button), self.typed, *sorted(names))

    def values(self) -> Typed:
        """What is sent when somebody presses the button."""
        values: Typed = dict(self.form.values) if self.form else {"nichts": "1"}
        if "stempel" in values:
            values["stempel"] = old_stamp()
        if self.button[0]:
            values[self.button[0]] = self.button[1]
        typed = FILLED.get(self.address, [{}])[self.typed]
        return values | {name: value() if callable(value) else value for name, value in typed.items()}


def browser(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if world.keys[role]:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.keys[role]
    return client


def ways_in(world: World) -> Iterator[tuple[str, str]]:
    """Every page with the first role that may open it, and pages that need a question to show their form."""
    table = read_table()
    for address in addresses():
        role = _first(table.get((address.name, "GET"), ()), {"200"})
        if role:
            yield role, world.path(address)
    doubles = Partner.objects.order_by("pk").values_list("pk", flat=True)[:2]
    yield "Redaktion", reverse("admin:partners_partner_merge") + "?" + "&".join(f"nr={one}" for one in doubles)
    yield "Redaktion", reverse("admin:offers_offer_changelist") + "?q=a"


def sendings(world: World) -> Iterator[Case]:
    """The forms on the page of every address, for the first role that may open it; then the addresses without one."""
    found: list[Case] = []
    for role, path in ways_in(world):
        with transaction.atomic():
            answer = browser(world, role).get(path)
            transaction.set_rollback(True)
        found += forms_in(answer, role, path)
    by_name = {case.address: case.form for case in found if case.form}
    for case in found:
        if case.form and case.address.endswith("_add"):
            _fill_like(case.form, by_name.get(case.address.removesuffix("_add") + "_change"))
    yield from found
    for address in addresses():
        role = _first(read_table().get((address.name, "POST"), ()), None)
        if role and address.name not in by_name:
            yield Case(address.name, role, world.path(address))


def _fill_like(form: PageForm, other: PageForm | None) -> None:
    """What is empty on the page of a new entry, as it stands on the page of one that is there; names are new."""
    for name, values in (other.values if other else {}).items():
        if name in form.names and not any(form.values.get(name, ())) and not re.search(r"-\d+-", name):
            ending = {"slug": "-neu"}.get(name, " neu" if name in {"name", "title", "word", "label", "key"} else "")
            form.values[name] = [value + ending for value in values]


def _first(cells: tuple[str, ...], wanted: set[str] | None) -> str:
    for role, cell in zip(ROLES, cells, strict=False):
        if cell in wanted if wanted else cell not in CLOSED:
            return role
    return ""


def forms_in(answer: Any, role: str, path: str) -> Iterator[Case]:
    """Every form of the page with every button and everything that may be typed."""
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    for form in forms_of(answer.content.decode()):
        target = urlsplit(urljoin(f"http://testserver{path}", form.action or path))
        name = _name(target.path)
        if form.method == "post" and name:
            case = Case(name, role, target.path + (f"?{target.query}" if target.query else ""), form)
            for button in dict.fromkeys(form.buttons or [("", "")]):
                if button[0] not in {"_continue", "_addanother"}:
                    for number in range(len(FILLED.get(name, [{}]))):
                        yield replace(case, button=button, typed=number)


def _name(path: str) -> str:
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return found.view_name or "/" + found.route
