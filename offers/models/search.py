"""What the text search reads: a narrow row per offer, the words in use, and the words families type instead.

The row is kept true by the database in the same transaction; the SQL behind it stands in `offers/search/sql/`. How it
is asked is in `offers/search/` and `offers/finder/`.
"""

import pghistory
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from offers.enums import Format
from portal.bases import Recorded, touch_trigger
from portal.enums import Language


class SearchRow(models.Model):
    """One row per offer, with everything that search, filters and sorting ask.

    `document` holds stems with a mark before them that says where they stand (`offers.search.queries`): none in the
    title (weight A) or the summary (D), "^" in the title, "+" in its topics' and format's words, "@" in the names of
    the provider and of the organisations above it, "!" in their short names and acronyms, "." in the text. Parts of
    compounds have "=", "~", "+=", "@=" and ".=" instead. `pending` rows hold words that nobody has tried to split yet;
    the job `offers.split_words` does and indexes them again.

    An offer is public on a day when it is `published` (and not ended) and the day is not after `last_day` (design rule
    3). `districts` are all it shows for (rule 2). `flags` are free, interpreting, no_registration, regular and
    unknown_cost. `features` has one text for each place, "rollstuhl,stufenlos"; `latitudes` and `longitudes` (WGS84
    degrees) belong together, a place without coordinates counts at the centre of its district. Confidential places
    appear in none of these (rule 7). `slots` are weekday * 4 + part of the day (0 unknown, 1 before 12, 2 before 17,
    3 later), `dates` the real dates from the day of indexing to `dates_until`; a nightly job moves them on. `stamp` is
    a new number whenever anything here or on the offer's result card changes.
    """

    offer = models.OneToOneField("offers.Offer", models.CASCADE, primary_key=True, related_name="search_row")
    document = SearchVectorField()
    pending = models.BooleanField(default=True)
    published = models.BooleanField(default=False)
    last_day = models.DateField(null=True)
    ages = IntegerRangeField(null=True)
    districts = ArrayField(models.BigIntegerField(), default=list)
    topics = ArrayField(models.BigIntegerField(), default=list)
    format = models.TextField(default="")
    access = ArrayField(models.TextField(), default=list)
    audiences = ArrayField(models.TextField(), default=list)
    languages = ArrayField(models.TextField(), default=list)
    flags = ArrayField(models.TextField(), default=list)
    features = ArrayField(models.TextField(), default=list)
    slots = ArrayField(models.SmallIntegerField(), default=list)
    dates = ArrayField(models.DateField(), default=list)
    dates_until = models.DateField(null=True)
    latitudes = ArrayField(models.FloatField(), default=list)
    longitudes = ArrayField(models.FloatField(), default=list)
    title_key = models.TextField(default="")
    added_on = models.DateField(null=True)
    stamp = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("Suchzeile")
        verbose_name_plural = _("Suchzeilen")
        indexes = [
            GinIndex(fields=["document"], name="searchrow_document", fastupdate=False),
            GinIndex(fields=["topics", "districts"], name="searchrow_topics_districts"),  # candidates for parallels
            models.Index(fields=["offer"], name="searchrow_pending", condition=models.Q(pending=True)),
        ]

    def __str__(self) -> str:
        return str(self.offer_id)


class CardWords(models.Model):
    """What the result card of an offer says on a day, in one language (`offers.card_words`): a JSON list of its texts.

    They hold while the search row has the same `stamp`; `written_by` is a digest of the code that wrote them.
    """

    offer = models.ForeignKey("offers.Offer", models.CASCADE, related_name="+")
    language = models.CharField(max_length=8)
    stamp = models.BigIntegerField()
    day = models.DateField()
    written_by = models.CharField(max_length=32)
    words = models.TextField()

    class Meta:
        verbose_name = _("Worte einer Karte")
        verbose_name_plural = _("Worte der Karten")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["offer", "language"], name="cardwords_unique")]

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
        triggers = [touch_trigger()]

    def __str__(self) -> str:
        return self.get_format_display()
