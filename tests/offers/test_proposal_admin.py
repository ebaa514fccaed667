"""The Büro's queue in the admin: who sees it, who decides, and what each press does."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offers.enums import ProposalStatus
from offers.models import ErrorReport, Offer, Parallel, Proposal
from offers.proposals import snapshot
from tests.offers.factories import ErrorReportFactory, OfferFactory, ProposalFactory
from tests.offers.steps import sent
from tests.offers.test_actions import editor, payload, waiting
from tests.offers.test_submission import text
from tests.partners.factories import PartnerFactory
from tests.portal.staff import signed_in as with_second_factor

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/offers/proposal/"


@pytest.fixture
def staff(client: Client) -> Client:
    """Somebody of the Redaktion, signed in."""
    return with_second_factor(editor(), client)


def signed_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("andere", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return with_second_factor(user, client)


def page_of(proposal: Proposal) -> str:
    return reverse("admin:offers_proposal_change", args=[proposal.pk])


def decide(client: Client, proposal: Proposal, **values: Any) -> Any:
    """As a browser sends the page: all boxes ticked, unless said otherwise."""
    form = client.get(page_of(proposal)).context["page"].form
    sent = {"seen": form["seen"].value(), "fields_taken": form["fields_taken"].value(), "entscheidung": "annehmen"}
    return client.post(page_of(proposal), {**sent, **values}, follow=True)


def test_the_list_shows_what_waits_longest_first_and_nothing_else(staff: Client) -> None:
    later = waiting(payload=payload(title="Zweites"))
    Proposal.objects.filter(pk=later.pk).update(submitted_at=timezone.now() + timedelta(hours=1))
    waiting(payload=payload(title="Erstes"))
    ProposalFactory.create(payload=payload(title="Unbestätigt"))
    words = text(staff.get(LIST))
    assert words.index("Erstes") < words.index("Zweites")
    assert "Unbestätigt" not in words
    assert "Unbestätigt" in text(staff.get(f"{LIST}?stand=unbestaetigt"))
    assert "Unbestätigt" in text(staff.get(f"{LIST}?stand=alle"))
    assert "Erstes" not in text(staff.get(f"{LIST}?stand=entschieden"))


@pytest.mark.parametrize("field", ["reference", "sender_email", "sender_organisation"])
def test_the_list_finds_a_proposal(staff: Client, field: str) -> None:
    wanted = waiting(payload=payload(title="Gesucht"), sender_organisation="Haus Sonne")
    waiting(payload=payload(title="Anderes"))
    for word in (getattr(wanted, field), "gesucht"):
        words = text(staff.get(LIST, {"q": word}))
        assert "Gesucht" in words
        assert "Anderes" not in words


def test_the_list_asks_as_many_queries_for_three_as_for_one(staff: Client, django_assert_num_queries: Any) -> None:
    waiting()
    staff.get(LIST)
    with django_assert_num_queries(8):
        staff.get(LIST)
    waiting()
    waiting()
    with django_assert_num_queries(8):
        staff.get(LIST)


def test_a_new_offer_is_shown_in_words_with_its_parallels(staff: Client) -> None:
    proposal = waiting()
    existing = OfferFactory.create(title="Babytreff")
    Parallel.objects.create(proposal=proposal, existing=existing, answer="trotzdem", reason="Die Gruppe ist voll.")
    words = text(staff.get(page_of(proposal)))
    for expected in ("mittwochs 9:30 Uhr", "bis 3 Jahre", "kostenlos", "Verein Neu (neu , Verein)", "neu anlegen",
                     "Babytreff", "Die Gruppe ist voll."):  # fmt: skip
        assert expected.replace(" ", "") in words.replace(" ", "")


@pytest.mark.slow
def test_approving_publishes_and_mails_and_a_second_press_changes_nothing(staff: Client) -> None:
    proposal = waiting()
    assert "Veröffentlicht" in text(decide(staff, proposal))
    offer = Offer.objects.public().get()
    assert "schon entschieden" in text(staff.post(page_of(proposal), {"entscheidung": "annehmen"}, follow=True))
    assert Offer.objects.count() == 1
    [message] = sent()
    assert offer.get_absolute_url() in message.body
    assert offer.title in text(staff.get(page_of(proposal)))


def test_the_offer_can_be_given_to_a_partner_who_exists(staff: Client) -> None:
    partner = PartnerFactory.create()
    decide(staff, waiting(), partner=str(partner.pk))
    assert Offer.objects.get().provider == partner


def test_returning_needs_a_reason(staff: Client) -> None:
    proposal = waiting()
    assert "worum es geht" in text(staff.post(page_of(proposal), {"entscheidung": "zurueckgeben"}))
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WAITING
    staff.post(page_of(proposal), {"entscheidung": "zurueckgeben", "reason": "Bitte den Ort nennen."})
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.RETURNED
    [message] = sent()
    assert "Bitte den Ort nennen." in message.body


def change_of(offer: Offer) -> Proposal:
    return waiting(
        offer=offer, payload={"title": "Vorschlag"}, base=snapshot(offer), base_version=offer.version,
        partner=offer.provider,
    )  # fmt: skip


@pytest.mark.slow
def test_a_moved_field_must_be_decided(staff: Client) -> None:
    offer = OfferFactory.create(title="Alt")
    proposal = change_of(offer)
    Offer.objects.filter(pk=offer.pk).update(title="Vom Büro")
    words = text(staff.get(page_of(proposal)))
    assert "Der Absender sah noch: Alt" in words
    assert "Vom Büro" in words
    decide(staff, proposal)
    offer.refresh_from_db()
    assert offer.title == "Vom Büro"
    decide(staff, proposal, **{"feld-title": "neu"})
    offer.refresh_from_db()
    assert offer.title == "Vorschlag"


def test_what_changed_while_staff_looked_is_shown_again(staff: Client) -> None:
    offer = OfferFactory.create(title="Alt")
    proposal = change_of(offer)
    seen = staff.get(page_of(proposal)).context["page"].form["seen"].value()
    Offer.objects.filter(pk=offer.pk).update(summary="Eben neu")
    sent_form = {"seen": seen, "fields_taken": ["title", "weg"], "entscheidung": "annehmen"}
    answer = staff.post(page_of(proposal), sent_form, follow=True)
    assert "gerade von jemand anderem geändert" in text(answer)
    offer.refresh_from_db()
    assert offer.title == "Alt"
    assert "Veröffentlicht" in text(staff.post(page_of(proposal), answer.context["page"].form.data, follow=True))


def test_a_value_that_no_longer_fits_is_said(staff: Client) -> None:
    proposal = waiting(payload=payload(catchment=["weg"]))
    assert "Ein Gebiet gibt es nicht mehr" in text(decide(staff, proposal))
    assert not Offer.objects.exists()


def test_nobody_without_login_sees_the_queue(client: Client) -> None:
    assert client.get(page_of(waiting()), follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))


def test_staff_without_permission_sees_nothing(client: Client) -> None:
    assert signed_in(client).get(page_of(waiting())).status_code == 403


def test_who_may_only_look_cannot_decide(client: Client) -> None:
    proposal = waiting()
    signed_in(client, "view_proposal")
    assert "nicht entscheiden" in text(client.get(page_of(proposal)))
    assert client.post(page_of(proposal), {"entscheidung": "annehmen"}).status_code == 403
    assert client.post(page_of(proposal), {"entscheidung": "zurueckgeben", "reason": "nein"}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WAITING


def test_error_reports_are_done_with_one_action(staff: Client) -> None:
    report = ErrorReportFactory.create(message="Falsche Nummer.")
    address = "/admin/offers/errorreport/"
    assert "Falsche Nummer." in text(staff.get(address))
    assert "Falsche Nummer." in text(staff.get(f"{address}{report.pk}/change/"))
    staff.post(address, {"action": "mark_handled", "_selected_action": [str(report.pk)]})
    assert not ErrorReport.objects.open().exists()
    assert "Falsche Nummer." not in text(staff.get(address))
    assert "Falsche Nummer." in text(staff.get(f"{address}?stand=erledigt"))


def test_error_reports_need_the_permission_to_be_done(client: Client) -> None:
    report = ErrorReportFactory.create()
    signed_in(client, "view_errorreport")
    client.post("/admin/offers/errorreport/", {"action": "mark_handled", "_selected_action": [str(report.pk)]})
    assert ErrorReport.objects.open().exists()
