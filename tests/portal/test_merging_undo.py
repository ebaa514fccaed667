"""A merge is one step and goes back in one step; what somebody changed since is left, and said."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Membership
from offers.models import Offer, UploadedSheet
from partners.models import Affiliation, Partner, Place
from portal.history import event_models
from portal.merging.actions import ALL
from portal.merging.undo import CannotUndoError, Undone, undo
from portal.models import FormerSlug, Merge, PackEntry
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.portal.staff import signed_in, staff
from tests.portal.test_merging import (
    offer_with_everything,
    partner_with_everything,
    place_with_everything,
    put_together,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]  # a merge is a step, and a step a transaction
NEVER_THE_SAME = {"updated_at", "version", "confirm_token", "loaded_at"}


def world() -> dict[Any, Any]:
    """Every row of every table with a history, and old addresses: what a merge and its undo must leave the same."""
    models: list[Any] = [*event_models(), FormerSlug, PackEntry, UploadedSheet]
    return {
        (model.__name__, row.pk): {
            f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.attname not in NEVER_THE_SAME
        }
        for model in models
        for row in model._base_manager.all()
    }


def took_back(merge: Merge) -> Undone:
    return undo(merge=merge, by=staff(name=uuid.uuid4().hex))


@pytest.mark.parametrize(
    ("model", "made"),
    [(Partner, partner_with_everything), (Place, place_with_everything), (Offer, offer_with_everything)],
)
def test_everything_stands_where_it_stood(model: Any, made: Any) -> None:
    OfferFactory.create(title="früher")
    kept, gone = made("Bleibt"), made("Geht")
    PackEntry.objects.create(model=model._meta.label_lower, key="x", target_id=gone.pk, fingerprint="x")
    before = world()
    choice = dict.fromkeys(("topics", "catchment", "places", "cooperation", "Schedule", "Funding"), ALL)
    done = put_together(kept, gone, name=gone.pk, title=gone.pk, **(choice if model is Offer else {}))
    assert world() != before
    undone = took_back(done)
    assert undone.stays == []
    assert world() == before
    done.refresh_from_db()
    assert (done.undone_at is not None, done.stayed) == (True, [])


def test_rows_that_were_put_together_are_two_again_with_all_they_said() -> None:
    kept, gone = PartnerFactory.create(name="Verein A"), PartnerFactory.create(name="Verein A e.V.")
    network, meeting, person = NetworkFactory.create(), MeetingFactory.create(), staff(name="kim")
    MembershipFactory.create(network=network, partner=kept, function="")
    MembershipFactory.create(network=network, partner=gone, function="Leitung", email="a@example.org")
    for one in (kept, gone):
        AttendanceFactory.create(meeting=meeting, partner=one, people=2)
        Affiliation.objects.create(person=person, partner=one, role="bearbeitung")
    OfferFactory.create(provider=kept).cooperation.add(gone)
    before = world()
    assert took_back(put_together(kept, gone, name=gone.pk)).stays == []
    assert world() == before


def test_what_was_changed_since_stays_and_the_rest_goes_back() -> None:
    kept = PartnerFactory.create(name="Verein A", phone="0208 1")
    gone = PartnerFactory.create(name="Verein A e.V.", phone="0208 2", website="https://verein.example/")
    third = PartnerFactory.create(name="Dritter")
    moved, passed_on = (OfferFactory.create(provider=gone, title=title) for title in ("Treff", "Krabbelgruppe"))
    membership = MembershipFactory.create(partner=gone)
    done = put_together(kept, gone, name=gone.pk, phone=gone.pk, website=gone.pk)
    Offer.objects.filter(pk=passed_on.pk).update(provider=third)
    Partner.objects.filter(pk=kept.pk).update(phone="0208 3")
    Offer.objects.filter(pk=moved.pk).update(summary="Jetzt mit Frühstück.")
    Membership.objects.filter(pk=membership.pk).delete()
    new = OfferFactory.create(provider=kept, title="Neu seitdem")
    undone = took_back(done)
    assert dict(undone.stays) == {
        "Angebot „Krabbelgruppe“": "Anbieter: Inzwischen hat das jemand geändert.",
        "Partner „Verein A“": "Telefon: Inzwischen hat das jemand geändert.",
        f"Mitgliedschaft „Verein A – {membership.network}“": "Das gibt es nicht mehr.",
    }
    kept.refresh_from_db()
    assert (kept.name, kept.phone, kept.website) == ("Verein A", "0208 3", "")
    back = Partner.objects.get(pk=gone.pk)
    assert (back.name, back.phone, back.slug, back.public_id) == (gone.name, "0208 2", gone.slug, gone.public_id)
    assert back.memberships.count() == 0
    owners = dict(Offer.objects.values_list("title", "provider"))
    assert owners == {"Treff": gone.pk, "Krabbelgruppe": third.pk, "Neu seitdem": kept.pk}
    assert Offer.objects.get(pk=moved.pk).summary == "Jetzt mit Frühstück."
    assert new.provider == kept
    assert len(Merge.objects.get().stayed) == 3


def test_what_cannot_go_back_is_refused_with_the_reason_and_nothing_changes() -> None:
    first, second, third = (PartnerFactory.create(name=name) for name in ("Eins", "Zwei", "Drei"))
    earlier = put_together(second, first)
    later = put_together(third, second)
    before = world()
    with pytest.raises(CannotUndoError, match="inzwischen selbst in „Drei“ aufgegangen") as refused:
        took_back(earlier)
    assert refused.value.first == later
    assert world() == before
    took_back(later)
    took_back(earlier)
    with pytest.raises(CannotUndoError, match="schon rückgängig gemacht"):
        undo(merge=earlier, by=staff(name="noch-einmal"))
    assert set(Partner.objects.values_list("name", flat=True)) == {"Eins", "Zwei", "Drei"}
    again = put_together(second, first)
    PartnerFactory.create(name="Eins")
    with pytest.raises(CannotUndoError, match="„Eins“ lässt sich nicht wieder anlegen"):
        took_back(again)
    Merge.objects.filter(pk=again.pk).update(context=None)
    with pytest.raises(CannotUndoError, match="zu alt"):
        undo(merge=again, by=staff(name="zu-spaet"))


def test_a_place_that_became_confidential_comes_back_without_an_address() -> None:
    kept = PlaceFactory.create(name="Haus")
    gone = PlaceFactory.create(name="Haus hinten", street="Geheimweg 7", partner=kept.partner)
    done = put_together(kept, gone)
    Place.objects.filter(pk=kept.pk).update(**Place.merge_fixed([Place(is_confidential=True)]))
    took_back(done)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert [(place.is_confidential, place.street) for place in (kept, gone)] == [(True, "")] * 2


def test_from_the_message_over_the_preview_to_two_entries_again() -> None:
    kept = OfferFactory.create(title="Elterncafé", topics=[TopicFactory.create()])
    gone = OfferFactory.create(title="Eltern-Café", topics=[TopicFactory.create()])
    browser = signed_in(staff("Redaktion", "anna"))
    address = f"{reverse('admin:offers_offer_merge')}?nr={kept.pk}&nr={gone.pk}"
    page = browser.get(address).content.decode()
    stand = page.split('name="stand" value="')[1].split('"')[0]
    form = {"stand": stand, "bleibt": kept.pk, "bisher": kept.pk, "title": gone.pk, "ja": "1"}
    after = browser.post(address, form, follow=True).content.decode()
    done = Merge.objects.get()
    way_back = reverse("admin:portal_merge_undo", args=[done.pk])
    assert f'href="{way_back}"' in after
    assert f'href="{way_back}"' in browser.get(done.get_absolute_url()).content.decode()
    history = reverse("admin:offers_offer_history", args=[kept.pk])
    assert f'href="{way_back}"' in browser.get(history).content.decode()
    old = reverse("offers:detail", args=[gone.slug])
    assert Client().get(old).status_code == 301
    preview = browser.get(way_back).content.decode()
    for words in ("Das gibt es wieder", "Eltern-Café", "Das gilt dann wieder"):
        assert words in preview
    assert Offer.objects.count() == 1, "looking changes nothing"
    stand = preview.split('name="stand" value="')[1].split('"')[0]
    Offer.objects.filter(pk=kept.pk).update(title="Café der Eltern")
    late = browser.post(way_back, {"stand": stand}).content.decode()
    assert "Inzwischen hat sich etwas geändert" in late
    assert "Das bleibt, wie es jetzt ist" in late
    assert Offer.objects.count() == 1
    assert signed_in(staff()).get(way_back).status_code == 403
    stand = late.split('name="stand" value="')[1].split('"')[0]
    answer = browser.post(way_back, {"stand": stand}, follow=True).content.decode()
    assert "gibt es wieder neben" in answer
    assert "Rückgängig gemacht am" in answer
    assert "Geblieben ist:" in answer
    assert Client().get(old).status_code == 200
    assert "schon rückgängig gemacht" in browser.get(way_back).content.decode()
    assert way_back not in browser.get(history).content.decode()
