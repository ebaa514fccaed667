"""The Büro's side: tasks, the wave of the next 90 days, calls, and confirming on a partner's behalf."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offers.enums import Status
from offers.freshness.actions import confirm_on_behalf, note_call
from offers.freshness.enums import Answer, CallResult, Channel, Stage, TaskKind
from offers.freshness.tasklist import close_tasks, open_task
from offers.freshness.wave import wave
from offers.models import Call, Offer, Reminder, ReviewAnswer, Task
from partners.models import Partner
from tests.offers.factories import OfferFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
WAVE = "/admin/offers/task/faellig/"


@pytest.fixture
def office() -> Client:
    return signed_in(staff("Redaktion"))


def due_in(days: int, provider: Partner, **values: Any) -> Offer:
    offer = OfferFactory.create(provider=provider, catchment=[city()], **values)
    Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate() + timedelta(days=days))
    offer.refresh_from_db()
    return offer


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_the_wave_counts_by_organisation_and_names_the_most_urgent_first() -> None:
    busy, calm = PartnerFactory.create(name="Busy"), PartnerFactory.create(name="Calm")
    for days in (-61, -60, -1, 0, 30, 31, 60, 61, 90):
        due_in(days, busy)
    due_in(91, busy)
    due_in(0, busy, status=Status.DRAFT)
    due_in(0, busy, ends_on=date(2020, 1, 1))
    due_in(45, calm)
    rows = wave()
    assert [(row.partner.name, row.dormant, row.overdue, row.ahead) for row in rows] == [
        ("Busy", 1, 2, [2, 2, 2]),
        ("Calm", 0, 0, [0, 1, 0]),
    ]
    assert (rows[0].total, rows[0].first) == (9, timezone.localdate() - timedelta(days=61))


@pytest.mark.parametrize("count", [1, 3])
def test_the_wave_asks_two_queries_for_one_and_for_three(
    office: Client, django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        due_in(3, PartnerFactory.create())
    with django_assert_num_queries(2):
        assert len(wave()) == count
    assert text(office.get(WAVE)).count("Verein Sonnenschein") == count


def test_a_call_is_kept_and_confirms_only_what_was_ticked_in_the_offices_name(office: Client) -> None:
    partner = PartnerFactory.create(name="Kinderladen", phone="0208 1", email="laden@example.org")
    first, second = due_in(-61, partner, title="Elterncafé"), due_in(5, partner, title="Krabbelgruppe")
    Reminder.objects.create(offer=first, due=first.review_due, stage=Stage.AFTER, address="laden@example.org")
    path = f"{WAVE}{partner.pk}/"
    page = text(office.get(path))
    for words in ("Elterncafé", "Krabbelgruppe", "30 Tage danach", "laden@example.org", "(ruht)"):
        assert words in page
    answer = office.post(
        path, {"result": "stimmt", "spoken_with": "Sekretariat", "note": "Rückruf", "confirmed": [first.pk]}
    )
    assert answer.status_code == 302
    call = Call.objects.get()
    assert (call.partner, call.result, call.spoken_with, call.note) == (partner, "stimmt", "Sekretariat", "Rückruf")
    assert call.by is not None
    kept = ReviewAnswer.objects.get()
    assert (kept.offer, kept.answer, kept.channel, kept.by) == (first, Answer.CONFIRMED, Channel.OFFICE, call.by)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.confirmed_on == timezone.localdate()
    assert second.confirmed_on is None
    assert first in Offer.objects.public()
    page = text(office.get(path))
    assert "Sekretariat" in page
    assert "Elterncafé" not in page.partition("Frühere Anrufe")[0]
    assert "sagt: alles stimmt" in text(office.get(WAVE))


def test_offers_of_others_and_empty_results_are_not_taken(office: Client) -> None:
    partner = PartnerFactory.create()
    due_in(0, partner)
    foreign = due_in(0, PartnerFactory.create())
    for values in ({"result": "stimmt", "confirmed": [foreign.pk]}, {"result": ""}, {"result": "quatsch"}):
        response = office.post(f"{WAVE}{partner.pk}/", values)
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
    assert not Call.objects.exists()
    assert not ReviewAnswer.objects.exists()


def test_what_is_not_published_or_has_ended_cannot_be_confirmed() -> None:
    partner, by = PartnerFactory.create(), staff("Redaktion")
    for offer in (due_in(0, partner, status=Status.DRAFT), due_in(0, partner, lifecycle="beendet")):
        with pytest.raises(ValueError, match="published"):
            confirm_on_behalf(offer=offer, by=by)


def test_only_who_may_change_offers_confirms_and_notes_calls() -> None:
    offer = due_in(0, PartnerFactory.create())
    nobody = staff()
    with pytest.raises(PermissionDenied):
        confirm_on_behalf(offer=offer, by=nobody)
    with pytest.raises(PermissionDenied):
        note_call(partner=offer.provider, by=nobody, result=CallResult.NOBODY)
    client = signed_in(nobody)
    for path in (WAVE, f"{WAVE}{offer.provider_id}/", reverse("admin:offers_task_changelist")):
        assert client.get(path).status_code == 403
    assert client.post(f"{WAVE}{offer.provider_id}/", {"result": "stimmt"}).status_code == 403


def test_tasks_are_listed_while_open_and_done_with_one_action(office: Client) -> None:
    partner = PartnerFactory.create(name="Kinderladen")
    task = open_task(kind=TaskKind.NO_ADDRESS, partner=partner, subject="Kinderladen hat kein Postfach.")
    assert open_task(kind=TaskKind.NO_ADDRESS, partner=partner, subject="anders") == task
    other = open_task(kind=TaskKind.BROKEN_LINK, partner=partner, subject="Tot", concerns="https://example.org/")
    changelist = reverse("admin:offers_task_changelist")
    assert "kein Postfach" in text(office.get(changelist))
    assert "offene Aufgaben" in text(office.get(reverse("admin:index")))
    assert "kein Postfach" in text(office.get(reverse("admin:offers_task_change", args=[task.pk])))
    office.post(changelist, {"action": "finish", "_selected_action": [task.pk]})
    task.refresh_from_db()
    assert task.done_by is not None
    assert "kein Postfach" not in text(office.get(changelist)).partition('id="result_list"')[2]
    assert "kein Postfach" in text(office.get(f"{changelist}?stand=erledigt"))
    assert close_tasks(TaskKind.BROKEN_LINK, concerns="https://example.org/") == 1
    assert list(Task.objects.done().values_list("pk", "done_by")) == [(task.pk, task.done_by_id), (other.pk, None)]
