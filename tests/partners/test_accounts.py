"""Who works for whom: invitations, roles, their end, claims, and what a person of another organisation gets to see."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.accounts import actions
from partners.enums import Role
from partners.models import Affiliation, Claim, Invitation, Partner
from portal.enums import Rhythm
from portal.management.commands.worker import run_worker
from portal.notices import mail_gathered, notify, rhythm_of
from tests.partners.factories import PartnerFactory
from tests.partners.people import inside, member
from tests.portal.staff import open_form, signed_in, staff

pytestmark = pytest.mark.django_db(transaction=True)
LINK = re.compile(r"/mein-bereich/einladung/\S+/")
NAME = {"first_name": "Ayşe", "last_name": "Muster"}


@pytest.fixture
def own() -> Affiliation:
    return member(PartnerFactory.create(name="Verein Sonne"))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent() -> list[Any]:
    mail.outbox.clear()
    run_worker(wait=False)
    return list(mail.outbox)


def url(view: str, own: Affiliation, *args: Any) -> str:
    return reverse(f"accounts:{view}", args=[own.partner.slug, *args])


def test_from_the_invitation_to_the_first_page(own: Affiliation) -> None:
    answer = inside(own.person).post(
        url("invite", own), {"email": "Neu@Example.org", "role": "bearbeitung"}, follow=True
    )
    assert "Die Einladung an neu@example.org ist unterwegs" in text(answer)
    [letter] = sent()
    assert letter.to == ["neu@example.org"]
    assert "Verein Sonne" in letter.body
    found = LINK.search(letter.body)
    assert found
    guest = Client()
    page = text(guest.get(found[0]))
    assert "Angebote von „Verein Sonne“ pflegen" in page
    assert not User.objects.filter(email="neu@example.org").exists()
    answer = guest.post(found[0], NAME, follow=True)
    assert answer.redirect_chain[-1][0] == "/mein-bereich/"
    assert "Willkommen" in text(answer)
    person = User.objects.get(email="neu@example.org")
    assert (person.get_full_name(), person.is_staff, person.has_usable_password()) == ("Ayşe Muster", False, False)
    assert Affiliation.objects.current().get(person=person).role == Role.EDIT


def test_an_invitation_works_once(own: Affiliation) -> None:
    made = actions.invite(partner=own.partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    path = reverse("accounts:invitation", args=[actions.invitation_token(made)])
    Client().post(path, NAME)
    late = Client()
    for answer in (late.get(path), late.post(path, NAME)):
        assert answer.status_code == 410
        assert "Diese Einladung gilt nicht mehr" in text(answer)
    assert late.get("/mein-bereich/").status_code == 302
    assert Affiliation.objects.count() == 2


@pytest.mark.parametrize("what", ["expired", "withdrawn", "replaced"])
def test_an_invitation_that_no_longer_holds_opens_nothing(own: Affiliation, what: str) -> None:
    made = actions.invite(partner=own.partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    if what == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif what == "withdrawn":
        inside(own.person).post(url("withdraw", own, made.public_id))
    else:
        actions.invite(partner=own.partner, email="NEU@example.org", role=Role.EDIT, by=own.person)
    answer = Client().post(reverse("accounts:invitation", args=[actions.invitation_token(made)]), NAME)
    assert answer.status_code == 410
    assert not User.objects.filter(email="neu@example.org").exists()


def test_a_tampered_link_opens_nothing(own: Affiliation) -> None:
    made = actions.invite(partner=own.partner, email="neu@example.org", role=Role.EDIT, by=own.person)
    token = actions.invitation_token(made)
    for forged in (token[:-1], f"{uuid.uuid4().hex}:{token.partition(':')[2]}", made.public_id.hex):
        assert Client().post(reverse("accounts:invitation", args=[forged]), NAME).status_code == 404


def test_an_invited_member_of_staff_still_needs_password_and_second_factor(own: Affiliation) -> None:
    anna = staff("Redaktion", "anna")
    User.objects.filter(pk=anna.pk).update(email="anna@example.org")
    made = actions.invite(partner=own.partner, email="anna@example.org", role=Role.EDIT, by=own.person)
    guest = Client()
    guest.post(reverse("accounts:invitation", args=[actions.invitation_token(made)]), NAME)
    assert guest.get("/mein-bereich/").status_code == 302
    assert Affiliation.objects.current().filter(person=anna).exists()


def test_a_second_invitation_never_takes_a_right_away(own: Affiliation) -> None:
    made = actions.invite(partner=own.partner, email=own.person.email, role=Role.EDIT, by=own.person)
    actions.accept_invitation(invitation=made, **NAME)
    own.refresh_from_db()
    assert own.role == Role.MANAGE


def test_nobody_floods_the_city_with_invitations(own: Affiliation) -> None:
    for number in range(actions.OPEN_INVITATIONS):
        actions.invite(partner=own.partner, email=f"neu{number}@example.org", role=Role.EDIT, by=own.person)
    answer = inside(own.person).post(url("invite", own), {"email": "noch@example.org", "role": "bearbeitung"})
    assert "schon viele Einladungen offen" in text(answer)


def test_who_already_belongs_is_not_invited(own: Affiliation) -> None:
    answer = inside(own.person).post(url("invite", own), {"email": own.person.email.upper(), "role": "bearbeitung"})
    assert "Diese Person gehört schon dazu" in text(answer)
    assert sent() == []


def test_roles_change_and_end_at_once(own: Affiliation) -> None:
    other = member(own.partner, Role.EDIT)
    browser, theirs = inside(own.person), inside(other.person)
    assert theirs.get(url("invite", own)).status_code == 404
    browser.post(url("colleague", own, other.public_id), {"role": "verwaltung"})
    assert theirs.get(url("invite", own)).status_code == 200
    browser.post(url("end", own, other.public_id))
    assert theirs.get(url("team", own)).status_code == 404
    assert Affiliation.objects.filter(pk=other.pk, ended_at__isnull=False).exists()


def test_one_manager_always_stays(own: Affiliation) -> None:
    browser = inside(own.person)
    assert "Mindestens eine Person" in text(browser.post(url("end", own, own.public_id)))
    assert "Mindestens eine Person" in text(browser.post(url("colleague", own, own.public_id), {"role": "bearbeitung"}))
    own.refresh_from_db()
    assert (own.role, own.ended_at) == (Role.MANAGE, None)


def test_one_person_serves_several_organisations(own: Affiliation) -> None:
    second = actions.affiliate(person=own.person, partner=PartnerFactory.create(name="Haus Mond"), role=Role.EDIT)
    page = text(inside(own.person).get("/mein-bereich/"))
    assert "Verein Sonne" in page
    assert "Haus Mond" in page
    assert inside(own.person).get(url("team", second)).status_code == 200
    assert inside(own.person).get(url("invite", second)).status_code == 404


def test_a_person_chooses_how_often_the_portal_writes(own: Affiliation) -> None:
    """Once for all their organisations; a colleague's post is not touched."""
    colleague, browser, address = member(own.partner, Role.EDIT), inside(own.person), reverse("accounts:mails")
    assert 'value="stunde" id="id_rhythm_1" checked' in text(browser.get(address)).replace(" required", "")
    assert browser.post(address, {"rhythm": "nie"}).status_code == 200
    assert rhythm_of(own.person.email) == Rhythm.HOURLY
    assert "Entscheidungen des Büros: einmal am Tag" in text(browser.post(address, {"rhythm": "tag"}, follow=True))
    for person in (own.person, own.person, colleague.person):
        notify(to=person.email, subject="x", template="mail/offers/_closing.txt", context={}, path="/x/")
    assert [message.to for message in sent()] == [[colleague.person.email]]
    assert mail_gathered(timezone.now() + timedelta(days=1)) == 1
    [gathered] = sent()
    assert (gathered.to, gathered.subject) == ([own.person.email], "2 Nachrichten aus dem Präventionsportal")


