"""The narrow row the text search reads, kept true by the database in the same transaction."""

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

INDEX_FUNCTION = """
CREATE OR REPLACE FUNCTION offers_index(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO offers_searchrow (offer_id, document)
    SELECT o.id,
           setweight(to_tsvector('german', o.title), 'A')
        || setweight(to_tsvector('german', coalesce(t.words, '')), 'B')
        || setweight(to_tsvector('german', p.name || ' ' || p.short_name || ' ' || o.summary), 'C')
        || setweight(to_tsvector('german', o.description), 'D')
    FROM offers_offer o
    JOIN partners_partner p ON p.id = o.provider_id
    LEFT JOIN LATERAL (
        SELECT string_agg(topic.label || ' ' || array_to_string(topic.synonyms, ' '), ' ' ORDER BY topic.id) AS words
        FROM offers_offer_topics link JOIN offers_topic topic ON topic.id = link.topic_id
        WHERE link.offer_id = o.id
    ) t ON true
    WHERE o.id = ANY (ids)
    ON CONFLICT (offer_id) DO UPDATE SET document = EXCLUDED.document
    WHERE offers_searchrow.document IS DISTINCT FROM EXCLUDED.document
$$;
"""


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
    """One row per offer; `document` weighs title A, topics and synonyms B, provider and summary C, text D."""

    offer = models.OneToOneField("offers.Offer", models.CASCADE, primary_key=True, related_name="search_row")
    document = SearchVectorField()

    class Meta:
        verbose_name = _("Suchzeile")
        verbose_name_plural = _("Suchzeilen")
        indexes = [GinIndex(fields=["document"], name="searchrow_document", fastupdate=False)]

    def __str__(self) -> str:
        return str(self.offer_id)
