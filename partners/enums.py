from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerKind(models.TextChoices):
    """Kinds of cooperation partners as the programme names them."""

    CITY = "stadt", _("Stadt")
    INDEPENDENT = "freier_traeger", _("Freier Träger")
    ASSOCIATION = "verband", _("Verband")
    CLUB = "verein", _("Verein")
    SELF_HELP = "selbsthilfe", _("Selbsthilfe")
    MIGRANT = "mso", _("Migrantenselbstorganisation")
    BUSINESS = "wirtschaft", _("Wirtschaft")
    EMPLOYMENT = "jobcenter", _("Jobcenter, Agentur für Arbeit")
    FACILITY = "einrichtung", _("Einrichtung")


class AccessFeature(models.TextChoices):
    """What makes a place usable; only confirmed features are stored."""

    STEP_FREE = "stufenlos", _("stufenloser Zugang")
    WHEELCHAIR_TOILET = "rollstuhl_wc", _("Toilette für Menschen im Rollstuhl")
    LIFT = "aufzug", _("Aufzug")
    PARKING = "parkplatz", _("Parkplatz für Menschen mit Behinderung")
    INDUCTION_LOOP = "induktion", _("Höranlage")
    GUIDANCE = "leitsystem", _("Leitsystem für blinde Menschen")
    PRAM = "kinderwagen", _("mit Kinderwagen erreichbar")


class WheelchairAccess(models.TextChoices):
    YES = "ja", _("ja")
    PARTLY = "teils", _("teilweise")
    NO = "nein", _("nein")


class Role(models.TextChoices):
    """What a person may do for an organisation: both change offers, Verwaltung also looks after its people."""

    MANAGE = "verwaltung", _("Verwaltung: Angebote pflegen und Kolleginnen und Kollegen einladen")
    EDIT = "bearbeitung", _("Bearbeitung: Angebote pflegen")

    @property
    def short(self) -> str:
        return str(self.label).partition(":")[0]
