"""Doubles become one: nothing that pointed to them is lost, no table is forgotten, old addresses lead on."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networks.models import Attendance, Membership
from offers.models import (
    Call,
    CardWords,
    ChangeDraft,
    ComparedOffer,
    EndingWarning,
    Offer,
    OfferMeaning,
    PairDecision,
    Parallel,
    ParallelPair,
    Reminder,
    ReviewAnswer,
    SearchRow,
    Task,
    TemplateLink,
    UploadedSheet,
)
from offers.shortlist.references import reference
from partners.enums import Role
from partners.models import Affiliation, Claim, Invitation, Partner, Place
from portal.history import event_models
from portal.merging.actions import ALL, merge
from portal.merging.admin import MergeMixin
from portal.merging.relations import Fate, relations
from portal.models import FormerSlug, Merge
from tests.networks.factories import (
    AttendanceFactory,
    DecisionFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkFactory,
)
from tests.offers.factories import (
    ErrorReportFactory,
    FundingFactory,
    OfferFactory,
    ProposalFactory,
    ScheduleFactory,
    TopicFactory,
)
from tests.partners.factories import ContactFactory, PartnerFactory, PlaceFactory
from tests.portal.staff import filled_form, signed_in, staff

pytestmark = pytest.mark.django_db


def admin_of(model: Any) -> Any:
    return site._registry[model]


def found(model: Any) -> list[Any]:
    admin = admin_of(model)
    return list(relations(model, admin.merge_parts, admin.merge_forgets))


def put_together(kept: Any, *gone: Any, **choice: int) -> Merge:
    admin = admin_of(type(kept))
    return merge(
        kept=kept, gone=gone, choice=choice, by=staff(name=uuid.uuid4().hex), chosen=admin.merge_parts,
        forgotten=admin.merge_forgets, names_of=admin.merge_names,
    )  # fmt: skip


def pointing_to(model: Any, pks: list[int]) -> list[str]:
    """Every foreign key the database itself knows, and how many rows still hold one of these ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, attname FROM pg_constraint JOIN pg_attribute"
            " ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f' AND confrelid = %s::regclass",
            [model._meta.db_table],
        )
        columns = cursor.fetchall()
        left = []
        for table, column in columns:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s)", [pks])  # noqa: S608  # names from the database
            [count] = cursor.fetchone() or [0]
            left += [f"{table}.{column}"] * count
    return sorted(left)


def partner_with_everything(name: str) -> Partner:
    partner = PartnerFactory.create(name=name)
    OfferFactory.create(provider=partner)
    OfferFactory.create().cooperation.add(partner)
    ProposalFactory.create(partner=partner)
    Call.objects.create(partner=partner, result="erreicht")
    Task.objects.create(partner=partner, kind="link", subject=f"Aufgabe {name}", concerns=name, due="2026-12-01")
    NetworkFactory.create(coordinator=partner)
    MembershipFactory.create(partner=partner)
    AttendanceFactory.create(partner=partner)
    DecisionFactory.create(owner=partner)
    PartnerFactory.create(parent=partner)
    PlaceFactory.create(partner=partner)
    ContactFactory.create(partner=partner)
    person = staff(name=f"person-{partner.pk}")
    Affiliation.objects.create(person=person, partner=partner, role=Role.EDIT)
    Invitation.objects.create(partner=partner, email="neu@example.org", role=Role.EDIT, expires_at=timezone.now())
    UploadedSheet.objects.create(person=person, partner=partner, submission_id=uuid.uuid4(), name=name)
    Claim.objects.create(person=person, partner=partner, organisation=name, reference="ABCD-2345")
    return partner


