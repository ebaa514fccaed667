"""Tables of offers that people of an organisation uploaded, until they are sent or forgotten."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner

KEPT_DAYS = 7


class UploadedSheetQuerySet(models.QuerySet["UploadedSheet"]):
    def outdated(self) -> "UploadedSheetQuerySet":
        """Older than anybody was promised to find them; what is just being sent is sent first."""
        old = self.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
        return old.exclude(pk__in=self.sending())

    def sending(self) -> "UploadedSheetQuerySet":
        """Ordered to be sent, and not through yet."""
        return self.filter(ordered_at__isnull=False, sent_at=None)


class UploadedSheet(models.Model):
    """A dry run: the file until it is checked, then what would change (`result`, see offers/sheets/check.py).

    `rows` and `done` tell how far the check is, and later the sending (offers/sheets/send.py). `answers` hold what was
    decided before that. `submission_id` comes with the form: uploaded twice is stored once.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", verbose_name=_("Organisation"))
    submission_id = models.UUIDField()
    name = models.CharField(_("Name der Datei"), max_length=120)
    content = models.BinaryField(default=b"")
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("hochgeladen am"), default=timezone.now)
    checked_at = models.DateTimeField(_("geprüft am"), null=True, blank=True)
    answers = models.JSONField(null=True, blank=True)
    ordered_at = models.DateTimeField(_("zu senden seit"), null=True, blank=True)
    sent_at = models.DateTimeField(_("gesendet am"), null=True, blank=True)

    objects = UploadedSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("hochgeladene Tabelle")
        verbose_name_plural = _("hochgeladene Tabellen")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "submission_id"], name="uploadedsheet_stored_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def stopped(self) -> bool:
        """The sending was given up on the way."""
        return self.answers is not None and self.ordered_at is None
