from django.db import models
from django.utils.translation import gettext_lazy as _

from offers.enums import ParallelAnswer


class PairAnswer(models.TextChoices):
    """How two offers that look alike stand to each other: as partners may say it, or that they only look alike."""

    COMPLEMENTS = ParallelAnswer.COMPLEMENTS.value, _("ergänzen sich")
    COOPERATES = ParallelAnswer.COOPERATES.value, _("arbeiten zusammen")
    REPLACES = ParallelAnswer.REPLACES.value, _("eines ersetzt das andere")
    ANYWAY = ParallelAnswer.ANYWAY.value, _("beide werden gebraucht, weil …")
    DIFFERENT = "verschieden", _("sind gar nicht parallel")