def offer_with_everything(title: str) -> Offer:
    place = PlaceFactory.create()
    offer = OfferFactory.create(title=title, provider=place.partner, places=[place], topics=[TopicFactory.create()])
    offer.cooperation.add(PartnerFactory.create())
    FundingFactory.create(offer=offer)
    ScheduleFactory.create(offer=offer)
    ErrorReportFactory.create(offer=offer)
    proposal = ProposalFactory.create(offer=offer, base_version=1)
    other = ProposalFactory.create()
    Parallel.objects.create(proposal=other, existing=offer, answer="supplement")
    due = date(2026, 12, 1) + timedelta(days=offer.pk)  # each its own, for there is one answer a day
    Reminder.objects.create(offer=offer, due=due, stage=0, address="a@example.org")
    ReviewAnswer.objects.create(offer=offer, due=due, answer="confirmed", channel="link", proposal=proposal)
    EndingWarning.objects.create(offer=offer, ends_on=due, months=3)
    Task.objects.create(offer=offer, kind="link", subject="Link", concerns=title, due="2026-12-01")
    ChangeDraft.objects.create(person=staff(name=f"writer-{offer.pk}"), offer=offer)
    ComparedOffer.objects.create(offer=offer, fingerprint="x")
    OfferMeaning.objects.create(offer=offer, said="x", bits="01")
    CardWords.objects.create(offer=offer, language="de", stamp=1, day=due, written_by="x", words="[]")
    later = OfferFactory.create()
    earlier = Offer.objects.get(title="früher")
    TemplateLink.objects.create(offer=offer, template=OfferFactory.create())
    TemplateLink.objects.create(offer=OfferFactory.create(), template=offer)
    for first, second in ((offer, later), (earlier, offer)):
        ParallelPair.objects.create(first=first, second=second, score=1, fingerprint="x")
        PairDecision.objects.create(first=first, second=second, answer="supplement", fingerprint="x")
    return offer


def place_with_everything(name: str) -> Place:
    place = PlaceFactory.create(name=name)
    offer = OfferFactory.create(provider=place.partner, places=[place])
    ScheduleFactory.create(offer=offer, place=place)
    return place


def test_every_model_that_can_be_merged_has_its_test() -> None:
    assert {model for model, admin in site._registry.items() if isinstance(admin, MergeMixin)} == {
        Partner,
        Place,
        Offer,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "made"),
    [(Partner, partner_with_everything), (Place, place_with_everything), (Offer, offer_with_everything)],
)
def test_no_relation_is_forgotten(model: Any, made: Any) -> None:
    OfferFactory.create(title="früher")
    kept, gone = made("Bleibt"), made("Geht")
    for relation in found(model):
        if relation.fate != Fate.HISTORY:
            assert relation.of([gone.pk]).exists(), f"make a row of {relation.label} here: merging must treat it"
    rows = {r: ids(r, [kept.pk, gone.pk]) for r in found(model) if r.fate == Fate.MOVE}
    done = put_together(kept, gone)
    assert pointing_to(model, [gone.pk]) == []
    assert not model.objects.filter(pk=gone.pk).exists()
    for relation, pks in rows.items():
        left = {pk for other in rows if other.model is relation.model for pk in ids(other, [kept.pk])}
        assert pks <= left or relation.field.unique, f"{relation.label} lost rows"
    assert {line["label"] for line in done.report} >= {r.label for r in rows}
    assert done.gone == [{"id": gone.pk, "name": "Geht"}]
    event = event_models()[model].objects.filter(id=gone.pk, pgh_label="delete")
    assert event.exists(), "the history keeps what was"


def ids(relation: Any, pks: list[int]) -> set[int]:
    return set(relation.of(pks).values_list("pk", flat=True))


