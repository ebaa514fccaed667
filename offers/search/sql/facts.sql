-- What filters and sorting ask of each offer; SearchRow names the columns. Work is done once for each different set of
-- districts and each place, not for each offer.
CREATE OR REPLACE FUNCTION search_facts(ids bigint[])
RETURNS TABLE (
    offer_id bigint, published boolean, last_day date, ages int4range, districts bigint[], topics bigint[], format text,
    access text[], audiences text[], languages text[], flags text[], features text[], latitudes float8[],
    longitudes float8[], title_key text, added_on date
) LANGUAGE sql STABLE AS $$
    WITH given AS MATERIALIZED (
        SELECT * FROM offers_offer WHERE id = ANY (ids)
    ), topics AS (
        SELECT link.offer_id, array_agg(topic_id ORDER BY topic_id) AS held
        FROM given JOIN offers_offer_topics AS link ON link.offer_id = given.id GROUP BY link.offer_id
    ), catchments AS MATERIALIZED (
        SELECT link.offer_id, array_agg(district_id ORDER BY district_id) AS own
        FROM given JOIN offers_offer_catchment AS link ON link.offer_id = given.id GROUP BY link.offer_id
    ), stays AS MATERIALIZED (
        SELECT link.offer_id, link.place_id
        FROM given JOIN offers_offer_places AS link ON link.offer_id = given.id
    ), closures AS MATERIALIZED (  -- design rule 2
        SELECT own, ARRAY(
            SELECT id FROM portal_district
            WHERE lineage && own
               OR id IN (SELECT unnest(lineage) FROM portal_district WHERE id = ANY (own))
            ORDER BY id
        ) AS districts
        FROM (SELECT DISTINCT own FROM catchments) AS sets
    ), places AS MATERIALIZED (  -- a confidential place says nothing here (design rule 7)
        SELECT place.id,
            CASE WHEN located.itself THEN place.latitude WHEN located.roughly THEN quarter.latitude END AS latitude,
            CASE WHEN located.itself THEN place.longitude WHEN located.roughly THEN quarter.longitude END AS longitude,
            array_to_string(ARRAY(
                SELECT DISTINCT feature COLLATE "C"
                FROM unnest(access_features::text[] || CASE WHEN wheelchair = 'ja' THEN ARRAY['rollstuhl'] END)
                    AS feature
                ORDER BY 1
            ), ',') AS features
        FROM partners_place AS place
        LEFT JOIN portal_district AS quarter ON quarter.id = place.district_id
        CROSS JOIN LATERAL (SELECT
            num_nulls(place.latitude, place.longitude) = 0 AS itself,
            num_nulls(quarter.latitude, quarter.longitude) = 0 AS roughly
        ) AS located
        WHERE NOT is_confidential
          AND place.id IN (SELECT place_id FROM stays)
    ), spots AS (
        SELECT stays.offer_id,
               array_agg(features ORDER BY place.id) AS features,
               array_agg(latitude ORDER BY place.id) FILTER (WHERE latitude IS NOT NULL) AS latitudes,
               array_agg(longitude ORDER BY place.id) FILTER (WHERE latitude IS NOT NULL) AS longitudes
        FROM stays JOIN places AS place ON place.id = stays.place_id GROUP BY stays.offer_id
    )
    SELECT o.id, o.status = 'published' AND o.lifecycle <> 'beendet', least(o.ends_on, o.review_due + {dormant_after}),
           o.ages, coalesce(closures.districts, '{}'), coalesce(topics.held, '{}'), o.format,
           o.access, o.audiences, o.languages,
           array_remove(ARRAY[
               CASE WHEN o.cost = 'free' THEN 'free' END,
               CASE WHEN o.interpreting THEN 'interpreting' END,
               CASE WHEN o.registration = 'none' THEN 'no_registration' END,
               CASE WHEN o.lifecycle = 'regel' THEN 'regular' END,
               CASE WHEN o.cost = '' THEN 'unknown_cost' END
           ], NULL),
           coalesce(spots.features, '{}'), coalesce(spots.latitudes, '{}'), coalesce(spots.longitudes, '{}'),
           {title_key}, search_local_day(o.created_at)
    FROM given AS o
    LEFT JOIN topics ON topics.offer_id = o.id
    LEFT JOIN catchments ON catchments.offer_id = o.id
    LEFT JOIN closures ON closures.own = catchments.own
    LEFT JOIN spots ON spots.offer_id = o.id
$$;
