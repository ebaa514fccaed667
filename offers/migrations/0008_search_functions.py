"""What index and query share: how a word is folded, stemmed and looked for in `SearchRow.document`."""

from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations

FOLD_FROM = "àáâãåāăąçćčĉďđðèéêëēėęěğģìíîïīįıķłļľñńņňòóôõøōőŕřśšşșťţțùúûūůűųýÿźżžёأإآٱىیکة"
FOLD_TO = "aaaaaaaacccccdddeeeeeeeeggiiiiiiiklllnnnnooooooorrssssttuuuuuuuyyzzzеااااييكه"
# Written within words and left out: apostrophes (the first doubled for SQL), soft hyphen, joiners, combining dot,
# Arabic vowels and tatweel.
LEFT_OUT = "''’ʼ\u00ad\u200c\u200d\u0307\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640"
# PostgreSQL's parser would take "Mitte/Styrum" for a file and "Kita.de" for a host.
APART = "/@.:_~&+"
assert len(FOLD_FROM) == len(FOLD_TO)  # noqa: S101  # else letters would be folded into their neighbours

PLAIN_WORDS = f"translate(lower(normalize(words, NFC)), '{APART}{LEFT_OUT}', '{' ' * len(APART)}')"

PLAIN = f"""
CREATE FUNCTION search_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT {PLAIN_WORDS}
$$
"""
# Stands in an index, so it names no function of ours: PostgreSQL builds indexes without our schema in sight.
FOLD = f"""
CREATE FUNCTION search_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        replace(replace(replace(replace(replace(replace(
            {PLAIN_WORDS}, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        '{FOLD_FROM}', '{FOLD_TO}')
$$
"""
# PostgreSQL leaves words with digits ("place2be") as they are.
STEM = """
CREATE FUNCTION search_stem(folded text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN folded ~ '[0-9]' THEN folded ELSE coalesce((ts_lexize('german_stem', folded))[1], folded) END
$$
"""
# `marks` as in SearchRow: {"", "."} finds whole words, {"", ".", "=", ".="} parts of compounds as well.
TERM = r"""
CREATE FUNCTION search_term(folded text, marks text[]) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg('''' || mark || replace(replace(search_stem(folded), '\', '\\'), '''', '''''') || '''', ' | ')
        ::tsquery
    FROM unnest(marks) AS mark
$$
"""
ANY = """
CREATE FUNCTION search_any(VARIADIC queries tsquery[]) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg('(' || query::text || ')', ' | ')::tsquery FROM unnest(queries) AS query WHERE query IS NOT NULL
$$
"""
# Letters to change, add, leave out or swap with their neighbour.
DISTANCE = """
CREATE FUNCTION search_distance(one text, other text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT least(
        levenshtein(one, other),
        (SELECT 1 + min(levenshtein(
            left(one, place - 1) || substr(one, place + 1, 1) || substr(one, place, 1) || substr(one, place + 2), other))
         FROM generate_series(1, length(one) - 1) AS place)
    )
$$
"""


def dropping(function: str) -> str:
    return f"DROP FUNCTION {function}"


class Migration(migrations.Migration):
    dependencies = [("offers", "0007_drop_search_row_with_offer")]

    operations = [
        TrigramExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(PLAIN, dropping("search_plain(text)")),
        migrations.RunSQL(FOLD, dropping("search_fold(text)")),
        migrations.RunSQL(STEM, dropping("search_stem(text)")),
        migrations.RunSQL(TERM, dropping("search_term(text, text[])")),
        migrations.RunSQL(ANY, dropping("search_any(tsquery[])")),
        migrations.RunSQL(DISTANCE, dropping("search_distance(text, text)")),
    ]
