"""German names for what libraries call by English words only."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def give_german_names() -> None:
    """Called when all apps are there; also a row's own name ("Access Log for …") becomes a word staff understand."""
    from axes.models import AccessAttempt, AccessFailureLog, AccessLog
    from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

    words: list[tuple[type[models.Model], Any, Any]] = [
        (ProcrastinateJob, _("Auftrag"), _("Aufträge")),
        (ProcrastinateEvent, _("Schritt eines Auftrags"), _("Schritte eines Auftrags")),
        (AccessAttempt, _("misslungene Anmeldung"), _("misslungene Anmeldungen")),
        (AccessFailureLog, _("Eintrag misslungener Anmeldungen"), _("Protokoll misslungener Anmeldungen")),
        (AccessLog, _("Anmeldung"), _("Anmeldungen")),
    ]
    for model, one, many in words:
        model._meta.verbose_name, model._meta.verbose_name_plural = one, many
        model.add_to_class("__str__", lambda self: f"{self._meta.verbose_name} {self.pk}")
