from django.db import models
from django.utils.translation import gettext_lazy as _


class SocialRisk(models.TextChoices):
    """Groups of the city's social index, by the risk that children grow up poor."""

    HIGH = "hoch", _("hohes Armutsrisiko")
    BORDERLINE = "grenze", _("an der Grenze")
    LOW = "niedrig", _("niedriges Armutsrisiko")


class ResultBucket(models.IntegerChoices):
    """How much a search found; the value is the least number of results."""

    NOTHING = 0, _("nichts gefunden")
    LITTLE = 1, _("1 bis 3 Angebote")
    ENOUGH = 4, _("4 Angebote und mehr")

    @classmethod
    def of(cls, results: int) -> "ResultBucket":
        return cls.NOTHING if results < 1 else cls.LITTLE if results < cls.ENOUGH else cls.ENOUGH


class State(models.TextChoices):
    """What the coverage matrix says about a cell."""

    COVERED = "gedeckt", _("gedeckt")
    THIN = "duenn", _("dünn")
    ONE_PROVIDER = "anbieter", _("ein Anbieter")
    PROJECT_ONLY = "projekt", _("nur Projekt")
    GAP = "luecke", _("Lücke")
    INTENDED = "bewusst", _("bewusst nicht")


class MailRhythm(models.TextChoices):
    """When the night mails the report to somebody."""

    MONTHLY = "monat", _("einmal im Monat, über den Monat davor")
    NIGHTLY = "nacht", _("jede Nacht, über die letzten 12 Monate")
    NEVER = "nie", _("gar nicht")
