from django.db import models
from django.utils.translation import gettext_lazy as _


class DistrictKind(models.TextChoices):
    CITY = "city", _("Stadt")
    BOROUGH = "borough", _("Stadtbezirk")
    SOCIAL_AREA = "social_area", _("Sozialraum")
    QUARTER = "quarter", _("Stadtteil")


class Language(models.TextChoices):
    """Languages an offer may be given in, as BCP 47 codes (domain facts: the city's larger groups, DGS and German)."""

    DE = "de", _("Deutsch")
    TR = "tr", _("Türkisch")
    AR = "ar", _("Arabisch")
    KMR = "kmr", _("Kurdisch (Kurmancî)")
    UK = "uk", _("Ukrainisch")
    RU = "ru", _("Russisch")
    IT = "it", _("Italienisch")
    PL = "pl", _("Polnisch")
    BS = "bs", _("Bosnisch")
    HR = "hr", _("Kroatisch")
    SR = "sr", _("Serbisch")
    RO = "ro", _("Rumänisch")
    BG = "bg", _("Bulgarisch")
    EN = "en", _("Englisch")
    FA = "fa", _("Farsi/Dari")
    TA = "ta", _("Tamil")
    SI = "si", _("Singhalesisch")
    FR = "fr", _("Französisch")
    GSG = "gsg", _("Deutsche Gebärdensprache")


class Rhythm(models.TextChoices):
    """How often an address is told what can wait."""

    AT_ONCE = "sofort", _("jede Nachricht sofort")
    HOURLY = "stunde", _("die erste sofort, weitere höchstens einmal in der Stunde")
    DAILY = "tag", _("einmal am Tag, um 7 Uhr")


class Fault(models.TextChoices):
    """Why a website did not answer as a website should."""

    NAME = "name", _("die Adresse gibt es nicht")
    REFUSED = "keine-antwort", _("der Server antwortet nicht")
    TLS = "zertifikat", _("die sichere Verbindung schlägt fehl")
    STATUS = "status", _("die Seite gibt es nicht")
    REDIRECTS = "umleitung", _("die Seite leitet endlos weiter")
    INTERNAL = "intern", _("die Adresse liegt nicht im Internet")
    ADDRESS = "unlesbar", _("die Adresse ist keine Internetadresse")
