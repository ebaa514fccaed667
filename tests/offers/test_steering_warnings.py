"""Ends ahead reach people: one mail a stage, each end once in each stage, with what tears; the clock is moved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from offers.models import EndingWarning, LifePhase, Offer
from offers.steering import warnings
from offers.steering.warnings import readers, warn_of_ends
from portal.city import city as facts
from portal.models import District
from tests.offers.factories import FundingFactory, LifePhaseFactory, OfferFactory
from tests.offers.test_steering_lifecycle import in_days
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, social_area
from tests.portal.staff import staff

pytestmark = pytest.mark.django_db

Clock = Callable[[int], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the clock so many days on from a day in autumn: three months are 89 to 92 days, by the time of the year."""
    start = timezone.now().replace(year=2026, month=11, day=22)
    monkeypatch.setattr(timezone, "now", lambda: start)

    def move(days: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(days=days))

    return move


@pytest.fixture
def area() -> District:
    return social_area("Mitte", borough("Bezirk"))


@pytest.fixture
def phase() -> LifePhase:
    return LifePhaseFactory.create(label="Kita-Zeit", slug="kita", ages=NumericRange(40, 70))


@pytest.fixture(autouse=True)
def lead() -> User:
    """Of the Leitung one has an address; the Redaktion has one, too, and gets nothing."""
    staff("Leitung", "ohne Adresse")
    for role, name in (("Redaktion", "red"), ("Leitung", "lead")):
        person = staff(role, name)
        person.email = f"{name}@example.org"
        person.save()
    return person


def mails() -> list[dict[str, Any]]:
    """What was queued since the last call."""
    found = ProcrastinateJob.objects.filter(task_name="portal.deliver_mail").order_by("id")
    taken = [dict(job.args) for job in found]
    found.delete()
    return taken


def ending(days: int, **values: Any) -> Offer:
    """Ends in so many days and never goes dormant before."""
    return OfferFactory.create(ends_on=in_days(days), review_due=in_days(2000), **values)


@pytest.mark.slow
def test_each_stage_is_told_once_as_time_goes_by(clock: Clock, area: District, phase: LifePhase) -> None:
    OfferFactory.create_batch(2, ages=phase.ages, catchment=[area], review_due=in_days(2000))
    provider = PartnerFactory.create(name="Träger Eins")
    offer = ending(400, title="Sprachgruppe", ages=phase.ages, catchment=[area], provider=provider)
    FundingFactory.create(offer=offer, ends_on=in_days(400), decision_on=in_days(300))
    told = []
    for day in range(0, 410, 5):
        clock(day)
        queued = warn_of_ends()
        found = mails()
        assert len(found) == queued
        if found:
            told.append((day, found))
    assert [day for day, _mails in told] == [35, 220, 310]  # the first days within 12, 6 and 3 months of the end
    for (day, found), months in zip(told, (12, 6, 3), strict=True):
        assert {mail["to"] for mail in found} == {facts()["office_email"], "lead@example.org"}
        for mail in found:
            assert mail["subject"] == f"1 Angebot endet in den nächsten {months} Monaten"
            for words in ("Sprachgruppe (Träger Eins)", "Kita-Zeit: „gedeckt“ wird „dünn“ (Mitte)",
                          f"/steuerung/lebenszyklus/{offer.slug}/"):  # fmt: skip
                assert words in mail["body"]
            assert "Kita-Zeit: „gedeckt“ wird „dünn“ (Mitte)" in mail["html"]
            assert f"/steuerung/lebenszyklus/{offer.slug}/" in mail["html"]
            assert ("Nächste Entscheidung" in mail["body"]) == (day <= 300), "a decision that is over is none"
    assert EndingWarning.objects.count() == 3


def test_all_of_a_stage_are_gathered_and_the_next_end_stands_first() -> None:
    ending(80, title="Später")
    ending(10, title="Früher")
    ending(150, title="Im Sommer")
    assert warn_of_ends() == 4  # two stages, two readers
    three, _same, six, _as_well = mails()
    assert three["subject"] == "2 Angebote enden in den nächsten 3 Monaten"
    assert three["body"].index("Früher") < three["body"].index("Später")
    assert "Im Sommer" not in three["body"]
    assert "Im Sommer" in six["body"]
    assert warn_of_ends() == 0, "the same night again"


def test_an_end_that_moves_is_told_anew_and_what_families_do_not_see_is_not_told() -> None:
    offer = ending(80, title="Verlängert")
    ending(80, title="Entwurf", status="draft")
    OfferFactory.create(title="Schläft", ends_on=in_days(80), review_due=in_days(-100))
    warn_of_ends()
    assert all("Entwurf" not in mail["body"] and "Schläft" not in mail["body"] for mail in mails())
    Offer.objects.filter(pk=offer.pk).update(ends_on=in_days(85))
    assert warn_of_ends() == 2
    Offer.objects.filter(pk=offer.pk).update(ends_on=None)
    assert warn_of_ends() == 0


def test_a_long_list_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "_MOST_LINES", 2)
    for number in range(5):
        ending(10 + number, title=f"Angebot Nummer {number}")
    warn_of_ends()
    body = mails()[0]["body"]
    assert "Angebot Nummer 1" in body
    assert "Angebot Nummer 2" not in body
    assert "Und 3 weitere." in body
    assert warn_of_ends() == 0


def test_without_a_mail_nothing_counts_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ending(10)

    def fail(**values: Any) -> None:
        raise OSError("no queue")

    with monkeypatch.context() as patch:
        patch.setattr(warnings, "queue_mail", fail)
        with pytest.raises(OSError, match="no queue"):
            warn_of_ends()
    assert not EndingWarning.objects.exists()
    assert warn_of_ends() == 2


def test_each_address_stands_once(lead: User) -> None:
    lead.email = facts()["office_email"].upper()
    lead.save()
    assert [address.lower() for address in readers()] == [facts()["office_email"].lower()]
