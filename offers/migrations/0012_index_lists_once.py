"""What makes indexing many offers quick: fold plain ASCII without the long table, put vectors together in one go."""

from importlib import import_module

from django.db import migrations

_functions = import_module("offers.migrations.0008_search_functions")

# What `search_fold` does to words that are plain already. Most are ASCII after the umlauts and skip the long table.
FOLD_PLAIN = f"""
CREATE FUNCTION search_fold_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length(german) = length(german) THEN german
                ELSE translate(replace(replace(german, 'æ', 'ae'), 'œ', 'oe'),
                    '{_functions.FOLD_FROM}', '{_functions.FOLD_TO}') END
    FROM (SELECT replace(replace(replace(replace(words, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss') AS german
          OFFSET 0) AS umlauts
$$
"""  # noqa: S608  # our own constants
CONCAT = "CREATE AGGREGATE search_concat(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '')"


class Migration(migrations.Migration):
    dependencies = [("offers", "0011_search_likeness")]

    operations = [
        migrations.RunSQL(FOLD_PLAIN, "DROP FUNCTION search_fold_plain(text)"),
        migrations.RunSQL(CONCAT, "DROP AGGREGATE search_concat(tsvector)"),
    ]
