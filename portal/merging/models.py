"""What was merged with what, by whom and when, and where everything stood before."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MergeQuerySet(models.QuerySet["Merge"]):
    def of(self, row: models.Model) -> "MergeQuerySet":
        """What was merged into this row."""
        return self.filter(kind=row._meta.label_lower, target_id=row.pk)

    def that_can_go_back(self) -> "MergeQuerySet":
        return self.filter(undone_at=None, context__isnull=False)


class Merge(models.Model):
    """`gone` holds `{"id", "name"}` of the rows that are no more; `moved` `[model, id, field, id before]` of each row
    that was led over; `report` the same in words, as lines of `portal.merging.actions.Line`.
    """

    kind = models.CharField(_("Art"), max_length=60)
    target_id = models.BigIntegerField(_("Nummer"))
    name = models.CharField(_("bleibt"), max_length=200)
    gone = models.JSONField(_("aufgegangen"), default=list)
    moved = models.JSONField(default=list)
    report = models.JSONField(default=list)
    merged_at = models.DateTimeField(_("am"), auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("von")
    )
    context = models.UUIDField(null=True, editable=False)
    undone_at = models.DateTimeField(_("rückgängig gemacht am"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("rückgängig gemacht von")
    )
    stayed = models.JSONField(default=list)

    objects = MergeQuerySet.as_manager()

    class Meta:
        app_label = "portal"
        verbose_name = _("Zusammenführung")
        verbose_name_plural = _("Zusammenführungen")
        default_permissions = ()
        ordering = ["-merged_at", "-pk"]
        indexes = [models.Index(fields=["kind", "target_id"], name="merge_of_row")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page in the admin: what moved, and the way back."""
        return reverse("admin:portal_merge_change", args=[self.pk])

    @property
    def gone_names(self) -> str:
        return ", ".join(entry["name"] for entry in self.gone)
