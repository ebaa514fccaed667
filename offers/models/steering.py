"""What steering keeps: rules and decisions on coverage, figures about the districts, and what was searched for."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pghistory
from django.contrib.postgres.fields import IntegerRangeField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.models.catalogue import LifePhase, Topic
from offers.steering.enums import ResultBucket, SocialRisk
from portal.ages import age_label
from portal.bases import Recorded, touch_trigger
from portal.models import District


class CoverageRuleQuerySet(models.QuerySet["CoverageRule"]):
    def current(self) -> "CoverageRule":
        """The rule in force; the defaults as long as nobody has set one."""
        return self.first() or CoverageRule()


@pghistory.track()
class CoverageRule(Recorded):
    """From when on a cell of the coverage matrix counts as covered; there is at most one row."""

    enough = models.PositiveSmallIntegerField(
        _("Genug sind so viele Angebote"), default=3, validators=[MinValueValidator(1)],
        help_text=_("Weniger Angebote heißen „dünn“."),
    )  # fmt: skip
    # One entry that names the area, a leaflet for instance, must not hide what is missing there.
    local_enough = models.PositiveSmallIntegerField(
        _("Davon eigens für das Gebiet"), default=3,
        help_text=_("So viele müssen eigens für das Gebiet da sein. Weniger heißen „dünn“. 0: Stadtweite genügen."),
    )  # fmt: skip
    per_thousand = models.DecimalField(
        _("Mindestens je 1.000 Kinder"), max_digits=6, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Leer: Die Zahl der Kinder spielt keine Rolle. Ohne Einwohnerzahl gilt diese Grenze nicht."),
    )  # fmt: skip
    citywide_counts = models.BooleanField(
        _("Stadtweite Angebote zählen mit"), default=True,
        help_text=_("Sonst zählt nur, was eigens für das Gebiet da ist."),
    )  # fmt: skip
    only = models.BooleanField(default=True, editable=False, unique=True)  # at most one row

    objects = CoverageRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("Regel der Abdeckung")
        verbose_name_plural = _("Regeln der Abdeckung")
        permissions = [("steer_coveragerule", _("darf die Steuerung sehen und bedienen"))]
        constraints = [
            models.CheckConstraint(name="coveragerule_one_row", condition=Q(only=True)),
            models.CheckConstraint(name="coveragerule_enough_is_something", condition=Q(enough__gte=1)),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def needs_total(self) -> bool:
        """Whether a cell with enough offers of its own can still have too few in all."""
        return self.enough > self.local_enough


@pghistory.track()
class CoverageDecision(Recorded):
    """Gaps that are meant to be, with one reason: for a topic, or for all offers when it is empty.

    It holds for a district and all inside it (the city: everywhere), and there for one life phase or transition
    (`offers.chain.transitions`), or for all of them when both are empty. `offers.steering.decisions` reads it so.
    """

    district = models.ForeignKey(District, models.CASCADE, related_name="+", verbose_name=_("Gebiet"))
    phase = models.ForeignKey(
        LifePhase, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("Lebensphase")
    )
    transition = models.CharField(_("Übergang"), max_length=40, blank=True)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("Thema"))
    reason = models.TextField(_("Grund"), max_length=500)
    decided_on = models.DateField(_("entschieden am"), default=timezone.localdate)

    class Meta:
        verbose_name = _("bewusste Lücke")
        verbose_name_plural = _("bewusste Lücken")
        ordering = ["-decided_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "phase", "transition", "topic"],
                name="coveragedecision_one_per_cell",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="coveragedecision_not_phase_and_transition", condition=Q(phase=None) | Q(transition="")
            ),
            models.CheckConstraint(name="coveragedecision_has_a_reason", condition=~Q(reason__regex=r"^\s*$")),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.district}: {self.phase or self.transition or _('alle Lebensphasen')}"


class PopulationQuerySet(models.QuerySet["Population"]):
    def in_listing_order(self) -> "PopulationQuerySet":
        """By district as a tree, newest year first."""
        return self.select_related("district").order_by("district__lineage", "-year", "ages", "pk")


@pghistory.track()
class Population(Recorded):
    """How many people of an age live in a district. `ages` are months, half-open; NULL is everybody."""

    district = models.ForeignKey(District, models.CASCADE, related_name="population", verbose_name=_("Gebiet"))
    year = models.PositiveSmallIntegerField(_("Jahr"))
    ages = IntegerRangeField(_("Alter in Monaten"), null=True, blank=True)
    people = models.PositiveIntegerField(_("Menschen"))
    source = models.CharField(_("Quelle"), max_length=200)

    objects = PopulationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einwohnerzahl")
        verbose_name_plural = _("Einwohnerzahlen")
        ordering = ["district", "-year", "ages"]
        constraints = [
            models.UniqueConstraint(fields=["district", "year", "ages"], name="population_once", nulls_distinct=False),
            models.CheckConstraint(name="population_ages_not_empty", condition=Q(ages=None) | Q(ages__isempty=False)),
            models.CheckConstraint(name="population_has_a_source", condition=~Q(source="")),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.district}, {self.year}: {self.people}"

    @property
    def age_label(self) -> str:
        """The age in words; "" for everybody."""
        return age_label(self.ages)


class SocialIndexQuerySet(models.QuerySet["SocialIndex"]):
    def heaviest_first(self) -> "SocialIndexQuerySet":
        """The highest risk first, there by name."""
        rank = models.Case(*(models.When(risk=risk, then=number) for number, risk in enumerate(SocialRisk)), default=9)
        return self.select_related("district").order_by(rank, "district__name")


@pghistory.track()
class SocialIndex(Recorded):
    """The group of a Stadtteil in the city's social index. For steering only: families never see it."""

    district = models.OneToOneField(District, models.CASCADE, related_name="social_index", verbose_name=_("Stadtteil"))
    risk = models.CharField(_("Armutsrisiko"), max_length=10, choices=SocialRisk)
    year = models.PositiveSmallIntegerField(_("Jahr"))
    source = models.CharField(_("Quelle"), max_length=200)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)

    objects = SocialIndexQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sozialindex")
        verbose_name_plural = _("Sozialindex")
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.district}: {self.get_risk_display()}"


