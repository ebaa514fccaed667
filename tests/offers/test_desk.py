"""The Büro's desk: one queue, single fields, questions with answers, text blocks, four eyes."""

import mailbox
import uuid
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offers import actions
from offers.desk import decisions, links, queue
from offers.desk.actions import NoAddressError, ask_back
from offers.desk.differences import Piece, difference
from offers.desk.enums import CaseKind, Sight
from offers.desk.inbound import written
from offers.enums import ProposalStatus, Status
from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import open_task
from offers.models import CaseMessage, Offer, Proposal, TextBlock
from offers.proposals import changes, fingerprint
from partners.accounts.actions import claim
from tests.offers.factories import ErrorReportFactory, OfferFactory, ProposalFactory, TopicFactory
from tests.offers.steps import at_step, old_stamp, press, sent
from tests.offers.test_actions import change_to, editor, payload, waiting
from tests.offers.test_proposal_admin import decide, page_of
from tests.offers.test_submission import text
from tests.partners.factories import PartnerFactory
from tests.partners.people import inside, member
from tests.portal.factories import city, quarter
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "/admin/offers/proposal/eingang/"


@pytest.fixture
def office() -> Client:
    """Somebody of the Redaktion, signed in."""
    return signed_in(staff("Redaktion", "anna"))


def answers(**values: str) -> dict[str, str]:
    """The answer page as somebody sends it who took a minute."""
    return {"stempel": old_stamp(), "vorgang": str(uuid.uuid4()), **values}


def one_of_each() -> dict[str, Any]:
    """A case of every kind, each a day older than the one before."""
    offer = OfferFactory.create(title="Krabbelgruppe")
    partner = offer.provider
    made = {
        "new": waiting(payload=payload(title="Elterncafé")),
        "change": change_to(offer, title="Krabbelgruppe Plus", cost_note="2 €"),
        "report": ErrorReportFactory.create(offer=offer, message="Die Nummer ist falsch."),
        "claim": claim(email="neu@example.org", name="Kim", organisation="Haus", partner=None, reference="7KQ4-M2XD"),
        "task": open_task(kind=TaskKind.BROKEN_LINK, subject="Seite kaputt", partner=partner, concerns="https://x.org"),
    }
    for days, thing in enumerate(made.values()):
        moment = timezone.now() - timedelta(days=days, minutes=5)
        field = "confirmed_at" if isinstance(thing, Proposal) else "created_at"
        type(thing)._default_manager.filter(pk=thing.pk).update(**{field: moment})
    return made


# -- the queue -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_everything_that_waits_stands_in_one_queue_oldest_first(office: Client) -> None:
    one_of_each()
    ProposalFactory.create(payload={"title": "Unbestätigt"})
    waiting(status=ProposalStatus.WITHDRAWN, payload=payload(title="Zurückgezogen"))
    words = text(office.get(QUEUE))
    order = ["Seite kaputt", "Kim", "Die Nummer ist falsch.", "Titel, Kosten genauer", "Elterncafé"]
    places = [words.index(name) for name in order]
    assert places == sorted(places)
    for said in ("5 Fälle warten", "seit 4 Tagen", "seit gestern", "seit heute", "Alle 5", "Änderungen 1"):
        assert said in words
    assert "Unbestätigt" not in words
    assert "Zurückgezogen" not in words
    only = text(office.get(QUEUE, {"sicht": "meldungen"}))
    assert "Die Nummer ist falsch." in only
    assert "Seite kaputt" not in only
    assert "5 Fälle warten" in text(office.get(QUEUE, {"sicht": "quatsch", "seite": "-3"}))
    assert "5 Fälle im Eingang" in text(office.get("/admin/"))


def test_an_empty_queue_says_so(office: Client) -> None:
    assert "Alles erledigt." in text(office.get(QUEUE))


def test_the_queue_asks_as_many_queries_for_three_of_a_kind_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    one_of_each()
    office.get(QUEUE)
    with django_assert_num_queries(21):
        office.get(QUEUE)
    for _number in range(2):
        waiting()
        ErrorReportFactory.create()
    with django_assert_num_queries(21):
        office.get(QUEUE)


