"""Forms of the sign-in pages and of the frame: German labels, KERN look, no placeholder instead of a label."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
)
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.accounts.guard import knows, plain_name
from partners.enums import Role
from partners.models import Partner
from portal.enums import Rhythm
from portal.forms import PlainForm

REQUIRED = _("Bitte füllen Sie dieses Feld aus.")
WORDS = {  # label and hint of fields that come from allauth
    "login": (_("Benutzername"), ""),
    "password": (_("Passwort"), ""),
    "oldpassword": (_("Bisheriges Passwort"), ""),
    "password1": (
        _("Neues Passwort"),
        _("Mindestens 12 Zeichen. Gut sind vier Wörter, die nichts miteinander zu tun haben."),
    ),
    "password2": (_("Neues Passwort noch einmal"), ""),
    "email": (_("E-Mail-Adresse"), ""),
    "name": (_("Name des Passkeys"), _("Zum Beispiel: Dienst-Laptop")),
}
CODE = _("Code")


class KernForm:
    """Puts words and layout on a form of allauth's; `code_words` are label and hint of its code."""

    code_words: tuple[Any, Any] = (CODE, "")
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        for name, field in self.fields.items():
            words: tuple[Any, Any] = WORDS.get(name, (field.label, field.help_text))
            label, hint = self.code_words if name == "code" else words
            field.label, field.help_text = label, hint
            field.error_messages["required"] = REQUIRED
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class PasswordLoginForm(KernForm, LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class RequestCodeForm(KernForm, RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    _user: User | None = None

    def clean_email(self) -> str:
        """Whoever floods an address with requests cannot keep its owner's own browser from getting a code."""
        email: str = self.cleaned_data["email"].strip()
        key = plain_name(email) + (":own" if knows(context.request, email) else "")
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        found = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
        self._user = next((user for user in found if not user.is_staff), None)
        return email


class MailCodeForm(KernForm, ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    code_words = (_("Code aus der E-Mail"), "")


class SecondFactorForm(KernForm, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    code_words = (_("Code"), _("Sechs Ziffern aus der App oder einer Ihrer Ersatz-Codes."))


class SecondFactorAgainForm(KernForm, CodeAgainForm):  # type: ignore[misc]  # allauth has no types
    code_words = SecondFactorForm.code_words


class PasswordAgainForm(KernForm, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class NewPasswordForm(KernForm, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    pass


class SetUpAppForm(KernForm, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    code_words = (_("Code aus der App"), _("Die App zeigt sechs Ziffern. Alle 30 Sekunden kommt ein neuer Code."))


class AddPasskeyForm(KernForm, AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class RenamePasskeyForm(KernForm, EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


# -- the frame -------------------------------------------------------------------------------------------------------


class FrameForm(PlainForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False


class InviteForm(FrameForm):
    """Whom to invite, and what they may do."""

    email = forms.EmailField(
        label=_("E-Mail-Adresse"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Was darf die Person?"), choices=Role.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partner = partner
        self.fields["role"].initial = Role.EDIT

    def clean_email(self) -> str:
        email = plain_name(self.cleaned_data["email"])
        if self.partner.affiliations.current().filter(person__email__iexact=email).exists():
            raise ValidationError(_("Diese Person gehört schon dazu."))
        return email


class RoleForm(FrameForm):
    role = forms.ChoiceField(label=_("Was darf die Person?"), choices=Role.choices, widget=forms.RadioSelect)


class MailsForm(FrameForm):
    """How often the person is told what can wait."""

    rhythm = forms.ChoiceField(label=_("Wie oft möchten Sie Post?"), choices=Rhythm.choices, widget=forms.RadioSelect)


class AdmissionForm(FrameForm):
    """Whose door is closed."""

    login = forms.CharField(
        label=_("Benutzername oder E-Mail-Adresse"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}),
    )


class AcceptForm(FrameForm):
    """How the invited person is called."""

    first_name = forms.CharField(
        label=_("Vorname"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Nachname"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
