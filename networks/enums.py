from django.db import models
from django.utils.translation import gettext_lazy as _


class MembershipRole(models.TextChoices):
    CHAIR = "chair", _("Vorsitz")
    COORDINATION = "coordination", _("Geschäftsführung")
    MEMBER = "member", _("Mitglied")
