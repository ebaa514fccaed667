"""Keeps guessers out at every door (password, code by mail, second factor) without keeping the right person out.

Five wrong tries from one address close a name to that address; nine from everywhere close it to all browsers. A
browser its owner has signed in with before, or let in by a link from a mail (admission.py), is counted by itself: what
strangers try elsewhere does not close it. Unknown names are counted just like known ones.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.signing import BadSignature, Signer
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from portal.rate import address_of

TRIES_FROM_ONE_ADDRESS = 5  # also AXES_FAILURE_LIMIT
TRIES_FROM_EVERYWHERE = 9
COOKIE = "bekannt"
COOKIE_AGE = 180 * 24 * 60 * 60  # seconds
MOST_NAMES = 6  # people who share one browser
_signer = Signer(salt="partners.accounts.known-browser")


def plain_name(text: str) -> str:
    """One spelling of a login name or mail address, so that nobody gets new tries by writing it differently."""
    return unicodedata.normalize("NFKC", text).casefold().strip()[:255]


def axes_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What a try is counted under: the name, and with it the browser when that belongs to the name's owner."""
    given = (credentials or {}).get("username") or (credentials or {}).get("email") or request.POST.get("login") or ""
    name = plain_name(str(given))
    browser, marks = _known(request)
    return f"{name[:200]} {browser}" if _mark(name) in marks else name


def client_address(request: HttpRequest) -> str:
    """The visitor's address, under which wrong tries are counted."""
    return str(address_of(request) or "")


class Guard(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Counts per name and address, and per name from everywhere."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        here = int(super().get_failures(request, credentials))
        name = axes_name(request, credentials)
        if not name:
            return here
        recent = AccessAttempt.objects.filter(username=name, attempt_time__gte=get_cool_off_threshold(request))
        total = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        return max(here, total - (TRIES_FROM_EVERYWHERE - TRIES_FROM_ONE_ADDRESS))


def is_closed(request: HttpRequest, name: str) -> HttpResponse | None:
    """The answer for a name that is closed to this visitor; None while it may be tried."""
    credentials = {"username": plain_name(name)}
    if AxesProxyHandler.is_allowed(request, credentials):
        return None
    response: HttpResponse = get_lockout_response(request, credentials=credentials)
    return response


def count_failure(request: HttpRequest, name: str) -> None:
    """Remember a wrong code; the middleware answers with the lock when it was one too many."""
    user_login_failed.send(sender=__name__, credentials={"username": plain_name(name)}, request=request)


# -- browsers that belong to a name ----------------------------------------------------------------------------------


def _mark(name: str) -> str:
    return salted_hmac("partners.accounts.known-name", plain_name(name)).hexdigest()[:32]


def _known(request: HttpRequest) -> tuple[str, list[str]]:
    """The browser's own number and the marks of those it belongs to; nothing when it is new or the cookie not ours."""
    try:
        browser, *marks = _signer.unsign_object(request.COOKIES.get(COOKIE, ""))
    except (BadSignature, TypeError, ValueError):
        return "", []
    return str(browser), [str(mark) for mark in marks]


def knows(request: HttpRequest, name: str) -> bool:
    """Whether this browser belongs to who has this name."""
    return _mark(name) in _known(request)[1]


def remember(request: HttpRequest, response: HttpResponse, names: Iterable[str]) -> None:
    """Mark the browser as one of the names' owner; the cookie goes to the sign-in pages only."""
    own = [_mark(name) for name in names if name]
    marks = [*own, *(mark for mark in _known(request)[1] if mark not in own)][:MOST_NAMES]
    response.set_cookie(
        COOKIE,
        _signer.sign_object([secrets.token_hex(8), *marks]),
        max_age=COOKIE_AGE,
        path="/konto/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
