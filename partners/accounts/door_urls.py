"""/konto/: the names are allauth's own, so that its flows find the pages; only these pages exist."""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, path

from partners.accounts import door
from partners.accounts.door import for_staff

urlpatterns: list[URLPattern] = [
    path("anmelden/", door.RequestCodeView.as_view(), name="account_request_login_code"),
    path("anmelden/code/", door.MailCodeView.as_view(), name="account_confirm_login_code"),
    path("anmelden/redaktion/", door.PasswordView.as_view(), name="account_login"),
    path("anmelden/redaktion/code/", door.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("anmelden/zulassen/", door.ask_admission, name="account_ask_admission"),
    path("anmelden/zulassen/<str:token>/", door.admit, name="account_admit"),
    path("abmelden/", account.logout, name="account_logout"),
    path("gesperrt/", account.account_inactive, name="account_inactive"),
    path("bestaetigen/", for_staff(door.PasswordAgainView.as_view()), name="account_reauthenticate"),
    path("bestaetigen/code/", for_staff(door.SecondFactorAgainView.as_view()), name="mfa_reauthenticate"),
    path("bestaetigen/passkey/", for_staff(door.PasskeyAgainView.as_view()), name="mfa_reauthenticate_webauthn"),
    path("passwort/", for_staff(door.NewPasswordView.as_view()), name="account_change_password"),
    path("sicherheit/", for_staff(door.SecurityView.as_view()), name="mfa_index"),
    path("sicherheit/app/", for_staff(door.SetUpAppView.as_view()), name="mfa_activate_totp"),
    path("sicherheit/app/entfernen/", for_staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("sicherheit/ersatz-codes/", for_staff(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "sicherheit/ersatz-codes/neu/",
        for_staff(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "sicherheit/ersatz-codes/datei/",
        for_staff(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("sicherheit/passkeys/", for_staff(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("sicherheit/passkeys/neu/", for_staff(door.AddPasskeyView.as_view()), name="mfa_add_webauthn"),
    path(
        "sicherheit/passkeys/<int:pk>/entfernen/",
        for_staff(door.RemovePasskeyView.as_view()),
        name="mfa_remove_webauthn",
    ),
    path("sicherheit/passkeys/<int:pk>/name/", for_staff(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
