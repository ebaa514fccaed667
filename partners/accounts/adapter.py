"""What django-allauth asks the portal: where mails go, where people land, when to ask again, how secrets are kept."""

import base64
import hashlib
import io
from datetime import timedelta
from time import time
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from partners.accounts.guard import client_address, count_failure, remember
from partners.accounts.letters import post
from portal.city import city
from portal.mail import queue_mail

FRESH = timedelta(minutes=10)  # so long a sign-in counts as just done, when a first second factor is set up
SECURITY_NOTES = {  # what a notice about the own account says; others are not sent
    "mfa/email/totp_activated": _("Eine Authenticator-App wurde eingerichtet."),
    "mfa/email/totp_deactivated": _("Eine Authenticator-App wurde entfernt."),
    "mfa/email/webauthn_added": _("Ein Passkey wurde hinzugefügt."),
    "mfa/email/webauthn_removed": _("Ein Passkey wurde entfernt."),
    "mfa/email/recovery_codes_generated": _("Neue Ersatz-Codes wurden erzeugt."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Mails are jobs, nobody signs up by themselves, and a password opens the door for staff only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Benutzername oder Passwort stimmen nicht. Bitte versuchen Sie es noch einmal."
        ),
        "incorrect_password": _("Das Passwort stimmt nicht."),
        "incorrect_code": _("Dieser Code stimmt nicht. Bitte sehen Sie noch einmal nach."),
        "too_many_login_attempts": _("Das waren zu viele Versuche. Bitte warten Sie eine Viertelstunde."),
        "rate_limited": _("Das waren zu viele Versuche. Bitte warten Sie ein paar Minuten."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The only mail of this kind is the sign-in code."""
        post(to=email, known=True, **_letter(str(context["code"])))

    def pretend_mail(self, email: str) -> None:
        """The same work as for a code that is sent, for an address nobody has: answers take the same time."""
        post(to=email, known=False, **_letter(self.generate_login_code()))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        note = SECURITY_NOTES.get(template_prefix)
        if note and user.email:
            queue_mail(
                to=user.email,
                subject=str(_("Änderung an Ihrem Zugang")),
                template="mail/partners/security_note.txt",
                context={"note": note},
            )

    def add_message(self, request: HttpRequest, level: int, *args: Any, message: Any = None, **kwargs: Any) -> None:
        """Only what is said in our own words."""
        if message:
            super().add_message(request, level, message=str(message))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """By password: staff only. Everybody else signs in with a code by mail."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_staff:
            count_failure(request, credentials.get("username", ""))
            return None
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        return resolve_url("admin:index" if user.is_authenticated and user.is_staff else "accounts:home")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember(request, response, [user.get_username(), user.email])
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for the first second factor right after signing in: there is nothing to confirm it with yet."""
        user = self.request.user
        records = get_authentication_records(self.request, user)
        fresh = any(time() - record["at"] < FRESH.total_seconds() for record in records)
        if fresh and (not is_mfa_enabled(user) or any(record["method"] == "mfa" for record in records)):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


def _letter(code: str) -> dict[str, Any]:
    """The mail with the code. It is not in the subject: locked phones show that."""
    return {
        "subject": str(_("Ihr Code zum Anmelden")),
        "template": "mail/partners/login_code.txt",
        "context": {"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
    }


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets lie encrypted in the database; the last second factor of staff cannot be taken away."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Dieser Code stimmt nicht. Bitte nehmen Sie den neuesten Code."),
        "cannot_delete_authenticator": _(
            "Das ist Ihr einziger zweiter Faktor. Bitte richten Sie zuerst einen anderen ein."
        ),
    }

    def get_totp_issuer(self) -> str:
        return f"Präventionsportal {city()['name']}"

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=5, border=4, light="#fff")
        return drawn.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """Encrypts with the secret key; an earlier one in SECRET_KEY_FALLBACKS still opens."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(f"partners.accounts.second-factor:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
