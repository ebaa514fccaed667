-- The day it is in the city. Days are compared as days everywhere: no clock change can move one.
CREATE OR REPLACE FUNCTION search_local_day(moment timestamptz DEFAULT now())
RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (moment AT TIME ZONE '{time_zone}')::date
$$;

-- Every day from `first` to `last` with what a schedule asks of it. Weekdays count from Monday = 0.
CREATE OR REPLACE FUNCTION search_calendar(first date, last date)
RETURNS TABLE (
    day date, weekday smallint, monday date, week_of_month int, in_last_week boolean, in_school_holidays boolean,
    on_public_holiday boolean
) LANGUAGE sql STABLE AS $$
    SELECT day, weekday, day - weekday, (extract(day FROM day)::int - 1) / 7 + 1,
           extract(month FROM day + 7) <> extract(month FROM day),
           EXISTS (SELECT FROM portal_schoolholiday WHERE day BETWEEN first_day AND last_day),
           EXISTS (SELECT FROM portal_publicholiday AS free WHERE free.day = days.day)
    FROM (
        SELECT day, (extract(isodow FROM day) - 1)::smallint AS weekday
        FROM (SELECT first + number AS day FROM generate_series(0, last - first) AS number) AS numbered
    ) AS days
$$;

-- When each offer takes place from `first` on: `dates` up to `last`, and `slots` (weekday * 4 + part of the day: 0 time
-- unknown, 1 before 12, 2 before 17, 3 later) of all schedules that have a day from `first` on, however late.
-- The rules are those of Schedule.occurrences. A pause of the whole offer takes out its days, too; its slots stay, as it
-- goes on afterwards. Offers without a schedule are left out. Many offers share a rule, so the days are found once for
-- each different one.
CREATE OR REPLACE FUNCTION search_dates(ids bigint[], first date, last date)
RETURNS TABLE (offer_id bigint, slots smallint[], dates date[]) LANGUAGE sql STABLE AS $$
    WITH schedules AS MATERIALIZED (
        SELECT schedule.offer_id, kind, weekdays, interval_weeks, week_of_month, schedule.dates,
               CASE WHEN start_time IS NULL THEN 0 WHEN start_time < '12:00' THEN 1 WHEN start_time < '17:00' THEN 2
                    ELSE 3 END AS part,
               valid_from - (extract(isodow FROM valid_from)::int - 1) AS first_monday,
               greatest(valid_from, o.starts_on, first) AS begins,
               least(valid_until, o.ends_on, 'infinity') AS ends,
               pauses_in_school_holidays, pauses_on_public_holidays, o.pause_from, o.pause_until
        FROM offers_schedule AS schedule JOIN offers_offer AS o ON o.id = schedule.offer_id
        WHERE o.id = ANY (ids)
    ), numbered AS MATERIALIZED (
        SELECT *, dense_rank() OVER (ORDER BY kind, weekdays, interval_weeks, week_of_month, dates, part, first_monday,
            begins, ends, pauses_in_school_holidays, pauses_on_public_holidays, pause_from, pause_until) AS rule
        FROM schedules
    ), rules AS MATERIALIZED (
        SELECT DISTINCT ON (rule) * FROM numbered ORDER BY rule
    ), calendar AS MATERIALIZED (
        SELECT * FROM search_calendar(first, last)
    ), days AS MATERIALIZED (
        SELECT rule, day
        FROM rules JOIN calendar ON day BETWEEN begins AND ends AND (day BETWEEN pause_from AND pause_until) IS NOT TRUE
            AND CASE kind
            WHEN 'dates' THEN day = ANY (dates)
            ELSE weekday = ANY (weekdays)
                AND NOT (pauses_in_school_holidays AND in_school_holidays)
                AND NOT (pauses_on_public_holidays AND on_public_holiday)
                AND CASE kind
                    WHEN 'interval' THEN coalesce((monday - first_monday) / 7 % interval_weeks = 0, true)
                    WHEN 'monthly' THEN CASE WHEN rules.week_of_month = -1 THEN in_last_week
                                             ELSE calendar.week_of_month = rules.week_of_month END
                    ELSE true
                END
            END
    ), times AS MATERIALIZED (
        SELECT rule, weekday * 4 + part AS slot
        FROM rules CROSS JOIN LATERAL (
            SELECT unnest(weekdays)::int AS weekday WHERE kind <> 'dates' AND begins <= ends
            UNION SELECT extract(isodow FROM day)::int - 1 FROM unnest(dates) AS day
            WHERE kind = 'dates' AND day BETWEEN begins AND ends
        ) AS taken
    ), sets AS MATERIALIZED (
        SELECT numbered.offer_id, array_agg(DISTINCT rule ORDER BY rule) AS rules FROM numbered
        GROUP BY numbered.offer_id
    ), different AS MATERIALIZED (
        SELECT DISTINCT rules FROM sets
    ), dates_of_sets AS MATERIALIZED (
        SELECT rules, array_agg(DISTINCT day ORDER BY day) AS dates
        FROM different CROSS JOIN LATERAL unnest(rules) AS rule JOIN days USING (rule) GROUP BY rules
    ), slots_of_sets AS MATERIALIZED (
        SELECT rules, array_agg(DISTINCT slot::smallint ORDER BY slot::smallint) AS slots
        FROM different CROSS JOIN LATERAL unnest(rules) AS rule JOIN times USING (rule) GROUP BY rules
    )
    SELECT sets.offer_id, coalesce(taken.slots, '{}'), coalesce(found.dates, '{}')
    FROM sets
    LEFT JOIN slots_of_sets AS taken USING (rules)
    LEFT JOIN dates_of_sets AS found USING (rules)
$$;