@pghistory.track()
class DistrictOutline(Recorded):
    """The true shape of a Stadtteil as GeoJSON geometry (WGS84); once loaded, maps draw it instead of a hexagon."""

    district = models.OneToOneField(District, models.CASCADE, related_name="outline", verbose_name=_("Stadtteil"))
    geometry = models.JSONField(_("Umriss"))
    source = models.CharField(_("Quelle"), max_length=200)

    class Meta:
        verbose_name = _("Umriss")
        verbose_name_plural = _("Umrisse")
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return str(self.district)


class SearchCountQuerySet(models.QuerySet["SearchCount"]):
    def between(self, first: date, last: date) -> "SearchCountQuerySet":
        """Both days included."""
        return self.filter(day__range=(first, last))

    def by_bucket(self) -> Any:
        """Bucket and number of searches."""
        return self.order_by().values_list("bucket").annotate(searches=Sum("count"))

    def by_language(self) -> Any:
        """Language and number of searches, for those that asked for one."""
        counted = self.exclude(language="").order_by().values_list("language").annotate(searches=Sum("count"))
        return counted.order_by("-searches", "language")

    def by_subject(self) -> Any:
        """Phase, Sozialraum and topic with their searches; those that found nothing most often first."""
        nothing = Coalesce(Sum("count", filter=Q(bucket=ResultBucket.NOTHING)), 0)
        little = Coalesce(Sum("count", filter=Q(bucket=ResultBucket.LITTLE)), 0)
        names = ("phase__slug", "phase__label", "area__slug", "area__name", "topic__slug", "topic__label")
        found = self.order_by().values(*names).annotate(searches=Sum("count"), nothing=nothing, little=little)
        return found.filter(Q(nothing__gt=0) | Q(little__gt=0)).order_by("-nothing", "-little", "-searches", *names)

    def without_result(self) -> int:
        """How many searches found nothing."""
        found = self.filter(bucket=ResultBucket.NOTHING).aggregate(searches=Coalesce(Sum("count"), 0))
        return int(found["searches"])

    def about(self, topics: Sequence[str]) -> "SearchCountQuerySet":
        """Those for one of these topics (slugs); all of them when none is named."""
        return self.filter(topic__slug__in=topics) if topics else self

    def unmet_of_topics(self) -> Iterator[tuple[tuple[int, str, int], int]]:
        """Sozialraum id, phase slug and topic id with the searches that found nothing."""
        found = self.filter(bucket=ResultBucket.NOTHING, area__isnull=False, phase__isnull=False, topic__isnull=False)
        keys = found.order_by().values_list("area", "phase__slug", "topic")
        for area, phase, topic, count in keys.annotate(searches=Sum("count")):
            yield (area, phase, topic), count

    def unmet(self) -> Iterator[tuple[tuple[int, str], int]]:
        """Sozialraum id and phase slug with the searches that found nothing."""
        found = self.filter(bucket=ResultBucket.NOTHING, area__isnull=False, phase__isnull=False).order_by()
        for area, phase, count in found.values_list("area", "phase__slug").annotate(searches=Sum("count")):
            yield (area, phase), count


