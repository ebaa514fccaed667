"""How often a public form comes from one connection, without keeping an address.

Counted is a digest, keyed anew every hour, in a table apart from what was sent; two hours later nothing is left. The
table is not in the write-ahead log, so backups of it do not hold it either.
"""

import contextlib
import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.models import FormUse

SENDINGS_AN_HOUR = 5  # of one form from one connection; after that a question that programs do not expect
SENDINGS_OF_A_PAGE = 2  # who corrects and sends again is a person, a hundred times is a program
HOUR = 3600  # seconds


# Counts one more where there is room, in one statement: of many at the same moment no two get the same place.
_TAKE = """
    INSERT INTO portal_formuse AS seen (hour, digest, count) SELECT %(hour)s, %(digest)s, 1 WHERE %(room)s >= 1
    ON CONFLICT (hour, digest) DO UPDATE SET count = seen.count + 1 WHERE seen.count + 1 <= %(room)s
    RETURNING count
"""


@dataclass(frozen=True)
class Meter:
    """Counts the sendings of one kind ("report") from one connection, or of one page that was opened."""

    kind: str
    who: str
    limit: int

    def take(self) -> bool:
        """Count one sending; False, and nothing is counted, when the last hour saw as many as anybody needs.

        The hour slides: of the hour before counts the part that is not over yet.
        """
        forget()
        now = time.time()
        hour, passed = int(now // HOUR), now % HOUR / HOUR
        before = FormUse.objects.filter(hour=hour - 1, digest=self._digest(hour - 1)).values_list("count", flat=True)
        room = self.limit - (before.first() or 0) * (1 - passed)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"hour": hour, "digest": self._digest(hour), "room": room})
            return cursor.fetchone() is not None

    def _digest(self, hour: int) -> bytes:
        key = salted_hmac("portal.rate", str(hour), algorithm="sha256").digest()
        return hashlib.blake2b(f"{self.kind} {self.who}".encode(), key=key, digest_size=16).digest()


def of_connection(request: HttpRequest, kind: str) -> Meter:
    return Meter(kind, connection_of(request), SENDINGS_AN_HOUR)


def of_page(stamp: str) -> Meter:
    """Of the page that carries this stamp; each opened page has its own."""
    return Meter("page", stamp, SENDINGS_OF_A_PAGE)


def connection_of(request: HttpRequest) -> str:
    """The visitor's address, of IPv6 the part a household shares."""
    address = address_of(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


def address_of(request: HttpRequest) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The visitor's address. On a public site it comes from the proxy, the only one who can reach this server."""
    said = request.headers.get("X-Real-IP", "").strip() if settings.PRODUCTION else ""
    for text in (said, str(request.META.get("REMOTE_ADDR") or "")):
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(text)
            # A proxy that listens for both kinds writes "::ffff:203.0.113.7": all of these would be one household.
            return getattr(address, "ipv4_mapped", None) or address
    return None


def forget() -> None:
    """Empty what is over an hour old, also when nobody sends anything."""
    FormUse.objects.filter(hour__lt=int(time.time() // HOUR) - 1).delete()
