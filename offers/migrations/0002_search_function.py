from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial"), ("partners", "0001_initial")]

    operations = [migrations.RunSQL(INDEX_FUNCTION, "DROP FUNCTION offers_index(bigint[])")]
