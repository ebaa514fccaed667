"""Networks, their members and successors."""

from datetime import timedelta
from typing import Any

import pghistory
from django.contrib.postgres.fields import IntegerRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from networks.enums import LEVELS, MembershipRole
from partners.models import Partner
from portal.bases import Recorded, Slugged, SluggedQuerySet, Sourced, former_slug_trigger, touch_trigger
from portal.enums import DistrictKind
from portal.models import District
from portal.text import GermanSortKey


class NetworkQuerySet(SluggedQuerySet["Network"]):
    def public(self) -> "NetworkQuerySet":
        """Those marked as public; the only door to register, page and calendar."""
        return self.filter(is_public=True)

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

    def silent(self) -> "NetworkQuerySet":
        """Active networks that have not met within the last twelve months and were not founded this year."""
        year_ago = timezone.localdate() - timedelta(days=365)
        met = models.Exists(_meetings().filter(network=models.OuterRef("pk"), held_on__gt=year_ago).filter(_is_past()))
        return self.active().exclude(met).exclude(founded_year=timezone.localdate().year)

    def without_review(self, year: int) -> "NetworkQuerySet":
        """Active networks that have not looked at themselves in that year."""
        return self.active().exclude(reviews__year=year)

    def local(self) -> "NetworkQuerySet":
        """Networks for a part of the city, not for all of it."""
        city = Network.districts.through.objects.filter(network=models.OuterRef("pk"), district__kind=DistrictKind.CITY)
        return self.filter(districts__isnull=False).exclude(models.Exists(city)).distinct()

    def with_level(self) -> Any:
        """`level`: the kind of the widest district it is for; None as long as nobody said for which."""
        own = District.objects.filter(networks=models.OuterRef("pk"))
        rank = models.Case(*(models.When(kind=kind, then=number) for number, kind in enumerate(DistrictKind)))
        return self.annotate(level=models.Subquery(own.order_by(rank).values("kind")[:1]))

    def on_level(self, word: str) -> "NetworkQuerySet":
        """Networks whose widest district is of this kind; `word` is one of LEVELS."""
        found: NetworkQuerySet = self.with_level().filter(level=LEVELS[word])
        return found

    def with_hours(self) -> Any:
        """`people`: how many come to a meeting; `hours`: hours of work a year, None when rhythm or length is unknown.

        People are those counted in the meetings of the last twelve months, on average; else one for each member.
        """
        year_ago = timezone.localdate() - timedelta(days=365)
        heads = (
            _meetings()
            .filter(network=models.OuterRef("pk"), held_on__gt=year_ago, attendances__isnull=False)
            .values("network")
            .annotate(each=models.Sum("attendances__people") * 1.0 / models.Count("pk", distinct=True))
        )
        members = (
            Membership.objects.current()
            .filter(network=models.OuterRef("pk"))
            .values("network")
            .annotate(count=models.Count("pk") * 1.0)
        )
        people = Coalesce(
            models.Subquery(heads.values("each")), models.Subquery(members.values("count")), models.Value(0.0)
        )
        return self.annotate(people=models.ExpressionWrapper(people, models.FloatField())).annotate(
            hours=models.ExpressionWrapper(
                F("meetings_per_year") * F("meeting_minutes") * F("people") / 60.0, models.FloatField()
            )
        )

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
    mandate = models.TextField(
        _("Auftrag"), blank=True, help_text=_("Von wem die Gruppe ihren Auftrag hat und was sie entscheiden darf.")
    )
    is_public = models.BooleanField(
        _("öffentlich"), default=True, help_text=_("Nur dann stehen Seite, Termine und Dokumente im Verzeichnis.")
    )
    rhythm = models.CharField(_("Turnus"), max_length=120, blank=True, help_text=_("In Worten: „viermal im Jahr“."))
    meetings_per_year = models.PositiveSmallIntegerField(_("Sitzungen im Jahr"), null=True, blank=True)
    meeting_minutes = models.PositiveSmallIntegerField(_("Dauer einer Sitzung in Minuten"), null=True, blank=True)
    email = models.EmailField(
        _("E-Mail der Geschäftsführung"), blank=True, help_text=_("Dorthin gehen Erinnerungen. Wird nicht gezeigt.")
    )
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

    @property
    def level_label(self) -> str:
        """ "Stadt", "Sozialraum" …; only after `with_level`, "" when nobody said for which districts it is."""
        kind = getattr(self, "level", None)
        return str(DistrictKind(kind).label) if kind else ""

    def get_calendar_url(self) -> str:
        return reverse("networks:calendar", args=[self.slug])


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

    def public(self) -> "MembershipQuerySet":
        """Those in networks that are public."""
        return self.filter(network__is_public=True)

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
    function = models.CharField(
        _("Funktion"), max_length=120, blank=True, help_text=_("Zum Beispiel „Oberbürgermeister“. Kein Personenname.")
    )
    email = models.EmailField(
        _("E-Mail für Einladungen"), blank=True, help_text=_("Leer: die Adresse der Organisation. Wird nicht gezeigt.")
    )
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


def _meetings() -> "models.QuerySet[Any]":
    """The meetings, which stand in a module above this one."""
    return Network._meta.get_field("meetings").related_model._default_manager.all()


def _is_past() -> Q:
    return Q(held_on__lte=timezone.localdate())