def test_who_may_see_only_a_part_sees_only_that_part(client: Client) -> None:
    one_of_each()
    person = editor()
    person.user_permissions.remove(*person.user_permissions.filter(codename="view_proposal"))
    words = text(signed_in(person, client).get(QUEUE))
    assert "Die Nummer ist falsch." in words
    assert "Elterncafé" not in words
    assert signed_in(User.objects.create_user("leer", is_staff=True)).get(QUEUE).status_code == 403


@pytest.mark.slow
def test_deciding_leads_through_the_queue_to_its_end(office: Client) -> None:
    made = one_of_each()
    first = office.get(reverse("admin:offers_queue_next") + "?eingang=alle")
    assert first["Location"] == reverse("admin:offers_task_change", args=[made["task"].pk]) + "?eingang=alle"
    finish = reverse("admin:offers_task_finish", args=[made["task"].pk])
    at = [office.post(f"{finish}?eingang=alle", follow=True).redirect_chain[-1][0]]
    at += [office.post(at[-1], {"entscheidung": "ablehnen", "partner": ""}, follow=True).redirect_chain[-1][0]]
    at += [office.post(at[-1], {"entscheidung": "erledigt"}, follow=True).redirect_chain[-1][0]]
    assert [address.partition("?")[0] for address in at] == [
        reverse(f"admin:{page}", args=[made[name].pk])
        for name, page in (
            ("claim", "partners_claim_change"),
            ("report", "offers_errorreport_change"),
            ("change", "offers_proposal_change"),
        )
    ]
    skipped = office.get(
        reverse("admin:offers_queue_next"), {"eingang": "alle", "nach": f"vorschlag-{made['change'].pk}"}
    )
    assert skipped["Location"].startswith(page_of(made["new"]))
    around = office.get(reverse("admin:offers_queue_next"), {"eingang": "alle", "nach": f"vorschlag-{made['new'].pk}"})
    assert around["Location"].startswith(page_of(made["change"])), "after the last comes the first"
    for address in (page_of(made["change"]), page_of(made["new"])):
        answer = office.post(
            f"{address}?eingang=alle", {"entscheidung": "zurueckgeben", "reason": "Bitte kürzer."}, follow=True
        )
    assert "Alles erledigt." in text(answer)
    assert "Zurückgegeben" in text(answer)


def test_who_does_not_come_from_the_queue_stays_at_the_case(office: Client) -> None:
    proposal = waiting()
    answer = office.post(page_of(proposal), {"entscheidung": "zurueckgeben", "reason": "Kürzer."})
    assert answer["Location"] == page_of(proposal)


@pytest.mark.slow
def test_cases_of_the_same_moment_are_all_reached() -> None:
    person, moment = staff("Redaktion", "anna"), timezone.now()
    pks = {waiting(confirmed_at=moment).pk for _number in range(3)}
    seen: list[int] = []
    own = None
    for _number in pks:
        case = queue.after(Sight.ALL, person, own)
        assert case is not None
        seen.append(case.pk)
        own = queue.position(CaseKind.PROPOSAL, case.pk)
    assert seen == sorted(pks)


# -- differences and single fields -----------------------------------------------------------------------------------


def test_only_the_words_that_differ_are_marked() -> None:
    found = difference("Wir singen und spielen am Montag.", "Wir singen und spielen am Dienstag.")
    assert found.old == [Piece("Wir singen und spielen am ", False), Piece("Montag", True), Piece(".", False)]
    assert found.new == [Piece("Wir singen und spielen am ", False), Piece("Dienstag", True), Piece(".", False)]
    assert difference("", "neu").new == [Piece("neu", True)]
    assert difference("ganz anders", "Kaffee, Kuchen, Rat").old == [Piece("ganz anders", True)]


