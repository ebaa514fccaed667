"""The four thresholds at which families need somebody beside them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPIC = "uebergaenge"


@dataclass(frozen=True)
class Transition:
    """A threshold at an age in months. `label` says it short, `title` and `text` in full."""

    slug: str
    months: int
    label: Promise
    title: Promise
    text: Promise


# Ages: child care from three years on (SGB VIII § 24), school with six (SchulG NRW § 35), four years of primary
# school (§ 11), coming of age after compulsory school (§§ 37, 38).
TRANSITIONS = (
    Transition(
        "familie-kita",
        36,
        _("Familie → Kita"),
        _("Von der Familie in die Kita"),
        _("Ihr Kind ist zum ersten Mal ohne Sie in einer Gruppe. Hier finden Sie Menschen, die Sie dabei begleiten."),
    ),
    Transition(
        "kita-grundschule",
        72,
        _("Kita → Grundschule"),
        _("Von der Kita in die Grundschule"),
        _("Ihr Kind kommt in die Schule. Hier finden Sie Angebote, die vor und nach dem ersten Schultag da sind."),
    ),
    Transition(
        "grundschule-weiterfuehrende-schule",
        120,
        _("Grundschule → weiterführende Schule"),
        _("Von der Grundschule in die weiterführende Schule"),
        _("Neue Schule, neue Klasse, neue Wege. Hier finden Sie Angebote, die Ihr Kind über den Wechsel begleiten."),
    ),
    Transition(
        "schule-beruf",
        216,
        _("Schule → Beruf"),
        _("Von der Schule in den Beruf"),
        _("Ausbildung, Arbeit, eigenes Leben. Hier finden junge Menschen Begleitung über den 18. Geburtstag hinaus."),
    ),
)
BY_SLUG = {transition.slug: transition for transition in TRANSITIONS}
