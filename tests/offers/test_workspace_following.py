"""A template for many sites: change once, offered to all, each may differ; and new offers of members."""

from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.urls import reverse

from offers.actions import confirm_proposal
from offers.desk.decisions import approve_proposal, return_proposal
from offers.enums import ParallelAnswer, ProposalStatus
from offers.models import Offer, Proposal, TemplateLink
from offers.proposals import fingerprint
from offers.submission.member import member_note
from partners.models import Affiliation
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.offers.steps import Page, old_stamp, send_all, sent
from tests.offers.test_actions import editor
from tests.partners.factories import PartnerFactory
from tests.partners.people import inside, member
from tests.portal.factories import city, quarter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(name="Verein Sonne"))


@pytest.fixture
def mine(own: Affiliation) -> Client:
    return inside(own.person)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(offer: Offer) -> str:
    return reverse("workspace:template", args=[offer.provider.slug, offer.slug])


def site(own: Affiliation, title: str, **values: Any) -> Offer:
    start = {"cost": "free", "registration": "none", "summary": "Singen und spielen.", "format": "gruppe"}
    return OfferFactory.create(title=title, provider=own.partner, **{**start, **values})


def test_a_change_of_the_template_is_offered_to_all_and_each_may_differ(mine: Client, own: Affiliation) -> None:
    pattern = site(own, "Krabbelgruppe Mitte")
    east, west, north = site(own, "Krabbelgruppe Ost"), site(own, "Krabbelgruppe West"), site(own, "Krabbelgruppe Nord")
    ScheduleFactory.create(offer=east, weekdays=[3])
    mine.post(page_of(pattern), {"aktion": "folgen", "angebote": [east.slug, west.slug, north.slug]})
    assert TemplateLink.objects.get(offer=east).differs == ["schedules"]  # as it was when it began to follow
    assert "Wie in der Vorlage." in text(mine.get(page_of(west)))
    mine.post(page_of(north), {"aktion": "abweichen", "felder": ["cost_note", "title", "note"]})
    assert TemplateLink.objects.get(offer=north).differs == ["cost_note"]

    topic = TopicFactory.create(label="Sprache")
    Offer.objects.filter(pk=pattern.pk).update(cost_note="Spende", description="Ganz neu.")
    pattern.topics.set([topic])
    listing = reverse("workspace:offers", args=[own.partner.slug])
    assert "3 Angebote können das übernehmen." in text(mine.get(listing))
    seen = text(mine.get(page_of(pattern)))
    assert "Alle 3 Änderungen übernehmen" in seen
    assert "<ins>Spende</ins>" in seen

    mine.post(page_of(west), {"aktion": "uebernehmen"})
    assert Proposal.objects.get().payload == {"description": "Ganz neu.", "topics": [topic.slug], "cost_note": "Spende"}
    assert "Die Änderung wartet auf Freigabe." in text(mine.get(page_of(west)))
    for _twice in range(2):
        mine.post(page_of(pattern), {"aktion": "uebernehmen"})
    assert Proposal.objects.count() == 3
    assert Proposal.objects.get(offer=north).payload == {"description": "Ganz neu.", "topics": [topic.slug]}
    assert {proposal.status for proposal in Proposal.objects.all()} == {ProposalStatus.WAITING}
    assert len(sent()) <= 2  # one for one, one for both others, and these together when they are near
    by = editor()
    for proposal in Proposal.objects.all():
        assert proposal.offer
        approve_proposal(proposal=proposal, by=by, seen=fingerprint(proposal.offer))
    assert text(mine.get(page_of(pattern))).count("Wie in der Vorlage.") == 3
    assert set(Offer.objects.values_list("description", flat=True)) == {"Ganz neu."}
    east.refresh_from_db()
    assert (east.title, east.schedules.get().weekdays) == ("Krabbelgruppe Ost", [3])


def test_who_changes_by_hand_goes_an_own_way_and_can_detach(mine: Client, own: Affiliation) -> None:
    pattern, east = site(own, "Mitte", topics=[TopicFactory.create()]), site(own, "Ost", topics=[TopicFactory.create()])
    mine.post(page_of(pattern), {"aktion": "folgen", "angebote": [east.slug]})
    at = reverse("workspace:edit", args=[own.partner.slug, east.slug])
    page = Page(mine.get(at))
    values = {**page.values, "stempel": [old_stamp()], "when_note": ["nach Absprache"], "title": ["Ost 2"]}
    mine.post(at, {**values, "aktion": "senden"})
    assert "when_note" in TemplateLink.objects.get().differs
    offer_page = text(mine.get(reverse("workspace:offer", args=[own.partner.slug, east.slug])))
    assert "Folgt der Vorlage:" in offer_page
    assert "Zeiten in Worten" in offer_page
    mine.post(page_of(east), {"aktion": "loesen"})
    assert not TemplateLink.objects.exists()
    assert mine.post(page_of(east), {"aktion": "loesen"}).status_code == 404


