"""Folding German words for slugs and for sorting without ICU collations."""

from django.db.models import F, Func, TextField
from django.utils.text import slugify

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def german_slug(text: str, max_length: int = 80) -> str:
    """A readable address part: "Bücherei für Kleine" → "buecherei-fuer-kleine"; "eintrag" when nothing is left."""
    return slugify(text.translate(_FOLD))[:max_length].strip("-") or "eintrag"


class GermanSortKey(Func):
    """DIN 5007-1 order as an indexable expression: case ignored, ä = a, ß = ss."""

    template = "lower(replace(translate(%(expressions)s, 'ÄÖÜäöüÉÈÊéèêÇçĞğŞşİı', 'AOUaouEEEeeeCcGgSsIi'), 'ß', 'ss'))"
    output_field = TextField()

    def __init__(self, field: str) -> None:
        super().__init__(F(field))


def first_letter(text: str) -> str:
    """The letter under which a register files a name: Ä under A, figures and signs under "0–9"."""
    letter = text.strip()[:1].translate(_FOLD)[:1].upper()
    return letter if "A" <= letter <= "Z" else "0–9"