def test_what_belongs_to_others_does_not_exist(own: Affiliation) -> None:
    """Every address of the frame with the ids of another organisation, in both places where an id can stand."""
    foreign = member(PartnerFactory.create(name="Haus Mond"))
    letter = actions.invite(partner=foreign.partner, email="neu@example.org", role=Role.EDIT, by=foreign.person)
    browser = inside(own.person)
    for at in (foreign, own):
        for view, args in [
            ("team", []), ("invite", []), ("withdraw", [letter.public_id]),
            ("colleague", [foreign.public_id]), ("end", [foreign.public_id]),
        ]:  # fmt: skip
            if at == own and not args:
                continue
            path = url(view, at, *args)
            answers = {browser.get(path).status_code, browser.post(path, {"role": "bearbeitung"}).status_code}
            assert answers - {405} == {404}  # 405: no such method for anybody
    foreign.refresh_from_db()
    assert (foreign.role, foreign.ended_at) == (Role.MANAGE, None)
    assert Invitation.objects.open().count() == 1


def test_a_disabled_account_is_out_at_once(own: Affiliation) -> None:
    browser = inside(own.person)
    User.objects.filter(pk=own.person.pk).update(is_active=False)
    assert browser.get(url("team", own)).status_code == 302


def test_the_database_keeps_one_role_per_person_and_organisation(own: Affiliation) -> None:
    with pytest.raises(IntegrityError):
        Affiliation.objects.create(person=own.person, partner=own.partner, role=Role.EDIT)


