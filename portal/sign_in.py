"""The settings of signing in that are the same on every machine; portal/settings.py takes them in."""

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_request_login_code"
ACCOUNT_ADAPTER = "partners.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}  # by password, for staff; everybody else gets a code by mail
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody can sign up; allauth asks for them all the same
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is confirmed before it gets an account
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "", "request_login_code": "30/h/ip,5/15m/key"}  # rest: axes
_forms = "partners.accounts.forms."
ACCOUNT_FORMS = {
    "login": f"{_forms}PasswordLoginForm",
    "request_login_code": f"{_forms}RequestCodeForm",
    "confirm_login_code": f"{_forms}MailCodeForm",
    "reauthenticate": f"{_forms}PasswordAgainForm",
    "change_password": f"{_forms}NewPasswordForm",
}
MFA_ADAPTER = "partners.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be wrong
MFA_FORMS = {
    "authenticate": f"{_forms}SecondFactorForm",
    "reauthenticate": f"{_forms}SecondFactorAgainForm",
    "activate_totp": f"{_forms}SetUpAppForm",
    "add_webauthn": f"{_forms}AddPasskeyForm",
    "edit_webauthn": f"{_forms}RenamePasskeyForm",
}
# Limits and used codes hold for all processes of the web server.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "partners_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # of 300, Django's own limit, strangers could push out others' by asking
    }
}
AXES_HANDLER = "partners.accounts.guard.Guard"
AXES_USERNAME_CALLABLE = "partners.accounts.guard.axes_name"
AXES_CLIENT_IP_CALLABLE = "partners.accounts.guard.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hour
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else a stranger could keep somebody out for ever
AXES_SENSITIVE_PARAMETERS = ["login", "email", "password", "code", "credential", "csrfmiddlewaretoken"]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is nobody's business; wrong tries are kept for an hour
AXES_CLIENT_STR_CALLABLE = "portal.log.client_without_address"