@pytest.mark.slow
def test_what_stands_in_both_is_put_together() -> None:
    kept, gone, third = (PartnerFactory.create(name=name) for name in ("Verein A", "Verein A e.V.", "Verein A eV"))
    network, meeting, person = NetworkFactory.create(), MeetingFactory.create(), staff(name="kim")
    MembershipFactory.create(network=network, partner=kept)
    for double in (gone, third):
        MembershipFactory.create(network=network, partner=double, function="Leitung", email="a@example.org")
        AttendanceFactory.create(meeting=meeting, partner=double, people=2)
        Affiliation.objects.create(person=person, partner=double, role=Role.MANAGE)
    Affiliation.objects.create(person=person, partner=kept, role=Role.EDIT)
    OfferFactory.create(provider=kept).cooperation.add(gone)
    Partner.objects.filter(pk=kept.pk).update(parent=gone)
    PairDecision.objects.create(
        **dict(zip(("first", "second"), (OfferFactory.create(provider=gone) for _n in "12"), strict=True)),
        answer="supplement",
        fingerprint="x",
    )
    done = put_together(kept, gone, third, name=third.pk)
    kept.refresh_from_db()
    assert (kept.name, kept.parent) == ("Verein A eV", None), "the name of one that is gone is free"
    [membership] = Membership.objects.filter(network=network)
    assert (membership.partner, membership.function, membership.email) == (kept, "Leitung", "a@example.org")
    assert Attendance.objects.get(meeting=meeting).people == 4
    [now] = Affiliation.objects.filter(person=person, ended_at=None)
    assert (now.partner, now.role) == (kept, Role.MANAGE)
    assert Affiliation.objects.filter(person=person, partner=kept).count() == 3, "ended, never deleted"
    assert kept.cooperation_offers.count() == 0, "nobody works together with itself"
    [line] = [line for line in done.report if line["label"] == "Mitgliedschaften"]
    assert (line["moved"], line["dropped"]) == (0, 2)


def test_one_confidential_place_makes_all_of_it_confidential() -> None:
    shelter = PlaceFactory.create(
        name="Schutzhaus", street="", postcode="", city="", is_confidential=True, district=None
    )
    double = PlaceFactory.create(name="Haus", street="Geheimweg 7", partner=shelter.partner)
    for kept, gone in ((double, shelter),):
        put_together(kept, gone, street=kept.pk, is_confidential=kept.pk)
    double.refresh_from_db()
    assert (double.is_confidential, double.street, double.postcode) == (True, "", "")
    assert not event_models()[Place].objects.filter(street__contains="Geheim").exists()


def test_the_address_of_an_open_double_leaves_the_history_too() -> None:
    shelter = PlaceFactory.create(
        name="Schutzhaus", street="", postcode="", city="", is_confidential=True, district=None
    )
    double = PlaceFactory.create(name="Haus", street="Geheimweg 7", partner=shelter.partner)
    put_together(shelter, double, street=double.pk, is_confidential=double.pk)
    shelter.refresh_from_db()
    assert (shelter.is_confidential, shelter.street) == (True, "")
    assert not event_models()[Place].objects.filter(street__contains="Geheim").exists()
    assert "Geheim" not in str(Merge.objects.values())


@pytest.mark.slow
def test_old_addresses_and_shortlists_lead_on_also_after_several_merges(client: Client) -> None:
    first, second, third = (OfferFactory.create(title=title) for title in ("Elterncafé", "Eltern-Café", "Café"))
    Offer.objects.filter(pk=first.pk).update(slug="ganz-alt")
    first.refresh_from_db()
    names = [reference(first), reference(second)]
    put_together(second, first)
    put_together(third, second)
    for slug in ("elterncafe", "ganz-alt", "eltern-cafe", names[0]):
        answer = client.get(reverse("offers:detail", args=[slug]))
        assert (answer.status_code, answer.headers["Location"]) == (301, third.get_absolute_url())
    assert set(FormerSlug.objects.values_list("target_id", flat=True)) == {third.pk}
    page = client.get(reverse("offers:shortlist"), {"o": [*names, reference(third), "elterncafe"]}).content.decode()
    assert page.count(f'href="{third.get_absolute_url()}') >= 1
    assert "1 Angebot" in " ".join(page.split())
    club, double = PartnerFactory.create(name="Verein"), PartnerFactory.create(name="Verein e.V.")
    put_together(club, double)
    answer = client.get(reverse("partners:detail", args=[double.slug]))
    assert (answer.status_code, answer.headers["Location"]) == (301, club.get_absolute_url())


