"""The city's map, calendar and the loader's memory."""

from datetime import date, datetime, timedelta
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.bases import FormerSlug, Recorded, Slugged, SluggedQuerySet, former_slug_trigger, touch_trigger
from portal.enums import DistrictKind, Rhythm
from portal.merging.models import Merge
from portal.public_holidays import PublicHoliday
from portal.text import GermanSortKey

__all__ = [
    "District",
    "FormUse",
    "FormerSlug",
    "Merge",
    "Notice",
    "NoticeRhythm",
    "PackEntry",
    "Postcode",
    "PublicHoliday",
    "SavedFilter",
    "SchoolHoliday",
]

NOTICES_EVERY = timedelta(hours=1)
DAILY_AT = 7  # o'clock


class DistrictQuerySet(SluggedQuerySet["District"]):
    def descendants_of(self, district: "District") -> "DistrictQuerySet":
        """The district itself and everything inside it."""
        return self.filter(lineage__contains=[district.pk])

    def touching(self, *districts: "District") -> "DistrictQuerySet":
        """Every district that is one of these, lies in one or contains one (design rule 2)."""
        ancestors = {pk for district in districts for pk in district.lineage}
        return self.filter(Q(pk__in=ancestors) | Q(lineage__overlap=[district.pk for district in districts]))

    def quarters(self) -> "DistrictQuerySet":
        return self.filter(kind=DistrictKind.QUARTER)

    def social_areas(self) -> "DistrictQuerySet":
        return self.filter(kind=DistrictKind.SOCIAL_AREA)

    def in_listing_order(self) -> "DistrictQuerySet":
        return self.order_by(GermanSortKey("name"), "pk")


