"""The right person's way in while strangers keep a name closed: a link by mail that lets one browser try.

It opens no account. Password and second factor, or the code by mail, are asked as ever, and the browser's own wrong
tries are counted (guard.py). What a guesser lacks is the mailbox.
"""

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.accounts.guard import plain_name
from partners.accounts.letters import post
from portal.rate import Meter, connection_of

VALID = timedelta(hours=1)
# Who asks in somebody else's name fills that person's mailbox with links that let them in, and not with many.
MAILS_AN_HOUR = 3
ASKED_AN_HOUR = 30  # from one connection
_SALT = "partners.accounts.admission"


def ask(*, name: str, request: HttpRequest) -> None:
    """Mail a link to who has this login name or address. Nobody can tell from outside whether there is such a person,
    or whether the links of this hour are used up.
    """
    name = plain_name(name)
    own = Q(username__iexact=name) | Q(email__iexact=name)
    found = User.objects.filter(own, is_active=True).order_by("-is_staff", "pk").first()
    has_room = Meter("admission", connection_of(request), ASKED_AN_HOUR).take()
    may = Meter("admission of", name, MAILS_AN_HOUR).take() and has_room
    post(
        to=found.email if found and found.email else name,
        known=bool(may and found and found.email),
        subject=_("Anmelden trotz Sperre"),
        template="mail/partners/admission.txt",
        context={"path": reverse("account_admit", args=[token_for(found)]), "minutes": VALID.seconds // 60},
    )


def token_for(person: User | None) -> str:
    return signing.dumps([person.pk if person else 0, secrets.token_hex(8)], salt=_SALT)


def holder(token: str) -> User | None:
    """Whom the link lets in; None when it is forged, too old or used, or the account is closed."""
    found = _read(token)
    if found is None or cache.get(_key(found[1])):
        return None
    return User.objects.filter(pk=found[0], is_active=True).first()


def use(token: str) -> User | None:
    """As `holder`, and from now on nobody."""
    person, found = holder(token), _read(token)
    if person is None or found is None:
        return None
    return person if cache.add(_key(found[1]), True, VALID.seconds) else None


def names_of(person: User) -> list[str]:
    """All names under which the person is counted: one mailbox may have an account of the Büro and one of a partner."""
    own = Q(pk=person.pk) | Q(email__iexact=person.email) if person.email else Q(pk=person.pk)
    rows = User.objects.filter(own, is_active=True).values_list("username", "email")
    return sorted({name for row in rows for name in row if name})


def _read(token: str) -> tuple[int, str] | None:
    try:
        pk, number = signing.loads(token, salt=_SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return int(pk), str(number)


def _key(number: str) -> str:
    return f"admission-used:{number}"
