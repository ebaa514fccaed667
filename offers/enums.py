from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Entwurf")
    PUBLISHED = "published", _("veröffentlicht")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class Lifecycle(models.TextChoices):
    """Projekt › verlängert › Regelangebot › beendet (design §3)."""

    PROJECT = "projekt", _("Projekt")
    EXTENDED = "verlaengert", _("verlängertes Projekt")
    REGULAR = "regel", _("Regelangebot")
    ENDED = "beendet", _("beendet")


class Level(models.TextChoices):
    """Präventionsebene."""

    PRIMARY = "primaer", _("für alle")
    SECONDARY = "sekundaer", _("für Familien mit mehr Belastung")
    TERTIARY = "tertiaer", _("wenn es schon ein Problem gibt")


class Access(models.TextChoices):
    """Zugang: who goes to whom."""

    COME = "komm", _("Sie gehen hin")
    VISIT = "geh", _("kommt zu Ihnen nach Hause")
    DIGITAL = "digital", _("per Telefon oder online")


class Format(models.TextChoices):
    OPEN_CONSULTATION = "sprechstunde", _("offene Sprechstunde")
    COUNSELLING = "beratung", _("Beratung nach Termin")
    GROUP = "gruppe", _("feste Gruppe")
    OPEN_MEETING = "offener-treff", _("offener Treff")
    COURSE = "kurs", _("Kurs oder Training")
    HOME_VISIT = "hausbesuch", _("Hausbesuch")
    GUIDE = "lotsendienst", _("Lotsendienst")
    MENTORING = "patenschaft", _("Patenschaft")
    EVENT = "veranstaltung", _("einzelne Veranstaltung")
    HOLIDAYS = "ferien", _("Ferienangebot")
    FACILITY = "einrichtung", _("feste Einrichtung")
    MATERIAL = "material", _("Material und Information")


class Cost(models.TextChoices):
    FREE = "free", _("kostenlos")
    FEE = "fee", _("kostet etwas")


class Registration(models.TextChoices):
    NONE = "none", _("ohne Anmeldung")
    REQUIRED = "required", _("mit Anmeldung")


class Audience(models.TextChoices):
    CHILDREN = "kinder", _("Kinder")
    YOUTH = "jugendliche", _("Jugendliche")
    PARENTS = "eltern", _("Eltern")
    PREGNANT = "schwangere", _("Schwangere")
    FAMILIES = "familien", _("Familien")
    SINGLE_PARENTS = "alleinerziehende", _("Alleinerziehende")
    NEWCOMERS = "zugewanderte", _("neu Zugewanderte")
    PROFESSIONALS = "fachkraefte", _("Fachkräfte")
    VOLUNTEERS = "ehrenamtliche", _("Ehrenamtliche")


class ScheduleKind(models.TextChoices):
    WEEKLY = "weekly", _("jede Woche")
    INTERVAL = "interval", _("alle paar Wochen")
    MONTHLY = "monthly", _("jeden Monat am selben Wochentag")
    DATES = "dates", _("einzelne Termine")


class Weekday(models.IntegerChoices):
    """As in `date.weekday()`."""

    MONDAY = 0, _("Montag")
    TUESDAY = 1, _("Dienstag")
    WEDNESDAY = 2, _("Mittwoch")
    THURSDAY = 3, _("Donnerstag")
    FRIDAY = 4, _("Freitag")
    SATURDAY = 5, _("Samstag")
    SUNDAY = 6, _("Sonntag")


class Day(models.TextChoices):
    """A weekday as it stands in addresses, in the order of `Weekday`."""

    MONDAY = "mo", _("Montag")
    TUESDAY = "di", _("Dienstag")
    WEDNESDAY = "mi", _("Mittwoch")
    THURSDAY = "do", _("Donnerstag")
    FRIDAY = "fr", _("Freitag")
    SATURDAY = "sa", _("Samstag")
    SUNDAY = "so", _("Sonntag")

    @property
    def weekday(self) -> int:
        """As in `date.weekday()`."""
        return list(Day).index(self)


class Daytime(models.TextChoices):
    """A part of the day by the time at which something begins; `hours` are half-open."""

    MORNING = "vormittag", _("vormittags (bis 12 Uhr)")
    AFTERNOON = "nachmittag", _("nachmittags (12 bis 17 Uhr)")
    EVENING = "abend", _("abends (ab 17 Uhr)")

    @property
    def hours(self) -> tuple[int, int]:
        return {"vormittag": (0, 12), "nachmittag": (12, 17), "abend": (17, 24)}[self.value]


class Sorting(models.TextChoices):
    """The order of results; "" is what fits best."""

    BEST = "", _("was am besten passt")
    NEAREST = "nah", _("was am nächsten ist")
    NEXT_DATE = "termin", _("nächster Termin")
    NEWEST = "neu", _("neu dazugekommen")


class FundingSource(models.TextChoices):
    BSFH = "bsfh", _("Bundesstiftung Frühe Hilfen")
    KINDERSTARK = "kinderstark", _("Landesprogramm kinderstark")
    KIM = "kim", _("Kommunales Integrationsmanagement")
    SOCIAL_CITY = "soziale-stadt", _("Sozialer Zusammenhalt (Soziale Stadt)")
    EU = "eu-esf", _("Europäische Union")
    CITY = "kommune", _("Stadt")
    OWN = "traeger", _("Eigenmittel, Spenden")
    FEES = "beitrag", _("Teilnahmebeitrag")
    HEALTH_INSURANCE = "krankenkassen", _("Krankenkassen")
    BUT = "but", _("Bildung und Teilhabe")


class ProposalStatus(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("E-Mail noch nicht bestätigt")
    WAITING = "waiting", _("wartet auf Prüfung")
    APPROVED = "approved", _("angenommen")
    RETURNED = "returned", _("zurückgegeben")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class ParallelAnswer(models.TextChoices):
    """What a new offer is to an existing one it overlaps with (design rule 8)."""

    COMPLEMENTS = "ergaenzt", _("ergänzt es")
    COOPERATES = "kooperiert", _("arbeitet mit ihm zusammen")
    REPLACES = "ersetzt", _("ersetzt es")
    ANYWAY = "trotzdem", _("wird trotzdem gebraucht, weil …")