class SearchCount(models.Model):
    """How often was searched for this on a day: no address, no cookie, no text (design rule 9).

    `area` is a Sozialraum; empty parts were not asked for.
    """

    day = models.DateField(_("Tag"))
    phase = models.ForeignKey(LifePhase, models.CASCADE, null=True, related_name="+", verbose_name=_("Lebensphase"))
    area = models.ForeignKey(District, models.CASCADE, null=True, related_name="+", verbose_name=_("Sozialraum"))
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", verbose_name=_("Thema"))
    language = models.CharField(_("Sprache"), max_length=8, blank=True)
    bucket = models.PositiveSmallIntegerField(_("Treffer"), choices=ResultBucket)
    count = models.PositiveIntegerField(_("Anzahl"))

    objects = SearchCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("gezählte Suche")
        verbose_name_plural = _("gezählte Suchen")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["day", "phase", "area", "topic", "language", "bucket"],
                name="searchcount_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class SearchTermQuerySet(models.QuerySet["SearchTerm"]):
    def between(self, first: date, last: date) -> "SearchTermQuerySet":
        """Both days included."""
        return self.filter(day__range=(first, last))

    def by_term(self) -> Any:
        """Words with their searches and how many of those found nothing, most wanted first."""
        nothing = Coalesce(Sum("count", filter=Q(bucket=ResultBucket.NOTHING)), 0)
        found = self.order_by().values("term").annotate(searches=Sum("count"), nothing=nothing)
        return found.order_by("-searches", "term")


class SearchTerm(models.Model):
    """A word that was searched for on at least five different days, with what was found on a day since then."""

    day = models.DateField(_("Tag"))
    term = models.CharField(_("Suchwort"), max_length=60)
    bucket = models.PositiveSmallIntegerField(_("Treffer"), choices=ResultBucket)
    count = models.PositiveIntegerField(_("Anzahl"))

    objects = SearchTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("häufiges Suchwort")
        verbose_name_plural = _("häufige Suchwörter")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["day", "term", "bucket"], name="searchterm_once")]

    def __str__(self) -> str:
        return self.term


class SearchTermDay(models.Model):
    """That some word was searched for on a day; `digest` is keyed, so nobody can read the word from it."""

    digest = models.BinaryField(max_length=16)
    day = models.DateField()

    class Meta:
        verbose_name = _("Tag eines Suchworts")
        verbose_name_plural = _("Tage der Suchwörter")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["digest", "day"], name="searchtermday_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class EndingWarning(models.Model):
    """That the Leitung was told of an end so many months ahead; a new end is told anew."""

    offer = models.ForeignKey("offers.Offer", models.CASCADE, related_name="+", verbose_name=_("Angebot"))
    ends_on = models.DateField(_("endet am"))
    months = models.PositiveSmallIntegerField(_("Monate vorher"))
    warned_at = models.DateTimeField(_("gewarnt am"), db_default=Now())

    class Meta:
        verbose_name = _("Warnung vor einem Ende")
        verbose_name_plural = _("Warnungen vor einem Ende")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["offer", "ends_on", "months"], name="endingwarning_once")]

    def __str__(self) -> str:
        return f"{self.ends_on}: {self.months}"
