"""The first cell of a row: which offer it is, and in which state it was downloaded; signed.

It holds four letters for every field, which tell whether the field has changed since, but not what it said.
"""

import base64
import hashlib
from dataclasses import dataclass, field

from django.core.signing import BadSignature, Signer

from offers.models import Offer
from offers.proposals import Payload
from offers.sheets.columns import PARTS
from offers.sheets.parts import Cells, Part
from offers.sheets.words import Words

_signer = Signer(salt="offers.sheets.key")
_LETTERS = 4  # 24 bits: by chance alike once in 16 million


@dataclass(frozen=True)
class Key:
    """`marks` by field; empty when the sheet is from a time with other columns."""

    offer: int
    version: int
    marks: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """None when it is not one of ours."""
        try:
            pk, version, marks = _signer.unsign(text.strip()).split(".")
            found = [marks[start : start + _LETTERS] for start in range(0, len(marks), _LETTERS)]
            fits = len(found) == len(PARTS)
            return cls(int(pk), int(version), {part.name: one for part, one in zip(PARTS, found, strict=True)}
                       if fits else {})  # fmt: skip
        except (BadSignature, ValueError):
            return None


def mark(part: Part, cells: Cells) -> str:
    digest = hashlib.blake2b(f"{part.name}\x1f{part.mark(cells)}".encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def write_key(offer: Offer, values: Payload, words: Words) -> str:
    marks = "".join(mark(part, part.cells(values[part.name], words)) for part in PARTS)
    return _signer.sign(f"{offer.pk}.{offer.version}.{marks}")
