"""Every address of the portal, asked by every role with every method; what must come out stands in access.csv.

`ACCESS=write pytest tests/test_access.py` writes the file anew: read the difference before you commit it.
"""

import csv
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from networks.models import Network
from offers.desk.enums import MessageKind
from offers.desk.links import answer_path
from offers.freshness.enums import Answer, TaskKind
from offers.freshness.links import link
from offers.freshness.tasklist import open_task
from offers.models import (
    CaseMessage,
    FormatWords,
    Offer,
    ParallelPair,
    Proposal,
    ReportOrder,
    SearchSynonym,
    UploadedSheet,
)
from partners.accounts.actions import claim, invitation_token, invite
from partners.accounts.admission import token_for
from partners.enums import Role
from partners.models import Partner
from portal.models import District, Merge
from tests.networks.factories import (
    DecisionFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkDocumentFactory,
    NetworkFactory,
    SelfReviewFactory,
)
from tests.offers.factories import (
    ErrorReportFactory,
    FundingFactory,
    LifePhaseFactory,
    OfferFactory,
    ProposalFactory,
    ScheduleFactory,
    TopicFactory,
)
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.partners.people import inside, member
from tests.portal.factories import PostcodeFactory, SchoolHolidayFactory, quarter
from tests.portal.staff import signed_in, staff, with_phone

FILE = Path(__file__).with_name("access.csv")
METHODS = ("GET", "POST")
ROLES = ("Besuch", "Bearbeitung", "Verwaltung", "fremder Partner", "Redaktion", "Leitung", "Superuser")
DOOR = "Tür"  # sent to the sign-in page
NOBODY = "00000000-0000-4000-8000-000000000000"
Table = dict[tuple[str, str], tuple[str, ...]]
FIXED: dict[str, dict[str, Any]] = {  # arguments that need nothing to be made
    "admin:portal_mail": {"template": "mail/offers/review_reminder.txt"},
    "offers:coverage_cell": {"district": "osterfeld", "column": "uebergang-schule-beruf"},
    "offers:coverage_file": {"kind": "csv"},
    "offers:lifecycle_offer": {"slug": "krabbelgruppe"},
    "offers:report_table": {"name": "frische", "kind": "csv"},
}


@dataclass(frozen=True)
class Address:
    """One entry of the URL configuration; `name` with its namespace, or its route when it has none."""

    name: str
    route: str
    parameters: tuple[tuple[str, str], ...]


def addresses() -> list[Address]:
    """All entries of the URL configuration, the admin's included."""
    found = {address.name: address for address in _walk(get_resolver("portal.urls"), "", "", ())}
    return [found[name] for name in sorted(found)]


def _walk(part: URLResolver, namespace: str, route: str, parameters: tuple[tuple[str, str], ...]) -> Iterator[Address]:
    for entry in part.url_patterns:
        here = route + str(entry.pattern)
        own = tuple((name, type(kind).__name__) for name, kind in getattr(entry.pattern, "converters", {}).items())
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, here, parameters + own)
        elif isinstance(entry, URLPattern):
            yield Address(f"{namespace}{entry.name or '/' + here}", here, parameters + own)