@pytest.mark.slow
def test_times_and_links_of_one_or_of_all() -> None:
    topics = [TopicFactory.create(label=label) for label in ("Spielen", "Singen")]
    kept, gone = (OfferFactory.create(topics=[topic]) for topic in topics)
    for offer, note in ((kept, "alt"), (gone, "neu")):
        ScheduleFactory.create(offer=offer, note=note)
        FundingFactory.create(offer=offer, label=note)
    version = kept.version
    put_together(kept, gone, topics=ALL, Schedule=gone.pk, Funding=ALL)
    kept.refresh_from_db()
    assert set(kept.topics.all()) == set(topics)
    assert [schedule.note for schedule in kept.schedules.all()] == ["neu"]
    assert {funding.label for funding in kept.fundings.all()} == {"alt", "neu"}
    assert kept.version >= version
    assert SearchRow.objects.filter(pk=gone.pk).count() == 0


@pytest.mark.slow
def test_from_the_list_over_the_preview_to_the_merged_entry() -> None:
    kept = PartnerFactory.create(name="Verein A", website="", phone="0208 1234")
    gone = PartnerFactory.create(name="Verein A e.V.", website="https://verein.example/", phone="0208 1234")
    OfferFactory.create(provider=gone, title="Krabbelgruppe")
    browser = signed_in(staff("Redaktion", "anna"))
    listed = reverse("admin:partners_partner_changelist")
    one = browser.post(listed, {"action": "merge_selected", "_selected_action": [kept.pk]}, follow=True)
    assert "zwei bis 6" in one.content.decode()
    answer = browser.post(listed, {"action": "merge_selected", "_selected_action": [kept.pk, gone.pk]})
    address = answer.headers["Location"]
    page = browser.get(address).content.decode()
    assert "Verein A e.V." in page
    assert "1 Angabe ist in allen gleich" not in page, "kind and phone are the same"
    form = chosen_in(page)
    assert form["website"] == str(gone.pk), "what stays says nothing, so the other one counts"
    preview = browser.post(address, form).content.decode()
    assert "Krabbelgruppe" in preview
    assert Partner.objects.count() == 2, "looking changes nothing"
    stale = browser.post(address, {**form, "stand": "0", "ja": "1"}).content.decode()
    assert "Inzwischen hat jemand" in stale
    answer = browser.post(address, {**form, "ja": "1"}, follow=True)
    assert "Zusammengeführt: Verein A e.V. ist jetzt „Verein A“." in answer.content.decode()
    assert Partner.objects.get().website == "https://verein.example/"
    [done] = Merge.objects.all()
    assert done.merged_by is not None
    assert done.merged_by.username == "anna"
    assert ["offers.offer", Offer.objects.get().pk, "provider_id", gone.pk] in done.moved
    seen = browser.get(reverse("admin:portal_merge_change", args=[done.pk])).content.decode()
    assert "Krabbelgruppe" in seen
    assert browser.get(address, follow=True).status_code == 200
    assert signed_in(staff()).get(address).status_code == 403


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_went_can_be_made_again_and_what_moved_stays_where_it_is() -> None:
    chief = signed_in(staff("Leitung", "chefin"))
    kept, gone = PartnerFactory.create(name="Verein A"), PartnerFactory.create(name="Verein A e.V.")
    place = PlaceFactory.create(partner=gone, name="Haus am Markt")
    put_together(kept, gone, name=gone.pk)
    restore = reverse("admin:partners_partner_restore", args=[kept.pk, 1])
    undelete = reverse("admin:partners_partner_undelete", args=[gone.pk])
    for address in (restore, undelete):  # in this order: the name is free again then
        page = chief.get(address).content.decode()
        assert "Haus am Markt" not in page, "what came from elsewhere is left alone"
        stand = page.split('name="stand" value="')[1].split('"')[0]
        assert chief.post(address, {"stand": stand}).status_code == 302
    assert set(Partner.objects.values_list("pk", "name")) == {(kept.pk, "Verein A"), (gone.pk, "Verein A e.V.")}
    place.refresh_from_db()
    assert place.partner == kept
    assert Client().get(reverse("partners:detail", args=[gone.slug])).status_code == 200


def chosen_in(page: str) -> dict[str, Any]:
    fields = filled_form(page.replace('<form method="post">', '<form method="post" id="merge_form">', 1))
    return {name: value[0] if isinstance(value, list) else value for name, value in fields.items()}
