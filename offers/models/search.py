"""What the text search reads: a narrow row per offer, the words in use, and the words families type instead.

The row is kept true by the database in the same transaction; the SQL behind it stands in the migrations (`search_…`
and `offers_index`). How it is asked is in `offers/search/`.
"""

from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from offers.enums import Format
from portal.bases import Recorded, touch_trigger
from portal.enums import Language


def reindex_trigger(name: str, offer_ids: str, operation: Any) -> pgtrigger.Trigger:
    """After a row changed, index the offers that `offer_ids` (SQL over NEW) names."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        func=f"PERFORM offers_index(ARRAY({offer_ids})); RETURN NULL;",
    )


def reindex_statement_trigger(name: str, offer_ids: str, operation: Any) -> pgtrigger.Trigger:
    """The same for whole statements: `offer_ids` selects from `changed`, so a COPY is indexed in one go."""
    referencing = (
        pgtrigger.Referencing(old="changed") if operation is pgtrigger.Delete else pgtrigger.Referencing(new="changed")
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        level=pgtrigger.Statement,
        referencing=referencing,
        func=f"PERFORM offers_index(ARRAY({offer_ids})); RETURN NULL;",
    )


class SearchRow(models.Model):
    """One row per offer; `document` holds stems: title A, topics, formats and synonyms B, provider C, summary D.

    A mark before a stem says where it comes from: "^" also in the title (for quick counts), "." in the text only (no
    weight), "=" part of a compound, ".=" part of a compound in the text only. `pending` rows hold words that nobody
    has tried to split yet; the job `offers.split_words` does and indexes them again.
    """

    offer = models.OneToOneField("offers.Offer", models.CASCADE, primary_key=True, related_name="search_row")
    document = SearchVectorField()
    pending = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Suchzeile")
        verbose_name_plural = _("Suchzeilen")
        indexes = [
            GinIndex(fields=["document"], name="searchrow_document", fastupdate=False),
            models.Index(fields=["offer"], name="searchrow_pending", condition=models.Q(pending=True)),
        ]

    def __str__(self) -> str:
        return str(self.offer_id)


class SearchWord(models.Model):
    """A word the offers use, or a part of one: in lower case, folded (ae, oe, ue, ss, no accents) and as a stem.

    `parts` are the stems of the words a compound is made of, found by a library when the word is first indexed.
    """

    word = models.TextField(unique=True)
    folded = models.TextField()
    stem = models.TextField()
    parts = ArrayField(models.TextField(), default=list)

    class Meta:
        verbose_name = _("Wort der Suche")
        verbose_name_plural = _("Wörter der Suche")
        default_permissions = ("view",)
        indexes = [
            GistIndex(fields=["folded"], name="searchword_likeness", opclasses=["gist_trgm_ops"]),
            models.Index(fields=["folded"], name="searchword_folded"),
            models.Index(fields=["stem"], name="searchword_stem"),
        ]

    def __str__(self) -> str:
        return self.word


@pghistory.track()
class SearchSynonym(Recorded):
    """A word that families type and the German word the offers use instead: "ebe" means "Hebamme".

    Read at every search, so a change counts at once. Words of one topic or format stand there; this list is for other
    languages and for everyday words that mean the same everywhere.
    """

    word = models.CharField(_("Wort"), max_length=80, help_text=_("So, wie Familien es schreiben."))
    language = models.CharField(_("Sprache"), max_length=8, choices=Language, default=Language.DE)
    means = models.CharField(
        _("bedeutet"), max_length=120, help_text=_("Ein oder mehrere deutsche Wörter, die in den Angeboten stehen.")
    )

    class Meta:
        verbose_name = _("Suchwort")
        verbose_name_plural = _("Suchwörter")
        ordering = ["word", "language", "pk"]
        indexes = [
            models.Index(Func(F("word"), function="search_fold"), name="searchsynonym_folded"),
            GistIndex(
                OpClass(Func(F("word"), function="search_fold"), name="gist_trgm_ops"), name="searchsynonym_likeness"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["word", "language", "means"], name="searchsynonym_unique"),
            models.CheckConstraint(
                name="searchsynonym_not_blank",
                condition=~models.Q(word__regex=r"^\s*$") & ~models.Q(means__regex=r"^\s*$"),
            ),
        ]
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return f"{self.word} → {self.means}"


@pghistory.track()
class FormatWords(Recorded):
    """The words families use for a format ("Treff", "Gruppe"); they count like the words of a topic."""

    format = models.CharField(_("Form"), max_length=20, choices=Format, unique=True)
    synonyms = ArrayField(models.CharField(max_length=80), verbose_name=_("andere Wörter"), default=list, blank=True)

    class Meta:
        verbose_name = _("Wörter zu einer Form")
        verbose_name_plural = _("Wörter zu den Formen")
        ordering = ["pk"]
        triggers = [
            touch_trigger(),
            reindex_trigger(
                "search",
                "SELECT id FROM offers_offer WHERE format IN (NEW.format, OLD.format)",
                pgtrigger.Insert | pgtrigger.Update,
            ),
            reindex_trigger("search_drop", "SELECT id FROM offers_offer WHERE format = OLD.format", pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_format_display()
