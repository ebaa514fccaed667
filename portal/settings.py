"""All settings. What depends on the machine is read from the environment or `.env`; see .env.example."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.embedded import Cluster
from portal.environment import Environment
from portal.refusal import Refusal, writing_in

BASE_DIR = Path(__file__).resolve().parent.parent
environment = Environment(BASE_DIR / ".env")

# Where things are -------------------------------------------------------------------------------------------------

VAR_DIR = BASE_DIR / environment.text("VAR_DIR", default="var")
PORT = environment.number("PORT", default=8000, low=1, high=65535)
BASE_URL = environment.base_url("PORTAL_BASE_URL", default=f"http://127.0.0.1:{PORT}")
WEB_WORKERS = environment.number("PORTAL_WEB_WORKERS", default=2, low=1, high=64)
_packs = sorted(folder.name for folder in (BASE_DIR / "portal" / "data").iterdir() if folder.is_dir())
CITY_PACK = environment.choice("PORTAL_CITY_PACK", default=_packs[0], among=_packs)
PACK_DIR = BASE_DIR / "portal" / "data" / CITY_PACK

# https means: open to the world. Everything that must then be strict follows from this one fact.
PRODUCTION = BASE_URL.startswith("https://")
DEBUG = environment.flag("PORTAL_DEBUG")
if PRODUCTION and DEBUG:
    raise Refusal("PORTAL_DEBUG=true zeigt Interna und geht nur mit einer PORTAL_BASE_URL auf diesem Rechner.")
_local_names = [] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"]
_own_name = urlsplit(BASE_URL).netloc.rpartition("@")[2].rsplit(":", 1)[0] if PRODUCTION else ""
ALLOWED_HOSTS = [name for name in (_own_name, *_local_names, *environment.words("PORTAL_ALLOWED_HOSTS")) if name]


def _secret_key() -> str:
    """From the environment; on a developer's machine generated once and kept in VAR_DIR."""
    given = environment.text("PORTAL_SECRET_KEY")
    if given and len(given) < 50:
        raise Refusal("PORTAL_SECRET_KEY ist zu kurz: Gebraucht werden mindestens 50 zufällige Zeichen.")
    if given:
        return given
    if PRODUCTION:
        raise Refusal("PORTAL_SECRET_KEY fehlt: Mit einer https-Adresse muss ein eigener Schlüssel gesetzt sein.")
    kept = VAR_DIR / "secret_key"
    if not kept.is_file() or not kept.read_text():
        with writing_in(VAR_DIR):
            VAR_DIR.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            draft.rename(kept)
    return kept.read_text()


SECRET_KEY = _secret_key()

# Parts ------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "offers",
    "networks",
    "partners",
    "portal",
    "portal.admin_app.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "crispy_forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "offers.steering.demand_count.CountSearchesMiddleware",  # outside the kept pages, which count, too
    "portal.page_cache.PageCacheMiddleware",  # a kept page costs nothing of what follows
    "django.middleware.security.SecurityMiddleware",
    "portal.headers.OnePolicyMiddleware",  # before the files, so that they carry the policy, too
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.short_way.ShortWayMiddleware",  # what follows is for visitors with a cookie, and for forms
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", PACK_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.city.city_context",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["kern"]
CRISPY_TEMPLATE_PACK = "kern"
CRISPY_FAIL_SILENTLY = False

# Database ---------------------------------------------------------------------------------------------------------

EMBEDDED_DIR = VAR_DIR / "postgres"
_database = environment.database("DATABASE_URL")
EMBEDDED = not _database
if EMBEDDED:
    _database = Environment.parse_database(Cluster(EMBEDDED_DIR).url())
_database["OPTIONS"] = {"connect_timeout": 5, **_database.get("OPTIONS", {})}
# Django binds parameters on the client, so no statement ever gets a generic plan (plan_cache_mode plays no part).
DATABASES: dict[str, dict[str, Any]] = {
    "default": {**_database, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
}

# Ready pages ------------------------------------------------------------------------------------------------------

PAGE_CACHE_BYTES = environment.number("PORTAL_PAGE_CACHE_MB", default=12, low=0, high=4_096) * 1_000_000  # a process
PAGE_CACHE_URL = environment.cache_url("PORTAL_CACHE_URL")

# Sign-in ----------------------------------------------------------------------------------------------------------

from portal.sign_in import *  # noqa: E402, F403  # the same on every machine

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# Static files -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    BASE_DIR / "node_modules" / ".portal",  # KERN and Fira Sans, cut to what is used (Makefile)
]
_hashed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if DEBUG else _hashed},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Mail and jobs ----------------------------------------------------------------------------------------------------

_mail_server = environment.email("PORTAL_EMAIL_URL")
if PRODUCTION and not _mail_server:
    raise Refusal("PORTAL_EMAIL_URL fehlt: Mit einer https-Adresse müssen Mails wirklich verschickt werden.")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if _mail_server:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail_server["EMAIL_HOST"], _mail_server["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = _mail_server["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _mail_server["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = bool(_mail_server.get("EMAIL_USE_TLS"))
    EMAIL_USE_SSL = bool(_mail_server.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = environment.text("PORTAL_EMAIL_FROM", default="Präventionsportal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ADMINS = [("", address) for address in environment.words("PORTAL_ADMINS")]
EMAIL_SUBJECT_PREFIX = "[Präventionsportal] "

# Logs: no query string, no address, no local variables ------------------------------------------------------------

LOG_LEVEL = environment.choice("PORTAL_LOG_LEVEL", default="WARNING", among=["DEBUG", "INFO", "WARNING", "ERROR"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "without_arguments": {"()": "portal.log.WithoutArguments"},
        "without_rows": {"()": "portal.log.WithoutRows"},
        "without_lost_database": {"()": "portal.log.WithoutLostDatabase"},
        "without_traceback": {"()": "portal.log.WithoutTraceback"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_lost_database", "without_arguments", "without_rows", "without_traceback"],
        },
        "mail": {
            "class": "portal.log.ErrorMail",
            "level": "ERROR",
            "formatter": "line",
            "filters": ["without_lost_database", "without_arguments", "without_rows"],
        },
    },
    "root": {"handlers": ["console", "mail"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.template": {"level": "INFO"},  # its debug messages show what a page was made of, search text and all
    },
}

# Maps -------------------------------------------------------------------------------------------------------------

TILES_URL = environment.tiles_url("PORTAL_TILES_URL")
TILES_CREDIT = environment.text("PORTAL_TILES_CREDIT", default="© OpenStreetMap-Mitwirkende")
TILES_HOST = urlsplit(TILES_URL).netloc
_pictures = [f"{urlsplit(TILES_URL).scheme}://{TILES_HOST}"] if TILES_HOST else []

# Browser security -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", *_pictures],  # KERN's icons are data URLs in its style sheet
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("browsing-topics", "camera", "display-capture", "microphone", "payment", "usb")
} | {"geolocation": ["self"]}  # "In meiner Nähe" asks for it when somebody presses the button
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one working day, in seconds
CSRF_FAILURE_VIEW = "portal.csrf.csrf_failure"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the server listens for the proxy on loopback only
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from this machine, without the proxy
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # joining the browsers' preload list is for the owner of the whole domain

# Change history ---------------------------------------------------------------------------------------------------

# Reading changes nothing, so it need not be said who reads: saves a statement on every page.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

FOUR_EYES = environment.flag("PORTAL_FOUR_EYES")  # nobody approves a proposal of their own

environment.refuse_unknown()
