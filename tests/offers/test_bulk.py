"""One change to many offers: the preview says exactly what then happens, and names what does not change and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offers.admin.bulk import CHANGES
from offers.enums import Lifecycle, Status
from offers.models import Offer, ReviewAnswer
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PlaceFactory
from tests.portal.staff import signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = "admin:offers_offer_changelist"


@pytest.fixture
def client() -> Client:
    return signed_in(staff("Redaktion", "anna"))


def ask(client: Client, action: str, offers: list[Offer], **more: Any) -> Any:
    return client.post(
        reverse(LIST), {"action": action, "_selected_action": [offer.pk for offer in offers], "gefragt": "1", **more}
    )


def titles(outcomes: Any) -> list[str]:
    return sorted(outcome.row.title for outcome in outcomes)


def test_the_preview_changes_nothing_and_says_what_then_happens(client: Client) -> None:
    topic, other = TopicFactory.create(label="Spielen"), TopicFactory.create(label="Singen")
    without = OfferFactory.create(title="ohne", topics=[other])
    having = OfferFactory.create(title="mit", topics=[topic])
    seen = ask(client, "add_topic", [without, having], topic=topic.pk)
    assert titles(seen.context["changing"]) == ["ohne"]
    assert titles(seen.context["same"]) == ["mit"]
    [line] = seen.context["changing"][0].lines
    assert (line.label, line.before, line.after) == ("Themen", "Singen", "Singen, Spielen")
    assert "1 Eintrag ändern" in seen.content.decode()
    assert without.topics.count() == 1, "looking changes nothing"
    version = Offer.objects.get(pk=without.pk).version
    done = ask(client, "add_topic", [without, having], topic=topic.pk, ja="1", stand=seen.context["stand"])
    assert done.status_code == 302
    assert set(without.topics.all()) == {topic, other}
    assert Offer.objects.get(pk=without.pk).version == version + 1
    assert Offer.objects.get(pk=having.pk).version == having.version
    told = client.get(reverse(LIST)).content.decode()
    assert "1 Eintrag ist geändert. 1 blieb, wie er war." in told


def test_what_cannot_be_changed_is_named_with_the_reason(client: Client) -> None:
    only = TopicFactory.create(label="Spielen")
    lonely, rich = OfferFactory.create(topics=[only]), OfferFactory.create(topics=[only, TopicFactory.create()])
    page = ask(client, "remove_topic", [lonely, rich], topic=only.pk)
    assert titles(page.context["refused"]) == [lonely.title]
    assert "Es hat nur dieses eine Thema." in page.content.decode()
    draft, ended = OfferFactory.create(status=Status.DRAFT), OfferFactory.create(lifecycle=Lifecycle.ENDED)
    assert titles(ask(client, "confirm", [draft, ended]).context["refused"]) == sorted([draft.title, ended.title])
    assert titles(ask(client, "publish", [draft]).context["refused"]) == [draft.title]
    later = OfferFactory.create(starts_on=timezone.localdate() + timedelta(days=9))
    refused = ask(client, "end", [later, ended], last_day=timezone.localdate().isoformat())
    assert "Das Ende liegt vor dem Anfang." in refused.content.decode()
    assert not refused.context["changing"]


def test_confirming_counts_as_the_providers_word_and_shows_the_new_date(client: Client) -> None:
    offer = OfferFactory.create()
    Offer.objects.update(review_due=timezone.localdate() - timedelta(days=70))
    seen = ask(client, "confirm", [offer])
    labels = [line.label for line in seen.context["changing"][0].lines]
    assert labels == ["Vom Träger bestätigt am", "Geprüft am", "Fällig am"], "also what a trigger does is shown"
    assert not Offer.objects.public().exists()
    assert ask(client, "confirm", [offer], ja="1", stand=seen.context["stand"]).status_code == 302
    assert Offer.objects.public().exists()
    answer = ReviewAnswer.objects.get()
    assert answer.by is not None
    assert answer.by.username == "anna"


def test_whoever_decides_on_an_old_list_is_asked_again(client: Client) -> None:
    offer = OfferFactory.create(review_months=12)
    seen = ask(client, "set_rhythm", [offer], months=6)
    Offer.objects.update(review_months=3)
    again = ask(client, "set_rhythm", [offer], months=6, ja="1", stand=seen.context["stand"])
    assert "Inzwischen hat sich etwas geändert" in again.content.decode()
    assert Offer.objects.get().review_months == 3


def test_ending_publishing_and_withdrawing(client: Client) -> None:
    offer = OfferFactory.create(status=Status.DRAFT, topics=[TopicFactory.create()])
    day = timezone.localdate() - timedelta(days=3)
    for action, more in [("publish", {}), ("end", {"last_day": day.isoformat()}), ("withdraw", {})]:
        seen = ask(client, action, [offer], **more)
        assert ask(client, action, [offer], ja="1", stand=seen.context["stand"], **more).status_code == 302, action
    assert ask(client, "pause", [offer], first_day=day, last_day=day).context["refused"], "an ended one cannot pause"
    offer.refresh_from_db()
    assert (offer.status, offer.lifecycle, offer.ends_on) == (Status.WITHDRAWN, Lifecycle.ENDED, day)


def test_pausing_wants_both_days_in_order(client: Client) -> None:
    offer, first = OfferFactory.create(), timezone.localdate()
    wrong = ask(client, "pause", [offer], first_day=first, last_day=first - timedelta(days=1))
    assert "Eine Pause hat einen ersten und einen letzten Tag" in wrong.content.decode()
    days = {"first_day": first, "last_day": first + timedelta(days=13)}
    seen = ask(client, "pause", [offer], **days)
    assert [line.label for line in seen.context["changing"][0].lines] == ["Pause ab", "Pause bis"]
    ask(client, "pause", [offer], ja="1", stand=seen.context["stand"], **days)
    assert Offer.objects.get().is_paused(first)


def test_what_a_partner_confirmed_is_noted_for_many_at_once(client: Client) -> None:
    sure, unsure = (PlaceFactory.create(source="Flyer", confirmed_on=day) for day in (timezone.localdate(), None))
    places = reverse("admin:partners_place_changelist")
    chosen = {"action": "confirm_facts", "_selected_action": [sure.pk, unsure.pk]}
    seen = client.post(places, chosen)
    assert [outcome.row for outcome in seen.context["changing"]] == [unsure]
    client.post(places, {**chosen, "ja": "1", "stand": seen.context["stand"]})
    unsure.refresh_from_db()
    assert unsure.confirmed_on == timezone.localdate()


def test_a_wrong_or_missing_answer_is_explained(client: Client) -> None:
    offer = OfferFactory.create()
    first = client.post(reverse(LIST), {"action": "set_rhythm", "_selected_action": [offer.pk]}).content.decode()
    assert "Prüfrhythmus in Monaten" in first
    assert "Ansehen, was sich ändert" in first
    assert 'name="ja"' not in first
    wrong = ask(client, "set_rhythm", [offer], months=7, ja="1")
    assert wrong.context["form"].errors
    assert Offer.objects.get().review_months == 12


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_a_few_times_for_each_row_and_no_more(client: Client, count: int) -> None:
    topic = TopicFactory.create()
    offers = [OfferFactory.create(topics=[TopicFactory.create()]) for _number in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask(client, "add_topic", offers, topic=topic.pk)
    assert len(asked) <= 45 + 8 * count


def test_only_who_may_change_offers_sees_the_actions() -> None:
    offer = OfferFactory.create(status=Status.DRAFT)
    for change in CHANGES:
        assert (
            signed_in(staff(name=f"x{change.name}"))
            .post(reverse(LIST), {"action": change.name, "_selected_action": [offer.pk], "ja": "1"})
            .status_code
            == 403
        )