@pghistory.track()
class District(Recorded, Slugged):
    """A node of the tree city › Stadtbezirk › Sozialraum › Stadtteil.

    `lineage` holds the ids from the city down to the row itself and is kept by triggers, so that reading
    ancestors or descendants needs no recursion. Coordinates are WGS84 degrees; `hex_q`/`hex_r` are axial
    coordinates on a hexagon grid on which neighbours stay neighbours.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("liegt in")
    )
    kind = models.CharField(_("Art"), max_length=12, choices=DistrictKind)
    name = models.CharField(_("Name"), max_length=120)
    note = models.CharField(_("Anmerkung"), max_length=300, blank=True)
    latitude = models.FloatField(_("Breite"), null=True, blank=True)
    longitude = models.FloatField(_("Länge"), null=True, blank=True)
    hex_q = models.SmallIntegerField(_("Sechseck q"), null=True, blank=True)
    hex_r = models.SmallIntegerField(_("Sechseck r"), null=True, blank=True)
    lineage = ArrayField(models.BigIntegerField(), editable=False, default=list)

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stadtgebiet")
        verbose_name_plural = _("Stadtgebiete")
        ordering = [GermanSortKey("name"), "pk"]
        indexes = [GinIndex(fields=["lineage"], name="district_lineage")]
        constraints = [
            models.CheckConstraint(
                name="district_only_the_city_has_no_parent",
                condition=Q(kind=DistrictKind.CITY, parent=None)
                | (~Q(kind=DistrictKind.CITY) & Q(parent__isnull=False)),
            ),
            models.UniqueConstraint(fields=["hex_q", "hex_r"], name="district_one_per_hexagon"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lineage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "lineage"),
                func="""
                    IF NEW.parent_id IS NULL THEN
                        NEW.lineage = ARRAY[NEW.id];
                    ELSE
                        SELECT lineage || NEW.id INTO NEW.lineage FROM portal_district WHERE id = NEW.parent_id;
                        IF NEW.id = ANY (NEW.lineage[:cardinality(NEW.lineage) - 1]) THEN
                            RAISE EXCEPTION 'a district cannot lie inside itself' USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="lineage_below",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("parent_id", "lineage"),
                condition=pgtrigger.Condition("OLD.lineage IS DISTINCT FROM NEW.lineage"),
                func="UPDATE portal_district SET lineage = '{}' WHERE parent_id = NEW.id; RETURN NULL;",
            ),
            touch_trigger(),
            former_slug_trigger("portal.district"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The offers for this district."""
        return f"{reverse('offers:list')}?ort={self.slug}"


@pghistory.track()
class Postcode(models.Model):
    """A postcode and the quarters it mainly covers; the two cut across each other: never derive one from the other."""

    code = models.CharField(_("Postleitzahl"), max_length=5, unique=True)
    latitude = models.FloatField(_("Breite"), null=True, blank=True)
    longitude = models.FloatField(_("Länge"), null=True, blank=True)
    districts = models.ManyToManyField(District, related_name="postcodes", verbose_name=_("Stadtteile"))

    class Meta:
        verbose_name = _("Postleitzahl")
        verbose_name_plural = _("Postleitzahlen")
        ordering = ["code"]
        constraints = [models.CheckConstraint(name="postcode_five_digits", condition=Q(code__regex=r"^[0-9]{5}$"))]

    def __str__(self) -> str:
        return self.code


@pghistory.track(obj_field=None)
class PostcodeDistrict(Postcode.districts.through):  # type: ignore[misc, name-defined]  # the automatic through model has no static name
    class Meta:
        proxy = True


class SchoolHolidayQuerySet(models.QuerySet["SchoolHoliday"]):
    def touching(self, first_day: date, last_day: date) -> "SchoolHolidayQuerySet":
        """Holidays with at least one day between the two dates, both included."""
        return self.filter(first_day__lte=last_day, last_day__gte=first_day)

    def not_over(self, today: date) -> "SchoolHolidayQuerySet":
        """The running and the coming holidays, soonest first."""
        return self.filter(last_day__gte=today).order_by("first_day")


@pghistory.track()
class SchoolHoliday(models.Model):
    """One period of school holidays, both days included."""

    name = models.CharField(_("Name"), max_length=60)
    first_day = models.DateField(_("erster Tag"))
    last_day = models.DateField(_("letzter Tag"))
    source = models.CharField(_("Quelle"), max_length=200, blank=True)

    objects = SchoolHolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("Schulferien")
        verbose_name_plural = _("Schulferien")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(name="schoolholiday_in_order", condition=Q(first_day__lte=models.F("last_day"))),
            models.UniqueConstraint(fields=["name", "first_day"], name="schoolholiday_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_day:%Y}"


class PackEntry(models.Model):
    """What `load_pack` last wrote for one row of a pack, to tell staff edits from old facts."""

    model = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    target_id = models.BigIntegerField()  # finds the row again after staff changed its slug or name
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("geladene Zeile")
        verbose_name_plural = _("geladene Zeilen")
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="packentry_unique")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


class FormUse(models.Model):
    """How often a public form was sent from one connection within an hour; see portal/rate.py, which forgets it.

    `digest` is keyed with the hour, so two hours of one connection cannot be put together.
    """

    hour = models.PositiveIntegerField()  # hours since 1970
    digest = models.BinaryField(max_length=16)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Nutzung eines Formulars")
        verbose_name_plural = _("Nutzung der Formulare")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["hour", "digest"], name="formuse_unique")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.count}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> "NoticeQuerySet":
        return self.filter(mailed_at=None)

    def mailed_lately(self) -> "NoticeQuerySet":
        """Within the hour before which nobody gets another mail."""
        return self.filter(mailed_at__gt=timezone.now() - NOTICES_EVERY)

    def ready(self, moment: datetime) -> "NoticeQuerySet":
        """Waits, and its address may get a mail: its hour is over, or it was morning since."""
        now = timezone.localtime(moment)
        morning = now.replace(hour=DAILY_AT, minute=0, second=0, microsecond=0)
        morning -= timedelta(days=1 if morning > now else 0)
        daily = NoticeRhythm.objects.filter(rhythm=Rhythm.DAILY).values("to")
        this_hour = Notice.objects.mailed_lately().values("to")
        return self.waiting().filter(Q(to__in=daily, noted_at__lt=morning) | (~Q(to__in=daily) & ~Q(to__in=this_hour)))


class Notice(models.Model):
    """One thing an address is told about; forgotten two days after it was mailed."""

    to = models.EmailField(_("an"))
    subject = models.CharField(_("Betreff"), max_length=300)
    detail = models.TextField(blank=True)
    path = models.CharField(max_length=300)
    noted_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("gesammelte Nachricht")
        verbose_name_plural = _("gesammelte Nachrichten")
        default_permissions = ()
        indexes = [models.Index(fields=["to", "mailed_at"], name="notice_of_address")]

    def __str__(self) -> str:
        return self.subject


class NoticeRhythm(models.Model):
    """How often one address is told; without a row hourly."""

    to = models.EmailField(_("an"), unique=True)
    rhythm = models.CharField(_("Wie oft"), max_length=6, choices=Rhythm, default=Rhythm.HOURLY)

    class Meta:
        verbose_name = _("Takt der Nachrichten")
        verbose_name_plural = _("Takte der Nachrichten")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.to}: {self.get_rhythm_display()}"


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> "SavedFilterQuerySet":
        """One's own, and what others keep for the whole Büro."""
        return self.filter(Q(owner=user.pk) | Q(is_shared=True)).select_related("owner")

    def in_listing_order(self) -> "SavedFilterQuerySet":
        return self.order_by(GermanSortKey("name"), "pk")


class SavedFilter(models.Model):
    """What somebody of the Büro looks for again and again in a list of the admin."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("von"))
    name = models.CharField(_("Name"), max_length=80)
    path = models.CharField(_("Liste"), max_length=200)
    query = models.CharField(_("Filter"), max_length=1000, blank=True)
    is_shared = models.BooleanField(_("für alle im Büro"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("gemerkter Filter")
        verbose_name_plural = _("gemerkte Filter")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "path", "name"], name="savedfilter_one_of_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path
