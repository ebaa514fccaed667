"""Who works together: networks, their members, meetings and successors."""

import pghistory
from django.contrib.postgres.fields import IntegerRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from networks.enums import MembershipRole
from partners.models import Partner
from portal.bases import Recorded, Slugged, SluggedQuerySet, Sourced, former_slug_trigger, touch_trigger
from portal.models import District
from portal.text import GermanSortKey


class NetworkQuerySet(SluggedQuerySet["Network"]):
    def active(self) -> "NetworkQuerySet":
        """Networks that have not ended."""
        return self.filter(ended_year=None)

    def ended(self) -> "NetworkQuerySet":
        return self.filter(ended_year__isnull=False)

    def in_state(self, state: str) -> "NetworkQuerySet":
        """`state` is "aktiv" or "beendet"."""
        return self.ended() if state == "beendet" else self.active()

    def with_member_count(self) -> "NetworkQuerySet":
        """`member_count`: present members."""
        return self.annotate(member_count=models.Count("memberships", filter=Q(memberships__until_year=None)))

    def in_register_order(self) -> "NetworkQuerySet":
        """Those that still exist first, then by name."""
        return self.order_by(F("ended_year").asc(nulls_first=True), GermanSortKey("name"), "pk")

    def named_like(self, text: str) -> "NetworkQuerySet":
        """Networks whose name or purpose holds the text."""
        return self.filter(Q(name__icontains=text) | Q(purpose__icontains=text))

    def in_listing_order(self) -> "NetworkQuerySet":
        return self.order_by(GermanSortKey("name"), "pk")


@pghistory.track()
class Network(Recorded, Slugged, Sourced):
    """A network, working group or committee; `ages` are months as in offers, empty when it has no age focus."""

    name = models.CharField(_("Name"), max_length=200, unique=True)
    purpose = models.CharField(_("Zweck"), max_length=300, blank=True)
    description = models.TextField(_("Beschreibung"), blank=True)
    founded_year = models.PositiveSmallIntegerField(_("besteht seit"), null=True, blank=True)
    ended_year = models.PositiveSmallIntegerField(_("beendet im Jahr"), null=True, blank=True)
    coordinator = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coordinated_networks",
        verbose_name=_("Geschäftsführung"),
    )
    rhythm = models.CharField(_("Turnus"), max_length=120, blank=True)
    ages = IntegerRangeField(_("Alter in Monaten"), null=True, blank=True)
    for_families = models.BooleanField(_("für Kinder und Familien"), default=True)
    districts = models.ManyToManyField(District, blank=True, related_name="networks", verbose_name=_("Gebiet"))
    predecessors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="successors", verbose_name=_("hervorgegangen aus")
    )
    partners = models.ManyToManyField(
        Partner, through="Membership", related_name="networks", verbose_name=_("Mitglieder")
    )
    note = models.TextField(_("interne Notiz"), blank=True)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Netzwerk")
        verbose_name_plural = _("Netzwerke")
        ordering = [GermanSortKey("name"), "pk"]
        indexes = [GistIndex(fields=["ages"], name="network_ages")]
        constraints = [
            models.CheckConstraint(
                name="network_ends_after_it_began",
                condition=Q(ended_year=None) | Q(founded_year=None) | Q(ended_year__gte=F("founded_year")),
            ),
            models.CheckConstraint(name="network_ages_not_empty", condition=Q(ages=None) | Q(ages__isempty=False)),
        ]
        triggers = [touch_trigger(), former_slug_trigger("networks.network")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("networks:detail", args=[self.slug])


@pghistory.track(obj_field=None)
class NetworkDistrict(Network.districts.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class NetworkPredecessor(Network.predecessors.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(until_year=None)

    def in_listing_order(self) -> "MembershipQuerySet":
        """Chair first, then coordination, then members by name."""
        rank = models.Case(
            *(models.When(role=role, then=number) for number, role in enumerate(MembershipRole)), default=9
        )
        return self.order_by(rank, GermanSortKey("partner__name"), "pk")


@pghistory.track()
class Membership(models.Model):
    """A partner's part in a network, from a year to a year (open when still a member)."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships", verbose_name=_("Netzwerk"))
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="memberships", verbose_name=_("Partner"))
    role = models.CharField(_("Rolle"), max_length=14, choices=MembershipRole, default=MembershipRole.MEMBER)
    since_year = models.PositiveSmallIntegerField(_("seit"), null=True, blank=True)
    until_year = models.PositiveSmallIntegerField(_("bis"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    source_year = models.PositiveSmallIntegerField(_("Jahr der Quelle"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mitgliedschaft")
        verbose_name_plural = _("Mitgliedschaften")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "partner"],
                condition=Q(until_year=None),
                name="membership_once_at_a_time",
                violation_error_message=_("Dieser Partner ist schon Mitglied."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_began",
                condition=Q(until_year=None) | Q(since_year=None) | Q(until_year__gte=F("since_year")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.network}"


@pghistory.track()
class Meeting(models.Model):
    """One meeting of a network."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="meetings", verbose_name=_("Netzwerk"))
    held_on = models.DateField(_("am"))
    title = models.CharField(_("Thema"), max_length=200)
    note = models.TextField(_("Ergebnis"), blank=True)

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ["-held_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["network", "held_on", "title"], name="meeting_unique")]

    def __str__(self) -> str:
        return f"{self.title}, {self.held_on:%d.%m.%Y}"