@pytest.mark.slow
def test_some_fields_are_published_and_the_rest_goes_back(office: Client) -> None:
    offer = OfferFactory.create(title="Alt", summary="Alt.", phone="")
    own = member(offer.provider)
    proposal = change_to(offer, title="Neu!!!", summary="Neu.", phone="0208 1")
    Proposal.objects.filter(pk=proposal.pk).update(sender_email=own.person.email)
    before = offer.verified_at
    answer = decide(
        office, proposal, entscheidung="auswahl", fields_taken=["summary", "phone"], reason="Bitte ohne Ausrufezeichen."
    )
    assert "Zum Teil veröffentlicht" in text(answer)
    offer.refresh_from_db()
    proposal.refresh_from_db()
    assert (offer.title, offer.summary, offer.phone) == ("Alt", "Neu.", "0208 1")
    assert offer.verified_at == before, "what stands there is what the sender says is wrong"
    assert (proposal.status, proposal.taken, proposal.rest) == (
        ProposalStatus.RETURNED, ["summary", "phone"], {"title": "Neu!!!"},
    )  # fmt: skip
    [message] = sent()
    for said in ("Veröffentlicht: Kurztext, Telefon", "Noch offen: Titel", "Bitte ohne Ausrufezeichen.",
                 reverse("workspace:proposal", args=[own.partner.slug, proposal.reference])):  # fmt: skip
        assert said in message.body
    partner = inside(own.person)
    words = text(partner.get(reverse("workspace:proposal", args=[own.partner.slug, proposal.reference])))
    assert "Zum Teil angenommen (Kurztext, Telefon)" in words
    assert "anna" not in words
    Offer.objects.filter(pk=offer.pk).update(phone="0208 999")
    partner.post(reverse("workspace:rework", args=[own.partner.slug, proposal.reference]))
    form = partner.get(reverse("workspace:edit", args=[own.partner.slug, offer.slug])).context["form"]
    assert form["title"].value() == "Neu!!!"
    assert form["phone"].value() == "0208 999", "what was taken is not sent again"


@pytest.mark.slow
def test_of_a_new_offer_some_fields_can_wait() -> None:
    proposal = waiting(payload=payload(website="https://kaputt.example"))
    names = [change.name for change in changes(proposal) if change.name != "website"]
    offer = decisions.approve_fields(proposal=proposal, by=editor(), names=names, reason="Die Seite geht nicht.")
    assert Offer.objects.public().get() == offer
    assert (offer.website, offer.is_confirmed) == ("", True)
    proposal.refresh_from_db()
    assert (proposal.offer, [change.name for change in changes(proposal)]) == (offer, ["website"])


@pytest.mark.parametrize("names", [[], ["title", "summary"], ["title", "phone"]])
def test_some_fields_means_some(names: list[str]) -> None:
    offer = OfferFactory.create(title="Alt")
    proposal = change_to(offer, title="Neu", summary="Neu.")
    with pytest.raises(ValueError, match="some fields"):
        decisions.approve_fields(proposal=proposal, by=editor(), names=names, reason="So.", seen=fingerprint(offer))
    proposal.refresh_from_db()
    assert (proposal.status, Offer.objects.get().title) == (ProposalStatus.WAITING, "Alt")


def test_single_fields_never_overwrite_what_moved() -> None:
    offer = OfferFactory.create(title="Alt", summary="Alt.")
    proposal = change_to(offer, title="Neu", summary="Neu.")
    looked_at, person = fingerprint(offer), editor()
    Offer.objects.filter(pk=offer.pk).update(title="Vom Büro")
    wish: dict[str, Any] = {"proposal": proposal, "by": person, "names": ["summary"], "reason": "Der Titel bleibt."}
    with pytest.raises(actions.ChangedMeanwhileError):
        decisions.approve_fields(**wish, seen=looked_at)
    offer.refresh_from_db()
    decisions.approve_fields(**wish, seen=fingerprint(offer))
    offer.refresh_from_db()
    assert (offer.title, offer.summary) == ("Vom Büro", "Neu.")
    with pytest.raises(actions.AlreadyDecidedError):
        decisions.approve_fields(**wish, seen=fingerprint(offer))


@pytest.mark.slow
def test_wrong_choices_are_said_and_nothing_typed_is_lost(office: Client) -> None:
    offer = OfferFactory.create(title="Alt", summary="Alt.")
    proposal = change_to(offer, title="Neu", summary="Neu.")
    wishes: list[tuple[dict[str, Any], str]] = [
        ({"entscheidung": "annehmen", "fields_taken": ["title"]}, "Sie haben Felder abgewählt"),
        ({"entscheidung": "annehmen", "reason": "Gut so"}, "geht keine Nachricht hinaus"),
        ({"entscheidung": "auswahl", "reason": "Gut so"}, "alle Felder ausgewählt"),
        ({"entscheidung": "auswahl", "fields_taken": [], "reason": "Gut so"}, "kein Feld ausgewählt"),
        ({"entscheidung": "auswahl", "fields_taken": ["title"]}, "worum es geht"),
        ({"entscheidung": "fragen"}, "worum es geht"),
        ({"entscheidung": "quatsch"}, "worum es geht"),
    ]
    for values, said in wishes:
        answer = decide(office, proposal, **values)
        assert said in text(answer)
        assert values.get("reason", "") in answer.content.decode()
        if "fields_taken" in values:
            assert answer.context["page"].form["fields_taken"].value() == values["fields_taken"]
    proposal.refresh_from_db()
    assert (proposal.status, Offer.objects.get().title, sent()) == (ProposalStatus.WAITING, "Alt", [])