def test_every_change_of_a_role_is_recorded(own: Affiliation) -> None:
    other = member(own.partner, email="zweite@example.org")
    inside(own.person).post(url("colleague", own, other.public_id), {"role": "bearbeitung"})
    events: Any = apps.get_model("partners", "AffiliationEvent")
    event = events.objects.get(pgh_obj=other, pgh_label="update")
    assert (event.role, event.pgh_context.metadata["user"]) == (Role.EDIT, own.person.pk)


# -- claims ----------------------------------------------------------------------------------------------------------


def claimed(partner: Partner | None = None) -> Claim:
    return actions.claim(
        email="traeger@example.org",
        name="Ayşe Muster",
        organisation="Verein Neu",
        partner=partner,
        reference="7KQ4-M2XD",
    )


@pytest.mark.slow
def test_the_buero_hears_of_a_claim_and_decides_it() -> None:
    partner = PartnerFactory.create(name="Verein Neu")
    claim = claimed()
    assert claimed() == claim
    [letter] = sent()
    assert "traeger@example.org möchte ein Konto" in letter.body
    page = inside(claim.person).get("/mein-bereich/")
    assert "Ihr Antrag für „Verein Neu“ wartet" in text(page)
    office = signed_in(staff("Redaktion"))
    assert "<strong>1</strong> Antrag auf ein Konto" in text(office.get(reverse("admin:index")))
    assert "Verein Neu" in text(office.get(reverse("admin:partners_claim_changelist")))
    path = reverse("admin:partners_claim_change", args=[claim.pk])
    assert f'<option value="{partner.pk}" selected' in text(office.get(path))
    assert "Bitte wählen Sie die Organisation" in text(office.post(path, {"entscheidung": "annehmen", "partner": ""}))
    office.post(path, {"entscheidung": "annehmen", "partner": partner.pk})
    assert Affiliation.objects.current().get(person=claim.person, partner=partner).role == Role.MANAGE
    [letter] = sent()
    assert "„Verein Neu“ jetzt selbst pflegen" in letter.body
    again = office.post(path, {"entscheidung": "ablehnen", "partner": partner.pk}, follow=True)
    assert "schon entschieden" in text(again)


def test_a_refused_claim_gives_no_right() -> None:
    claim = claimed(PartnerFactory.create(name="Verein Neu"))
    office = signed_in(staff("Leitung"))
    office.post(reverse("admin:partners_claim_change", args=[claim.pk]), {"entscheidung": "ablehnen"})
    assert not Affiliation.objects.exists()
    assert "kein eigenes Konto" in sent()[-1].body


def test_the_second_person_of_an_organisation_edits_only() -> None:
    partner = PartnerFactory.create(name="Verein Neu")
    member(partner)
    chief = User.objects.get(pk=staff("Leitung").pk)
    actions.decide_claim(claim=claimed(partner), by=chief, partner=partner, accept=True)
    assert Affiliation.objects.current().get(person__email="traeger@example.org").role == Role.EDIT


def test_only_who_may_decide_does() -> None:
    with pytest.raises(PermissionDenied):
        actions.decide_claim(claim=claimed(), by=staff(), partner=PartnerFactory.create(), accept=True)


# -- the Büro --------------------------------------------------------------------------------------------------------


def test_the_buero_invites_the_first_person_of_an_organisation() -> None:
    partner = PartnerFactory.create()
    office = signed_in(staff("Redaktion"))
    path = reverse("admin:partners_invitation_add")
    values = open_form(office, path)
    answer = office.post(path, {**values, "partner": partner.pk, "email": "erste@example.org", "role": "verwaltung"})
    assert answer.status_code == 302
    [letter] = sent()
    assert letter.to == ["erste@example.org"]
    assert Invitation.objects.open().get(email="erste@example.org").partner == partner


def test_the_buero_sees_who_belongs_where_but_no_secret() -> None:
    own = member(PartnerFactory.create(name="Verein Sonne"))
    office = signed_in(staff(name="chefin", superuser=True))
    assert own.person.email in text(office.get(reverse("admin:partners_affiliation_changelist")))
    for hidden in ("mfa/authenticator", "account/emailaddress"):
        assert office.get(f"/admin/{hidden}/").status_code == 404
