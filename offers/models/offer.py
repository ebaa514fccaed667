"""The offer and what pays for it; its rules stand in `offer_queryset`."""

from datetime import date, timedelta
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.enums import Access, Audience, Cost, Format, FundingSource, Level, Lifecycle, Registration, Status
from offers.models.catalogue import Topic
from offers.models.offer_queryset import DORMANT_AFTER_DAYS, OfferQuerySet
from partners.models import Contact, Partner, Place, phone_validator
from portal.ages import age_label
from portal.bases import LOCAL_DAY, Recorded, Slugged, Sourced, former_slug_trigger, touch_trigger
from portal.enums import Language
from portal.models import District
from portal.text import GermanSortKey

REVIEW_RHYTHMS = [3, 6, 12]


@pghistory.track()
class Offer(Recorded, Slugged, Sourced):
    """A recurring or standing offer of help (Angebot); a single date is a schedule, not an offer.

    `ages` are months, half-open; NULL means no age applies or none is known. `review_due` follows
    `verified_at` and `review_months` by trigger, `version` counts changes for the lock against silent overwriting.
    """

    reserved_slugs = frozenset({"einreichen", "vorschlaege"})

    status = models.CharField(_("Stand"), max_length=10, choices=Status, default=Status.DRAFT)
    title = models.CharField(_("Titel"), max_length=160)
    summary = models.CharField(_("Kurztext"), max_length=300, help_text=_("Ein bis zwei einfache Sätze."))
    description = models.TextField(_("Beschreibung"), blank=True)
    provider = models.ForeignKey(Partner, models.PROTECT, related_name="offers", verbose_name=_("Anbieter"))
    cooperation = models.ManyToManyField(
        Partner, blank=True, related_name="cooperation_offers", verbose_name=_("in Zusammenarbeit mit")
    )
    ages = IntegerRangeField(
        _("Alter in Monaten"),
        null=True,
        blank=True,
        help_text=_("Von – bis unter. Vor der Geburt: ab -9. Leer: kein Alter."),
    )
    audiences = ArrayField(
        models.CharField(max_length=20, choices=Audience), verbose_name=_("Zielgruppen"), default=list, blank=True
    )
    topics = models.ManyToManyField(Topic, related_name="offers", verbose_name=_("Themen"))
    catchment = models.ManyToManyField(District, related_name="offers", verbose_name=_("Einzugsgebiet"))
    places = models.ManyToManyField(Place, blank=True, related_name="offers", verbose_name=_("Orte"))
    format = models.CharField(_("Form"), max_length=20, choices=Format, blank=True)
    access = ArrayField(
        models.CharField(max_length=10, choices=Access), verbose_name=_("Zugang"), default=list, blank=True
    )
    level = models.CharField(_("Präventionsebene"), max_length=10, choices=Level, blank=True)
    when_note = models.CharField(_("Zeiten in Worten"), max_length=300, blank=True)
    cost = models.CharField(_("Kosten"), max_length=6, choices=Cost, blank=True)
    cost_note = models.CharField(_("Kosten genauer"), max_length=200, blank=True)
    registration = models.CharField(_("Anmeldung"), max_length=10, choices=Registration, blank=True)
    registration_note = models.CharField(_("Anmeldung genauer"), max_length=300, blank=True)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="offers", verbose_name=_("Ansprechstelle")
    )
    phone = models.CharField(_("Telefon"), max_length=40, blank=True, validators=[phone_validator])
    email = models.EmailField(_("E-Mail"), blank=True)
    website = models.URLField(_("Internetseite"), blank=True)
    languages = ArrayField(
        models.CharField(max_length=8, choices=Language), verbose_name=_("Sprachen"), default=list, blank=True
    )
    interpreting = models.BooleanField(_("Dolmetschen möglich"), null=True, blank=True)
    accessibility_note = models.CharField(_("Barrierefreiheit"), max_length=300, blank=True)
    lifecycle = models.CharField(_("Laufzeit"), max_length=12, choices=Lifecycle, blank=True)
    starts_on = models.DateField(_("beginnt am"), null=True, blank=True)
    ends_on = models.DateField(_("endet am"), null=True, blank=True)
    pause_from = models.DateField(_("Pause ab"), null=True, blank=True)
    pause_until = models.DateField(_("Pause bis"), null=True, blank=True)
    verified_at = models.DateTimeField(_("geprüft am"), null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(
        _("Prüfrhythmus in Monaten"), choices=[(n, str(n)) for n in REVIEW_RHYTHMS], blank=True,
        help_text=_("Leer: Projekte 6, sonst 12 Monate."),
    )  # fmt: skip
    review_due = models.DateField(_("fällig am"), blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    note = models.TextField(_("interne Notiz"), blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("Angebot")
        verbose_name_plural = _("Angebote")
        ordering = [GermanSortKey("title"), "pk"]
        indexes = [
            GistIndex(fields=["ages"], name="offer_ages"),
            models.Index(GermanSortKey("title"), "id", name="offer_listing_order"),
            models.Index(fields=["review_due"], name="offer_review_due"),
            models.Index(
                fields=["id"],
                include=[
                    "provider",
                    "review_due",
                    "ends_on",
                    "lifecycle",
                    "level",
                    "format",
                    "cost",
                    "ages",
                    "audiences",
                    "languages",
                ],
                condition=Q(status=Status.PUBLISHED),
                name="offer_coverage",  # the matrix reads all offers, but little of each: a fifth of the table
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="offer_ages_from_pregnancy_on",
                condition=Q(ages=None)
                | (Q(ages__isempty=False) & (Q(ages__startswith__gte=-9) | Q(ages__startswith=None))),
                violation_error_message=_(
                    "Das Alter beginnt frühestens mit der Schwangerschaft und endet nach dem Anfang."
                ),
            ),
            models.CheckConstraint(
                name="offer_ends_after_it_begins",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Das Ende liegt vor dem Anfang."),
            ),
            models.CheckConstraint(
                name="offer_pause_has_both_days",
                condition=Q(pause_from=None, pause_until=None)
                | Q(pause_from__isnull=False, pause_until__gte=F("pause_from")),
                violation_error_message=_("Eine Pause hat einen ersten und einen letzten Tag, in dieser Reihenfolge."),
            ),
            models.CheckConstraint(name="offer_review_rhythm", condition=Q(review_months__in=REVIEW_RHYTHMS)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="review_due",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF NEW.review_months IS NULL THEN
                        NEW.review_months = CASE WHEN NEW.lifecycle IN ('projekt', 'verlaengert') THEN 6 ELSE 12 END;
                    END IF;
                    IF NEW.review_due IS NULL OR (TG_OP = 'UPDATE' AND (
                        NEW.verified_at IS DISTINCT FROM OLD.verified_at
                        OR NEW.review_months IS DISTINCT FROM OLD.review_months)) THEN
                        NEW.review_due = coalesce({LOCAL_DAY.replace("now()", "NEW.verified_at")}, {LOCAL_DAY})
                            + make_interval(months => NEW.review_months);
                    END IF;
                    RETURN NEW;
                """,
            ),
            touch_trigger(version=True),
            former_slug_trigger("offers.offer"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("offers:detail", args=[self.slug])

    @property
    def age_label(self) -> str:
        """The age range in words; "" when none is known."""
        return age_label(self.ages)

    @property
    def is_ended(self) -> bool:
        return self.lifecycle == Lifecycle.ENDED or (self.ends_on is not None and self.ends_on < timezone.localdate())

    def is_paused(self, day: date) -> bool:
        """Whether nothing takes place on a day, whatever the times say."""
        return bool(self.pause_from and self.pause_until and self.pause_from <= day <= self.pause_until)

    @property
    def dormant_from(self) -> date:
        """The first day on which the offer is out of every outlet unless it is confirmed before."""
        return self.review_due + timedelta(days=DORMANT_AFTER_DAYS + 1)

    @property
    def is_dormant(self) -> bool:
        return self.dormant_from <= timezone.localdate()


@pghistory.track(obj_field=None)
class OfferTopic(Offer.topics.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class OfferCatchment(Offer.catchment.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class OfferPlace(Offer.places.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class OfferCooperation(Offer.cooperation.through):  # type: ignore[misc, name-defined]  # automatic through model
    class Meta:
        proxy = True


class FundingQuerySet(models.QuerySet["Funding"]):
    def of_standing_offers(self) -> "FundingQuerySet":
        """Those of offers that are public, the one that ends first on top; without an end last."""
        found = self.filter(offer__in=Offer.objects.public()).select_related("offer")
        return found.order_by(F("ends_on").asc(nulls_last=True), "starts_on", "pk")

    def without_end(self) -> "FundingQuerySet":
        """Nobody said until when they run; by title of the offer."""
        return self.filter(ends_on=None).select_related("offer__provider").order_by(GermanSortKey("offer__title"), "pk")

    def by_source(self) -> Any:
        """Each source with its `offers`, how many ends are known (`ends`) and the sum of the known amounts."""
        counted = self.order_by().values("source").annotate(
            offers=Count("offer", distinct=True), fundings=Count("pk"), ends=Count("ends_on"), amount=Sum("amount")
        )  # fmt: skip
        return counted.order_by("-offers", "source")


@pghistory.track()
class Funding(models.Model):
    """What pays for an offer, and until when."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="fundings", verbose_name=_("Angebot"))
    source = models.CharField(_("Förderung"), max_length=20, choices=FundingSource)
    label = models.CharField(_("genauer"), max_length=200, blank=True)
    starts_on = models.DateField(_("von"), null=True, blank=True)
    ends_on = models.DateField(_("bis"), null=True, blank=True)
    # The next two are for staff; no public page shows them.
    amount = models.DecimalField(_("Betrag in Euro"), max_digits=12, decimal_places=2, null=True, blank=True)
    decision_on = models.DateField(
        _("nächste Entscheidung am"), null=True, blank=True, help_text=_("Wann entschieden wird, ob es weitergeht.")
    )

    objects = FundingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Förderung")
        verbose_name_plural = _("Förderungen")
        ordering = ["ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="funding_ends_after_it_begins",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Das Ende liegt vor dem Anfang."),
            ),
            models.CheckConstraint(name="funding_amount_not_negative", condition=Q(amount=None) | Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.get_source_display()
