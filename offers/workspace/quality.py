"""What a family still misses in an offer, and why it matters; only questions that fit the offer are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.enums import Access, Audience, Format, Registration
from offers.models import Offer

Check = Callable[[Offer], bool]


@dataclass(frozen=True)
class Criterion:
    """`weight` is its share of the score among those that fit; `field` is where the form asks for it, "" for none."""

    name: str
    field: str
    label: Any
    why: Any
    weight: int
    is_met: Check
    fits: Check = lambda offer: True


@dataclass(frozen=True)
class Quality:
    """Score from 0 to 100, and what is missing, the weightiest first."""

    score: int
    missing: list[Criterion]
    met: list[Criterion]


def _takes_place(offer: Offer) -> bool:
    return offer.format not in {Format.MATERIAL, Format.FACILITY}


def _people_come(offer: Offer) -> bool:
    return Access.COME in offer.access or not offer.access


def _open_places(offer: Offer) -> list[Any]:
    return [place for place in offer.places.all() if not place.is_confidential]


def _accessible(offer: Offer) -> bool:
    return bool(offer.accessibility_note) or any(
        place.wheelchair or place.access_features for place in _open_places(offer)
    )


def _for_professionals_only(offer: Offer) -> bool:
    return offer.audiences == [Audience.PROFESSIONALS]


CRITERIA = (
    Criterion(
        "confirmed", "", _("Ihre Bestätigung"),
        _("Nur was jemand bestätigt hat, gilt Familien als sicher."), 3, lambda offer: offer.confirmed_on is not None,
    ),
    Criterion(
        "current", "", _("Bestätigung in der Frist"),
        _("60 Tage nach der Frist verschwindet das Angebot aus der Suche."), 3,
        lambda offer: offer.review_due >= timezone.localdate(),
    ),
    Criterion(
        "when", "rhythm", _("Tage und Uhrzeiten"),
        _("Die häufigste Frage von Familien: Wann kann ich kommen?"), 3,
        lambda offer: bool(offer.when_note or offer.schedules.all()), _takes_place,
    ),
    Criterion(
        "place", "place_name", _("Ort mit Adresse"),
        _("Ohne Adresse steht das Angebot auf keiner Karte und in keiner Suche nach Nähe."), 3,
        lambda offer: bool(offer.places.all()), _people_come,
    ),
    Criterion(
        "contact", "phone", _("Telefon oder E-Mail"),
        _("Familien wollen vorher fragen können."), 3,
        lambda offer: bool(offer.phone or offer.email or offer.contact_id),
    ),
    Criterion(
        "ages", "for_whom", _("Alter"),
        _("Wer nach dem Alter sucht, findet das Angebot sonst nicht."), 3, lambda offer: offer.ages is not None,
        lambda offer: not _for_professionals_only(offer),
    ),
    Criterion("topics", "topics", _("Themen"), _("Über Themen finden Fachkräfte am schnellsten."), 2,
              lambda offer: bool(offer.topics.all())),
    Criterion("format", "format", _("Form"), _("Familien sehen sofort: Gruppe, Beratung oder Kurs?"), 1,
              lambda offer: bool(offer.format)),
    Criterion("cost", "cost", _("Kosten"), _("Kostenlose Angebote werden besonders oft gesucht."), 2,
              lambda offer: bool(offer.cost)),
    Criterion("registration", "registration", _("Anmeldung"), _("Niemand soll vor verschlossener Tür stehen."), 2,
              lambda offer: bool(offer.registration)),
    Criterion(
        "registration_note", "registration_note", _("Weg zur Anmeldung"),
        _("Mit Anmeldung hilft nur, wer weiß, wo."), 1,
        lambda offer: bool(offer.registration_note or offer.phone or offer.email or offer.website),
        lambda offer: offer.registration == Registration.REQUIRED,
    ),
    Criterion("languages", "languages", _("Sprachen"), _("Viele Familien suchen in ihrer Sprache."), 1,
              lambda offer: bool(offer.languages)),
    Criterion(
        "access", "accessibility_note", _("Barrierefreiheit"),
        _("Mit Rollstuhl oder Kinderwagen entscheidet das, ob jemand kommt."), 1, _accessible,
        lambda offer: _people_come(offer) and bool(_open_places(offer)),
    ),
    Criterion(
        "description", "description", _("ausführliche Beschreibung"),
        _("Ein paar Sätze nehmen die Scheu vor dem ersten Mal."), 1, lambda offer: len(offer.description) >= 80,
    ),
    Criterion("end", "lifecycle", _("Laufzeit"), _("Die Stadt sieht so rechtzeitig, wo eine Förderung ausläuft."), 1,
              lambda offer: bool(offer.lifecycle)),
)  # fmt: skip


def quality(offer: Offer) -> Quality:
    """Asks nothing of the database when the offer came `with_quality_relations()`."""
    fitting = [criterion for criterion in CRITERIA if criterion.fits(offer)]
    met = [criterion for criterion in fitting if criterion.is_met(offer)]
    missing = sorted((c for c in fitting if c not in met), key=lambda criterion: -criterion.weight)
    total = sum(criterion.weight for criterion in fitting)
    return Quality(round(100 * sum(criterion.weight for criterion in met) / total), missing, met)