def test_nobody_follows_the_offer_of_others_or_in_a_row(mine: Client, own: Affiliation) -> None:
    one, two, three = site(own, "Eins"), site(own, "Zwei"), site(own, "Drei")
    foreign = OfferFactory.create(title="Fremd")
    assert mine.get(page_of(foreign)).status_code == 404
    assert mine.post(page_of(foreign), {"aktion": "folgen", "angebote": [one.slug]}).status_code == 404
    mine.post(page_of(one), {"aktion": "folgen", "angebote": [foreign.slug]})
    mine.post(page_of(one), {"aktion": "folgen", "angebote": [one.slug]})
    assert not TemplateLink.objects.exists()
    mine.post(page_of(one), {"aktion": "folgen", "angebote": [two.slug]})
    for template, follower in ((two, three), (three, two), (three, one), (two, one)):
        mine.post(page_of(template), {"aktion": "folgen", "angebote": [follower.slug]})
    assert [(link.offer, link.template) for link in TemplateLink.objects.all()] == [(two, one)]


# -- new offers of members -------------------------------------------------------------------------------------------


@pytest.fixture
def register() -> None:
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")


@pytest.mark.usefixtures("register")
def test_a_member_confirms_no_address_again(mine: Client, own: Affiliation, client: Client) -> None:
    offer = site(
        own, "Alt", topics=[TopicFactory.create()], catchment=[quarter("Borbeck")], access=["digital"],
        ages=NumericRange(0, 36),
    )  # fmt: skip
    page = Page(mine.get(reverse("workspace:copy", args=[own.partner.slug, offer.slug])))
    page = Page(client.post(reverse("offers:submit"), {**page.values, "aktion": "schritt-1"}))
    page = Page(client.post(reverse("offers:submit"), {**page.values, "title": "Neu", "aktion": "vorschau"}))
    page.values["stempel"] = [old_stamp()]
    own_answer = {f"parallel-{offer.public_id.hex}": ParallelAnswer.COMPLEMENTS.value}  # the copy is like its origin
    answer = client.post(reverse("offers:submit"), {**page.values, **own_answer, "aktion": "senden"})
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.partner, proposal.offer) == (ProposalStatus.WAITING, own.partner, None)
    assert "Ihre E-Mail-Adresse ist bestätigt." in text(client.get(answer["Location"]))
    assert [mail.to for mail in sent()] != [[own.person.email]]
    approve_proposal(proposal=proposal, by=editor())
    assert Offer.objects.get(title="Neu").provider == own.partner


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("note", ["", "gefälscht", "fremd"])
def test_the_note_holds_for_its_own_address_only(client: Client, note: str) -> None:
    send_all(client, mitglied=member_note("wer@example.org") if note == "fremd" else note)
    assert Proposal.objects.get().status == ProposalStatus.UNCONFIRMED


@pytest.mark.usefixtures("register")
def test_a_new_offer_that_came_back_opens_the_form_with_everything(
    mine: Client, own: Affiliation, client: Client
) -> None:
    send_all(client, sender_email=own.person.email, organisation="Verein Sonne", organisation_kind="")
    proposal = confirm_proposal(token=Proposal.objects.get().confirm_token)
    Proposal.objects.update(partner=own.partner)
    return_proposal(proposal=proposal, by=editor(), reason="Bitte kürzer.")
    listing = text(mine.get(reverse("workspace:offers", args=[own.partner.slug])))
    assert "Das Büro fragt zurück: Bitte kürzer." in listing
    answer = mine.post(reverse("workspace:rework", args=[own.partner.slug, proposal.reference]))
    page = Page(client.post(reverse("offers:submit"), {**Page(answer).values, "aktion": "vorschau"}))
    assert page.values["title"] == ["Krabbelgruppe am Vormittag"]
    page.values["stempel"] = [old_stamp()]
    client.post(reverse("offers:submit"), {**page.values, "aktion": "senden"})
    again = Proposal.objects.latest("pk")
    assert (again.status, again.payload) == (ProposalStatus.WAITING, proposal.payload)
    assert "Bitte kürzer." not in text(mine.get(reverse("workspace:offers", args=[own.partner.slug])))
