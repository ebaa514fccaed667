"""Who offers help: partners, their places and how to reach them."""

from collections.abc import Iterable
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.enums import AccessFeature, PartnerKind, Role, WheelchairAccess
from portal.bases import Recorded, Slugged, SluggedQuerySet, Sourced, former_slug_trigger, touch_trigger
from portal.models import District
from portal.text import GermanSortKey

phone_validator = RegexValidator(
    r"^\+?[0-9][0-9 /()\-]{2,30}$",
    _("Bitte geben Sie die Telefonnummer nur mit Ziffern ein, zum Beispiel 0208 123456."),
)


class PartnerQuerySet(SluggedQuerySet["Partner"]):
    def of_kind(self, kind: str) -> "PartnerQuerySet":
        return self.filter(kind=kind)

    def named_like(self, text: str) -> "PartnerQuerySet":
        """Partners whose name or short name holds the text."""
        return self.filter(Q(name__icontains=text) | Q(short_name__icontains=text))

    def known_as(self, name: str) -> "Partner | None":
        """The partner with this name or short name in any case; None when nobody or more than one has it."""
        found = list(self.filter(Q(name__iexact=name) | Q(short_name__iexact=name)).order_by("pk")[:3])
        exact = [partner for partner in found if partner.name.lower() == name.lower()]
        candidates = exact or found
        return candidates[0] if len(candidates) == 1 else None

    def with_districts(self) -> "PartnerQuerySet":
        """With the districts of their open places, for lists; confidential places have none."""
        return self.prefetch_related(Prefetch("places", Place.objects.with_address().select_related("district")))

    def in_listing_order(self) -> "PartnerQuerySet":
        return self.order_by(GermanSortKey("name"), "pk")


