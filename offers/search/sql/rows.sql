-- Writing the rows. Each function first waits for whoever writes the same rows, in a statement of its own: the next one
-- then sees what the other has committed, so that neither undoes the other's change. Each call is planned anew: a plan
-- for one offer would take hours with thousands.
CREATE SEQUENCE IF NOT EXISTS offers_stamp;

-- Stems of two thousand bytes do not get smaller: trying costs more than all the rest of the writing.
ALTER TABLE offers_searchrow ALTER COLUMN document SET STORAGE EXTERNAL;

-- Rows of the given offers from scratch; each gets a new stamp.
CREATE OR REPLACE FUNCTION offers_index(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM FROM offers_searchrow WHERE offer_id = ANY (ids) ORDER BY offer_id FOR NO KEY UPDATE;

    INSERT INTO offers_searchrow AS kept (
        offer_id, document, pending, {facts}, slots, dates, dates_until, stamp
    )
    SELECT offer_id, document, pending, {facts},
           coalesce(slots, '{}'), coalesce(dates, '{}'), search_horizon(), nextval('offers_stamp')
    FROM search_documents(ids)
    JOIN search_facts(ids) USING (offer_id)
    LEFT JOIN search_dates(ids, search_local_day(), search_horizon()) USING (offer_id)
    ON CONFLICT (offer_id) DO UPDATE SET
        (document, pending, {facts}, slots, dates, dates_until, stamp) = ROW (
            EXCLUDED.document, EXCLUDED.pending, {new_facts},
            EXCLUDED.slots, EXCLUDED.dates, EXCLUDED.dates_until, EXCLUDED.stamp
        );

    PERFORM search_ask_to_split(ids);
END
$$;

-- The same without the document, for changes that touch no word.
CREATE OR REPLACE FUNCTION offers_index_facts(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM FROM offers_searchrow WHERE offer_id = ANY (ids) ORDER BY offer_id FOR NO KEY UPDATE;

    UPDATE offers_searchrow AS kept SET
        ({facts}, slots, dates, dates_until, stamp) = ROW (
            {found_facts}, coalesce(times.slots, '{}'), coalesce(times.dates, '{}'), search_horizon(),
            nextval('offers_stamp')
        )
    FROM search_facts(ids) AS found
    LEFT JOIN search_dates(ids, search_local_day(), search_horizon()) AS times USING (offer_id)
    WHERE kept.offer_id = found.offer_id;
END
$$;

-- The last day whose dates a row holds.
CREATE OR REPLACE FUNCTION search_horizon() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT search_local_day() + {days_ahead}
$$;

-- Once a transaction, have the job split the new words of rows that are pending.
CREATE OR REPLACE FUNCTION search_ask_to_split(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
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
$$;

-- Dates and slots counted from today on, for rows that were indexed on an earlier day.
CREATE OR REPLACE FUNCTION offers_roll_dates(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM FROM offers_searchrow WHERE offer_id = ANY (ids) ORDER BY offer_id FOR NO KEY UPDATE;

    UPDATE offers_searchrow AS kept SET
        (slots, dates, dates_until, stamp) = ROW (
            coalesce(times.slots, '{}'), coalesce(times.dates, '{}'), search_horizon(), nextval('offers_stamp')
        )
    FROM unnest(ids) AS given (offer_id)
    LEFT JOIN search_dates(ids, search_local_day(), search_horizon()) AS times USING (offer_id)
    WHERE kept.offer_id = given.offer_id AND kept.dates_until IS DISTINCT FROM search_horizon();
END
$$;
