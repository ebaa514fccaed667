"""Short names for offers in an address: eight letters and digits from the public id, so that 40 fit in a QR code."""

import re
import string
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from offers.models import Offer, OfferQuerySet
from portal.models import FormerSlug

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LENGTH = 8  # 62 to the power of 8 is a little more than 2 to the power of 47
_BITS = 47  # the first bits of a random UUID; with a million offers two share them once in 280 registers
_REST = 128 - _BITS
_REFERENCE = re.compile(rf"[0-9A-Za-z]{{{_LENGTH}}}")


def reference(offer: Offer) -> str:
    """The offer's short name; it stays when title and slug change."""
    number, letters = offer.public_id.int >> _REST, ""
    for _position in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters = _DIGITS[digit] + letters
    return letters


def named(offers: OfferQuerySet, names: Iterable[str]) -> OfferQuerySet:
    """The offers with one of these short names or slugs."""
    wanted = Q(pk__in=[])
    slugs = []
    for name in names:
        slugs.append(name)
        number = _number(name)
        if number is not None:
            wanted |= Q(public_id__range=(UUID(int=number << _REST), UUID(int=((number + 1) << _REST) - 1)))
    return offers.filter(wanted | Q(slug__in=slugs))


def led_on(names: Iterable[str]) -> dict[str, int]:
    """Offers (their ids) by names that others had before: an old address, or an offer that was merged into it."""
    found = FormerSlug.objects.filter(kind=Offer._meta.label_lower, slug__in=list(names))
    return dict(found.values_list("slug", "target_id"))


def _number(name: str) -> int | None:
    if not _REFERENCE.fullmatch(name):
        return None
    number = 0
    for letter in name:
        number = number * len(_DIGITS) + _DIGITS.index(letter)
    return number if number < 1 << _BITS else None
