from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.IntegerChoices):
    """When a reminder goes out: days after `review_due` (design rule 4)."""

    BEFORE = -30, _("30 Tage vorher")
    DUE = 0, _("am Tag")
    AFTER = 30, _("30 Tage danach")


class Answer(models.TextChoices):
    """What a provider says when asked whether an offer is still true; also the purpose of a link."""

    CONFIRMED = "stimmt", _("stimmt noch")
    CHANGED = "aendern", _("Änderung vorgeschlagen")
    ENDED = "beendet", _("gibt es nicht mehr")


class Channel(models.TextChoices):
    """How the answer came."""

    LINK = "link", _("Link in der E-Mail")
    OFFICE = "buero", _("vom Büro im Auftrag des Trägers")
    WORKSPACE = "bereich", _("im eigenen Bereich")


class CallResult(models.TextChoices):
    CONFIRMED = "stimmt", _("sagt: alles stimmt")
    CHANGES = "aenderung", _("schickt Änderungen")
    ENDED = "beendet", _("Angebot gibt es nicht mehr")
    LATER = "spaeter", _("meldet sich")
    NOBODY = "niemand", _("niemand erreicht")


class TaskKind(models.TextChoices):
    """What the portal cannot do by itself."""

    NO_ADDRESS = "adresse", _("Organisation ohne E-Mail-Adresse")
    BOUNCED = "zurueck", _("E-Mail kam zurück")
    BROKEN_LINK = "link", _("Internetseite nicht erreichbar")


class ReportField(models.TextChoices):
    """What a visitor says is wrong; the parts of an offer's page in everyday words."""

    TITLE = "title", _("Name")
    SUMMARY = "summary", _("Beschreibung")
    TIMES = "schedules", _("Tage und Uhrzeiten")
    PLACE = "places", _("Ort oder Adresse")
    PHONE = "phone", _("Telefon")
    EMAIL = "email", _("E-Mail")
    WEBSITE = "website", _("Internetseite")
    COST = "cost_note", _("Kosten")
    REGISTRATION = "registration_note", _("Anmeldung")
    AGES = "ages", _("Alter")
    LANGUAGES = "languages", _("Sprachen")
    ACCESSIBILITY = "accessibility_note", _("Barrierefreiheit")
    ENDED = "lifecycle", _("Das Angebot gibt es nicht mehr")
    OTHER = "", _("etwas anderes")
