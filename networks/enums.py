from django.db import models
from django.utils.translation import gettext_lazy as _


class MembershipRole(models.TextChoices):
    CHAIR = "chair", _("Vorsitz")
    COORDINATION = "coordination", _("Geschäftsführung")
    MEMBER = "member", _("Mitglied")


class Continuation(models.TextChoices):
    """What a network says about its own future, once a year."""

    NEEDED = "ja", _("ja, so wie sie ist")
    CHANGED = "anders", _("ja, aber mit anderem Auftrag")
    MERGE = "zusammen", _("zusammen mit einer anderen Gruppe")
    END = "nein", _("nein, sie kann enden")
