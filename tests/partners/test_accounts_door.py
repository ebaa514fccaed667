"""The doors: code by mail for partners, password and second factor for staff (guessers: test_guessing.py)."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.accounts.actions import account_for
from portal.management.commands.worker import run_worker
from tests.partners.factories import PartnerFactory
from tests.partners.people import CODE, member
from tests.portal.staff import PASSWORD, code_now, sign_in, signed_in, staff, with_phone

pytestmark = pytest.mark.django_db(transaction=True)
ASK, ENTER = "/konto/anmelden/", "/konto/anmelden/code/"
LOGIN, FACTOR = "/konto/anmelden/redaktion/", "/konto/anmelden/redaktion/code/"


def mailed_code() -> str:
    """The code the real worker sends now."""
    mail.outbox.clear()
    run_worker(wait=False)
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    return found[0]


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# -- partners --------------------------------------------------------------------------------------------------------


def test_a_partner_signs_in_with_a_code_by_mail_and_without_a_password(client: Client) -> None:
    own = member(PartnerFactory.create(name="Verein Sonne"))
    assert not own.person.has_usable_password()
    answer = client.get(reverse("accounts:home"))
    assert answer["Location"].startswith(ASK)
    answer = client.post(f"{ASK}?next=/mein-bereich/", {"email": own.person.email.upper()})
    assert answer.status_code == 302
    code = mailed_code()
    assert code not in str(mail.outbox[-1].subject)
    assert mail.outbox[-1].to[0].lower() == own.person.email
    answer = client.post(answer["Location"], {"code": code}, follow=True)
    assert answer.redirect_chain[-1][0] == "/mein-bereich/"
    assert "Verein Sonne" in text(answer)


def test_signing_out_ends_the_session(client: Client) -> None:
    own = member(PartnerFactory.create())
    client.post(ASK, {"email": own.person.email})
    client.post(ENTER, {"code": mailed_code()})
    assert client.get("/mein-bereich/").status_code == 200
    client.post("/konto/abmelden/")
    assert client.get("/mein-bereich/").status_code == 302


def test_a_code_works_once_and_only_in_the_browser_that_asked(client: Client) -> None:
    own = member(PartnerFactory.create())
    client.post(ASK, {"email": own.person.email})
    code = mailed_code()
    other = Client()
    other.post(ASK, {"email": own.person.email})
    assert other.post(ENTER, {"code": code}).status_code == 200
    assert client.post(ENTER, {"code": code}).status_code == 302
    client.post("/konto/abmelden/")
    assert client.post(ENTER, {"code": code})["Location"].startswith(ASK)
    assert client.get("/mein-bereich/").status_code == 302


def test_three_wrong_codes_end_the_try(client: Client) -> None:
    own = member(PartnerFactory.create())
    client.post(ASK, {"email": own.person.email})
    code = mailed_code()
    for _unused in range(3):
        client.post(ENTER, {"code": "000000" if code != "000000" else "111111"})
    assert client.post(ENTER, {"code": code}).status_code == 302
    assert client.get("/mein-bereich/").status_code == 302


def test_known_and_unknown_addresses_are_answered_alike_in_words_and_work() -> None:
    known = member(PartnerFactory.create()).person.email
    seen = []
    for email in ("warm@example.org", known, "niemand@example.org"):
        browser = Client()
        browser.get(ASK)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(ASK, {"email": email})
        page, wrong = (
            re.sub(r'value="\w{64}"', "", text(found)).replace(email, "ADRESSE")  # the forms' tokens
            for found in (browser.get(answer["Location"]), browser.post(ENTER, {"code": "000000"}))
        )
        seen.append((answer.status_code, answer["Location"], page, wrong, [kind(q["sql"]) for q in asked]))
    assert seen[1][:4] == seen[2][:4]
    assert seen[1][4] == seen[2][4]
    mail.outbox.clear()
    run_worker(wait=False)
    assert [message.to for message in mail.outbox] == [[known]]


def kind(sql: str) -> str:
    """What a statement does, to which table."""
    words = sql.replace('"', " ").replace(".", " ").split()
    table = next((words[i + 1] for i, word in enumerate(words[:-1]) if word in {"FROM", "INTO", "UPDATE"}), "")
    return f"{words[0]} {table}"


def test_nobody_can_sign_up_or_reset_a_password(client: Client) -> None:
    for path in ("signup/", "registrieren/", "password/reset/", "email/"):
        assert client.get(f"/konto/{path}").status_code == 404


def test_a_partner_never_reaches_the_admin(client: Client) -> None:
    own = member(PartnerFactory.create())
    client.post(ASK, {"email": own.person.email})
    client.post(ENTER, {"code": mailed_code()})
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    for name in ("mfa_index", "mfa_activate_totp", "account_change_password"):
        assert client.get(reverse(name)).status_code == 404


@pytest.mark.slow
def test_a_password_opens_nothing_for_who_is_not_staff(client: Client) -> None:
    person = account_for("kathe@example.org")
    person.set_password(PASSWORD)
    person.save()
    answer = client.post(LOGIN, {"login": person.get_username(), "password": PASSWORD})
    assert answer.status_code == 200
    assert "stimmen nicht" in text(answer)


def test_staff_get_no_code_by_mail(client: Client) -> None:
    anna = staff("Redaktion", "anna")
    User.objects.filter(pk=anna.pk).update(email="anna@example.org")
    account_for("anna@example.org")
    client.post(ASK, {"email": "anna@example.org"})
    mail.outbox.clear()
    run_worker(wait=False)
    assert mail.outbox == []


# -- staff -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_first_login_leads_through_setting_up_the_app_to_the_admin(client: Client) -> None:
    boss = staff(name="buero", superuser=True)
    boss.set_password(PASSWORD)
    boss.save()
    assert boss.password.startswith("argon2")
    answer = client.get("/admin/offers/offer/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/offers/offer/"
    answer = client.post(f"{LOGIN}?next=/admin/", {"login": "buero", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_index")
    assert "App einrichten" in text(answer)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in text(page)
    assert 'alt="QR-Code mit dem Schlüssel für die App"' in text(page)
    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Dieser Code stimmt nicht" in text(answer)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert len(answer.context["unused_codes"]) == 10
    assert client.get("/admin/").status_code == 200
    stored = Authenticator.objects.get(user=boss, type="totp").data["secret"]
    assert secret not in stored


@pytest.mark.slow
def test_every_further_login_asks_for_the_second_factor(client: Client) -> None:
    anna = with_phone(staff("Redaktion", "anna"))
    client.post(LOGIN, {"login": "anna", "password": PASSWORD})
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(FACTOR)
    assert sign_in(Client(), anna).get("/admin/").status_code == 200


@pytest.mark.slow
def test_a_recovery_code_works_once(client: Client) -> None:
    anna = with_phone(staff("Redaktion", "anna"))
    sign_in(client, anna)
    client.post(reverse("mfa_generate_recovery_codes"))
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for expected in (200, 302):
        other = Client()
        other.post(LOGIN, {"login": "anna", "password": PASSWORD})
        other.post(FACTOR, {"code": code})
        assert other.get("/admin/").status_code == expected


@pytest.mark.slow
def test_a_code_of_the_app_cannot_be_used_twice() -> None:
    with_phone(staff("Redaktion", "anna"))
    code = code_now()
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post(LOGIN, {"login": "anna", "password": PASSWORD})
        browser.post(FACTOR, {"code": code})
    assert first.get("/admin/").status_code == 200
    assert second.get("/admin/").status_code == 302


def test_a_session_from_before_the_second_factor_must_show_it(client: Client) -> None:
    anna = with_phone(staff("Redaktion", "anna"))
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))
    assert client.post(f"{reverse('mfa_reauthenticate')}?next=/admin/", {"code": code_now()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.slow
def test_the_last_second_factor_cannot_be_taken_away(client: Client) -> None:
    anna = with_phone(staff("Redaktion", "anna"))
    sign_in(client, anna)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "einziger zweiter Faktor" in text(answer)
    assert Authenticator.objects.filter(user=anna, type="totp").exists()


@pytest.mark.slow
def test_a_changed_password_is_used_from_then_on(client: Client) -> None:
    anna = with_phone(staff("Redaktion", "anna"))
    sign_in(client, anna)
    new = "vier lange Woerter hier"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )
    assert "Ihr Passwort ist geändert" in text(answer)
    anna.refresh_from_db()
    assert sign_in(Client(), anna, new).get("/admin/").status_code == 200
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


@pytest.mark.slow
def test_the_lead_resets_a_lost_second_factor_but_never_the_administrators() -> None:
    anna, boss = with_phone(staff("Redaktion", "anna")), with_phone(staff(name="boss", superuser=True))
    chief = signed_in(staff("Leitung", "chefin"))
    action = {"action": "reset_second_factor", "_selected_action": [anna.pk, boss.pk]}
    answer = chief.post(reverse("admin:auth_user_changelist"), action, follow=True)
    assert "Zurückgesetzt: anna" in text(answer)
    assert set(Authenticator.objects.values_list("user", flat=True)) == {boss.pk, chief_of(chief)}
    browser = Client()
    browser.post(LOGIN, {"login": "anna", "password": PASSWORD})
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == reverse("mfa_index")


def chief_of(browser: Client) -> int:
    return int(browser.session["_auth_user_id"])
