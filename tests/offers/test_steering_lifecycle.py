"""What ends and what tears then, stages by date, the past as it was, freshness and demand on their pages."""

import itertools
from datetime import date, timedelta
from typing import Any

import pghistory
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.enums import Lifecycle, Status
from offers.models import CoverageDecision, CoverageRule, LifePhase, Offer, SearchCount, SearchTerm
from offers.steering.ends import endings, months_later
from offers.steering.enums import State
from offers.steering.freshness import Share, Standing
from offers.steering.lifecycle import quarters_before, steps_of
from offers.steering.matrix import Matrix
from offers.steering.stock import Question
from portal.history import event_models
from portal.models import District
from tests.offers.factories import FundingFactory, LifePhaseFactory, OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

PAGES = ["/steuerung/lebenszyklus/", "/steuerung/frische/", "/steuerung/nachfrage/"]


@pytest.fixture
def lead() -> Client:
    return signed_in(staff("Leitung"))


@pytest.fixture
def area() -> District:
    return social_area("Mitte", borough("Bezirk"))


@pytest.fixture
def phase() -> LifePhase:
    return LifePhaseFactory.create(label="Spät", slug="spaet", ages=NumericRange(300, 312))


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def move_history(days: int) -> None:
    """Let all that is recorded so far have happened some days earlier than it did, at the same hour of the clock."""
    with connection.cursor() as cursor:
        for table in (events._meta.db_table for events in event_models().values()):
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = "  # noqa: S608
                "(pgh_created_at AT TIME ZONE %(zone)s - make_interval(days => %(days)s)) AT TIME ZONE %(zone)s",
                {"zone": settings.TIME_ZONE, "days": days},
            )


# What tears ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "ending", "expected"),
    [
        ([], ("a", ""), State.GAP),
        ([("b", "regel")] * 2, ("a", ""), State.ONE_PROVIDER),
        ([("b", "regel"), ("c", "regel")], ("a", ""), State.THIN),
        ([("b", "projekt"), ("c", "projekt")], ("a", "regel"), State.PROJECT_ONLY),
        ([("b", "regel"), ("c", "regel"), ("c", "regel")], ("a", "projekt"), None),
        ([("a", "regel"), ("a", "regel"), ("a", "regel"), ("b", "regel")], ("a", "projekt"), None),
        ([("a", "regel"), ("a", "regel"), ("a", "regel")], ("b", "projekt"), State.ONE_PROVIDER),
    ],
)
def test_what_tears_is_what_the_matrix_says_without_the_offer(
    area: District, phase: LifePhase, others: list[tuple[str, str]], ending: tuple[str, str], expected: State | None
) -> None:
    partners = {name: PartnerFactory.create() for name in "abc"}
    for name, lifecycle in others:
        OfferFactory.create(provider=partners[name], lifecycle=lifecycle, ages=phase.ages, catchment=[area])
    name, lifecycle = ending
    last = OfferFactory.create(
        provider=partners[name], lifecycle=lifecycle, ages=phase.ages, catchment=[area], ends_on=in_days(40)
    )
    [found] = endings(Matrix(Question()))
    assert (found.offer, found.months) == (last, 3)
    assert [tear.after for tear in found.tears] == ([expected] if expected else [])
    last.delete()
    cell = Matrix(Question()).cell(area, phase.slug)
    assert cell
    if expected:
        assert cell.state == expected


@pytest.mark.slow
def test_tears_agree_with_taking_each_offer_out(phase: LifePhase) -> None:
    """Every mix of three offers for two areas and the whole city, compared with a matrix counted without the offer."""
    areas = [social_area(f"Raum {number}", borough(f"Bezirk {number}")) for number in range(2)]
    partners = PartnerFactory.create_batch(2)
    kinds: list[tuple[list[District] | None, Any, str]] = [
        ([areas[0]], partners[0], "projekt"), ([areas[0]], partners[1], "regel"), (None, partners[0], "projekt"),
    ]  # fmt: skip
    for mix in itertools.combinations_with_replacement(kinds, 3):
        offers = [
            OfferFactory.create(
                catchment=place, provider=provider, lifecycle=stage, ages=phase.ages, ends_on=in_days(9)
            )
            for place, provider, stage in mix
        ]
        found = {ending.offer.pk: ending.tears for ending in endings(Matrix(Question()))}
        before = {(c.district.pk, c.column.key): c.state for c in Matrix(Question()).cells()}
        order = [State.COVERED, State.THIN, State.ONE_PROVIDER, State.PROJECT_ONLY, State.GAP]
        for offer in offers:
            Offer.objects.filter(pk=offer.pk).update(status=Status.DRAFT)
            after = {(c.district.pk, c.column.key): c.state for c in Matrix(Question()).cells()}
            Offer.objects.filter(pk=offer.pk).update(status=Status.PUBLISHED)
            worse = {key: state for key, state in after.items() if order.index(state) > order.index(before[key])}
            told = {(tear.cell.district.pk, tear.cell.column.key): tear.after for tear in found[offer.pk]}
            assert told == worse, mix
        Offer.objects.all().delete()


