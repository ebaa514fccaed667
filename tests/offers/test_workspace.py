"""„Meine Angebote“: what needs somebody, changing with a draft that is never lost, ending, copying, deciding."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from offers.dates import next_dates
from offers.desk.decisions import approve_proposal, return_proposal
from offers.enums import Lifecycle, ProposalStatus, Status
from offers.models import ChangeDraft, Offer, Proposal, ReviewAnswer
from offers.proposals import fingerprint
from offers.workspace.drafts import Values, as_query, mark, save_draft
from offers.workspace.quality import CRITERIA, quality
from partners.enums import Role
from partners.models import Affiliation, Claim, Partner
from tests.offers.factories import FundingFactory, OfferFactory, ProposalFactory, ScheduleFactory, TopicFactory
from tests.offers.steps import Page, confirm_path, old_stamp, send_all, sent
from tests.offers.test_actions import editor
from tests.partners.factories import PartnerFactory, PlaceFactory
from tests.partners.people import inside, member
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partner() -> Partner:
    return PartnerFactory.create(name="Verein Sonne")


@pytest.fixture
def own(partner: Partner) -> Affiliation:
    return member(partner, Role.EDIT)


@pytest.fixture
def mine(own: Affiliation) -> Client:
    return inside(own.person)


@pytest.fixture
def offer(partner: Partner) -> Offer:
    return OfferFactory.create(
        title="Krabbelgruppe", provider=partner, topics=[TopicFactory.create()], format="gruppe", access=["digital"],
        cost="free", registration="none", languages=["de"], phone="0208 123456",
    )  # fmt: skip


def url(view: str, offer: Offer) -> str:
    return reverse(f"workspace:{view}", args=[offer.provider.slug, offer.slug])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def opened(mine: Client, offer: Offer) -> Page:
    """The edit form in a tab, shown a minute ago."""
    page = Page(mine.get(url("edit", offer)))
    page.values["stempel"] = [old_stamp()]
    return page


def press(mine: Client, offer: Offer, page: Page, button: str, **typed: str) -> Any:
    values = {**page.values, **{name: [value] for name, value in typed.items()}}
    return mine.post(url("edit", offer), {**values, "aktion": button})


# -- the list --------------------------------------------------------------------------------------------------------


def test_what_needs_somebody_comes_first(mine: Client, own: Affiliation, partner: Partner) -> None:
    OfferFactory.create(title="Aktuelles", provider=partner)
    late = OfferFactory.create(title="Überfälliges", provider=partner)
    Offer.objects.filter(pk=late.pk).update(review_due=timezone.localdate() - timedelta(days=3))
    dormant = OfferFactory.create(title="Ruhendes", provider=partner)
    Offer.objects.filter(pk=dormant.pk).update(review_due=timezone.localdate() - timedelta(days=99))
    OfferFactory.create(title="Beendetes", provider=partner, lifecycle=Lifecycle.ENDED)
    OfferFactory.create(title="Entwurf", provider=partner, status=Status.DRAFT)
    OfferFactory.create(title="Fremdes")
    page = text(mine.get(reverse("workspace:offers", args=[partner.slug])))
    order = [page.index(word) for word in ("Ruhendes", "Überfälliges", "Aktuelles")]
    assert order == sorted(order)
    for words in ("ruht: nicht mehr zu sehen", "überfällig", "beendet", "Entwurf", "Es fehlt:"):
        assert words in page
    assert "Fremdes" not in page


def test_what_ends_within_three_months_waits_among_what_is_to_be_done(mine: Client, partner: Partner) -> None:
    today = timezone.localdate()
    OfferFactory.create(title="Läuft aus", provider=partner, ends_on=today + timedelta(days=80))
    paid = OfferFactory.create(title="Bezahlt bis", provider=partner, lifecycle=Lifecycle.PROJECT)
    FundingFactory.create(offer=paid, ends_on=today + timedelta(days=20))
    OfferFactory.create(title="Später", provider=partner, ends_on=today + timedelta(days=120))
    OfferFactory.create(title="Fremdes", ends_on=today + timedelta(days=10))
    answer = mine.get(reverse("workspace:offers", args=[partner.slug]))
    assert [offer.title for offer in answer.context["ending"]] == ["Bezahlt bis", "Läuft aus"]
    assert answer.context["todo"] == 2
    assert text(answer).count("Es läuft nur noch bis zum") == 2


def test_the_share_of_confirmed_offers_counts_running_ones_only(mine: Client, partner: Partner) -> None:
    OfferFactory.create(provider=partner, confirmed_on=date(2026, 11, 1))
    OfferFactory.create(provider=partner)
    OfferFactory.create(provider=partner, confirmed_on=date(2026, 11, 1), lifecycle=Lifecycle.ENDED)
    page = text(mine.get(reverse("workspace:offers", args=[partner.slug])))
    assert "Prozent bestätigt: 1 von 2 laufenden Angeboten" in page
    assert "Gerade ist nichts fällig" in page
    assert "Manches haben Sie noch nie bestätigt" in page
    Offer.objects.update(confirmed_on=date(2026, 11, 1))
    assert "Alles erledigt" in text(mine.get(reverse("workspace:offers", args=[partner.slug])))


def test_the_list_asks_as_many_queries_for_three_as_for_one(
    mine: Client, partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 2):
        for _unused in range(count):
            new = OfferFactory.create(provider=partner, places=[PlaceFactory.create(partner=partner)])
            ScheduleFactory.create(offer=new)
        with django_assert_num_queries(14):
            mine.get(reverse("workspace:offers", args=[partner.slug]))


# -- quality ---------------------------------------------------------------------------------------------------------


def test_a_full_entry_has_a_hundred_points_and_an_empty_one_few(partner: Partner) -> None:
    place = PlaceFactory.create(partner=partner, wheelchair="ja", district=quarter("Osterfeld"))
    full = OfferFactory.create(
        provider=partner, topics=[TopicFactory.create()], places=[place], format="gruppe", access=["komm"],
        cost="free", registration="none", languages=["de"], phone="0208 123456", lifecycle="regel",
        description="Wir singen und spielen. " * 5, confirmed_on=timezone.localdate(), ages=NumericRange(0, 36),
    )  # fmt: skip
    ScheduleFactory.create(offer=full)
    assert quality(full).score == 100
    assert quality(full).missing == []
    bare = quality(OfferFactory.create(provider=partner, ages=None))
    assert bare.score < 30
    assert [criterion.weight for criterion in bare.missing] == sorted((c.weight for c in bare.missing), reverse=True)


def test_only_questions_that_fit_are_asked(partner: Partner) -> None:
    def asked(**values: Any) -> set[str]:
        found = quality(OfferFactory.create(provider=partner, **values))
        return {criterion.name for criterion in (*found.missing, *found.met)}

    assert "ages" not in asked(audiences=["fachkraefte"])
    assert "when" not in asked(format="material")
    assert "place" not in asked(access=["digital"])
    assert "registration_note" not in asked(registration="none")
    assert "registration_note" in asked(registration="required")
    secret = PlaceFactory.create(partner=partner, is_confidential=True, street="", postcode="", city="", district=None)
    assert "access" not in asked(access=["komm"], places=[secret])


def test_every_criterion_says_why_it_matters(mine: Client, offer: Offer) -> None:
    page = text(mine.get(url("offer", offer)))
    for criterion in quality(offer).missing:
        assert str(criterion.why) in page
    assert len({criterion.name for criterion in CRITERIA}) == len(CRITERIA)


def test_one_press_confirms_that_all_is_true(mine: Client, own: Affiliation, offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate() - timedelta(days=99))
    assert not Offer.objects.public().filter(pk=offer.pk).exists()
    shown = Page(mine.get(reverse("workspace:offers", args=[offer.provider.slug]))).values
    answer_page = mine.post(url("confirm", offer), {name: shown[name] for name in ("gesehen", "zurueck")})
    assert answer_page.headers["Location"] == reverse("workspace:offers", args=[offer.provider.slug])
    assert Offer.objects.public().filter(pk=offer.pk).exists()
    answer = ReviewAnswer.objects.get(offer=offer)
    assert (answer.answer, answer.channel, answer.by) == ("stimmt", "bereich", own.person)


@pytest.mark.parametrize("view", ["offers", "offer", "confirm"])
def test_who_saw_another_version_is_shown_what_changed_and_asked_again(mine: Client, offer: Offer, view: str) -> None:
    Offer.objects.filter(pk=offer.pk).update(review_due=timezone.localdate() - timedelta(days=3))
    at = reverse("workspace:offers", args=[offer.provider.slug]) if view == "offers" else url(view, offer)
    seen = Page(mine.get(at)).values["gesehen"]
    Offer.objects.filter(pk=offer.pk).update(phone="0208 7")
    ScheduleFactory.create(offer=offer, weekdays=[4])
    answer = mine.post(url("confirm", offer), {"gesehen": seen})
    assert answer.status_code == 409
    page = text(answer)
    assert "Inzwischen hat jemand das Angebot geändert" in page
    assert "<del>0208 123456</del>" in page
    assert "<ins>0208 7</ins>" in page
    assert "freitags" in page
    assert not ReviewAnswer.objects.exists()
    assert Offer.objects.get(pk=offer.pk).confirmed_on is None
    assert mine.post(url("confirm", offer), {"gesehen": Page(answer).values["gesehen"]}).status_code == 302
    assert ReviewAnswer.objects.get().answer == "stimmt"


def test_nothing_is_confirmed_that_nobody_has_seen(mine: Client, offer: Offer, partner: Partner) -> None:
    """Neither without the note of what was shown, nor with one of another offer, nor by opening the page."""
    other = Page(mine.get(url("confirm", OfferFactory.create(provider=partner)))).values["gesehen"]
    for values in ({}, {"gesehen": "x"}, {"gesehen": other}):
        page = text(mine.post(url("confirm", offer), values))
        assert "Erst der Knopf bestätigt sie." in page
        assert "0208 123456" in page
    draft = OfferFactory.create(provider=partner, status=Status.DRAFT)
    assert mine.post(url("confirm", draft)).headers["Location"] == url("offer", draft)
    assert "Alles stimmt noch" not in text(mine.get(url("offer", draft)))
    assert not ReviewAnswer.objects.exists()


# -- change, decide, again -------------------------------------------------------------------------------------------


def test_a_change_becomes_a_proposal_and_the_public_keeps_seeing_the_old(mine: Client, offer: Offer) -> None:
    answer = press(mine, offer, opened(mine, offer), "senden", title="Krabbelgruppe am Morgen")
    proposal = Proposal.objects.get()
    assert answer["Location"] == reverse("workspace:proposal", args=[offer.provider.slug, proposal.reference])
    assert (proposal.status, proposal.payload) == (ProposalStatus.WAITING, {"title": "Krabbelgruppe am Morgen"})
    offer.refresh_from_db()
    assert offer.title == "Krabbelgruppe"
    assert not ChangeDraft.objects.exists()
    for view in ("offer", "edit"):
        assert proposal.reference in text(mine.get(url(view, offer))).partition("ist beim Büro")[2], "not written twice"
    page = text(mine.get(answer["Location"]))
    assert "<del>Krabbelgruppe</del>" in page
    assert "<ins>Krabbelgruppe am Morgen</ins>" in page
    approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer))
    assert "angenommen" in text(mine.get(answer["Location"]))
    assert "ist beim Büro" not in text(mine.get(url("offer", offer)))
    offer.refresh_from_db()
    assert offer.title == "Krabbelgruppe am Morgen"


def test_nothing_changed_is_nothing_to_send(mine: Client, offer: Offer) -> None:
    answer = press(mine, offer, opened(mine, offer), "senden")
    assert "Sie haben noch nichts geändert" in text(answer)
    assert not Proposal.objects.exists()


@pytest.mark.slow
def test_a_returned_change_is_seen_with_its_reason_and_sent_again(mine: Client, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "senden", title="Spielkreis", phone="0208 999999")
    proposal = Proposal.objects.get()
    return_proposal(proposal=proposal, by=editor(), reason="Bitte den Raum nennen.")
    here = reverse("workspace:proposal", args=[offer.provider.slug, proposal.reference])
    words = text(mine.get(here))
    assert "Bitte den Raum nennen." in words
    assert "Überarbeiten und noch einmal senden" in words
    assert "Spielkreis" in text(mine.get(reverse("workspace:offers", args=[offer.provider.slug])))
    answer = mine.post(reverse("workspace:rework", args=[offer.provider.slug, proposal.reference]))
    assert answer["Location"] == url("edit", offer)
    draft = ChangeDraft.objects.get()
    draft.values["stempel"] = [old_stamp()]
    draft.save()
    page = opened(mine, offer)
    assert (page.values["title"], page.values["phone"]) == (["Spielkreis"], ["0208 999999"])
    press(mine, offer, page, "senden", when_note="im Saal, nach Vereinbarung")
    again = Proposal.objects.latest("pk")
    assert again.payload == {
        "title": "Spielkreis", "phone": "0208 999999", "when_note": "im Saal, nach Vereinbarung",
    }  # fmt: skip


def test_a_waiting_change_can_be_withdrawn_and_a_decided_one_not(mine: Client, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "senden", title="Spielkreis")
    proposal = Proposal.objects.get()
    take_back = reverse("workspace:withdraw", args=[offer.provider.slug, proposal.reference])
    mine.post(take_back)
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WITHDRAWN
    Proposal.objects.update(status=ProposalStatus.APPROVED, decided_at=timezone.now())
    assert "schon entschieden" in text(mine.post(take_back, follow=True))


def test_a_visitors_report_is_seen_but_not_silenced(mine: Client, offer: Offer) -> None:
    """Only who sent it takes it back; the organisation reads what others say about its offer."""
    report = ProposalFactory.create(
        offer=offer, base_version=1, payload={"title": "Anders"}, status="waiting", confirmed_at=timezone.now(),
        sender_email="besuch@example.org",
    )  # fmt: skip
    at = [offer.provider.slug, report.reference]
    page = text(mine.get(reverse("workspace:proposal", args=at)))
    assert "Anders" in page
    assert "besuch@example.org" not in page
    assert "Zurücknehmen" not in page
    assert "Überarbeiten" not in page
    answer = mine.post(reverse("workspace:withdraw", args=at), follow=True)
    assert "Das hat jemand anderes gemeldet" in text(answer)
    report.refresh_from_db()
    assert report.status == ProposalStatus.WAITING


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"what": "ende", "last_day": "2027-06-30"}, {"ends_on": "2027-06-30"}),
        ({"what": "ende"}, {"ends_on": None, "lifecycle": "beendet"}),
        ({"what": "ende", "last_day": "2020-01-31"}, {"ends_on": "2020-01-31", "lifecycle": "beendet"}),
        ({"what": "regel"}, {"lifecycle": "regel", "ends_on": None}),
        (
            {"what": "pause", "first_day": "2098-12-20", "last_day": "2099-03-01"},
            {"pause_from": "2098-12-20", "pause_until": "2099-03-01"},
        ),
    ],
)
def test_ending_pausing_and_going_on_are_proposals(
    mine: Client, offer: Offer, typed: dict[str, str], expected: dict[str, Any]
) -> None:
    mine.post(url("end", offer), typed)
    assert Proposal.objects.get().payload == expected
    offer.refresh_from_db()
    assert (offer.lifecycle, offer.ends_on, offer.when_note) == ("", None, "")


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"what": "pause"}, {"what": "pause", "last_day": "2020-01-01"}, {"what": "weiter"},
        {"what": "pause", "first_day": "2099-03-02", "last_day": "2099-03-01"}, {"what": "pause", "last_day": "bald"},
    ],
)  # fmt: skip
def test_an_unclear_end_is_asked_about(mine: Client, offer: Offer, typed: dict[str, str]) -> None:
    assert mine.post(url("end", offer), typed).status_code == 200
    assert not Proposal.objects.exists()


@pytest.mark.slow
def test_a_pause_takes_the_dates_out_of_every_outlet_and_is_told(mine: Client, client: Client, offer: Offer) -> None:
    """Asked for with a date, approved, seen by families, over by itself."""
    today = timezone.localdate()
    ScheduleFactory.create(offer=offer, weekdays=[0, 1, 2, 3, 4, 5, 6], pauses_on_public_holidays=False)
    week = [today + timedelta(days=number) for number in range(7)]
    assert Offer.objects.public().with_date_on(week).filter(pk=offer.pk).exists()
    last = today + timedelta(days=20)
    mine.post(url("end", offer), {"what": "pause", "last_day": last.isoformat()})
    proposal = Proposal.objects.get()
    assert "macht Pause" not in text(client.get(offer.get_absolute_url()))
    approve_proposal(proposal=proposal, by=editor(), seen=fingerprint(offer))
    offer.refresh_from_db()
    assert not Offer.objects.public().with_date_on(week).filter(pk=offer.pk).exists()
    assert Offer.objects.public().with_date_on([last + timedelta(days=1)]).filter(pk=offer.pk).exists()
    assert Offer.objects.public().filter(pk=offer.pk).exists()  # it is still to be found
    words = f"macht Pause bis {date_format(last, 'j. F Y')}"
    assert words in text(client.get(offer.get_absolute_url()))
    assert words in text(client.get(reverse("offers:list")))
    assert next_dates(offer)[0].day == last + timedelta(days=1)
    mine.post(url("end", offer), {"what": "weiter"})
    back = Proposal.objects.latest("pk")
    assert back.payload == {"pause_from": None, "pause_until": None}
    Offer.objects.filter(pk=offer.pk).update(
        pause_from=today - timedelta(days=9), pause_until=today - timedelta(days=1)
    )
    assert "Pause" not in text(client.get(offer.get_absolute_url()))


def test_a_copy_opens_the_form_of_a_new_offer_with_the_same_facts(mine: Client, offer: Offer) -> None:
    page = Page(mine.get(url("copy", offer)))
    answer = mine.post(reverse("offers:submit"), {**page.values, "aktion": "schritt-1"})
    form = Page(answer)
    assert form.values["title"] == [""]
    assert form.values["summary"] == [offer.summary]
    assert form.values["organisation"] == ["Verein Sonne"]
    assert form.values["phone"] == ["0208 123456"]


# -- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_survives_signing_out(mine: Client, own: Affiliation, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "speichern", title="Spiel", when_note="Mo bis Fr")
    assert not Proposal.objects.exists()
    later = opened(inside(own.person), offer)
    assert (later.values["title"], later.values["when_note"]) == (["Spiel"], ["Mo bis Fr"])
    press(mine, offer, later, "senden")
    assert Proposal.objects.get().payload == {"title": "Spiel", "when_note": "Mo bis Fr"}


@pytest.mark.slow
def test_an_unfinished_draft_is_kept_even_if_it_could_not_be_sent(mine: Client, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "speichern", title="", phone="keine Nummer")
    assert opened(mine, offer).values["phone"] == ["keine Nummer"]
    assert "Bitte prüfen" in text(press(mine, offer, opened(mine, offer), "senden"))


def test_two_tabs_that_write_different_fields_are_merged(mine: Client, offer: Offer) -> None:
    one, two = opened(mine, offer), opened(mine, offer)
    press(mine, offer, one, "speichern", title="Spielkreis")
    answer = press(mine, offer, two, "speichern", phone="0208 999999")
    assert answer.status_code == 302
    page = opened(mine, offer)
    assert (page.values["title"], page.values["phone"]) == (["Spielkreis"], ["0208 999999"])


@pytest.mark.parametrize(("choice", "kept"), [("hier", "Zweiter"), ("dort", "Erster")])
@pytest.mark.slow
def test_two_tabs_that_write_the_same_field_are_asked(mine: Client, offer: Offer, choice: str, kept: str) -> None:
    one, two = opened(mine, offer), opened(mine, offer)
    press(mine, offer, one, "speichern", title="Erster")
    answer = press(mine, offer, two, "senden", title="Zweiter", phone="0208 999999")
    assert answer.status_code == 409
    assert not Proposal.objects.exists()
    words = text(answer)
    assert "aus diesem Fenster: Zweiter" in words
    assert "aus dem anderen Fenster: Erster" in words
    question = Page(answer)
    press(mine, offer, question, "speichern", **{"wahl-title": choice})
    page = opened(mine, offer)
    assert (page.values["title"], page.values["phone"]) == ([kept], ["0208 999999"])


def test_the_script_saves_and_hears_of_a_conflict(mine: Client, offer: Offer) -> None:
    one, two = opened(mine, offer), opened(mine, offer)
    here = {"X-Draft": "1"}
    answer = mine.post(url("edit", offer), {**one.values, "title": "Erster"}, headers=here)
    assert answer.json() == {"version": mark(ChangeDraft.objects.get()), "values": {}}
    answer = mine.post(url("edit", offer), {**two.values, "title": "Zweiter"}, headers=here)
    assert answer.status_code == 409


@pytest.mark.slow
def test_the_script_is_told_what_the_other_tab_wrote(mine: Client, offer: Offer) -> None:
    one, two = opened(mine, offer), opened(mine, offer)
    press(mine, offer, one, "speichern", title="Erster")
    answer = mine.post(url("edit", offer), {**two.values, "phone": "0208 9"}, headers={"X-Draft": "1"})
    assert answer.json() == {"version": mark(ChangeDraft.objects.get()), "values": {"title": ["Erster"]}}


def test_colleagues_have_drafts_of_their_own(mine: Client, partner: Partner, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "speichern", title="Meins")
    other = inside(member(partner, email="zweite@example.org").person)
    assert opened(other, offer).values["title"] == ["Krabbelgruppe"]


def test_a_draft_can_be_thrown_away(mine: Client, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "speichern", title="Spiel")
    mine.post(url("drop", offer))
    assert opened(mine, offer).values["title"] == ["Krabbelgruppe"]


def test_what_the_buero_changes_meanwhile_is_told_apart(mine: Client, offer: Offer) -> None:
    press(mine, offer, opened(mine, offer), "speichern", title="Spielkreis")
    Offer.objects.filter(pk=offer.pk).update(title="Vom Büro geändert", phone="0208 1")
    press(mine, offer, opened(mine, offer), "senden")
    proposal = Proposal.objects.get()
    assert proposal.payload == {"title": "Spielkreis"}
    assert proposal.base["title"] == "Krabbelgruppe"


STEP = st.tuples(st.sampled_from("ab"), st.sampled_from(["title", "phone"]), st.text("xyz", max_size=2))


@pytest.mark.slow
@given(st.lists(STEP, max_size=8))
def test_no_tab_ever_loses_a_word_silently(steps: list[tuple[str, str, str]]) -> None:
    """Whatever two tabs write in whatever order: a value is kept, was replaced by its own tab, or is told about."""
    ChangeDraft.objects.all().delete()
    offer = Offer.objects.filter(slug="hypothese").first() or OfferFactory.create(
        slug="hypothese", title="alt", phone="1"
    )
    own = member(offer.provider)
    start: Values = {"title": ["alt"], "phone": ["1"]}
    tabs: dict[str, Any] = dict.fromkeys("ab", (start, start, ""))  # what it shows, what it loaded, its mark
    for tab, field, value in steps:
        shown, loaded, base = tabs[tab]
        typed = {**shown, field: [value] if value else []}
        saved = save_draft(person=own.person, offer=offer, posted=as_query(typed), base=base, choices={})
        asked = bool(saved.conflicts)  # then nothing is kept yet, and nothing lost
        assert asked or typed[field] == loaded[field] or saved.draft.values[field] == typed[field]
        now = {**typed, **saved.moved}
        tabs[tab] = (typed, loaded, base) if asked else (now, now, mark(saved.draft))


# -- others' things --------------------------------------------------------------------------------------------------


def test_what_belongs_to_others_does_not_exist(mine: Client, own: Affiliation) -> None:
    foreign = OfferFactory.create(title="Fremdes")
    sent_by_others = ProposalFactory.create(partner=foreign.provider, offer=foreign)
    slugs = (foreign.provider.slug, own.partner.slug)
    before = Offer.objects.filter(pk=foreign.pk).values().get()
    for at in slugs:
        for view in ("offer", "confirm", "edit", "drop", "end", "copy"):
            path = reverse(f"workspace:{view}", args=[at, foreign.slug])
            assert {mine.get(path).status_code, mine.post(path, {"what": "ende"}).status_code} - {405} == {404}
        for view in ("proposal", "withdraw", "rework"):
            path = reverse(f"workspace:{view}", args=[at, sent_by_others.reference])
            assert {mine.get(path).status_code, mine.post(path).status_code} - {405} == {404}
    assert mine.get(reverse("workspace:offers", args=[foreign.provider.slug])).status_code == 404
    assert Offer.objects.filter(pk=foreign.pk).values().get() == before
    assert Proposal.objects.count() == 1


# -- from a submission to an account ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_confirmed_sender_asks_for_an_account(client: Client) -> None:
    TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")
    quarter("Borbeck")
    send_all(client)
    path = confirm_path(str(sent()[0].body))
    token = path.rstrip("/").rpartition("/")[2]
    ask = reverse("workspace:claim", args=[token])
    assert client.get(ask).status_code == 404  # not confirmed yet
    client.post(path)
    assert ask in text(client.get(path))
    assert "Konto beantragen" in text(client.get(ask))
    assert not Claim.objects.exists()
    client.post(ask)
    made = Claim.objects.get()
    assert (made.person.email, made.organisation, made.decided_at) == (
        "traeger@example.org", "Verein Sonnenschein", None,
    )  # fmt: skip
    assert "Ihr Antrag ist beim Büro" in text(client.get(ask))
    assert not Affiliation.objects.exists()
