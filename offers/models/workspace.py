"""What an organisation keeps beside its offers: changes that are not sent yet, and offers that follow a template."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
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


class TemplateLinkQuerySet(models.QuerySet["TemplateLink"]):
    def of(self, template: Offer) -> "TemplateLinkQuerySet":
        """The offers that follow a template, in listing order."""
        return self.filter(template=template).order_by("offer__title", "pk")

    def with_facts(self) -> "TemplateLinkQuerySet":
        """With both offers, their topics and times."""
        ends = ("offer__topics", "offer__schedules", "template__topics", "template__schedules")
        return self.select_related("offer", "template").prefetch_related(*ends)


@pghistory.track()
class TemplateLink(models.Model):
    """An offer follows another one of its organisation: what changes there is prepared as a change here.

    `differs` are the fields in which the offer goes its own way; a template follows none itself.
    """

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="template_link", verbose_name=_("Angebot"))
    template = models.ForeignKey(Offer, models.CASCADE, related_name="followers", verbose_name=_("Vorlage"))
    differs = ArrayField(models.CharField(max_length=20), verbose_name=_("weicht ab bei"), default=list, blank=True)

    objects = TemplateLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vorlage eines Angebots")
        verbose_name_plural = _("Vorlagen von Angeboten")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="templatelink_not_itself", condition=~Q(offer=F("template"))),
        ]

    def __str__(self) -> str:
        return f"{self.offer} → {self.template}"