@pghistory.track()
class Partner(Recorded, Slugged, Sourced):
    """An organisation that offers help or takes part in networks (Träger, Kooperationspartner)."""

    name = models.CharField(_("Name"), max_length=200, unique=True)
    short_name = models.CharField(_("Kurzname"), max_length=60, blank=True)
    kind = models.CharField(_("Art"), max_length=20, choices=PartnerKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("gehört zu")
    )
    description = models.TextField(_("Beschreibung"), blank=True)
    website = models.URLField(_("Internetseite"), blank=True)
    email = models.EmailField(_("E-Mail"), blank=True, help_text=_("Funktionspostfach, keine Adresse einer Person."))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True, validators=[phone_validator])
    note = models.TextField(_("interne Notiz"), blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Partner")
        verbose_name_plural = _("Partner")
        ordering = [GermanSortKey("name"), "pk"]
        indexes = [models.Index(GermanSortKey("name"), "id", name="partner_listing_order")]
        constraints = [
            models.CheckConstraint(name="partner_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("pk")))
        ]
        triggers = [touch_trigger(), former_slug_trigger("partners.partner")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:detail", args=[self.slug])

    def after_merge(self) -> None:
        """Nobody works together with itself."""
        self.cooperation_offers.remove(*self.cooperation_offers.filter(provider=self))

    @property
    def district_names(self) -> list[str]:
        """Names of the districts of its places, each once; ask for them `with_districts()`."""
        return sorted({place.district.name for place in self.places.all() if place.district})


class PlaceQuerySet(models.QuerySet["Place"]):
    def with_address(self) -> "PlaceQuerySet":
        """Places whose address may be shown."""
        return self.filter(is_confidential=False)

    def in_listing_order(self) -> "PlaceQuerySet":
        return self.order_by(GermanSortKey("name"), "pk")


@pghistory.track()
class Place(Recorded, Sourced):
    """Where a partner can be found.

    A confidential place (women's shelter) has no address at all: the database refuses to store one, so none
    can leave it through a page, log, export, search index or the history (design rule 7). When a place becomes
    confidential, a trigger takes its address out of what the history already holds.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="places", verbose_name=_("Partner"))
    name = models.CharField(_("Name des Ortes"), max_length=200)
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postcode = models.CharField(
        _("Postleitzahl"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{5}$", _("Eine Postleitzahl hat fünf Ziffern."))],
    )
    city = models.CharField(_("Stadt"), max_length=100, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("Stadtteil")
    )
    latitude = models.FloatField(_("Breite"), null=True, blank=True)
    longitude = models.FloatField(_("Länge"), null=True, blank=True)
    is_confidential = models.BooleanField(
        _("Adresse ist geheim"),
        default=False,
        help_text=_("Zum Beispiel ein Frauenhaus. Dann wird keine Adresse gespeichert."),
    )
    wheelchair = models.CharField(_("mit Rollstuhl"), max_length=6, choices=WheelchairAccess, blank=True)
    access_features = ArrayField(
        models.CharField(max_length=20, choices=AccessFeature),
        verbose_name=_("Barrierefreiheit"),
        default=list,
        blank=True,
    )
    directions = models.CharField(_("Weg dorthin"), max_length=300, blank=True)
    note = models.TextField(_("interne Notiz"), blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ort")
        verbose_name_plural = _("Orte")
        ordering = [GermanSortKey("name"), "pk"]
        constraints = [
            models.CheckConstraint(
                name="place_confidential_has_no_address",
                condition=Q(is_confidential=False)
                | Q(street="", postcode="", city="", district=None, latitude=None, longitude=None, directions=""),
                violation_error_message=_(
                    "Ein geheimer Ort darf keine Adresse haben. Bitte leeren Sie Straße, Postleitzahl, Stadt, "
                    "Stadtteil, Koordinaten und Weg."
                ),
            ),
        ]
        triggers = [
            touch_trigger(),
            pgtrigger.Trigger(
                name="scrub_history",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.is_confidential AND NOT OLD.is_confidential"),
                func="""
                    UPDATE partners_placeevent SET street = '', postcode = '', city = '', district_id = NULL,
                        latitude = NULL, longitude = NULL, directions = '', note = ''
                    WHERE id = NEW.id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def merge_fixed(cls, places: "Iterable[Place]") -> dict[str, Any]:
        """One confidential place makes the merged one confidential (design rule 7)."""
        if not any(place.is_confidential for place in places):
            return {}
        nowhere = dict.fromkeys(("district", "latitude", "longitude"))
        return {**dict.fromkeys(("street", "postcode", "city", "directions"), ""), **nowhere, "is_confidential": True}

    @property
    def address(self) -> str:
        """Street, postcode and city in one line; "" for confidential places and unknown addresses."""
        if self.is_confidential:
            return ""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.street, town) if part)

    @property
    def access_labels(self) -> list[str]:
        """What makes the place usable, in words."""
        return [str(AccessFeature(feature).label) for feature in self.access_features]


class ContactQuerySet(models.QuerySet["Contact"]):
    def in_listing_order(self) -> "ContactQuerySet":
        return self.order_by(GermanSortKey("label"), "pk")


@pghistory.track()
class Contact(Recorded, Sourced):
    """How to reach a partner: a function mailbox or phone; a person's name only with consent (DSGVO Art. 7)."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="contacts", verbose_name=_("Partner"))
    label = models.CharField(_("Bezeichnung"), max_length=120, help_text=_("Zum Beispiel: Anmeldung, Sekretariat."))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True, validators=[phone_validator])
    email = models.EmailField(_("E-Mail"), blank=True)
    person_name = models.CharField(_("Name der Person"), max_length=120, blank=True)
    consent_by = models.CharField(_("Einwilligung erteilt von"), max_length=120, blank=True)
    consent_on = models.DateField(_("Einwilligung vom"), null=True, blank=True)
    consent_text = models.TextField(_("Text der Einwilligung"), blank=True)
    consent_withdrawn_on = models.DateField(_("Einwilligung widerrufen am"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ansprechstelle")
        verbose_name_plural = _("Ansprechstellen")
        ordering = [GermanSortKey("label"), "pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_name_needs_consent",
                condition=Q(person_name="") | (Q(consent_on__isnull=False) & ~Q(consent_by="") & ~Q(consent_text="")),
                violation_error_message=_(
                    "Ein Name darf nur mit Einwilligung stehen: von wem, wann und mit welchem Text."
                ),
            ),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.label} ({self.partner})"

    def clean(self) -> None:
        if not (self.phone or self.email):
            raise ValidationError(_("Bitte geben Sie Telefon oder E-Mail an."))

    @property
    def public_name(self) -> str:
        """The person's name while the consent stands, else ""."""
        return "" if self.consent_withdrawn_on else self.person_name


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def current(self) -> "AffiliationQuerySet":
        return self.filter(ended_at=None)

    def of(self, person: AbstractBaseUser | AnonymousUser) -> "AffiliationQuerySet":
        return self.filter(person=person.pk, person__is_active=True) if person.is_authenticated else self.none()

    def managing(self) -> "AffiliationQuerySet":
        return self.filter(role=Role.MANAGE)

    def in_listing_order(self) -> "AffiliationQuerySet":
        return self.order_by(GermanSortKey("person__last_name"), GermanSortKey("person__first_name"), "pk")


@pghistory.track()
class Affiliation(Recorded):
    """A person works for an organisation in a role; it is ended, never deleted, and all rights end with it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="affiliations", verbose_name=_("Person")
    )
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="affiliations", verbose_name=_("Partner"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role)
    started_at = models.DateTimeField(_("von"), default=timezone.now)
    ended_at = models.DateTimeField(_("bis"), null=True, blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zugehörigkeit")
        verbose_name_plural = _("Zugehörigkeiten")
        ordering = ["-started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "partner"], condition=Q(ended_at=None), name="affiliation_one_at_a_time"
            ),
            models.CheckConstraint(
                name="affiliation_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.person.get_full_name() or self.person.get_username()}, {self.partner}"

    def absorb(self, other: "Affiliation") -> dict[str, Any]:
        """When two organisations turn out to be one: the wider role; the second affiliation ends, as all do."""
        if other.may_manage:
            self.role = Role.MANAGE
        return {"ended_at": timezone.now()}

    @property
    def may_manage(self) -> bool:
        return self.role == Role.MANAGE


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither used nor taken back nor too old."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


@pghistory.track()
class Invitation(Recorded):
    """An organisation (or the Büro for it) asks a mail address to join; the mailed link works once."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations", verbose_name=_("Partner"))
    email = models.EmailField(_("E-Mail"))
    role = models.CharField(_("Rolle"), max_length=12, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("eingeladen von")
    )
    expires_at = models.DateTimeField(_("gilt bis"))
    accepted_at = models.DateTimeField(_("angenommen am"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("zurückgenommen am"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ["-created_at", "pk"]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.email}, {self.partner}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def waiting(self) -> "ClaimQuerySet":
        """What the Büro still has to decide, oldest first."""
        return self.filter(decided_at=None).order_by("created_at", "pk")


@pghistory.track()
class Claim(Recorded):
    """Somebody who submitted without an account, and confirmed the address, wants to look after the organisation."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims", verbose_name=_("Person")
    )
    partner = models.ForeignKey(
        Partner, models.CASCADE, null=True, blank=True, related_name="claims", verbose_name=_("Partner")
    )
    organisation = models.CharField(_("Organisation laut Absender"), max_length=200)
    reference = models.CharField(_("Vorgangsnummer"), max_length=9)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("entschieden von"),
    )  # fmt: skip
    accepted = models.BooleanField(_("angenommen"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antrag auf ein Konto")
        verbose_name_plural = _("Anträge auf ein Konto")
        ordering = ["-created_at", "pk"]
        permissions = [("decide_claim", "Anträge auf ein Konto entscheiden")]
        constraints = [
            models.UniqueConstraint(fields=["person", "reference"], name="claim_once"),
            models.CheckConstraint(
                name="claim_decided_whole",
                condition=Q(decided_at=None, accepted=None) | Q(decided_at__isnull=False, accepted__isnull=False),
            ),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.person.email}"