def test_what_tears_stands_in_the_order_of_the_matrix_and_in_few_lines(area: District) -> None:
    """The keys of phases sort otherwise, "10-14" before "6-10"."""
    other = social_area("Nord", borough("Anderer Bezirk"))
    young, old = (
        LifePhaseFactory.create(label=slug, slug=slug, ages=NumericRange(first, first + 40), position=number)
        for number, (slug, first) in enumerate((("6-10", 74), ("10-14", 124)))
    )
    OfferFactory.create(ages=NumericRange(75, 160), ends_on=in_days(40))
    [found] = endings(Matrix(Question()))
    labels = [column.label for column in Matrix(Question()).columns]
    torn = [line.label for line in found.torn]
    assert torn == [label for label in labels if label in torn]
    assert {young.label, old.label} <= set(torn)
    assert {len(line.districts) for line in found.torn} == {2}
    assert set(found.torn[0].districts) == {area.name, other.name}


def test_the_end_is_the_offers_own_or_that_of_its_last_funding(area: District) -> None:
    own = OfferFactory.create(title="Eigenes Ende", ends_on=in_days(100))
    paid = OfferFactory.create(title="Bezahlt bis", lifecycle=Lifecycle.PROJECT)
    FundingFactory.create(offer=paid, ends_on=in_days(20))
    FundingFactory.create(offer=paid, ends_on=in_days(200))
    for title, lifecycle, end in (("Fest", Lifecycle.REGULAR, 20), ("Offen", Lifecycle.PROJECT, None)):
        other = OfferFactory.create(title=title, lifecycle=lifecycle)
        FundingFactory.create(offer=other, ends_on=in_days(20))
        FundingFactory.create(offer=other, ends_on=in_days(end) if end else None)
    OfferFactory.create(title="Später", ends_on=in_days(800))
    found = endings(Matrix(Question()))
    assert [(one.offer, one.day, one.months) for one in found] == [
        (own, in_days(100), 6), (paid, in_days(200), 12),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [(date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2026, 12, 31), 2, date(2027, 2, 28)),
     (date(2026, 11, 22), 12, date(2027, 11, 22))],
)  # fmt: skip
def test_months_end_where_they_end(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


# The past ------------------------------------------------------------------------------------------------------------


def picture_of(matrix: Matrix) -> dict[tuple[int, str], Any]:
    return {
        (cell.district.pk, cell.column.key): (cell.state, cell.local, cell.citywide, cell.decision is not None)
        for cell in matrix.cells()
    }


@pytest.mark.parametrize("thema", [(), ("sport",)])
@pytest.mark.slow
def test_the_matrix_of_a_past_day_is_the_one_saved_on_that_day(
    lead: Client, area: District, phase: LifePhase, thema: tuple[str, ...]
) -> None:
    other = social_area("Rand", borough("Anderer Bezirk"))
    sport, food = TopicFactory.create(slug="sport"), TopicFactory.create(slug="essen")
    first = OfferFactory.create(ages=phase.ages, catchment=[area], topics=[sport])
    second = OfferFactory.create(ages=NumericRange(300, None), lifecycle=Lifecycle.PROJECT, topics=[sport])
    gone = OfferFactory.create(ages=phase.ages, catchment=[quarter("Viertel", other)], topics=[sport, food])
    CoverageRule.objects.update_or_create(defaults={"enough": 1, "local_enough": 0})
    CoverageDecision.objects.create(district=other, phase=phase, reason="So gewollt.", topic=None)
    OfferFactory.create(ages=phase.ages, catchment=[area], topics=[sport]).delete()  # gone before that day
    first.catchment.add(other)
    first.catchment.remove(other)
    saved = picture_of(Matrix(Question(thema=thema)))
    move_history(10)

    gone.delete()
    first.catchment.set([other])
    first.topics.set([food])
    second.lifecycle = Lifecycle.ENDED
    second.save()
    phase.ages = NumericRange(500, 512)
    phase.save()
    CoverageRule.objects.update(enough=9)
    CoverageDecision.objects.all().delete()
    OfferFactory.create_batch(2, ages=phase.ages)

    then = Question(thema=thema, day=in_days(-5))
    assert picture_of(Matrix(then)) == saved
    assert picture_of(Matrix(Question(thema=thema))) != saved
    page = lead.get(f"/steuerung/abdeckung/?am={in_days(-5)}&seit={in_days(-5)}")
    assert picture_of(page.context["picture"].matrix) == picture_of(Matrix(Question(day=in_days(-5))))
    assert lead.get(f"/steuerung/abdeckung/zelle/{area.slug}/{phase.slug}/?am={in_days(-5)}").status_code == 200


def test_what_opened_and_closed_between_two_days_is_listed(lead: Client, area: District, phase: LifePhase) -> None:
    OfferFactory.create_batch(3, ages=phase.ages, catchment=[area])
    move_history(10)
    Offer.objects.update(status=Status.WITHDRAWN)
    page = lead.get(f"/steuerung/abdeckung/?seit={in_days(-3)}").content.decode()
    assert "war „gedeckt“, ist „Lücke“" in page


# Stages, shares, pages -----------------------------------------------------------------------------------------------


def test_stages_stand_in_order_with_their_days(lead: Client) -> None:
    offer = OfferFactory.create(status=Status.DRAFT)
    move_history(30)
    for lifecycle in ("", Lifecycle.PROJECT, Lifecycle.EXTENDED, Lifecycle.REGULAR, Lifecycle.ENDED):
        with pghistory.context(source="test"):
            Offer.objects.filter(pk=offer.pk).update(status=Status.PUBLISHED, lifecycle=lifecycle)
    labels = ["Idee", "Laufzeit unbekannt", "Projekt", "verlängertes Projekt", "Regelangebot", "beendet"]
    assert [step.label for step in steps_of(offer)] == labels
    assert steps_of(offer)[0].day == in_days(-30)
    FundingFactory.create(offer=offer, amount="12500.50", ends_on=in_days(50), decision_on=in_days(20))
    page = lead.get(f"/steuerung/lebenszyklus/{offer.slug}/").content.decode()
    assert "12.500,50\xa0€" in page or "12.500,50 €" in page
    assert "Regelangebot" in page


def test_amounts_stay_inside(client: Client) -> None:
    offer = OfferFactory.create()
    FundingFactory.create(offer=offer, amount="98765.43")
    for path in (offer.get_absolute_url(), "/angebote/", f"/merkliste/?o={offer.slug}"):
        assert "98" + ".765" not in client.get(path).content.decode()


@pytest.mark.slow
def test_shares_by_phase_sozialraum_and_provider_on_any_day(lead: Client, area: District, phase: LifePhase) -> None:
    """Half a year ago one of three was confirmed, today two of four; what is for the whole city counts everywhere."""
    far = social_area("Fern", borough("Anderer Bezirk"))
    provider, other = PartnerFactory.create(name="Träger A"), PartnerFactory.create(name="Träger B")
    facts: dict[str, Any] = {"ages": phase.ages, "provider": provider}
    OfferFactory.create(**facts, catchment=[quarter("Viertel", area)], lifecycle="regel", confirmed_on=in_days(-200))
    second = OfferFactory.create(**facts, catchment=[area])
    OfferFactory.create(**{**facts, "provider": other}, catchment=[area.parent])
    OfferFactory.create(**facts, catchment=[far], status=Status.DRAFT)
    move_history(180)
    Offer.objects.filter(pk=second.pk).update(confirmed_on=in_days(-1))
    OfferFactory.create(ages=NumericRange(0, 3), provider=other)
    then, now = Standing(Question(day=in_days(-100))), Standing(Question())

    def told(share: Share) -> tuple[int, int, int]:
        return share.offers, share.regular, share.confirmed

    assert [told(one.all) for one in (then, now)] == [(3, 1, 1), (4, 1, 2)]
    assert [told(one.phases[phase.slug]) for one in (then, now)] == [(3, 1, 1), (3, 1, 2)]
    assert [told(one.areas[area.slug]) for one in (then, now)] == [(3, 1, 1), (4, 1, 2)]
    assert [told(one.areas[far.slug]) for one in (then, now)] == [(0, 0, 0), (1, 0, 0)]
    ids = [provider.pk, other.pk]
    assert [told(one.providers(ids)[provider.pk]) for one in (then, now)] == [(2, 1, 1), (2, 1, 2)]
    assert then.areas[far.slug].confirmed_percent is None
    assert now.behind(5) == [other.pk]
    page = " ".join(lead.get("/steuerung/frische/").content.decode().split())
    assert '<th scope="row">Träger B</th>' in page
    assert "2 von 4" in page
    assert page.count('<th scope="row">Fern</th>') == 1


@pytest.mark.parametrize("count", [1, 3])
def test_freshness_asks_once_a_day_however_many_offers(
    lead: Client, area: District, phase: LifePhase, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create_batch(count, ages=phase.ages, catchment=[area])
    lead.get("/steuerung/frische/")
    with django_assert_max_num_queries(10):
        lead.get("/steuerung/frische/")


def test_the_page_counts_stages_also_the_unknown(lead: Client) -> None:
    for lifecycle in ("projekt", "regel", "regel", "", "beendet"):
        OfferFactory.create(lifecycle=lifecycle)
    page = " ".join(lead.get("/steuerung/lebenszyklus/").content.decode().split())
    for words in (
        "<strong>1</strong> Projekt<",
        "<strong>2</strong> Regelangebot",
        "<strong>1</strong> Laufzeit unb",
    ):
        assert words in page
    assert "> beendet" not in page


def test_quarters_end_before_today() -> None:
    assert list(quarters_before(date(2026, 11, 22), 3)) == [
        date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 11, 22),
    ]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_only_the_lead_sees_them(lead: Client, client: Client, path: str) -> None:
    offer = OfferFactory.create(ends_on=in_days(10))
    FundingFactory.create(offer=offer, starts_on=in_days(-10), ends_on=in_days(10), decision_on=in_days(5))
    assert lead.get(path).status_code == 200
    assert client.get(path).status_code == 302
    assert signed_in(staff("Redaktion")).get(path).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_statements_does_not_grow(
    lead: Client, area: District, phase: LifePhase, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for offer in OfferFactory.create_batch(count, ages=phase.ages, catchment=[area], ends_on=in_days(10)):
        FundingFactory.create(offer=offer, ends_on=in_days(10))
    lead.get("/steuerung/lebenszyklus/")
    with django_assert_max_num_queries(23):
        lead.get("/steuerung/lebenszyklus/")


def test_demand_shows_what_was_not_there(lead: Client, area: District, phase: LifePhase) -> None:
    topic = TopicFactory.create(slug="sport", label="Sport")
    today = timezone.localdate()
    for bucket, count in ((0, 7), (1, 2), (4, 30)):
        SearchCount.objects.create(
            day=today, phase=phase, area=area, topic=topic, language="tr", bucket=bucket, count=count
        )
    SearchCount.objects.create(day=in_days(-500), bucket=0, count=1000)
    SearchTerm.objects.create(day=today, term="trampolin", bucket=0, count=6)
    answer = lead.get("/steuerung/nachfrage/")
    demand = answer.context["demand"]
    assert demand.searches == 39
    [wish] = demand.missing
    assert (wish.topic, wish.searches, wish.nothing, wish.little) == ("Sport", 39, 7, 2)
    page = answer.content.decode()
    assert "trampolin" in page
    assert "?thema=sport" in page
    TopicFactory.create(slug="essen")
    shown = {query: lead.get(f"/steuerung/abdeckung/{query}").content.decode()
             for query in ("", "?thema=sport", "?thema=essen")}  # fmt: skip
    assert ["7 × gesucht, nicht da" in found for found in shown.values()] == [True, True, False]
    cell = f"/steuerung/abdeckung/zelle/{area.slug}/{phase.slug}/"
    assert "7 Suchen ohne Treffer" in lead.get(cell).content.decode()
    assert "ohne Treffer" not in lead.get(f"{cell}?thema=essen").content.decode()


def test_without_any_search_the_page_does_not_say_that_all_is_well(lead: Client) -> None:
    page = lead.get("/steuerung/nachfrage/").content.decode()
    assert "Noch keine Suche gezählt" in page
    assert "Jede Suche hat" not in page


@pytest.mark.parametrize("query", ["von=quatsch", "bis=2999-01-01", "von=2026-05-01&bis=2026-04-01"])
def test_bad_days_are_said(lead: Client, query: str) -> None:
    assert lead.get(f"/steuerung/nachfrage/?{query}").context["period"].messages
