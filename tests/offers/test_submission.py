"""The submission as a visitor meets it: nothing typed is ever lost, nothing sent is stored twice."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offers.models import ErrorReport, Offer, Proposal
from tests.offers import steps
from tests.offers.factories import OfferFactory, ProposalFactory, TopicFactory
from tests.offers.steps import STEPS, URL, Page, at_step, first_page, press, send_all, sent
from tests.portal.factories import city, quarter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def register() -> None:
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_four_steps_and_a_preview_lead_to_a_reference_number(client: Client) -> None:
    preview = at_step(client, 5)
    assert preview.values["schritt"] == ["5"]
    answer = press(client, preview, "senden")
    proposal = Proposal.objects.get()
    assert answer["Location"] == reverse("offers:submit_done", args=[proposal.reference])
    thanks = client.get(answer["Location"])
    assert proposal.reference in text(thanks)
    assert "traeger@example.org" not in text(thanks)
    assert thanks.cookies == answer.cookies == {}
    assert proposal.payload["title"] == "Krabbelgruppe am Vormittag"
    assert proposal.payload["schedules"][0]["weekdays"] == [2]
    assert proposal.sender_organisation_kind == "verein"


def test_two_visitors_never_share_an_id_and_the_back_button_finds_its_page(client: Client) -> None:
    for answer in (client.get(URL), client.post(URL)):
        assert "private" in answer["Cache-Control"]
        assert "no-store" not in answer["Cache-Control"]
    assert first_page(client).values["vorgang"] != first_page(client).values["vorgang"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.slow
def test_an_error_keeps_everything_typed(client: Client, number: int) -> None:
    bad = [{"format": ""}, {"age_from": "vier"}, {"phone": "ruf an"}, {"sender_email": "kein"}][number - 1]
    answer = press(client, at_step(client, number), "weiter", **{**steps.STEPS[number - 1], **bad})
    page = Page(answer)
    assert page.values["schritt"] == [str(number)]
    assert "Bitte prüfen Sie Ihre Angaben" in text(answer)
    assert "Bitte prüfen:" in text(answer)[:80]
    for typed in [*steps.STEPS[: number - 1], {**steps.STEPS[number - 1], **bad}]:
        for name, value in typed.items():
            wanted = value if isinstance(value, list) else [value]
            assert page.values[name] in (wanted, [" ".join(wanted)]), name


def test_going_back_keeps_later_steps(client: Client) -> None:
    page = Page(press(client, at_step(client, 3), "zurueck", **steps.STEP_3))
    assert page.values["schritt"] == ["2"]
    assert page.values["phone"] == ["0208 123456"]
    page = Page(press(client, page, "zurueck"))
    assert page.values["title"] == ["Krabbelgruppe am Vormittag"]
    page = Page(press(client, Page(press(client, page, "weiter")), "weiter"))
    assert page.values["schritt"] == ["3"]
    assert page.values["weekdays"] == ["2"]
    assert page.values["languages"] == ["de", "tr"]


def test_going_back_is_not_judged(client: Client) -> None:
    answer = press(client, at_step(client, 2), "zurueck", age_from="unsinn")
    assert Page(answer).values["schritt"] == ["1"]
    assert "Bitte prüfen" not in text(answer)


def test_an_untouched_step_shows_its_defaults_and_an_emptied_box_stays_empty(client: Client) -> None:
    page = at_step(client, 3)
    assert page.values["languages"] == ["de"]
    back = Page(press(client, page, "zurueck", **{**steps.STEP_3, "languages": []}))
    assert "languages" not in Page(press(client, back, "weiter")).values


@pytest.mark.slow
def test_the_preview_leads_to_each_step_and_back(client: Client) -> None:
    preview = at_step(client, 5)
    for number in range(1, 5):
        page = Page(press(client, preview, f"schritt-{number}"))
        assert page.values["schritt"] == [str(number)]
        assert Page(press(client, page, "vorschau")).values["schritt"] == ["5"]


def test_the_preview_says_everything_in_words(client: Client) -> None:
    answer = press(client, at_step(client, 4), "weiter", **steps.STEP_4)
    expected = [
        "Frühe Hilfen", "bis 3 Jahre", "Borbeck", "Beispielweg 1", "mittwochs 9:30 bis 11 Uhr", "kostenlos",
        "Deutsch, Türkisch", "30. Juni 2028", "Verein Sonnenschein (Verein)", "traeger@example.org",
    ]  # fmt: skip
    for words in expected:
        assert words in text(answer)


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        ({"stempel": None}, "Bitte senden Sie noch einmal"),
        ({"stempel": "gefälscht"}, "Bitte senden Sie noch einmal"),
        ({"betreff": "Casino"}, "nur Programme sehen"),
    ],
)
def test_a_failed_guard_keeps_everything_and_passes_the_second_time(
    client: Client, guard: dict[str, Any], words: str
) -> None:
    answer = send_all(client, **guard)
    assert words in text(answer)
    assert not Proposal.objects.exists()
    page = Page(answer)
    assert page.values["title"] == ["Krabbelgruppe am Vormittag"]
    page.values["stempel"] = [steps.old_stamp(10)]
    assert press(client, page, "senden").status_code == 302
    assert Proposal.objects.count() == 1


def test_sending_within_three_seconds_asks_again(client: Client) -> None:
    page = at_step(client, 5)
    page.values["stempel"] = Page(client.get(URL)).values["stempel"]
    assert "sehr schnell" in text(press(client, page, "senden"))
    assert not Proposal.objects.exists()


def test_sent_twice_is_one_proposal_with_one_number(client: Client) -> None:
    preview = at_step(client, 5)
    first, second = press(client, preview, "senden"), press(client, preview, "senden")
    assert first["Location"] == second["Location"]
    assert Proposal.objects.count() == 1
    assert len(sent()) == 1


def test_going_back_after_sending_and_correcting_loses_nothing(client: Client) -> None:
    preview = at_step(client, 5)
    press(client, preview, "senden")
    other = Page(press(client, Page(press(client, preview, "schritt-1")), "vorschau", title="Ein anderes Angebot"))
    press(client, other, "senden")
    assert {row.payload["title"] for row in Proposal.objects.all()} == {
        "Krabbelgruppe am Vormittag",
        "Ein anderes Angebot",
    }


def test_skipping_steps_shows_the_first_that_is_missing(client: Client) -> None:
    page = first_page(client)
    answer = press(client, page, "senden", schritt="5", **steps.STEP_1)
    assert Page(answer).values["schritt"] == ["2"]
    assert not Proposal.objects.exists()


@pytest.mark.slow
def test_similar_offers_are_asked_about_and_the_answers_kept(client: Client) -> None:
    topic, area = steps.STEP_1["topics"], quarter("Styrum")
    similar = OfferFactory.create(title="Babytreff", format="gruppe")
    hidden = OfferFactory.create(title="Entwurf", format="gruppe", status="draft")
    elsewhere = OfferFactory.create(title="Weit weg", format="gruppe", catchment=[area])
    for offer in (similar, hidden, elsewhere):
        offer.topics.set(TopicFactory._meta.model.objects.filter(slug__in=topic))
    preview = at_step(client, 5)
    answer = press(client, preview, "senden")
    words = text(answer)
    assert "Babytreff" in words
    assert "gleiche Altersgruppe: bis 3 Jahre" in words
    assert "Frühe Hilfen" in words
    assert "Weit weg" not in words
    assert "Entwurf" not in words
    assert "Bitte wählen Sie eine Antwort" in words
    assert "Warum? (freiwillig)" not in words
    assert similar.summary in words
    name = f"parallel-{similar.public_id.hex}"
    answer = press(client, preview, "senden", **{name: "trotzdem"})
    assert "warum das Angebot trotzdem gebraucht wird" in text(answer)
    assert Page(answer).values[name] == ["trotzdem"]
    press(client, Page(answer), "senden", **{f"{name}-grund": "Die Gruppe ist voll."})
    [parallel] = Proposal.objects.get().parallels.all()
    assert (parallel.existing, parallel.answer, parallel.reason) == (similar, "trotzdem", "Die Gruppe ist voll.")


def test_answers_survive_a_look_back(client: Client) -> None:
    similar = OfferFactory.create(format="gruppe", topics=TopicFactory._meta.model.objects.all())
    name = f"parallel-{similar.public_id.hex}"
    page = Page(press(client, at_step(client, 5), "schritt-1", **{name: "ergaenzt"}))
    assert Page(press(client, page, "vorschau")).values[name] == ["ergaenzt"]


def test_too_many_unconfirmed_is_said_and_keeps_everything(client: Client) -> None:
    ProposalFactory.create_batch(10, sender_email="Traeger@example.org")
    answer = send_all(client)
    assert "warten schon viele Angebote" in text(answer)
    assert Page(answer).values["title"] == ["Krabbelgruppe am Vormittag"]
    assert Proposal.objects.count() == 10


def test_the_link_in_the_mail_shows_a_button_and_only_the_button_confirms(client: Client) -> None:
    send_all(client)
    [message] = sent()
    link = steps.confirm_path(str(message.body))
    assert "Ja, das ist meine Adresse" in text(client.get(link))
    assert not Proposal.objects.waiting().exists()  # a mail scanner opened it, nobody confirmed
    assert client.post(link)["Location"] == link
    assert "Ihre Adresse ist bestätigt" in text(client.get(link))
    assert Proposal.objects.waiting().count() == 1
    client.post(link)
    assert len(sent()) == 1


@pytest.mark.parametrize("path", ["bestaetigen/gibtsnicht/", "danke/gibtsnicht/"])
def test_unknown_links_end_in_a_clear_page(client: Client, path: str) -> None:
    answer = client.get(URL + path)
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


@pytest.mark.slow
def test_a_header_cannot_be_smuggled_in(client: Client) -> None:
    bad = "a@example.org\r\nBcc: alle@example.org"
    answer = press(client, at_step(client, 4), "weiter", **{**steps.STEP_4, "sender_email": bad})
    assert Page(answer).values["schritt"] == ["4"]
    send_all(client, sender_name="Eve\r\nBcc: alle@example.org")
    [message] = sent()
    assert message.recipients() == ["traeger@example.org"]


# -- reporting an error ----------------------------------------------------------------------------------------------


def report(client: Client, offer: Offer, **values: str) -> Any:
    guard = {"stempel": steps.old_stamp(), "vorgang": str(uuid.UUID(int=7))}
    path = reverse("offers:report_error", args=[offer.slug])
    return client.post(path, {**guard, "message": "Die Nummer ist falsch.", **values})


@pytest.mark.slow
def test_an_error_is_reported_once_without_login(client: Client) -> None:
    offer = OfferFactory.create()
    for _twice in range(2):
        answer = report(client, offer)
        assert "Danke für Ihren Hinweis" in text(client.get(answer["Location"]))
    assert ErrorReport.objects.get().message == "Die Nummer ist falsch."
    assert answer.cookies == {}
    assert len(sent()) == 1
    report(client, offer, message="Die Adresse auch.")
    assert ErrorReport.objects.count() == 2


@pytest.mark.parametrize("bad", [{"message": ""}, {"message": "x" * 2001}, {"reply_email": "kein"}, {"betreff": "x"}])
def test_a_bad_report_keeps_what_was_typed(client: Client, bad: dict[str, str]) -> None:
    answer = report(client, OfferFactory.create(), **bad)
    assert "Bitte prüfen" in text(answer)
    page = Page(answer)
    assert page.values["message"] == [bad.get("message", "Die Nummer ist falsch.")]
    assert not ErrorReport.objects.exists()


def test_only_published_offers_can_be_reported(client: Client) -> None:
    draft = OfferFactory.create(status="draft", title="Geheimer Entwurf")
    answer = client.get(reverse("offers:report_error", args=[draft.slug]))
    assert answer.status_code == 404
    assert "Geheimer Entwurf" not in text(answer)


def test_what_another_answer_may_demand_is_not_called_voluntary(client: Client) -> None:
    page = press(client, first_page(client), "weiter", **STEPS[0]).content.decode()

    for label in ("Alter von", "Alter bis"):
        said = re.search(rf"<label[^>]*>\s*{label}(.*?)</label>", page, re.DOTALL)
        assert said
        assert "freiwillig" not in said[1]
    assert "freiwillig" in page  # others are
