"""How often a public form comes from one connection, without keeping an address.

Counted is a digest, keyed anew every hour, in a table apart from what was sent; two hours later nothing is left. The
table is not in the write-ahead log, so backups of it do not hold it either.
"""

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.models import FormUse

SENDINGS_AN_HOUR = 5  # of one form from one connection; after that a question that programs do not expect
SENDINGS_OF_A_PAGE = 2  # who corrects and sends again is a person, a hundred times is a program
HOUR = 3600  # seconds


@dataclass(frozen=True)
class Meter:
    """Counts the sendings of one kind ("report") from one connection, or of one page that was opened."""

    kind: str
    who: str
    limit: int

    def is_full(self) -> bool:
        """Whether the last hour saw as many as anybody needs; the hour slides."""
        now = time.time()
        hour, passed = int(now // HOUR), now % HOUR / HOUR
        this, before = self._count(hour), self._count(hour - 1)
        return this + before * (1 - passed) >= self.limit

    def count(self) -> None:
        """Note one sending, and forget what is older than the hour before."""
        hour = int(time.time() // HOUR)
        forget()
        FormUse.objects.bulk_create([FormUse(hour=hour, digest=self._digest(hour), count=0)], ignore_conflicts=True)
        FormUse.objects.filter(hour=hour, digest=self._digest(hour)).update(count=F("count") + 1)

    def _count(self, hour: int) -> int:
        rows = FormUse.objects.filter(hour=hour, digest=self._digest(hour))
        return rows.values_list("count", flat=True).first() or 0

    def _digest(self, hour: int) -> bytes:
        key = salted_hmac("portal.rate", str(hour), algorithm="sha256").digest()
        return hashlib.blake2b(f"{self.kind} {self.who}".encode(), key=key, digest_size=16).digest()


def of_connection(request: HttpRequest, kind: str) -> Meter:
    return Meter(kind, connection_of(request), SENDINGS_AN_HOUR)


def of_page(stamp: str) -> Meter:
    """Of the page that carries this stamp; each opened page has its own."""
    return Meter("page", stamp, SENDINGS_OF_A_PAGE)


def connection_of(request: HttpRequest) -> str:
    """The visitor's address as the proxy says it, of IPv6 the part a household shares."""
    said = request.headers.get("X-Real-IP", "").strip() if settings.PRODUCTION else ""
    try:
        address = ipaddress.ip_address(said or str(request.META.get("REMOTE_ADDR") or ""))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def forget() -> None:
    """Empty what is over an hour old, also when nobody sends anything."""
    FormUse.objects.filter(hour__lt=int(time.time() // HOUR) - 1).delete()
