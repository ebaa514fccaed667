from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageKind(models.TextChoices):
    QUESTION = "frage", _("Rückfrage")
    ANSWER = "antwort", _("Antwort")
    WORDS = "bescheid", _("Nachricht zur Entscheidung")


class Way(models.TextChoices):
    """How an answer came."""

    LINK = "link", _("über den Link in der E-Mail")
    MAIL = "mail", _("per E-Mail")


class CaseKind(models.TextChoices):
    """What kind of thing waits; the word stands in addresses, too."""

    PROPOSAL = "vorschlag", _("Vorschlag")
    REPORT = "meldung", _("Fehlermeldung")
    CLAIM = "antrag", _("Antrag auf ein Konto")
    TASK = "aufgabe", _("Aufgabe")


class Sight(models.TextChoices):
    """What of the queue is looked at."""

    ALL = "alle", _("Alle")
    NEW = "neu", _("Neue Angebote")
    CHANGES = "aenderungen", _("Änderungen")
    REPORTS = "meldungen", _("Fehlermeldungen")
    CLAIMS = "antraege", _("Konto-Anträge")
    TASKS = "aufgaben", _("Aufgaben")
    ANSWERED = "antworten", _("Antwort ist da")
    ASKED = "rueckfragen", _("Antwort steht aus")
