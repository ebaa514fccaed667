"""No form takes more than it asks for: all fields of all models and random names are sent along and change nothing."""

import random
import re
import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from offers.submission.draft import KNOWN
from partners.accounts.actions import invitation_token, invite
from partners.enums import Role
from partners.models import Affiliation
from tests.offers.factories import ErrorReportFactory, OfferFactory, ProposalFactory, TopicFactory
from tests.offers.steps import STEPS, Page, old_stamp
from tests.partners.factories import PartnerFactory
from tests.partners.people import inside, member
from tests.portal.factories import quarter
from tests.portal.staff import signed_in, staff, with_phone

pytestmark = pytest.mark.django_db
OURS = ("portal", "partners", "networks", "offers", "auth", "mfa", "account")
HOSTILE = {
    "status": "published",
    "role": "verwaltung",
    "is_superuser": "on",
    "is_staff": "on",
    "email": "a@example.org",
}


@dataclass(frozen=True)
class Form:
    """A form, who fills it in, and what a person would send; `base` names the page it stands on."""

    path: str
    browser: Client
    typed: dict[str, Any]
    base: str = ""


@pytest.fixture
def forms() -> dict[str, Form]:
    partner = PartnerFactory.create(name="Verein Sonne")
    own, other = member(partner), member(partner, Role.EDIT)
    TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")
    offer = OfferFactory.create(
        provider=partner, topics=[TopicFactory.create()], catchment=[quarter("Borbeck")], format="gruppe",
        access=["digital"], cost="free", registration="none",
    )  # fmt: skip
    site = OfferFactory.create(provider=partner)
    hint = ErrorReportFactory.create(offer=offer, field="phone", correction="0208 1")
    letter = invite(partner=partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    waiting = ProposalFactory.create(partner=partner, offer=offer, base_version=1)
    mine, anna = inside(own.person), signed_in(with_phone(staff("Redaktion", "anna")))
    slug, at = [partner.slug], [partner.slug, offer.slug]
    visitor = Client()
    return {
        "invite": Form(reverse("accounts:invite", args=slug), mine, {"email": "x@example.org", "role": "bearbeitung"}),
        "colleague": Form(reverse("accounts:colleague", args=[*slug, other.public_id]), mine, {"role": "bearbeitung"}),
        "end": Form(reverse("accounts:end", args=[*slug, other.public_id]), mine, {}),
        "withdraw": Form(reverse("accounts:withdraw", args=[*slug, letter.public_id]), mine, {}),
        "accept": Form(
            reverse("accounts:invitation", args=[invitation_token(letter)]),
            visitor,
            {"first_name": "Ayşe", "last_name": "Muster"},
        ),
        "confirm": Form(reverse("workspace:confirm", args=at), mine, {}, "own"),
        "save": Form(reverse("workspace:edit", args=at), mine, {"title": "Neu", "aktion": "speichern"}, "own"),
        "send": Form(reverse("workspace:edit", args=at), mine, {"title": "Neu", "aktion": "senden"}, "own"),
        "finish": Form(reverse("workspace:end", args=at), mine, {"what": "regel"}),
        "take-back": Form(reverse("workspace:withdraw", args=[*slug, waiting.reference]), mine, {}),
        "claim": Form(reverse("workspace:claim", args=[_confirmed(waiting)]), visitor, {}),
        "template": Form(
            reverse("workspace:template", args=at), mine, {"aktion": "folgen", "angebote": [site.slug]}, "own"
        ),
        "adopt": Form(reverse("workspace:adopt", args=[*slug, hint.public_id]), mine, {}),
        "ask": Form(reverse("account_request_login_code"), visitor, {"email": own.person.email}),
        "login": Form(reverse("account_login"), visitor, {"login": "anna", "password": "falsch"}),
        "password": Form(
            reverse("account_change_password"), anna, {"oldpassword": "x", "password1": "y", "password2": "y"}
        ),
        "report": Form(reverse("offers:report_error", args=[offer.slug]), visitor, {"message": "Stimmt nicht."}, "own"),
        "submit": Form(reverse("offers:submit"), visitor, _whole_submission(), "own"),
    }


def _confirmed(proposal: Any) -> str:
    proposal.confirmed_at = proposal.submitted_at
    proposal.save()
    return str(proposal.confirm_token)


def _whole_submission() -> dict[str, Any]:
    values = {name: value for step in STEPS for name, value in step.items()}
    return {**values, "schritt": "5", "besucht": "1 2 3 4", "aktion": "senden"}


def sent_by_a_browser(form: Form) -> dict[str, Any]:
    if not form.base:
        return form.typed
    values = Page(form.browser.get(form.path)).values
    if "stempel" in values:
        values["stempel"] = [old_stamp()]
    return {**values, **form.typed}


def junk(names: set[str]) -> dict[str, str]:
    """Every field of every model and 50 random names, but those the form itself asks for."""
    dice = random.Random(7)
    fields = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    columns = {f"{name}_id" for name in fields}
    chance = {"".join(dice.choices(string.ascii_lowercase + "_-[]0123456789", k=9)) for _unused in range(50)}
    wanted = (fields | columns | chance | HOSTILE.keys()) - names
    return {name: HOSTILE.get(name, "1") for name in sorted(wanted)}


def asked_for(form: Form) -> set[str]:
    """The names on the form's page; of a button without a page, none."""
    page = form.browser.get(form.path).content.decode()
    later_steps = KNOWN if form.path == reverse("offers:submit") else set()
    return set(re.findall(r'\bname="([^"]+)"', page)) | form.typed.keys() | later_steps


def everything() -> Counter[tuple[str, ...]]:
    """All rows of our tables without what is new at every turn: keys, times, random tokens."""
    found: Counter[tuple[str, ...]] = Counter()
    for model in apps.get_models():
        if model._meta.app_label in OURS and not model.__name__.endswith("Event") and model._meta.managed:
            names = [f.attname for f in model._meta.concrete_fields if _is_steady(f)]
            for row in model._default_manager.values_list(*names) if names else []:
                found[(model.__name__, *map(repr, row))] += 1
    return found


def _is_steady(field: "models.Field[Any, Any]") -> bool:
    unsteady = (models.AutoField, models.BigAutoField, models.UUIDField, models.DateTimeField)
    names = {"reference", "confirm_token", "version", "stamp", "offers", "values", "log", "password", "session_key"}
    names |= {"subject", "path"}  # of notices, which name the number of a case
    return not (isinstance(field, unsteady) or field.name in names or field.is_relation or field.name.endswith("_id"))


def after(form: Form, data: dict[str, Any]) -> tuple[int, Counter[tuple[str, ...]]]:
    """What is in the database when the form was sent; then all is as before."""
    with transaction.atomic():
        status = form.browser.post(form.path, data).status_code
        state = everything()
        transaction.set_rollback(True)
    return status, state


NAMES = [
    "invite", "colleague", "end", "withdraw", "accept", "confirm", "save", "send", "finish", "take-back", "claim",
    "ask", "login", "password", "report", "submit", "template", "adopt",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_form_takes_nothing_it_does_not_ask_for(forms: dict[str, Form], name: str) -> None:
    form = forms[name]
    data = sent_by_a_browser(form)
    extra = junk(asked_for(form) | data.keys())
    assert len(extra) > 200
    assert {"is_superuser", "confirmed_at"} <= extra.keys()
    plain, more = after(form, data), after(form, {**data, **extra})
    assert more[0] == plain[0]
    assert more[1] - plain[1] == Counter()
    assert plain[1] - more[1] == Counter()


def test_the_list_of_forms_is_whole(forms: dict[str, Form]) -> None:
    assert sorted(NAMES) == sorted(forms)


@pytest.mark.parametrize("change", [lambda own: own.partner.slug, lambda own: own.partner.slug.upper()])
def test_an_organisation_is_named_by_the_address_alone(change: Callable[[Affiliation], str]) -> None:
    """Whatever the form says: the offer of somebody else is not touched."""
    own = member(PartnerFactory.create())
    foreign = OfferFactory.create(title="Fremdes")
    body = {"offer": foreign.pk, "partner": foreign.provider_id, "slug": foreign.slug, "aktion": "speichern"}
    path = f"/mein-bereich/{change(own)}/angebote/{foreign.slug}/aendern/"
    assert inside(own.person).post(path, body).status_code == 404
