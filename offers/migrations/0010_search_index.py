"""The index of whole words and parts of compounds, what the staff's list means, and who may edit the lists."""

from importlib import import_module
from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# What a word or phrase means by the staff's list; NULL when it is not in it.
MEANING = """
CREATE FUNCTION search_meaning(folded text, marks text[]) RETURNS tsquery LANGUAGE sql STABLE STRICT AS $$
    SELECT string_agg('(' || meant.query || ')', ' | ')::tsquery
    FROM offers_searchsynonym AS synonym
    CROSS JOIN LATERAL (
        SELECT string_agg('(' || search_term(part, marks)::text || ')', ' & ') AS query
        FROM regexp_split_to_table(search_fold(synonym.means), '[^[:alnum:]]+') AS part WHERE part <> ''
    ) AS meant
    WHERE search_fold(synonym.word) = folded
$$
"""
# Numbers, single letters and whatever is too long to be a word need no place in the list of words.
WORD_COUNTS = """
CREATE FUNCTION search_word_counts(word text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT length(word) BETWEEN 3 AND 60 AND word !~ '[0-9]'
$$
"""
# Tier by tier as in SearchRow; the tier without a name is the text, which is found but has no weight.
INDEX = """
CREATE OR REPLACE FUNCTION offers_index(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH source AS MATERIALIZED (
        SELECT o.id, search_plain(o.title) AS a, search_plain(concat_ws(' ', topics.words, formats.words)) AS b,
               search_plain(p.name || ' ' || p.short_name) AS c, search_plain(o.summary) AS d,
               search_plain(o.description) AS e
        FROM offers_offer AS o
        JOIN partners_partner AS p ON p.id = o.provider_id
        LEFT JOIN LATERAL (
            SELECT string_agg(topic.label || ' ' || array_to_string(topic.synonyms, ' '), ' ' ORDER BY topic.id) AS words
            FROM offers_offer_topics AS link JOIN offers_topic AS topic ON topic.id = link.topic_id
            WHERE link.offer_id = o.id
        ) AS topics ON true
        LEFT JOIN LATERAL (
            SELECT array_to_string(list.synonyms, ' ') AS words FROM offers_formatwords AS list
            WHERE list.format = o.format
        ) AS formats ON true
        WHERE o.id = ANY (ids)
    ), stems AS MATERIALIZED (
        SELECT id, to_tsvector('german', search_fold(a)) AS a, to_tsvector('german', search_fold(b)) AS b,
               to_tsvector('german', search_fold(c)) AS c, to_tsvector('german', search_fold(d)) AS d,
               to_tsvector('german', search_fold(e)) AS e
        FROM source
    ), words AS (
        SELECT source.id, tier.name AS tier, unnest(tsvector_to_array(to_tsvector('simple', tier.words))) AS word
        FROM source
        CROSS JOIN LATERAL (VALUES ('1A', a), ('2B', b), ('3C', c), ('4', d), ('', e)) AS tier (name, words)
    ), parts AS (
        SELECT words.id,
               string_agg(DISTINCT '''=' || part || ''':' || tier, ' ') FILTER (WHERE tier <> '') AS weighted,
               array_agg(DISTINCT '.=' || part) FILTER (WHERE tier = '' AND part IS NOT NULL) AS unweighted,
               bool_or(known.id IS NULL AND search_word_counts(words.word)) AS pending
        FROM words
        LEFT JOIN offers_searchword AS known ON known.word = words.word
        LEFT JOIN LATERAL unnest(known.parts) AS part ON true
        GROUP BY words.id
    )
    INSERT INTO offers_searchrow (offer_id, document, pending)
    SELECT stems.id,
           setweight(a, 'A') || setweight(b, 'B') || setweight(c, 'C') || setweight(d, 'D')
               || array_to_tsvector(ARRAY(SELECT '^' || stem FROM unnest(tsvector_to_array(a)) AS stem))
               || array_to_tsvector(ARRAY(SELECT '.' || stem FROM unnest(tsvector_to_array(e)) AS stem))
               || coalesce(parts.weighted, '')::tsvector
               || array_to_tsvector(coalesce(parts.unweighted, '{}')),
           coalesce(parts.pending, false)
    FROM stems LEFT JOIN parts USING (id)
    ON CONFLICT (offer_id) DO UPDATE SET document = EXCLUDED.document, pending = EXCLUDED.pending
    WHERE (offers_searchrow.document, offers_searchrow.pending) IS DISTINCT FROM (EXCLUDED.document, EXCLUDED.pending);

    IF EXISTS (SELECT FROM offers_searchrow WHERE offer_id = ANY (ids) AND pending)
        AND NOT EXISTS (
            SELECT FROM procrastinate_jobs
            WHERE task_name = 'offers.split_words' AND status = 'todo'
                AND args ->> 'transaction' = pg_current_xact_id()::text
        )
    THEN
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
        VALUES ('search', 'offers.split_words', 0, jsonb_build_object('transaction', pg_current_xact_id()::text));
    END IF;
END
$$
"""
EVERY_OFFER = "SELECT offers_index(ARRAY(SELECT id FROM offers_offer))"
FORMER_INDEX = import_module("offers.migrations.0002_search_function").INDEX_FUNCTION
ROLES = ["Redaktion", "Leitung"]
MODELS = ["searchsynonym", "formatwords"]


def let_the_roles_edit(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("offers")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    names = [f"{verb}_{model}" for model in MODELS for verb in ("view", "add", "change", "delete")]
    wanted = permission.objects.filter(content_type__app_label="offers", codename__in=names)
    for role in group.objects.filter(name__in=ROLES):
        role.permissions.add(*wanted)


class Migration(migrations.Migration):
    dependencies = [("offers", "0009_search_words"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(WORD_COUNTS, "DROP FUNCTION search_word_counts(text)"),
        migrations.RunSQL(MEANING, "DROP FUNCTION search_meaning(text, text[])"),
        migrations.RunSQL(
            ["DROP FUNCTION offers_index(bigint[])", INDEX], ["DROP FUNCTION offers_index(bigint[])", FORMER_INDEX]
        ),
        migrations.RunSQL(EVERY_OFFER, migrations.RunSQL.noop),
        migrations.RunPython(let_the_roles_edit, migrations.RunPython.noop),
    ]
