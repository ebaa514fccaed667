"""What somebody is still writing: changes to an offer, kept on the server until they are sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from offers.models.offer import Offer


class ChangeDraft(models.Model):
    """One person's unsent change to one offer; it survives signing out, a restart and a second tab.

    `values` are the form's fields as sent (lists of text). `version` counts the saves that changed something; `log`
    holds `[version, field, value before it]` of the latest ones, so that two tabs are told apart field by field.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("Person"))
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="drafts", verbose_name=_("Angebot"))
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    log = models.JSONField(default=list)
    updated_at = models.DateTimeField(_("gespeichert am"), auto_now=True)

    class Meta:
        verbose_name = _("Entwurf einer Änderung")
        verbose_name_plural = _("Entwürfe von Änderungen")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "offer"], name="changedraft_one_per_person")]

    def __str__(self) -> str:
        return f"{self.person}, {self.offer}"
