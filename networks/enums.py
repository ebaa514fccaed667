from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import DistrictKind

# As it stands in addresses; the level of a network is the kind of its widest district.
LEVELS = {
    "stadt": DistrictKind.CITY,
    "stadtbezirk": DistrictKind.BOROUGH,
    "sozialraum": DistrictKind.SOCIAL_AREA,
    "stadtteil": DistrictKind.QUARTER,
}


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
