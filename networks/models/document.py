"""What a network writes down: its documents, and once a year what it thinks of itself."""

import re

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from networks.enums import Continuation
from networks.models.network import Network
from portal.bases import Recorded, touch_trigger
from portal.text import german_slug

LARGEST = 5 * 1024 * 1024  # bytes
# What makes a PDF do something by itself or carry other files.
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")


def check_pdf(content: bytes) -> None:
    """Raises ValidationError unless it is a PDF of at most 5 MB that is nothing but pages."""
    if len(content) > LARGEST:
        raise ValidationError(_("Die Datei ist zu groß. Erlaubt sind 5 MB."), code="large")
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise ValidationError(_("Das ist keine vollständige PDF-Datei."), code="no_pdf")
    if ACTIVE.search(content):
        raise ValidationError(
            _("Die PDF-Datei enthält Programme oder andere Dateien. Bitte speichern Sie sie neu als einfache PDF."),
            code="active",
        )


class NetworkDocumentQuerySet(models.QuerySet["NetworkDocument"]):
    def public(self) -> "NetworkDocumentQuerySet":
        return self.filter(is_public=True, network__is_public=True)

    def without_content(self) -> "NetworkDocumentQuerySet":
        """For lists: the files stay in the database."""
        return self.defer("content")


@pghistory.track(exclude=["content"])
class NetworkDocument(Recorded):
    """A concept, an agreement, minutes for all; the file itself is kept in the database, so it is backed up with it."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="documents", verbose_name=_("Netzwerk"))
    title = models.CharField(_("Titel"), max_length=160)
    content = models.BinaryField(_("Datei"), editable=False)
    size = models.PositiveIntegerField(_("Größe in Bytes"), editable=False)
    is_public = models.BooleanField(_("öffentlich"), default=False)

    objects = NetworkDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")
        ordering = ["title", "pk"]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("networks:document", args=[self.public_id])

    @property
    def file_name(self) -> str:
        return f"{german_slug(self.title)}.pdf"


@pghistory.track()
class SelfReview(models.Model):
    """Selbstüberprüfung: what the network answered in a year; the answers of all years stay."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="reviews", verbose_name=_("Netzwerk"))
    year = models.PositiveSmallIntegerField(_("Jahr"), validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    continuation = models.CharField(_("Wird die Gruppe noch gebraucht?"), max_length=12, choices=Continuation)
    mandate = models.TextField(_("Stimmt der Auftrag noch?"), blank=True)
    missing = models.TextField(_("Wer fehlt in der Gruppe?"), blank=True)
    achieved = models.TextField(_("Was wurde beschlossen und getan?"), blank=True)
    merge_with = models.ForeignKey(
        Network, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Mit welcher Gruppe könnten Sie sich zusammentun?"),
    )  # fmt: skip
    answered_on = models.DateField(_("beantwortet am"), auto_now_add=True)

    class Meta:
        verbose_name = _("Selbstüberprüfung")
        verbose_name_plural = _("Selbstüberprüfungen")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "year"], name="selfreview_once_a_year",
                violation_error_message=_("Für dieses Jahr gibt es schon eine Selbstüberprüfung."),
            ),
            models.CheckConstraint(
                name="selfreview_merges_with_another",
                condition=models.Q(merge_with=None) | ~models.Q(merge_with=models.F("network")),
                violation_error_message=_("Eine Gruppe kann sich nicht mit sich selbst zusammentun."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.network}, {self.year}"
