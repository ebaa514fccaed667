-- Which change of which table concerns which offers. Triggers see whole statements, so a COPY, a bulk update, raw SQL
-- and a cascade are indexed in one go; an update counts only where one of the named columns differs.
--
-- A trigger's arguments are the columns that count, a query for the offers that `touched` (old and new values of these
-- columns) concerns, and the function that writes their rows.
CREATE OR REPLACE FUNCTION search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    EXECUTE format('WITH touched AS MATERIALIZED (%s) SELECT array_agg(DISTINCT id) FROM (%s) AS concerned (id)',
        replace(CASE TG_OP
            WHEN 'INSERT' THEN 'SELECT columns FROM new_rows'
            WHEN 'DELETE' THEN 'SELECT columns FROM old_rows'
            ELSE '(SELECT columns FROM old_rows EXCEPT SELECT columns FROM new_rows) UNION ALL '
                 '(SELECT columns FROM new_rows EXCEPT SELECT columns FROM old_rows)' END, 'columns', TG_ARGV[0]),
        TG_ARGV[1]) INTO ids;
    IF ids IS NOT NULL THEN
        EXECUTE format('SELECT %I($1)', TG_ARGV[2]) USING ids;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION search_drop_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM offers_searchrow WHERE offer_id IN (SELECT id FROM old_rows);
    RETURN NULL;
END
$$;

-- Readers that keep rows in step learn which ones are new; from 10,000 on it is quicker to read all.
CREATE OR REPLACE FUNCTION search_note_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT offer_id FROM old_rows LIMIT 10001);
    ELSE
        ids := ARRAY(SELECT offer_id FROM new_rows LIMIT 10001);
    END IF;
    IF ids <> '{}' THEN
        INSERT INTO portal_publicchange (offers) VALUES (CASE WHEN cardinality(ids) <= 10000 THEN ids END);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE PROCEDURE search_watch(
    source regclass, name text, events text[], function text, arguments text[] DEFAULT '{}'
) LANGUAGE plpgsql AS $$
DECLARE
    event text;
BEGIN
    FOREACH event IN ARRAY events LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %I(%s)',
            name || '_' || lower(event), event, source,
            CASE event WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                       ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
            function, (SELECT string_agg(quote_literal(argument), ', ') FROM unnest(arguments) AS argument));
    END LOOP;
END
$$;

DO $$
DECLARE
    every CONSTANT text[] := '{INSERT,UPDATE,DELETE}';
    all_of_it CONSTANT text := 'offers_index';  -- with the document
    facts CONSTANT text := 'offers_index_facts';
