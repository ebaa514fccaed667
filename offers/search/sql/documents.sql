-- The document of each offer: its stems by tier, with the marks that SearchRow names, and whether it holds words
-- that nobody has tried to split yet. Topics and formats are taken apart once for all offers of a call.
CREATE OR REPLACE FUNCTION search_documents(ids bigint[])
RETURNS TABLE (offer_id bigint, document tsvector, pending boolean) LANGUAGE sql STABLE AS $$
    WITH links AS MATERIALIZED (
        SELECT link.offer_id, 'topic' AS kind, topic_id::text AS key, topic_id AS place
        FROM offers_offer_topics AS link WHERE link.offer_id = ANY (ids)
        UNION ALL SELECT id, 'format', format, NULL FROM offers_offer WHERE id = ANY (ids) AND format <> ''
    ), lists AS MATERIALIZED (
        SELECT kind, key, search_plain(words) AS words
        FROM (
            SELECT 'topic' AS kind, id::text AS key, label || ' ' || array_to_string(synonyms, ' ') AS words
            FROM offers_topic
            UNION ALL SELECT 'format', format, array_to_string(synonyms, ' ') FROM offers_formatwords
        ) AS spoken
        WHERE (kind, key) IN (SELECT DISTINCT kind, key FROM links)
    ), stems_of_lists AS MATERIALIZED (
        SELECT kind, key, setweight(to_tsvector('german', search_fold_plain(words)), 'B') AS stems FROM lists
    ), parts_of_lists AS MATERIALIZED (
        SELECT kind, key, array_agg(DISTINCT part) FILTER (WHERE part IS NOT NULL) AS parts,
               bool_or(known.id IS NULL AND search_word_counts(word)) AS pending
        FROM lists
        CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('simple', words))) AS word
        LEFT JOIN offers_searchword AS known USING (word)
        LEFT JOIN LATERAL unnest(known.parts) AS part ON true
        GROUP BY kind, key
    ), source AS MATERIALIZED (
        SELECT o.id, search_plain(o.title) AS a, search_plain(p.name || ' ' || p.short_name) AS c,
               search_plain(o.summary) AS d, search_plain(o.description) AS e
        FROM offers_offer AS o
        JOIN partners_partner AS p ON p.id = o.provider_id
        WHERE o.id = ANY (ids)
    ), stems AS MATERIALIZED (
        SELECT id, to_tsvector('german', search_fold_plain(a)) AS a, to_tsvector('german', search_fold_plain(c)) AS c,
               to_tsvector('german', search_fold_plain(d)) AS d, to_tsvector('german', search_fold_plain(e)) AS e
        FROM source
    ), listed AS (
        SELECT links.offer_id AS id, search_concat(stems ORDER BY place) AS stems
        FROM links JOIN stems_of_lists USING (kind, key) GROUP BY links.offer_id
    ), words AS (
        SELECT source.id, tier.name AS tier, unnest(tsvector_to_array(to_tsvector('simple', tier.words))) AS word
        FROM source
        CROSS JOIN LATERAL (VALUES ('1A', a), ('3C', c), ('4', d), ('', e)) AS tier (name, words)
    ), found AS (
        SELECT words.id, words.tier, part, known.id IS NULL AND search_word_counts(words.word) AS pending
        FROM words
        LEFT JOIN offers_searchword AS known ON known.word = words.word
        LEFT JOIN LATERAL unnest(known.parts) AS part ON true
        WHERE part IS NOT NULL OR known.id IS NULL
        UNION ALL
        SELECT links.offer_id, '2B', part, list.pending
        FROM links JOIN parts_of_lists AS list USING (kind, key)
        LEFT JOIN LATERAL unnest(list.parts) AS part ON true
    ), parts AS (
        SELECT id,
               string_agg(DISTINCT '''=' || part || ''':' || tier, ' ') FILTER (WHERE tier <> '') AS weighted,
               array_agg(DISTINCT '.=' || part) FILTER (WHERE tier = '' AND part IS NOT NULL) AS unweighted,
               bool_or(found.pending) AS pending
        FROM found GROUP BY id
    )
    SELECT stems.id,
           setweight(a, 'A') || coalesce(listed.stems, '') || setweight(c, 'C') || setweight(d, 'D')
               || array_to_tsvector(ARRAY(SELECT '^' || stem FROM unnest(tsvector_to_array(a)) AS stem))
               || array_to_tsvector(ARRAY(SELECT '.' || stem FROM unnest(tsvector_to_array(e)) AS stem))
               || coalesce(parts.weighted, '')::tsvector
               || array_to_tsvector(coalesce(parts.unweighted, '{}')),
           coalesce(parts.pending, false)
    FROM stems LEFT JOIN parts USING (id) LEFT JOIN listed USING (id)
$$;
