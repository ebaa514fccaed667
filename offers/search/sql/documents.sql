-- As search_plain, but at once for words of the letters and signs that nearly all German texts are made of.
CREATE OR REPLACE FUNCTION search_plain_words(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN words ~ '[^-A-Za-z0-9ÄÖÜäöüßéÉ ,.;!?()„“–]' THEN search_plain(words)
                ELSE lower(replace(words, '.', ' ')) END
$$;

-- The words of a text as an array, each once.
CREATE OR REPLACE FUNCTION search_words(plain text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT tsvector_to_array(to_tsvector('simple', plain))
$$;

-- The stems with a mark before each, without places.
CREATE OR REPLACE FUNCTION search_marked(stems tsvector, mark text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY(SELECT mark || stem FROM unnest(tsvector_to_array(stems)) AS stem))
$$;

-- What partners are called: `names` are their own and those of the organisations they belong to, `called` only the short
-- names and acronyms of these. People type "Die Falken" and mean their youth club, too.
CREATE OR REPLACE FUNCTION search_partners(ids bigint[])
RETURNS TABLE (id bigint, names text, called text) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT partner.id, partner.id AS above FROM partners_partner AS partner WHERE partner.id = ANY (ids)
        UNION  -- each once, so that a circle ends
        SELECT line.id, parent_id FROM line JOIN partners_partner AS partner ON partner.id = above
        WHERE parent_id IS NOT NULL
    )
    SELECT line.id, string_agg(name || ' ' || short_name, ' '),
           string_agg(short_name || ' ' || array_to_string(ARRAY(
               SELECT acronym[1] FROM regexp_matches(name, '\m[[:upper:]]{2,5}\M', 'g') AS acronym), ' '), ' ')
    FROM line JOIN partners_partner AS partner ON partner.id = above GROUP BY line.id
$$;

-- The document of each offer: its stems by tier, with the marks that SearchRow names, and whether it holds words that
-- nobody has tried to split yet. What many offers share (words, topics, formats, providers) is taken apart once a call.
CREATE OR REPLACE FUNCTION search_documents(ids bigint[])
RETURNS TABLE (offer_id bigint, document tsvector, pending boolean) LANGUAGE sql STABLE AS $$
    WITH given AS MATERIALIZED (
        SELECT id, provider_id, format, search_plain_words(title) AS title, search_plain_words(summary) AS summary,
               search_plain_words(description) AS description
        FROM offers_offer WHERE id = ANY (ids)
    ), links AS MATERIALIZED (
        SELECT link.offer_id, 'topic' AS kind, topic_id::text AS key
        FROM given JOIN offers_offer_topics AS link ON link.offer_id = given.id
        UNION ALL SELECT id, 'format', format FROM given WHERE format <> ''
        UNION ALL SELECT id, kind, provider_id::text FROM given CROSS JOIN unnest(ARRAY['provider', 'called']) AS kind
        UNION ALL SELECT link.offer_id, 'along', partner_id::text  -- counts as if the text named them
        FROM given JOIN offers_offer_cooperation AS link ON link.offer_id = given.id
    ), partners AS MATERIALIZED (
        SELECT id::text AS key, names, called
        FROM search_partners(ARRAY(SELECT DISTINCT key::bigint FROM links WHERE kind IN ('provider', 'along')))
    ), lists AS MATERIALIZED (
        SELECT kind, key, CASE kind WHEN 'provider' THEN '@' WHEN 'called' THEN '!' WHEN 'along' THEN '.' ELSE '+' END
                   AS mark,
               search_plain_words(words) AS words
        FROM (
            SELECT 'topic' AS kind, id::text AS key, label || ' ' || array_to_string(synonyms, ' ') AS words
            FROM offers_topic
            UNION ALL SELECT 'format', format, array_to_string(synonyms, ' ') FROM offers_formatwords
            UNION ALL SELECT 'provider', key, names FROM partners
            UNION ALL SELECT 'called', key, called FROM partners
            UNION ALL SELECT 'along', key, names FROM partners
        ) AS spoken
        WHERE (kind, key) IN (SELECT DISTINCT kind, key FROM links)
    ), stems_of_lists AS MATERIALIZED (
        SELECT kind, key, search_marked(to_tsvector('german', search_fold_plain(words)), mark) AS stems
        FROM lists
    ), stems AS MATERIALIZED (
        SELECT id, to_tsvector('german', search_fold_plain(title)) AS a,
               to_tsvector('german', search_fold_plain(summary)) AS d,
               to_tsvector('german', search_fold_plain(description)) AS e
        FROM given
    ), words_of_lists AS MATERIALIZED (
        SELECT kind, key, mark, unnest(search_words(words)) AS word FROM lists
    ), words AS MATERIALIZED (
        SELECT id, 'A' AS weight, unnest(search_words(title)) AS word FROM given
        UNION ALL SELECT id, 'D', unnest(search_words(summary)) FROM given
        UNION ALL SELECT id, '', unnest(search_words(description)) FROM given
    ), lexicon AS MATERIALIZED (
        SELECT word, parts, known.id IS NULL AND search_word_counts(word) AS unknown
        FROM (SELECT word FROM words UNION SELECT word FROM words_of_lists) AS used
        LEFT JOIN offers_searchword AS known USING (word)
    ), parts_of_words AS MATERIALIZED (  -- as text that becomes a vector, with the marks of the tiers
        SELECT word,
               string_agg(format('''=%1$s'':1A ''~%1$s''', part), ' ') AS a,
               string_agg(format('''=%s'':4', part), ' ') AS d, string_agg(format('''.=%s''', part), ' ') AS text,
               string_agg(format('''+=%s''', part), ' ') AS list, string_agg(format('''@=%s''', part), ' ') AS provider
        FROM lexicon CROSS JOIN LATERAL unnest(lexicon.parts) AS part GROUP BY word
    ), parts_of_lists AS MATERIALIZED (
        SELECT kind, key, string_agg(CASE mark WHEN '+' THEN found.list WHEN '@' THEN found.provider
                                     WHEN '.' THEN found.text END, ' ') AS parts,
               bool_or(lexicon.unknown) AS unknown
        FROM words_of_lists JOIN lexicon USING (word) LEFT JOIN parts_of_words AS found USING (word) GROUP BY kind, key
    ), shared AS (
        SELECT links.offer_id AS id, search_concat(stems) AS stems,
               string_agg(parts, ' ') AS parts, bool_or(unknown) AS unknown
        FROM links JOIN stems_of_lists USING (kind, key) LEFT JOIN parts_of_lists USING (kind, key)
        GROUP BY links.offer_id
    ), parts AS (
        SELECT id, string_agg(CASE weight WHEN 'A' THEN found.a WHEN 'D' THEN found.d ELSE found.text END, ' ') AS parts
        FROM words JOIN parts_of_words AS found USING (word) GROUP BY id
    ), unknown AS (
        SELECT DISTINCT id FROM words WHERE word IN (SELECT word FROM lexicon WHERE lexicon.unknown)
    )
    SELECT stems.id,
           setweight(a, 'A') || setweight(d, 'D') || search_marked(a, '^') || search_marked(e, '.')
               || coalesce(shared.stems, '')
               || coalesce(concat_ws(' ', parts.parts, shared.parts), '')::tsvector,
           unknown.id IS NOT NULL OR coalesce(shared.unknown, false)
    FROM stems
    LEFT JOIN parts USING (id)
    LEFT JOIN shared USING (id)
    LEFT JOIN unknown USING (id)
$$;

-- The words of the given offers that nobody has tried to split yet.
CREATE OR REPLACE FUNCTION search_new_words(ids bigint[]) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH given AS MATERIALIZED (
        SELECT * FROM offers_offer WHERE id = ANY (ids)
    ), texts AS (
        SELECT concat_ws(' ', title, summary, description) AS text FROM given
        UNION ALL SELECT names FROM search_partners(ARRAY(
            SELECT provider_id FROM given
            UNION SELECT partner_id FROM offers_offer_cooperation WHERE offer_id = ANY (ids)))
        UNION ALL SELECT concat_ws(' ', label, array_to_string(synonyms, ' ')) FROM offers_topic
        WHERE id IN (SELECT topic_id FROM offers_offer_topics WHERE offer_id = ANY (ids))
        UNION ALL SELECT array_to_string(synonyms, ' ') FROM offers_formatwords
        WHERE format IN (SELECT format FROM given)
    )
    SELECT used.word
    FROM (SELECT DISTINCT unnest(search_words(search_plain_words(text))) AS word FROM texts) AS used
    WHERE search_word_counts(used.word)
        AND NOT EXISTS (SELECT FROM offers_searchword AS known WHERE known.word = used.word)
$$;
