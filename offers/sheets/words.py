"""The words that stand in a cell, and what they mean: choices by label, days, yes and no."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from offers.enums import Access, Audience, Cost, Format, FundingSource, Lifecycle, Registration
from offers.models import Topic
from portal.city import city
from portal.enums import DistrictKind, Language
from portal.models import District

_ALIKE = str.maketrans({"„": '"', "“": '"', "”": '"', "‟": '"', "’": "'", "‘": "'", "‚": "'", "–": "-", "—": "-",
                        "‑": "-", "−": "-", "\u200b": "", "\ufeff": "", "\u00ad": ""})  # fmt: skip
_MONTHS = ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]


class BadValueError(Exception):
    """What a cell says cannot be taken; `head` is the column's head when it is not the first of its part."""

    def __init__(self, reason: str, head: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.head = head


def plain(text: str) -> str:
    """For comparing: small letters, one kind of space, quote and dash, as Word and Excel like to replace them."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).casefold().split())


class Choices:
    """Keys with the labels people read. A label that two keys share gets the key's `kind` behind it."""

    def __init__(self, entries: Iterable[tuple[str, str, str]], also: Iterable[tuple[str, str]] = ()) -> None:
        entries = list(entries)
        names = [plain(label) for _key, label, _kind in entries]
        self.labels: dict[str, str] = {}
        for key, label, kind in entries:
            shared = names.count(plain(label)) > 1
            unfit = ";" in label or "\n" in label
            self.labels[key] = key if unfit else f"{label} ({kind or key})" if shared else label
        self._keys = {plain(word): key for word, key in also}
        self._keys |= {plain(key): key for key in self.labels}
        self._keys |= {plain(label): key for key, label in self.labels.items()}

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, object]], also: Iterable[tuple[str, str]] = ()) -> "Choices":
        return cls([(str(key), str(label), "") for key, label in pairs], also)

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def key(self, text: str) -> str | None:
        return self._keys.get(plain(text))

    def read(self, text: str) -> str:
        """Raises BadValueError."""
        key = self.key(text)
        if key is None:
            raise BadValueError(self.unknown([text]))
        return key

    def read_several(self, text: str) -> list[str]:
        """Separated by semicolons, line breaks or commas; each once. Raises BadValueError."""
        found: list[str] = []
        for part in re.split(r"[;\n]", text):
            whole = self.key(part)
            found += [part] if whole is not None or not part.strip() else part.split(",")
        words = [word.strip() for word in found if plain(word)]
        unknown = [word for word in words if self.key(word) is None]
        if unknown:
            raise BadValueError(self.unknown(unknown))
        return list(dict.fromkeys(key for word in words if (key := self.key(word))))

    def unknown(self, words: Sequence[str]) -> str:
        quoted = ", ".join(f"„{word.strip()[:60]}“" for word in words[:3])
        return _("%(words)s kennen wir nicht. Möglich ist: %(choices)s.") % {
            "words": quoted,
            "choices": self.some(8),
        }

    def some(self, most: int) -> str:
        labels = list(self.labels.values())
        return ", ".join(labels[:most]) + (_(" und weitere (Blatt „Erklärung“)") if len(labels) > most else "")


class Words:
    """All choices of one check or one download, looked up once."""

    @cached_property
    def topics(self) -> Choices:
        return Choices.of(Topic.objects.in_listing_order().values_list("slug", "label"))

    @cached_property
    def areas(self) -> Choices:
        rank = [DistrictKind.CITY, DistrictKind.BOROUGH, DistrictKind.SOCIAL_AREA, DistrictKind.QUARTER]
        rows = sorted(District.objects.in_listing_order(), key=lambda row: rank.index(DistrictKind(row.kind)))
        whole = [(word, row.slug) for row in rows[:1] for word in (_("ganze Stadt"), _("für die ganze Stadt"))]
        return Choices([(row.slug, row.name, row.get_kind_display()) for row in rows], also=whole)

    @cached_property
    def quarters(self) -> list[str]:
        """Labels of the Stadtteile, as `areas` writes them."""
        return [self.areas.label(slug) for slug in District.objects.quarters().in_listing_order().values_list(
            "slug", flat=True)]  # fmt: skip

    @cached_property
    def city(self) -> str:
        return str(city()["name"])

    @cached_property
    def fixed(self) -> dict[str, Choices]:
        """Choices by the offer's field; said as the form for new offers says them."""
        lists = {"format": Format, "cost": Cost, "registration": Registration, "audiences": Audience,
                 "languages": Language, "fundings": FundingSource}  # fmt: skip
        access = [
            (Access.COME, _("Familien kommen zu uns")),
            (Access.VISIT, _("Wir kommen nach Hause")),
            (Access.DIGITAL, _("per Telefon oder online")),
        ]
        lasting = [(_("dauerhaft"), Lifecycle.REGULAR.value)]
        return {
            **{name: Choices.of(found.choices) for name, found in lists.items()},
            "access": Choices.of(access, also=[(str(label), key) for key, label in Access.choices]),
            "lifecycle": Choices.of(Lifecycle.choices, also=lasting),
        }


def yes_or_no(text: str) -> bool:
    """Empty is no. Raises BadValueError."""
    word = plain(text)
    if word in {"ja", "j", "x", "1", "wahr", "true", "yes"}:
        return True
    if word in {"", "nein", "n", "0", "falsch", "false", "no"}:
        return False
    raise BadValueError(_("Bitte schreiben Sie „ja“ oder „nein“."))


def day_text(iso: str | None) -> str:
    """ "31.12.2026" """
    return date.fromisoformat(iso).strftime("%d.%m.%Y") if iso else ""


def read_day(text: str) -> str | None:
    """The day as ISO text; "31.12.2026", "31.12.26", "2026-12-31" and "31. Dezember 2026". Raises BadValueError."""
    word = plain(text)
    if not word:
        return None
    for pattern, order in (
        (r"(\d{1,2})[./] ?(\d{1,2})[./] ?(\d{4}|\d{2})(?: 0?0:00(?::00)?)?", (2, 1, 0)),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]00:00(?::00)?)?", (0, 1, 2)),
    ):
        match = re.fullmatch(pattern, word)
        if match:
            year, month, day = (int(match.groups()[place]) for place in order)
            return _day(year, month, day, text)
    match = re.fullmatch(r"(\d{1,2})\. ?([a-zä]{3,9})\.? (\d{4})", word)
    if match and match[2][:3] in _MONTHS:
        return _day(int(match[3]), _MONTHS.index(match[2][:3]) + 1, int(match[1]), text)
    raise _no_day(text)


def _day(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        raise _no_day(text) from None


def _no_day(text: str) -> BadValueError:
    return BadValueError(_("„%(text)s“ ist kein Tag. Schreiben Sie zum Beispiel: 31.12.2026") % {"text": text[:60]})
