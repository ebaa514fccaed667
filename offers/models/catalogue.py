"""The lists staff keep: life phases along the chain and topics with the words families use."""

import pghistory
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from networks.models import Network
from portal.bases import Recorded, Slugged, SluggedQuerySet, former_slug_trigger, touch_trigger


class LifePhaseQuerySet(SluggedQuerySet["LifePhase"]):
    def chain(self) -> "LifePhaseQuerySet":
        """The phases with an age, from pregnancy to job."""
        return self.filter(ages__isnull=False).in_listing_order()

    def in_listing_order(self) -> "LifePhaseQuerySet":
        return self.order_by("position", "pk")


@pghistory.track()
class LifePhase(Recorded, Slugged):
    """A named age band in months, half-open; parents and professionals have an audience instead of ages."""

    label = models.CharField(_("Name"), max_length=120)
    ages = IntegerRangeField(_("Alter in Monaten"), null=True, blank=True)
    audience = models.CharField(_("Zielgruppe statt Alter"), max_length=20, blank=True)
    chain_step = models.PositiveSmallIntegerField(_("Schritt der Präventionskette"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    objects = LifePhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Lebensphase")
        verbose_name_plural = _("Lebensphasen")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="lifephase_ages_or_audience",
                condition=Q(ages__isnull=False, ages__isempty=False, audience="") | (Q(ages=None) & ~Q(audience="")),
            )
        ]
        triggers = [touch_trigger(), former_slug_trigger("offers.lifephase")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """The offers for this phase."""
        return f"{reverse('offers:list')}?phase={self.slug}"


class TopicQuerySet(SluggedQuerySet["Topic"]):
    def in_listing_order(self) -> "TopicQuerySet":
        return self.order_by("position", "pk")


@pghistory.track()
class Topic(Recorded, Slugged):
    """A field of action with its synonyms; editable by staff, and the search follows at once."""

    label = models.CharField(_("Name"), max_length=120, unique=True)
    description = models.CharField(_("Beschreibung"), max_length=300, blank=True)
    synonyms = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("andere Wörter"),
        default=list,
        blank=True,
        help_text=_("Wörter, die Familien wirklich eingeben, durch Komma getrennt."),
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    networks = models.ManyToManyField(
        Network, blank=True, related_name="topics", verbose_name=_("Netzwerke, die sich darum kümmern")
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("Thema")
        verbose_name_plural = _("Themen")
        ordering = ["position", "pk"]
        triggers = [touch_trigger(), former_slug_trigger("offers.topic")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """The offers on this topic."""
        return f"{reverse('offers:list')}?thema={self.slug}"


@pghistory.track(obj_field=None)
class TopicNetwork(Topic.networks.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True