def test_a_text_block_is_put_below_what_is_written_and_the_rest_stays(office: Client) -> None:
    proposal = change_to(OfferFactory.create(), title="Neu", summary="Neu.")
    block = TextBlock.objects.get(title="Text bitte einfacher")
    answer = decide(
        office, proposal, entscheidung="einfuegen", fields_taken=["title"], block=str(block.pk), reason="Guten Tag,"
    )
    form = answer.context["page"].form
    assert form["reason"].value() == f"Guten Tag,\n\n{block.text}"
    assert form["fields_taken"].value() == ["title"]
    assert form["block"].value() == ""
    assert not form.errors
    assert "Textbaustein" in text(office.get(reverse("admin:offers_textblock_changelist")))


# -- asking back -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_question_is_mailed_and_its_answer_lands_on_the_case(office: Client, client: Client) -> None:
    proposal = waiting(sender_name="Ayşe")
    office.post(page_of(proposal), {"entscheidung": "fragen", "reason": "An welchen Tagen?"})
    [message] = sent()
    question = CaseMessage.objects.get()
    path = links.answer_path(question)
    assert message.to == [proposal.sender_email]
    assert "An welchen Tagen?" in message.body
    assert path.partition(".")[0] in message.body
    assert "Antwort steht aus" in text(office.get(QUEUE, {"sicht": "rueckfragen"}))
    assert "An welchen Tagen?" in text(client.get(path))
    assert not client.cookies
    assert CaseMessage.objects.count() == 1, "opening the page answers nothing"
    assert "Bitte füllen Sie dieses Feld aus" in text(client.post(path, answers(text="")))
    thanks = client.post(path, answers(text="Immer mittwochs."), follow=True)
    assert "Vielen Dank" in text(thanks)
    assert "Immer mittwochs." in sent()[-1].body
    assert "Immer mittwochs." in text(office.get(page_of(proposal)))
    assert "Antwort ist da" in text(office.get(QUEUE, {"sicht": "antworten"}))
    again = client.post(path, answers(text="Oder freitags."))
    assert again.status_code == 410
    assert "schon da" in text(again)
    assert CaseMessage.objects.count() == 2
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WAITING


def test_other_links_open_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal, person = waiting(), editor()
    question = ask_back(case=proposal, by=person, text="Wann?")
    path = links.answer_path(question)
    answer = CaseMessage.objects.create(proposal=proposal, kind="antwort", text="x", question=None)
    for bad, status in ((path[:-3] + "xx/", 404), (links.answer_path(answer), 404)):
        found = client.post(bad, answers(text="Immer."))
        assert found.status_code == status
        assert "gilt nicht" in text(found)
    decisions.return_proposal(proposal=proposal, by=person, reason="Zu spät.")
    assert "schon entschieden" in text(client.post(path, answers(text="Immer.")))
    monkeypatch.setattr(links, "ANSWER_DAYS", -1)
    assert "abgelaufen" in text(client.get(path))
    assert CaseMessage.objects.count() == 2


def test_who_cannot_be_reached_cannot_be_asked() -> None:
    with pytest.raises(NoAddressError):
        ask_back(case=waiting(sender_email=""), by=editor(), text="Wann?")
    with pytest.raises(actions.AlreadyDecidedError):
        ask_back(case=waiting(status=ProposalStatus.WITHDRAWN), by=User.objects.get(), text="Wann?")


