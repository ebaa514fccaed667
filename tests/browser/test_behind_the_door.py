"""Pages behind a door in a real browser: each sound in all five looks, valid, nothing against the policy.

Every model of the admin is walked, so that none is forgotten; test_admin.py has the flows and the pages of its own.
"""

from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import CDPSession, expect
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from networks.models import Network
from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import open_task
from offers.models import FormatWords, Offer, ParallelPair, Proposal, SearchSynonym
from offers.models.desk import TextBlock
from partners.accounts.actions import claim, invite
from partners.enums import Role
from partners.models import Affiliation, Partner
from portal.merging.actions import merge
from portal.models import PackEntry, SchoolHoliday
from tests.browser.conftest import OpenTab
from tests.browser.test_pages import AXE, AXE_TAGS, LOOKS, RUN_AXE
from tests.browser.test_workspace import validate
from tests.networks.factories import (
    AttendanceFactory,
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
from tests.portal.factories import PostcodeFactory, quarter
from tests.portal.staff import signed_in, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Pages = dict[str, str]
# Nobody types these in: they come of what people and the portal do.
MADE_ELSEWHERE = {
    "axes.accessattempt", "axes.accessfailurelog", "axes.accesslog", "offers.errorreport", "offers.parallelpair",
    "offers.proposal", "offers.task", "partners.claim", "portal.formerslug", "portal.merge", "portal.packentry",
    "procrastinate.procrastinatejob",
}  # fmt: skip
OURS = ["offers", "networks", "partners", "portal"]
# A change of colours may run for a moment; axe would measure the colours between. Ended, not awaited: one that is
# cancelled by the next look never says that it is over.
STAND_STILL = """() => document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).forEach(one => one.finish())"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def own() -> Affiliation:
    """Somebody of the organisation that coordinates a network in which a little of everything has happened."""
    place = PlaceFactory.create(district=quarter("Osterfeld"), partner=PartnerFactory.create(name="Verein Sonne"))
    partner = place.partner
    ContactFactory.create(partner=partner)
    network = NetworkFactory.create(name="Netz", coordinator=partner)
    MembershipFactory.create(network=network, partner=partner)
    meeting = MeetingFactory.create(network=network)
    AttendanceFactory.create(meeting=meeting, partner=partner)
    DecisionFactory.create(meeting=meeting)
    NetworkDocumentFactory.create(network=network)
    SelfReviewFactory.create(network=network)
    person = member(partner, email="verwaltung.und.leitung@nachbarschaftshaus-sonnenschein.example.org")
    invite(partner=partner, email="neu@example.org", role=Role.EDIT, by=person.person)
    return person


@pytest.fixture
def proposal(own: Affiliation) -> Proposal:
    """A change to one of two offers that are alike; the offer has moved since it was written."""
    place, topic = quarter("Osterfeld"), TopicFactory.create(label="Spielen")
    offers = [
        OfferFactory.create(title="Krabbelgruppe am Morgen", provider=provider, catchment=[place], topics=[topic],
                            format="gruppe", audiences=["eltern"])
        for provider in (own.partner, PartnerFactory.create())
    ]  # fmt: skip
    for offer in offers:
        ScheduleFactory.create(offer=offer)
    FundingFactory.create(offer=offers[0])
    ErrorReportFactory.create(offer=offers[0])
    ParallelPair.objects.create(first=offers[0], second=offers[1], score=0.9, cluster=offers[0].pk)
    Offer.objects.filter(pk=offers[0].pk).update(title="Krabbelgruppe am Vormittag")
    PostcodeFactory.create()
    TextBlock.objects.create(title="Uhrzeit", text="Bitte schreiben Sie die Uhrzeit dazu.")
    claim(email="antrag@example.org", name="Kim", organisation="Neu", partner=None, reference="7KQ4-M2XD")
    return ProposalFactory.create(
        offer=offers[0], partner=own.partner, base_version=1, status="waiting", confirmed_at=timezone.now(),
        base={"title": "Krabbelgruppe am Morgen", "phone": ""}, payload={"title": "Krabbelkreis", "phone": "0208 1"},
    )  # fmt: skip


def chief() -> Client:
    return signed_in(staff(name="chefin", superuser=True))


def pages_of_the_coordination(own: Affiliation) -> Pages:
    network = Network.objects.get()
    at = [own.partner.slug, network.slug]
    views = ("network", "details", "new_meeting", "review")
    return {
        "networks": reverse("desk:networks", args=at[:1]),
        **{view: reverse(f"desk:{view}", args=at) for view in views},
        "meeting": reverse("desk:meeting", args=[*at, network.meetings.get().pk]),
    }


def pages_of_the_steering() -> Pages:
    views = ("steering", "coverage", "coverage_rule", "coverage_map", "outlines", "lifecycle", "freshness", "demand",
             "report", "steering_networks", "population", "parallels")  # fmt: skip
    return {view: reverse(f"offers:{view}") for view in views}


def models_of_the_admin(part: str) -> list[type[Model]]:
    """Those of one of our apps, or of all other apps together: each part is a test, so both workers have one."""
    return [
        model for model in admin.site._registry if part == (app if (app := model._meta.app_label) in OURS else "rest")
    ]


def lists_of_the_admin(part: str) -> Pages:
    found = {"queue": reverse("admin:offers_queue"), "wave": reverse("admin:offers_wave")} if part == "offers" else {}
    for model in models_of_the_admin(part):
        found[model._meta.label_lower] = reverse(f"admin:{_name(model)}_changelist")
    return found


def entries_of_the_admin(part: str) -> Pages:
    """Of each model the page of one row, with its history, and of those somebody types in that for a new one."""
    found = {}
    for model in models_of_the_admin(part):
        row = model._default_manager.order_by("pk").first()
        assert row is not None, f"a row of {model._meta.label}"
        for view in ("change", "history"):
            found[f"{model._meta.label_lower}-{view}"] = reverse(f"admin:{_name(model)}_{view}", args=[row.pk])
        if model._meta.label_lower not in MADE_ELSEWHERE:
            found[f"{model._meta.label_lower}-add"] = reverse(f"admin:{_name(model)}_add")
    return found


def one_row_of_what_is_left() -> None:
    """Of each model that `proposal` has no row of."""
    partner, boss = Partner.objects.order_by("pk")[0], User.objects.order_by("pk")[0]
    LifePhaseFactory.create()
    SearchSynonym.objects.create(word="ebe", language="tr", means="Hebamme")
    FormatWords.objects.create(format="gruppe", synonyms=["Treff"])
    open_task(kind=TaskKind.BROKEN_LINK, subject="Nicht erreichbar", partner=partner, concerns="https://example.org/")
    merge(kept=partner, gone=[PartnerFactory.create(name="Sonne e. V.")], choice={}, by=boss)
    PackEntry.objects.create(model="partners.partner", key="sonne", target_id=partner.pk, fingerprint="0")
    SchoolHoliday.objects.create(name="Herbstferien", first_day="2026-10-17", last_day="2026-10-31")
    tried = {"username": "anna", "ip_address": "203.0.113.7", "path_info": "/konto/anmelden/code/"}
    AccessAttempt.objects.create(**tried, failures_since_start=3)
    AccessFailureLog.objects.create(**tried)
    AccessLog.objects.create(**tried)


def _name(model: Any) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def walk(tab: Tab, server: LiveServer, pages: Pages, folder: Path) -> list[str]:
    """What is wrong with the pages; each must be there."""
    wrong: list[str] = []
    glass = tab.context.new_cdp_session(tab)
    glass.send("Page.enable")
    for name, path in pages.items():
        answer = tab.goto(server.url + path)
        assert answer
        assert answer.status == 200, name
        (folder / f"{name}.html").write_text(answer.text())
        tab.wait_for_load_state("networkidle")
        # Before axe comes: it puts style sheets into the page itself where one of the page's own imports another.
        wrong += [f"{name}: {breach}" for breach in tab.evaluate("window.breaches")]
        expect(tab.locator("h1"), name).to_have_count(1)
        tab.evaluate(AXE)
        for look in LOOKS:
            put_on(tab, glass, look)
            wrong += [f"{name} ({look}): {finding}" for finding in tab.evaluate(RUN_AXE, AXE_TAGS)]
            if tab.evaluate(SIDEWAYS):
                wrong.append(f"{name} ({look}) scrolls sideways")
    return wrong


def put_on(tab: Tab, glass: CDPSession, look: str) -> None:
    options = LOOKS[look]
    tab.emulate_media(
        color_scheme=options.get("color_scheme", "light"), forced_colors=options.get("forced_colors", "none")
    )
    tab.set_viewport_size(options["viewport"])
    times = 2 if look == "200 % text" else 1
    glass.send("Page.setFontSizes", {"fontSizes": {"standard": 16 * times, "fixed": 13 * times}})
    tab.evaluate(STAND_STILL)


def test_pages_of_the_coordination_are_sound_in_every_look(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, node: str, tmp_path: Path
) -> None:
    assert walk(open_tab(inside(own.person)), live_server, pages_of_the_coordination(own), tmp_path) == []
    assert validate(node, tmp_path) == []


@pytest.mark.usefixtures("proposal")
def test_pages_of_the_steering_are_sound_in_every_look(
    live_server: LiveServer, open_tab: OpenTab, node: str, tmp_path: Path
) -> None:
    assert walk(open_tab(chief()), live_server, pages_of_the_steering(), tmp_path) == []
    assert validate(node, tmp_path) == []


@pytest.mark.parametrize("part", [*OURS, "rest"])
@pytest.mark.usefixtures("proposal")
def test_every_list_of_the_admin_is_sound_in_every_look(
    live_server: LiveServer, open_tab: OpenTab, part: str, tmp_path: Path
) -> None:
    AccessAttempt.objects.create(
        username="anna", ip_address="203.0.113.7", path_info="/konto/anmelden/code/", failures_since_start=3
    )
    assert walk(open_tab(chief()), live_server, lists_of_the_admin(part), tmp_path) == []


@pytest.mark.parametrize("part", [*OURS, "rest"])
@pytest.mark.usefixtures("proposal")
def test_every_entry_of_the_admin_is_sound_in_every_look(
    live_server: LiveServer, open_tab: OpenTab, part: str, tmp_path: Path
) -> None:
    one_row_of_what_is_left()
    assert walk(open_tab(chief()), live_server, entries_of_the_admin(part), tmp_path) == []


def test_they_say_the_same_without_script(
    live_server: LiveServer, open_tab: OpenTab, own: Affiliation, proposal: Proposal
) -> None:
    boss = chief()
    for person, paths in [(inside(own.person), pages_of_the_coordination(own)), (boss, pages_of_the_steering())]:
        page = open_tab(person, java_script_enabled=False)
        for name, path in paths.items():
            page.goto(live_server.url + path)
            assert page.locator("h1").is_visible(), name
            assert page.locator("main").inner_text().strip().count("\n") >= 1, name
    page = open_tab(boss, java_script_enabled=False)
    page.goto(live_server.url + reverse("admin:offers_proposal_change", args=[proposal.pk]))
    page.get_by_label("der jetzige Stand bleibt").check()
    page.get_by_role("button", name="Alles annehmen und veröffentlichen").click()
    expect(page.locator(".messagelist")).to_contain_text("Veröffentlicht")
