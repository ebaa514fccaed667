"""One offer at several places and times: rows come and go without script, and nothing typed is lost."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offers.actions import confirm_proposal
from offers.desk.decisions import approve_proposal
from offers.enums import ScheduleKind
from offers.freshness.enums import Answer
from offers.freshness.links import link
from offers.models import ChangeDraft, Offer, Proposal
from offers.proposals import fingerprint, snapshot
from offers.submission.change import ChangeForm, known_to
from offers.submission.rows import REMOVE
from offers.submission.times import TIMES
from partners.models import Affiliation
from tests.offers.factories import OfferFactory, ScheduleFactory, TopicFactory
from tests.offers.steps import STEP_2, STEP_3, Page, at_step, old_stamp, press
from tests.offers.test_actions import editor
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.partners.people import inside, member
from tests.portal.factories import city, quarter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def register() -> None:
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_new_offer_is_told_with_two_places_and_three_times(client: Client) -> None:
    answer = press(client, at_step(client, 2), "ort-dazu", **STEP_2)
    assert "Bitte prüfen" not in text(answer)
    page = Page(answer)
    assert page.values["street"] == ["Beispielweg 1"]  # nothing typed is lost
    page = Page(press(client, page, "weiter", **{"place_name-2": "Kita Ost", "street-2": "Ostweg 2"}))
    page = Page(press(client, page, "zeit-dazu", **STEP_3))
    typed = {"rhythm-2": "dates", "dates-2": "17.3.2027, 2027-03-03\n17.3.2027", "start_time-2": "15:00"}
    page = Page(press(client, page, "zeit-dazu", **typed))
    assert page.values["dates-2"] == ["17.3.2027, 2027-03-03\n17.3.2027"]
    monthly = {"rhythm-3": "monthly", "weekdays-3": ["5", "6"], "week_of_month-3": "-1", "time_note-3": "im Saal"}
    page = Page(press(client, page, "weiter", **monthly))
    back = Page(press(client, page, "zurueck"))
    assert back.values["weekdays-3"] == ["5", "6"]  # also through the hidden fields of the other steps
    page = Page(press(client, back, "weiter"))
    typed = {"organisation": "Neu", "organisation_kind": "verein", "sender_email": "t@example.org"}
    preview = press(client, page, "weiter", **typed)
    for words in (
        "Ostweg 2",
        "am 3. März 2027 und 17. März 2027, 15 Uhr",
        "jeden letzten Samstag und Sonntag im Monat, im Saal",
    ):
        assert words in text(preview)
    press(client, Page(preview), "senden")
    payload = Proposal.objects.get().payload
    assert [place["name"] for place in payload["places"]] == ["Haus der Familie", "Kita Ost"]
    assert [(row["kind"], row["dates"]) for row in payload["schedules"]] == [
        ("dates", ["2027-03-03", "2027-03-17"]), ("monthly", []), ("weekly", []),
    ]  # fmt: skip
    offer = approve_proposal(proposal=confirm_proposal(token=Proposal.objects.get().confirm_token), by=editor())
    assert offer.places.count() == 2
    assert snapshot(offer)["schedules"] == payload["schedules"]


def test_a_row_is_taken_out_and_the_others_keep_what_was_typed(client: Client) -> None:
    page = Page(press(client, at_step(client, 3), "zeit-dazu", **STEP_3))
    page = Page(press(client, page, "zeit-dazu", **{"rhythm-2": "weekly", "start_time-2": "10:00"}))
    page = Page(press(client, page, f"zeit-{REMOVE}-2", **{"rhythm-3": "weekly", "weekdays-3": ["4"]}))
    assert page.values["zeiten"] == ["1 3"]
    assert page.values["weekdays-3"] == ["4"]
    assert "start_time-2" not in page.values
    page = Page(press(client, page, f"zeit-{REMOVE}-1"))
    assert page.values["zeiten"] == ["3"]
    assert "rhythm" not in page.values
    page = Page(press(client, page, f"zeit-{REMOVE}-3"))
    assert page.values["zeiten"] == ["1"]  # one empty row is always there
    bad = press(client, page, "weiter", zeiten="1 2", **{"rhythm-2": "interval", "end_time-2": "9:00", "cost": "free"})
    assert "Bitte wählen Sie, alle wie viele Wochen." in text(bad)


@pytest.mark.parametrize(
    "days", ["31.2.2027", "morgen", "3.3.27", ", ".join(f"{n % 28 + 1}.{n % 12 + 1}.2027" for n in range(84))]
)
def test_days_that_are_none_are_named(client: Client, days: str) -> None:
    answer = press(client, at_step(client, 3), "weiter", **{**STEP_3, "rhythm": "dates", "weekdays": [], "dates": days})
    assert "Bitte schreiben Sie" in text(answer)
    assert Page(answer).values["dates"] == [days]


def test_there_is_an_end_to_the_rows_and_to_what_programs_send(client: Client) -> None:
    page = at_step(client, 3)
    for _unused in range(TIMES.most + 2):
        page = Page(press(client, page, "zeit-dazu"))
    assert page.values["zeiten"] == [" ".join(str(number) for number in range(1, TIMES.most + 1))]
    assert ("aktion", "zeit-dazu") not in page.buttons
    for nonsense in ("0 99 -1 x", "٢", "", "2 2 2"):
        assert press(client, page, "zeit-dazu", zeiten=nonsense).status_code == 200
    for button in ("zeit-weg-99", "zeit-", "ort-weg-x", "zeit-dazu"):
        assert press(client, at_step(client, 5), button).status_code == 200


# -- changing what is there ------------------------------------------------------------------------------------------


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(name="Verein Sonne"))


@pytest.fixture
def offer(own: Affiliation) -> Offer:
    """Two places, one of them in another city, and all four kinds of times; what no form shows, too."""
    near = PlaceFactory.create(partner=own.partner, name="Nah", street="Nahweg 1", city=city().name)
    far = PlaceFactory.create(partner=own.partner, name="Weit", street="Weitweg 9", city="Andernorts")
    found = OfferFactory.create(
        title="Krabbelgruppe", provider=own.partner, topics=[TopicFactory.create()], places=[near, far],
        format="gruppe", access=["komm"], cost="free", registration="none", languages=["de"], phone="0208 123456",
    )  # fmt: skip
    ScheduleFactory.create(
        offer=found, weekdays=[0], start_time=time(9), place=far, pauses_on_public_holidays=False, note="im Saal"
    )
    ScheduleFactory.create(offer=found, weekdays=[1], start_time=time(10), valid_until=date(2030, 1, 1))
    ScheduleFactory.create(
        offer=found, kind=ScheduleKind.DATES, weekdays=[], dates=[date(2027, 5, 1), date(2027, 6, 1)]
    )
    return found


def test_the_form_shows_everything_and_says_nothing_new(offer: Offer) -> None:
    form = ChangeForm(offer=offer)
    assert form.without_room == []
    known = known_to(offer, snapshot(offer))
    assert form.initial["orte"] == "1 2"
    assert known[form.initial["known_place-2"]]["city"] == "Andernorts"
    assert form.initial["dates"] == "1.5.2027, 1.6.2027"
    assert form.initial["time_note-2"] == "im Saal"


def test_one_time_is_changed_and_all_else_stays(own: Affiliation, offer: Offer) -> None:
    mine = inside(own.person)
    at = reverse("workspace:edit", args=[own.partner.slug, offer.slug])
    page = Page(mine.get(at))
    page.values["stempel"] = [old_stamp()]
    mine.post(at, {**page.values, "start_time-2": ["08:30"], "aktion": "senden"})
    proposal = Proposal.objects.get()
    assert list(proposal.payload) == ["schedules"]
    before = offer.schedules.get(weekdays=[0])
    approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer))
    after = offer.schedules.get(weekdays=[0])
    assert (after.start_time, after.note) == (time(8, 30), "im Saal")
    assert (after.pk, after.place, after.pauses_on_public_holidays) == (before.pk, before.place, False)
    assert offer.schedules.count() == 3
    assert sorted(offer.places.values_list("name", flat=True)) == ["Nah", "Weit"]


def test_a_known_place_is_chosen_and_a_row_goes_in_a_draft_that_two_tabs_share(own: Affiliation, offer: Offer) -> None:
    other = PlaceFactory.create(partner=own.partner, name="Neu", street="Neuweg 3", city=city().name)
    mine = inside(own.person)
    at = reverse("workspace:edit", args=[own.partner.slug, offer.slug])
    one, two = Page(mine.get(at)), Page(mine.get(at))
    for page in (one, two):
        page.values["stempel"] = [old_stamp()]
    assert mine.post(at, {**one.values, "aktion": "zeit-dazu"}).status_code == 302
    page = Page(mine.get(at))
    assert page.values["zeiten"] == ["1 2 3 4"]
    mine.post(at, {**page.values, "rhythm-4": ["weekly"], "weekdays-4": ["6"], "aktion": "speichern"})
    answer = mine.post(at, {**two.values, "known_place": [str(other.pk)], "aktion": "speichern"})
    assert answer.status_code == 302  # the second tab knows nothing of the fourth row, and does not undo it
    page = Page(mine.get(at))
    assert (page.values["weekdays-4"], page.values["known_place"]) == (["6"], [str(other.pk)])
    mine.post(at, {**page.values, "aktion": "zeit-weg-1"})
    mine.post(at, {**Page(mine.get(at)).values, "aktion": "senden"})
    payload = Proposal.objects.get().payload
    assert [place["name"] for place in payload["places"]] == ["Neu", "Weit"]
    assert [row["weekdays"] for row in payload["schedules"]] == [[0], [1], [6]]
    assert not ChangeDraft.objects.exists()


def test_a_place_of_somebody_else_is_not_taken(own: Affiliation, offer: Offer) -> None:
    foreign = PlaceFactory.create(name="Fremd")
    secret = PlaceFactory.create(
        partner=own.partner, name="Zuflucht", is_confidential=True, street="", postcode="", city="", district=None
    )
    mine = inside(own.person)
    at = reverse("workspace:edit", args=[own.partner.slug, offer.slug])
    for place in (foreign, secret):
        shown = mine.get(at)
        assert "Zuflucht" not in text(shown)
        page = Page(shown)
        answer = mine.post(
            at, {**page.values, "stempel": [old_stamp()], "known_place": [str(place.pk)], "aktion": "senden"}
        )
        assert "Diesen Ort kennen wir bei Ihnen nicht" in text(answer)
    assert not Proposal.objects.exists()


def test_the_link_in_a_mail_adds_rows_too(client: Client, offer: Offer) -> None:
    at = link(offer, Answer.CHANGED)
    page = Page(client.get(at))
    answer = client.post(at, {**page.values, "title": ["Neu"], "aktion": "ort-dazu"})
    page = Page(answer)
    assert (page.values["orte"], page.values["title"]) == (["1 2 3"], ["Neu"])
    assert not Proposal.objects.exists()