BEGIN
    -- The offer itself: its words, and everything else that it is found by or that a card shows.
    CALL search_watch('offers_offer', 'search_made', '{INSERT}', 'search_follow',
        ARRAY['id', 'SELECT id FROM touched', all_of_it]);
    CALL search_watch('offers_offer', 'search_words', '{UPDATE}', 'search_follow',
        ARRAY['id, title, summary, description, provider_id, format', 'SELECT id FROM touched', all_of_it]);
    CALL search_watch('offers_offer', 'search_facts', '{UPDATE}', 'search_follow', ARRAY[
        'id, public_id, slug, created_at, status, ages, audiences, access, when_note, cost, cost_note, registration,
            languages, interpreting, lifecycle, starts_on, ends_on, pause_from, pause_until, verified_at, review_due, confirmed_on, source,
            source_year',
        'SELECT id FROM touched', facts]);
    CALL search_watch('offers_offer', 'search_drop', '{DELETE}', 'search_drop_rows');

    -- Its links and times.
    CALL search_watch('offers_offer_topics', 'search', every, 'search_follow',
        ARRAY['offer_id, topic_id', 'SELECT offer_id FROM touched', all_of_it]);
    CALL search_watch('offers_offer_cooperation', 'search', every, 'search_follow',
        ARRAY['offer_id, partner_id', 'SELECT offer_id FROM touched', all_of_it]);
    CALL search_watch('offers_offer_catchment', 'search', every, 'search_follow',
        ARRAY['offer_id, district_id', 'SELECT offer_id FROM touched', facts]);
    CALL search_watch('offers_offer_places', 'search', every, 'search_follow',
        ARRAY['offer_id, place_id', 'SELECT offer_id FROM touched', facts]);
    CALL search_watch('offers_schedule', 'search', every, 'search_follow', ARRAY[
        'id, offer_id, kind, weekdays, interval_weeks, week_of_month, dates, start_time, end_time, valid_from,
            valid_until, pauses_in_school_holidays, pauses_on_public_holidays, note',
        'SELECT offer_id FROM touched', facts]);

    -- What offers share.
    CALL search_watch('offers_topic', 'search', '{UPDATE}', 'search_follow', ARRAY['id, label, synonyms',
        'SELECT offer_id FROM offers_offer_topics WHERE topic_id IN (SELECT id FROM touched)', all_of_it]);
    CALL search_watch('offers_formatwords', 'search', every, 'search_follow', ARRAY['format, synonyms',
        'SELECT id FROM offers_offer WHERE format IN (SELECT format FROM touched)', all_of_it]);
    CALL search_watch('partners_partner', 'search', '{UPDATE}', 'search_follow', ARRAY['id, name, short_name, parent_id',
        'WITH RECURSIVE named AS (
            SELECT id FROM touched
            UNION SELECT partner.id FROM partners_partner AS partner JOIN named ON partner.parent_id = named.id)
         SELECT id FROM offers_offer WHERE provider_id IN (SELECT id FROM named)
         UNION SELECT offer_id FROM offers_offer_cooperation WHERE partner_id IN (SELECT id FROM named)', all_of_it]);
    CALL search_watch('partners_place', 'search', '{UPDATE}', 'search_follow', ARRAY[
        'id, name, street, district_id, latitude, longitude, is_confidential, wheelchair, access_features',
        'SELECT offer_id FROM offers_offer_places WHERE place_id IN (SELECT id FROM touched)', facts]);
    CALL search_watch('portal_district', 'search', every, 'search_follow', ARRAY[
        'id, kind, name, lineage, latitude, longitude',
        'SELECT offer_id FROM offers_offer_catchment
            WHERE district_id IN (SELECT unnest(lineage) FROM touched)
               OR district_id IN (SELECT id FROM portal_district WHERE lineage && ARRAY(SELECT id FROM touched))
         UNION SELECT link.offer_id FROM offers_offer_places AS link JOIN partners_place AS place
            ON place.id = link.place_id WHERE place.district_id IN (SELECT id FROM touched)', facts]);
    CALL search_watch('portal_schoolholiday', 'search', every, 'search_follow', ARRAY['first_day, last_day',
        'SELECT offer_id FROM offers_schedule WHERE pauses_in_school_holidays AND EXISTS (SELECT FROM touched)',
        facts]);
    CALL search_watch('portal_publicholiday', 'search', every, 'search_follow', ARRAY['day',
        'SELECT offer_id FROM offers_schedule WHERE pauses_on_public_holidays AND EXISTS (SELECT FROM touched)',
        facts]);

    -- For readers that keep the rows in step.
    CALL search_watch('offers_searchrow', 'changes', every, 'search_note_rows');
END
$$;

-- What else visitors see.
CALL portal_watch_changes(
    'offers_offer', 'offers_offer_topics', 'offers_offer_catchment', 'offers_offer_places', 'offers_offer_cooperation',
    'offers_schedule', 'offers_topic', 'offers_lifephase', 'offers_formatwords', 'offers_searchsynonym',
    'offers_searchword', 'networks_network', 'networks_network_districts', 'networks_network_predecessors',
    'networks_membership', 'networks_meeting', 'partners_partner', 'partners_place', 'partners_contact'
);