@dataclass
class World:
    """One of everything, and one person per role."""

    keys: dict[str, str] = field(default_factory=dict)  # session by role, "" for visitors
    known: dict[str, dict[str, Any]] = field(default_factory=dict)  # arguments by the address's name

    @classmethod
    def made(cls) -> "World":
        world = cls()
        place = PlaceFactory.create(district=quarter("Osterfeld"), partner=PartnerFactory.create(name="Verein Sonne"))
        partner, foreign = place.partner, PartnerFactory.create(name="Haus Mond")
        ContactFactory.create(partner=partner)
        offer = OfferFactory.create(
            title="Krabbelgruppe", provider=partner, places=[place], topics=[TopicFactory.create()]
        )
        network = NetworkFactory.create(name="Netz", coordinator=partner)
        ErrorReportFactory.create(offer=offer)
        manager, editor = member(partner), member(partner, Role.EDIT)
        stranger = member(foreign, email="fremd@example.org")
        claim(email="antrag@example.org", name="", organisation="Neu", partner=None, reference="7KQ4-M2XD")
        paper = ReportOrder.objects.create(first=timezone.localdate(), last=timezone.localdate())
        Merge.objects.create(kind="partners.partner", target_id=partner.pk, name="Verein")
        letter = invite(partner=partner, email="neu@example.org", role=Role.EDIT, by=manager.person)
        world._sign_in(manager.person, editor.person, stranger.person)
        world.known = {
            "offers:detail": {"slug": offer.slug},
            "offers:report_error": {"slug": offer.slug},
            "partners:detail": {"slug": partner.slug},
            "networks:detail": {"slug": network.slug},
            "networks:calendar": {"slug": network.slug},
            "desk:networks": {"partner": partner.slug},
            "offers:report_order": {"key": paper.key},
            "offers:report_paper": {"key": paper.key},
            **{
                f"desk:{view}": {"partner": partner.slug, "slug": network.slug}
                for view in ("network", "details", "new_meeting", "review")
            },
            "networks:partner_calendar": {"slug": partner.slug},
            "accounts:invitation": {"token": invitation_token(letter)},
            "account_admit": {"token": token_for(manager.person)},
            "accounts:team": {"partner": partner.slug},
            "accounts:invite": {"partner": partner.slug},
            "accounts:withdraw": {"partner": partner.slug, "key": letter.public_id},
            "accounts:colleague": {"partner": partner.slug, "key": editor.public_id},
            "accounts:end": {"partner": partner.slug, "key": editor.public_id},
        }
        world._propose(partner, offer)
        world._upload(partner, manager.person)
        world._meet(network, partner)
        world._furnish(offer)
        return world

    def _meet(self, network: Network, partner: Partner) -> None:
        """A network's meeting with a decision, a paper that everybody may read, and a look back."""
        meeting = MeetingFactory.create(network=network)
        decision = DecisionFactory.create(meeting=meeting)
        paper = NetworkDocumentFactory.create(network=network, is_public=True)
        MembershipFactory.create(network=network, partner=partner)
        SelfReviewFactory.create(network=network)
        at = {"partner": partner.slug, "slug": network.slug}
        self.known |= {
            "desk:meeting": {**at, "pk": meeting.pk},
            "desk:decision_done": {**at, "pk": decision.pk},
            "networks:document": {"key": paper.public_id},
        }

    def _furnish(self, offer: Offer) -> None:
        """What an offer has around it, and what the Büro keeps in lists."""
        ScheduleFactory.create(offer=offer)
        FundingFactory.create(offer=offer)
        LifePhaseFactory.create()
        PostcodeFactory.create()
        SchoolHolidayFactory.create()
        FormatWords.objects.create(format="gruppe", synonyms=["Kreis"])
        SearchSynonym.objects.create(word="Kita", means="Kindergarten")
        task = open_task(kind=TaskKind.BROKEN_LINK, subject="Seite kaputt", partner=offer.provider, concerns="x")
        similar = OfferFactory.create(title="Singkreis")
        ParallelPair.objects.create(first=offer, second=similar, score=0.9, cluster=offer.pk)
        sheets = ("offer_pdf", "offer_large_pdf", "offer_qr", "offer_calendar")
        self.known |= {
            **{f"offers:{view}": {"slug": offer.slug} for view in sheets},
            **{
                f"offers:review_{view}": {"token": link(offer, purpose).split("/")[-2]}
                for view, purpose in (("confirm", Answer.CONFIRMED), ("change", Answer.CHANGED), ("end", Answer.ENDED))
            },
            "offers:chain_area": {"slug": District.objects.social_areas().values_list("slug", flat=True)[0]},
            "admin:offers_wave_partner": {"pk": offer.provider_id},
            "admin:offers_task_finish": {"pk": task.pk},
        }

    def _propose(self, partner: Partner, offer: Offer) -> None:
        """A change that waits and one that came back, and the addresses of the workspace."""
        at = {"partner": partner.slug}
        sent = {"partner": partner, "offer": offer, "base_version": 1, "confirmed_at": timezone.now()}
        waiting = ProposalFactory.create(**sent, status="waiting")
        returned = ProposalFactory.create(**sent, status="returned", reason="Warum?", decided_at=timezone.now())
        self.known |= {
            "workspace:offers": at,
            "workspace:claim": {"token": waiting.confirm_token},
            "workspace:proposal": {**at, "reference": waiting.reference},
            "workspace:withdraw": {**at, "reference": waiting.reference},
            "workspace:rework": {**at, "reference": returned.reference},
            "workspace:adopt": {**at, "key": ErrorReportFactory.create(offer=offer, field="phone").public_id},
            "offers:submit_confirm": {"token": waiting.confirm_token},
            "offers:answer_question": {"token": answer_path(_question(waiting)).split("/")[-2]},
            "offers:submit_done": {"reference": waiting.reference},
        }
        for view in ("offer", "confirm", "edit", "drop", "end", "copy", "template"):
            self.known[f"workspace:{view}"] = {**at, "slug": offer.slug}

    def _upload(self, partner: Partner, person: User) -> None:
        """A table that only who uploaded it may see."""
        at = {"partner": partner.slug}
        sheet = UploadedSheet.objects.create(
            person=person, partner=partner, submission_id=uuid.uuid4(), name="a.csv", checked_at=timezone.now()
        )
        self.known |= {
            "sheets:sheets": at,
            "sheets:download": {**at, "kind": "csv"},
            **{f"sheets:{view}": {**at, "key": sheet.public_id} for view in ("sheet", "drop")},
        }

    def _sign_in(self, manager: User, editor: User, stranger: User) -> None:
        browsers = {
            "Bearbeitung": inside(editor),
            "Verwaltung": inside(manager),
            "fremder Partner": inside(stranger),
            "Redaktion": signed_in(with_phone(staff("Redaktion", "anna"))),
            "Leitung": signed_in(with_phone(staff("Leitung", "chefin"))),
            "Superuser": signed_in(with_phone(staff(name="boss", superuser=True))),
        }
        self.keys = {"Besuch": ""} | {
            role: browser.cookies[settings.SESSION_COOKIE_NAME].value for role, browser in browsers.items()
        }

    def path(self, address: Address) -> str:
        """With the ids of what was made; of things there are none of, with ids that nothing has."""
        values = {name: self.value(address, name, kind) for name, kind in address.parameters}
        try:
            return reverse(address.name, kwargs=values | FIXED.get(address.name, {}) | self.known.get(address.name, {}))
        except NoReverseMatch:
            return "/" + address.route.replace("^", "").replace("(?P<url>.*)$", "gibt-es-nicht/").replace(
                "(?P<app_label>" + "|".join(_admin_apps()) + ")/$", "offers/"
            )

    def value(self, address: Address, name: str, kind: str) -> Any:
        if address.name.startswith("admin:") and name in {"object_id", "pk", "id"}:
            return _some_pk(address.name)
        return {"IntConverter": 1, "UUIDConverter": uuid.UUID(NOBODY)}.get(kind, "gibt-es-nicht")

    def ask(self, address: Address, role: str, method: str) -> str:
        """The status; whatever the request did is taken back."""
        return self.ask_at(self.path(address), role, method)

    def ask_at(self, path: str, role: str, method: str = "GET") -> str:
        browser = Client(raise_request_exception=False)
        if self.keys[role]:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
        with transaction.atomic():
            answer = browser.generic(method, path, content_type="application/x-www-form-urlencoded")
            for close in answer._resource_closers:  # type: ignore[attr-defined]  # close() would take the connection, too
                close()
            transaction.set_rollback(True)
        place = answer.headers.get("Location", "")
        doors = [reverse(name) for name in ("account_login", "account_request_login_code", "admin:login")]
        if answer.status_code == 302 and place.partition("?")[0] in doors:
            return DOOR
        return str(answer.status_code)


def _question(proposal: Proposal) -> CaseMessage:
    return CaseMessage.objects.create(proposal=proposal, kind=MessageKind.QUESTION, text="Wann?")


def _admin_apps() -> list[str]:
    from django.contrib import admin

    return sorted({model._meta.app_label for model in admin.site._registry}, key=lambda label: label)


def _some_pk(name: str) -> Any:
    """The key of a row of the model the admin's address is about; 0 when there is none."""
    label = name.removeprefix("admin:")
    for model in apps.get_models():
        if label.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return model._default_manager.order_by("pk").values_list("pk", flat=True).first() or 0
    return 0


def read_table() -> Table:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    return {(name, method): tuple(cells) for name, method, *cells in rows[1:]}


def write_table(table: Table) -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["Adresse", "Methode", *ROLES])
        writer.writerows([*key, *table[key]] for key in sorted(table))


def is_writing() -> bool:
    return os.environ.get("ACCESS") == "write"
