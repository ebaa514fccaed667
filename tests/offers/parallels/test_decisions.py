"""What partners and staff say about parallels, and how long that holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from offers.actions import ParallelAnswered, confirm_proposal, submit_proposal
from offers.desk.decisions import approve_proposal
from offers.models import Offer, PairDecision, Parallel, ParallelPair, Proposal, Topic
from offers.parallels.actions import decide_pair
from offers.steering import report_parallels
from portal.merging.undo import undo
from portal.models import District
from tests.offers.factories import ProposalFactory
from tests.offers.parallels.cafes import cafe, decider, settle
from tests.offers.test_actions import SENDER, editor, payload
from tests.offers.test_submission import text
from tests.partners.factories import PartnerFactory
from tests.portal.staff import signed_in, staff
from tests.portal.test_merging import put_together

pytestmark = pytest.mark.django_db
LIST = "/admin/offers/parallelpair/"
OVERVIEW = "/steuerung/parallelen/"
HISTORY = "/steuerung/parallelen/entscheidungen/"


def test_a_decided_pair_comes_back_only_when_one_of_them_changes(pair: ParallelPair) -> None:
    decide_pair(pair=pair, by=decider(), answer="ergaenzt")
    assert not ParallelPair.objects.open().exists()
    assert list(ParallelPair.objects.decided().with_answer().values_list("answer", flat=True)) == ["ergaenzt"]
    Offer.objects.filter(pk=pair.second_id).update(phone="0208 1", cost="free")
    settle()
    assert not ParallelPair.objects.open().exists()
    Offer.objects.get(pk=pair.second_id).schedules.update(weekdays=[3])
    settle()
    assert ParallelPair.objects.returned().get() == ParallelPair.objects.open().get()
    assert list(ParallelPair.objects.with_answer().values_list("answer", flat=True)) == [""]
    decide_pair(pair=ParallelPair.objects.get(), by=decider(), answer="verschieden")
    assert not ParallelPair.objects.open().exists()
    assert PairDecision.objects.count() == 2, "the first decision stays in the history"


def test_only_public_pairs_are_listed(pair: ParallelPair) -> None:
    assert ParallelPair.objects.public().exists()
    Offer.objects.filter(pk=pair.first_id).update(status="withdrawn")
    assert not ParallelPair.objects.public().exists()


def test_deciding_needs_the_right_and_a_reason_for_both(pair: ParallelPair) -> None:
    with pytest.raises(PermissionDenied):
        decide_pair(pair=pair, by=staff(), answer="ergaenzt")
    with pytest.raises(ValidationError):
        decide_pair(pair=pair, by=decider(), answer="trotzdem", reason=" ")
    assert not PairDecision.objects.exists()
    assert not ParallelPair.objects.decided().exists()


def test_the_database_keeps_pairs_in_order_and_once(pair: ParallelPair) -> None:
    for name, values in [
        ("parallelpair_once", {"first": pair.first, "second": pair.second}),
        ("parallelpair_in_order", {"first": pair.second, "second": pair.first}),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ParallelPair.objects.create(**values, score=0.5, fingerprint="x")
    decisions: list[tuple[str, dict[str, Any]]] = [
        ("pairdecision_in_order", {"first": pair.second, "second": pair.first, "answer": "ergaenzt"}),
        ("pairdecision_anyway_needs_reason", {"first": pair.first, "second": pair.second, "answer": "trotzdem"}),
    ]
    for name, said in decisions:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PairDecision.objects.create(**said, fingerprint="x")


@pytest.mark.slow
def test_what_a_partner_said_holds_for_the_published_offer(area: District, topic: Topic) -> None:
    existing = cafe(area, topic)
    wanted = payload(
        title="Elterncafé am Park", topics=[topic.slug], catchment=[area.slug], format="offener-treff",
        ages={"from": 0, "until": 36},
    )  # fmt: skip
    answer = ParallelAnswered(existing, "trotzdem", "Das andere ist voll.")
    proposal = submit_proposal(by=SENDER, payload=wanted, submission_id=Proposal().public_id, parallels=[answer])
    confirm_proposal(token=proposal.confirm_token)
    offer = approve_proposal(proposal=proposal, by=editor(), partner=PartnerFactory.create())
    decision = PairDecision.objects.get()
    assert {decision.first, decision.second} == {existing, offer}
    assert (decision.answer, decision.reason, decision.proposal) == ("trotzdem", "Das andere ist voll.", proposal)
    settle()
    assert ParallelPair.objects.decided().exists()
    assert not ParallelPair.objects.open().exists()


@pytest.mark.slow
def test_staff_see_why_decide_and_find_the_history(pair: ParallelPair) -> None:
    client = signed_in(decider())
    words = text(client.get(LIST))
    assert "Café für Eltern" in words
    assert "Gleiche Altersgruppe: bis 3 Jahre, beide in Nord" in words
    address = reverse("admin:offers_parallelpair_change", args=[pair.pk])
    assert "beide mittwochs" in text(client.get(address))
    answer = client.post(address, {"answer": "trotzdem", "reason": ""})
    assert "warum beide gebraucht werden" in text(answer)
    client.post(address, {"answer": "trotzdem", "reason": "Beide sind voll."})
    assert "Café für Eltern" not in text(client.get(LIST))
    assert "Café für Eltern" in text(client.get(f"{LIST}?stand=entschieden"))
    assert "beide werden gebraucht" in text(client.get(f"{LIST}?stand=alle"))
    assert "Café für Eltern" not in text(client.get(f"{LIST}?stand=wieder-offen"))
    assert "Beide sind voll." in text(client.get(address))


def test_who_may_not_decide_may_not_post(pair: ParallelPair) -> None:
    client: Client = signed_in(staff())
    address = reverse("admin:offers_parallelpair_change", args=[pair.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {"answer": "ergaenzt"}).status_code == 403
    assert not PairDecision.objects.exists()


@pytest.mark.slow
def test_the_list_asks_as_many_queries_for_three_as_for_one(
    pair: ParallelPair, area: District, topic: Topic, django_assert_num_queries: Any
) -> None:
    client = signed_in(decider())
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    cafe(area, topic, title="Café am Park")
    settle()
    assert ParallelPair.objects.count() == 3
    with django_assert_num_queries(9):
        client.get(LIST)


# -- the history the Leitung sees ------------------------------------------------------------------------------------


def page(address: str) -> str:
    """What somebody of the Leitung reads there."""
    lead = User.objects.filter(groups__name="Leitung").first() or staff("Leitung")
    return text(signed_in(lead).get(address))


def went(pair: ParallelPair, how: str) -> None:
    gone = Offer.objects.filter(pk=pair.second_id)
    if how == "merged":
        put_together(pair.first, pair.second)
    elif how == "deleted":
        gone.get().delete()
    else:
        over = {"ends_on": timezone.localdate() - timedelta(days=3)}
        values: dict[str, Any] = {"withdrawn": {"status": "withdrawn"}, "ended": {"lifecycle": "beendet"}, "over": over}
        gone.update(**values[how])


@pytest.mark.parametrize(
    ("how", "words", "days_ago"),
    [
        ("withdrawn", "„Café für Eltern“ zurückgezogen am", 0),
        ("ended", "„Café für Eltern“ beendet am", 0),
        ("over", "„Café für Eltern“ beendet am", 3),
        ("deleted", "„Café für Eltern“ gelöscht am", 0),
        ("merged", "„Café für Eltern“ zusammengeführt mit „Elterncafé“ am", 0),
    ],
)
def test_a_decision_stays_in_the_history_when_an_offer_goes(
    pair: ParallelPair, how: str, words: str, days_ago: int
) -> None:
    decide_pair(pair=pair, by=decider(), answer="ersetzt")
    assert "„Elterncafé“ und „Café für Eltern“ eines ersetzt das andere Büro" in page(HISTORY)
    went(pair, how)
    settle()
    assert not ParallelPair.objects.exists()
    day = date_format(timezone.localdate() - timedelta(days=days_ago), "j. F Y")
    assert f"{words} {day}" in page(HISTORY)
    assert f"eines ersetzt das andere Büro {words} {day}" in page(OVERVIEW), "avoided, and what came of it"


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_merge_that_was_taken_back_is_not_what_became_of_an_offer(pair: ParallelPair) -> None:
    decide_pair(pair=pair, by=decider(), answer="ersetzt")
    undo(merge=put_together(pair.first, pair.second), by=decider())
    assert "zusammengeführt" not in page(HISTORY)
    Offer.objects.get(pk=pair.second_id).delete()
    words = page(HISTORY)
    assert "„Café für Eltern“ gelöscht am" in words
    assert "zusammengeführt" not in words


def test_the_history_says_what_still_holds(pair: ParallelPair) -> None:
    decide_pair(pair=pair, by=decider(), answer="trotzdem", reason="Beide sind voll.")
    assert "beide werden gebraucht, weil … Beide sind voll. Büro" in page(HISTORY)
    assert f"{date_format(timezone.localdate(), 'j. F Y')} gilt" in page(HISTORY)
    assert "gilt nicht mehr" not in page(HISTORY)
    Offer.objects.filter(pk=pair.first_id).update(title="Café am Markt")
    settle()
    assert "gilt nicht mehr: Ein Angebot hat sich geändert" in page(HISTORY)
    decide_pair(pair=ParallelPair.objects.get(), by=decider(), answer="kooperiert")
    words = page(HISTORY)
    assert "später neu entschieden" in words
    assert words.index("arbeiten zusammen") < words.index("beide werden gebraucht")
    assert "In dieser Zeit wurde nichts entschieden." in page(f"{HISTORY}?bis=2020-05-31")


def test_a_pair_was_avoided_once_by_its_last_decision(pair: ParallelPair) -> None:
    day = timezone.localdate()

    def avoided() -> list[list[str]]:
        return [row[1:] for row in report_parallels.avoided(day, day).table.rows]

    for answer, found in (("kooperiert", 1), ("ersetzt", 1), ("verschieden", 0), ("kooperiert", 1)):
        decide_pair(pair=pair, by=decider(), answer=answer)
        assert len(avoided()) == found
    assert avoided() == [["Elterncafé", "Café für Eltern", "arbeiten zusammen", "Büro", ""]]
    proposal = ProposalFactory.create(status="waiting", confirmed_at=timezone.now(), payload={"title": "Noch ein Café"})
    for existing in (pair.first, pair.second):
        Parallel.objects.create(proposal=proposal, existing=existing, answer="ergaenzt")
    Proposal.objects.filter(pk=proposal.pk).update(status="withdrawn")
    assert ["Noch ein Café", "Elterncafé, Café für Eltern", "nach dem Hinweis zurückgezogen", "Träger", ""] in avoided()
    assert "2 Parallelen wurden vermieden." in report_parallels.avoided(day, day).text
