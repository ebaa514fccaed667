"""Pairs of offers that do nearly the same for the same people, and what was decided about them."""

from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.models.offer import Offer
from offers.models.proposal import Proposal
from offers.parallels.enums import PairAnswer


class ParallelPairQuerySet(models.QuerySet["ParallelPair"]):
    def public(self) -> "ParallelPairQuerySet":
        """Pairs of which both can be found (design rule 3)."""
        offers = Offer.objects.public().values("pk")
        return self.filter(first__in=offers, second__in=offers)

    def open(self) -> "ParallelPairQuerySet":
        """Nobody has decided about them as they are now."""
        return self.exclude(Exists(self._decisions_that_hold()))

    def decided(self) -> "ParallelPairQuerySet":
        return self.filter(Exists(self._decisions_that_hold()))

    def returned(self) -> "ParallelPairQuerySet":
        """Open again: one of the two changed in what counts since somebody decided."""
        return self.open().filter(
            Exists(PairDecision.objects.filter(first=OuterRef("first"), second=OuterRef("second")))
        )

    def with_answer(self) -> Any:
        """`answer`: the newest decision that holds, "" without one."""
        newest = self._decisions_that_hold().order_by("-decided_at", "-pk").values("answer")[:1]
        return self.annotate(answer=models.functions.Coalesce(models.Subquery(newest), models.Value("")))

    def clusters(self) -> Any:
        """One row per cluster: `cluster`, its number of `pairs` and the `closest` score; the largest first."""
        rows = self.filter(cluster__isnull=False).order_by().values("cluster")
        rows = rows.annotate(pairs=models.Count("pk"), closest=models.Max("score"))
        return rows.order_by("-pairs", "-closest", "cluster")

    def most_alike_first(self) -> "ParallelPairQuerySet":
        return self.order_by("-score", "pk")

    @staticmethod
    def _decisions_that_hold() -> Any:
        same = {name: OuterRef(name) for name in ("first", "second", "fingerprint")}
        return PairDecision.objects.filter(**same)


class ParallelPair(models.Model):
    """Two offers found alike by the last comparison; `first` has the smaller id. Kept by `offers.parallels.stock`.

    `score` is 0 to 1, `shared` what they have in common (see `compare.Shared`). `fingerprint` changes when one of the
    two changes in what is compared, so that a decision about the old state no longer holds. Pairs that hang together
    have the same `cluster`, the smallest id of their offers; None for pairs that are less close.
    """

    first = models.ForeignKey(Offer, models.CASCADE, related_name="+", verbose_name=_("Angebot"))
    second = models.ForeignKey(Offer, models.CASCADE, related_name="+", verbose_name=_("ähnliches Angebot"))
    score = models.FloatField(_("Ähnlichkeit"))
    shared = models.JSONField(_("Gemeinsamkeiten"), default=dict)
    fingerprint = models.CharField(max_length=32, editable=False)
    found_at = models.DateTimeField(_("gefunden am"), default=timezone.now)
    cluster = models.BigIntegerField(null=True, editable=False)

    objects = ParallelPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("Parallele")
        verbose_name_plural = _("Parallelen")
        indexes = [
            models.Index(F("score").desc(), "id", name="parallelpair_most_alike"),
            models.Index("cluster", F("score").desc(), "id", name="parallelpair_of_cluster"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="parallelpair_once"),
            models.CheckConstraint(name="parallelpair_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class ParallelClusterQuerySet(models.QuerySet["ParallelCluster"]):
    def to_decide(self) -> "ParallelClusterQuerySet":
        """Those with a pair that nobody has decided about, the largest first."""
        return self.filter(undecided__gt=0).order_by("-undecided", "-closest", "pk")

    def with_closest_pairs(self, most: int) -> Any:
        """`shown`: the ids of each cluster's closest public pairs that nobody has decided about."""
        pairs = ParallelPair.objects.public().open().filter(cluster=OuterRef("pk")).most_alike_first()
        return self.annotate(shown=ArraySubquery(pairs.values("pk")[:most]))


class ParallelCluster(models.Model):
    """Offers that hang together, counted when `stock` last numbered them; `number` is the smallest of their ids."""

    number = models.BigIntegerField(primary_key=True)
    offers = models.PositiveIntegerField(_("Angebote"))
    undecided = models.PositiveIntegerField(_("Paare ohne Entscheidung"))
    closest = models.FloatField(_("größte Ähnlichkeit"))

    objects = ParallelClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gruppe von Parallelen")
        verbose_name_plural = _("Gruppen von Parallelen")
        indexes = [
            models.Index(F("undecided").desc(), F("closest").desc(), "number", name="parallelcluster_largest"),
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)


@pghistory.track()
class PairDecision(models.Model):
    """What somebody said about a pair, by whom and when; a new decision is a new row, so all of them stay."""

    first = models.ForeignKey(Offer, models.CASCADE, related_name="+", verbose_name=_("Angebot"))
    second = models.ForeignKey(Offer, models.CASCADE, related_name="+", verbose_name=_("ähnliches Angebot"))
    answer = models.CharField(_("Entscheidung"), max_length=12, choices=PairAnswer)
    reason = models.CharField(_("Begründung"), max_length=500, blank=True)
    fingerprint = models.CharField(max_length=32, editable=False)
    decided_at = models.DateTimeField(_("entschieden am"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("entschieden von"),
    )  # fmt: skip
    proposal = models.ForeignKey(
        Proposal, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("aus dem Vorschlag"),
        help_text=_("Der Partner hat es beim Einreichen gesagt."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("Entscheidung zu einer Parallele")
        verbose_name_plural = _("Entscheidungen zu Parallelen")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["first", "second", "fingerprint"], name="pairdecision_of_pair")]
        constraints = [
            models.CheckConstraint(name="pairdecision_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="pairdecision_anyway_needs_reason",
                condition=~Q(answer=PairAnswer.ANYWAY) | ~Q(reason=""),
                violation_error_message=_("Bitte schreiben Sie, warum beide gebraucht werden."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_answer_display()

    def pointing(self, name: str, pk: int) -> dict[str, int] | None:
        """The pair when one of the two is merged into another offer; None when they are one by then."""
        other = self.second_id if name == "first" else self.first_id
        return None if other == pk else {"first_id": min(other, pk), "second_id": max(other, pk)}


class BitsField(models.Field):  # type: ignore[type-arg]  # takes no type arguments when running
    """Bits as "0" and "1"."""

    def db_type(self, connection: Any) -> str:
        return "varbit"


class OfferMeaning(models.Model):
    """What an offer's title and summary mean, as bits to compare (see `embedding`); `said` is a digest of the text."""

    offer = models.OneToOneField(Offer, models.CASCADE, primary_key=True, related_name="+")
    said = models.CharField(max_length=32)
    bits = BitsField()

    class Meta:
        verbose_name = _("Bedeutung eines Angebots")
        verbose_name_plural = _("Bedeutungen von Angeboten")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.offer_id)


class ComparedOfferQuerySet(models.QuerySet["ComparedOffer"]):
    def missing(self) -> int:
        """How many public offers nobody has compared yet."""
        return Offer.objects.public().exclude(Exists(self.filter(offer=OuterRef("pk")))).count()


class ComparedOffer(models.Model):
    """What an offer said and by which rules it was last compared with the others; a difference means: compare again."""

    offer = models.OneToOneField(Offer, models.CASCADE, primary_key=True, related_name="+")
    fingerprint = models.CharField(max_length=32)

    objects = ComparedOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("verglichenes Angebot")
        verbose_name_plural = _("verglichene Angebote")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.offer_id)