def mail_from(address: str, subject: str, body: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = address, "portal@example.org", subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return bytes(mail)


@pytest.mark.slow
def test_an_answer_by_mail_lands_on_the_case_and_nothing_else_does(tmp_path: Path) -> None:
    proposal = waiting(sender_email="ayse@example.org")
    ask_back(case=proposal, by=editor(), text="An welchen Tagen?")
    subject = f"Re: Frage zu Ihrem Angebot ({proposal.reference})"
    box = mailbox.Maildir(str(tmp_path / "box"))
    for mail in (
        mail_from("andere@example.org", subject, "Nie."),
        mail_from("ayse@example.org", "Hallo", "Ohne Nummer."),
        mail_from("ayse@example.org", subject, "Bin im Urlaub.", Auto_Submitted="auto-replied"),
        mail_from("Ayşe <ayse@example.org>", subject, "Immer mittwochs.\n\nAm 1. Mai schrieb das Büro:\n> Wann?\n"),
    ):
        box.add(mail)
    for _time in range(2):
        call_command("take_bounces", maildir=tmp_path / "box", verbosity=0)
    [answer] = CaseMessage.objects.filter(kind="antwort")
    assert (answer.text, answer.way, answer.address) == ("Immer mittwochs.", "mail", "ayse@example.org")
    assert len(box) == 3, "a person reads what is no answer"


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<style>p { margin: 0 }</style><p>F&uuml;r M&auml;dchen &amp; Jungen,<br>Kosten: 5&nbsp;&euro;</p>",
         "Für Mädchen & Jungen,\nKosten: 5 €"),
        ("<div>Ja, 3 &lt; 4.\n</div><div>Gru&szlig;</div><blockquote>Wann?</blockquote>", "Ja, 3 < 4.\nGruß"),
        ("<p>Mittwochs</p><p><b>Von:</b> B&uuml;ro<br>Wann?</p>", "Mittwochs"),
        ("<blockquote>Nur das Zitat</blockquote>", "> Nur das Zitat"),
    ],
)  # fmt: skip
def test_an_answer_in_html_alone_reads_like_any_other(html: str, says: str) -> None:
    mail = EmailMessage()
    mail.set_content(html, subtype="html")
    assert written(mail) == says


# -- four eyes -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_with_four_eyes_nobody_approves_an_own_proposal(settings: Any, office: Client) -> None:
    settings.FOUR_EYES = True
    anna = User.objects.get(username="anna")
    User.objects.filter(pk=anna.pk).update(email="Anna@example.org")
    offer = OfferFactory.create(title="Alt", summary="Alt.")
    mine = change_to(offer, title="Neu", summary="Neu.")
    Proposal.objects.filter(pk=mine.pk).update(sender_email="anna@EXAMPLE.org")
    assert "Vier Augen" in text(office.get(page_of(mine)))
    assert "jemand anderes" in text(decide(office, mine))
    refused = decide(office, mine, entscheidung="auswahl", fields_taken=["title"], reason="Nur der Titel.")
    assert "jemand anderes" in text(refused)
    offer.refresh_from_db()
    assert offer.title == "Alt"
    decisions.approve_proposal(proposal=mine, by=staff("Redaktion", "berta"), seen=fingerprint(offer))
    offer.refresh_from_db()
    assert offer.title == "Neu"
    settings.FOUR_EYES = False
    theirs = waiting(sender_email="anna@example.org")
    assert decisions.approve_proposal(proposal=theirs, by=User.objects.get(username="anna")).status == Status.PUBLISHED


@pytest.mark.slow
def test_with_four_eyes_typing_in_for_others_counts_as_own(settings: Any, office: Client) -> None:
    """Anna fills in the public form while signed in, with the address of an organisation."""
    settings.FOUR_EYES = True
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")
    press(office, at_step(office, 5), "senden")
    proposal = Proposal.objects.get()
    actions.confirm_proposal(token=proposal.confirm_token)
    with pytest.raises(decisions.OwnProposalError):
        decisions.approve_proposal(proposal=proposal, by=User.objects.get(username="anna"))
    assert decisions.approve_proposal(proposal=proposal, by=staff("Redaktion", "berta"))


def test_a_partner_sees_the_thread_and_can_answer() -> None:
    partner = PartnerFactory.create()
    own = member(partner)
    proposal = waiting(partner=partner, sender_email=own.person.email)
    question = ask_back(case=proposal, by=staff("Redaktion", "anna"), text="An welchen Tagen?")
    words = inside(own.person).get(reverse("workspace:proposal", args=[partner.slug, proposal.reference]))
    assert "An welchen Tagen?" in text(words)
    assert "anna" not in text(words)
    assert links.answer_path(question).split(".")[0] in words.content.decode()
