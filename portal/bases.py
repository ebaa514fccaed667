"""Shared model bases: public ids, slugs that redirect, facts with a source."""

import uuid
from typing import Any, ClassVar, TypeVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.text import german_slug

M = TypeVar("M", bound=models.Model)


def touch_trigger(*, version: bool = False) -> pgtrigger.Trigger:
    """Keep `updated_at` (and `version`) true for every way a row can change, also bulk and raw SQL.

    Nobody writes a version, except 0: that asks for the next one when only rows around this one changed.
    """
    keep, bump = "", ""
    if version:
        keep = "IF NEW.version <> 0 THEN NEW.version = OLD.version; END IF;"
        bump = "NEW.version = OLD.version + 1;"
    return pgtrigger.Trigger(
        name="touch",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            NEW.updated_at = OLD.updated_at; {keep}
            IF NEW IS DISTINCT FROM OLD THEN
                NEW.updated_at = clock_timestamp(); {bump}
            END IF;
            RETURN NEW;
        """,
    )


def former_slug_trigger(kind: str) -> pgtrigger.Trigger:
    """Remember a changed slug so that the old address redirects; `kind` is the model's label."""
    return pgtrigger.Trigger(
        name="former_slug",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("slug"),
        condition=pgtrigger.Condition("OLD.slug IS DISTINCT FROM NEW.slug"),
        func=f"""
            DELETE FROM portal_formerslug WHERE kind = '{kind}' AND slug = NEW.slug;
            INSERT INTO portal_formerslug (kind, slug, target_id, created_at) VALUES ('{kind}', OLD.slug, NEW.id, now())
            ON CONFLICT (kind, slug) DO UPDATE SET target_id = EXCLUDED.target_id;
            RETURN NULL;
        """,  # noqa: S608  # `kind` is a constant in our own models
    )


class FormerSlug(models.Model):
    """A name in addresses that something used to have; written by `former_slug_trigger` and when rows are merged."""

    kind = models.CharField(max_length=60)
    slug = models.SlugField(max_length=90)
    target_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        verbose_name = _("frühere Adresse")
        verbose_name_plural = _("frühere Adressen")
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="formerslug_unique")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.slug}"


class SluggedQuerySet(models.QuerySet[M]):
    """Look-ups by slug for models with `Slugged`."""

    def at_slug(self, slug: str) -> M:
        """The row whose slug is or once was `slug`; compare slugs to know whether to redirect.

        Raises the model's DoesNotExist.
        """
        try:
            return self.get(slug=slug)
        except ObjectDoesNotExist:
            former = FormerSlug.objects.filter(kind=self.model._meta.label_lower, slug=slug).values("target_id")
            return self.get(pk__in=former)


class Recorded(models.Model):
    """A row with a public id and its times; `updated_at` is kept by `touch_trigger`."""

    public_id = models.UUIDField(_("öffentliche Kennung"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)
    updated_at = models.DateTimeField(_("geändert am"), default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Slugged(models.Model):
    """A row with a stable address part, made from `slug_source()` when empty."""

    reserved_slugs: ClassVar[frozenset[str]] = frozenset()  # addresses that other pages have

    slug = models.SlugField(
        _("Adresse im Portal"),
        max_length=90,
        unique=True,
        blank=True,
        help_text=_("Teil der Internet-Adresse. Leer lassen: Er entsteht aus dem Namen. Alte Adressen leiten weiter."),
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.slug in self.reserved_slugs:
            raise ValidationError(
                {"slug": _("Diese Adresse hat schon eine andere Seite. Bitte wählen Sie eine andere.")}
            )

    def slug_source(self) -> str:
        """The words a new slug is made from."""
        return str(self)

    def _free_slug(self) -> str:
        base = german_slug(self.slug_source())
        same = {"slug__startswith": base}
        taken = set(type(self)._default_manager.filter(**same).values_list("slug", flat=True))
        former = FormerSlug.objects.filter(kind=self._meta.label_lower, **same)
        taken |= set(former.values_list("slug", flat=True)) | self.reserved_slugs
        number, slug = 1, base
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug


class Sourced(models.Model):
    """A fact with where it comes from; `confirmed_on` stays empty until its owner has confirmed it."""

    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    source_year = models.PositiveSmallIntegerField(_("Jahr der Quelle"), null=True, blank=True)
    confirmed_on = models.DateField(
        _("vom Träger bestätigt am"), null=True, blank=True, help_text=_("Leer: noch nicht vom Träger bestätigt.")
    )

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        """True when the owner confirmed the fact, or when it was entered here and so has no outside source."""
        return self.confirmed_on is not None or not self.source

    @property
    def source_note(self) -> str:
        """The sentence for unconfirmed facts, "" for confirmed ones."""
        if self.is_confirmed:
            return ""
        where = f"{self.source}, {self.source_year}" if self.source_year else self.source
        return gettext("Angaben aus %(where)s, noch nicht vom Träger bestätigt") % {"where": where}


LOCAL_DAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
