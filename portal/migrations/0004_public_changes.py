"""A log of changes that visitors can see, for caches and copies, and the public holidays for dates in the database."""

from django.db import migrations, models

TABLE = """
CREATE TABLE portal_publicchange (
    id bigserial PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    noted_at timestamptz NOT NULL DEFAULT now(),
    offers bigint[]
);
CREATE INDEX publicchange_xid ON portal_publicchange (xid);
"""
# Once a transaction is enough: its rows all become visible together.
NOTE = """
CREATE FUNCTION portal_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portal_publicchange (offers)
    SELECT '{}' WHERE NOT EXISTS (
        SELECT FROM portal_publicchange WHERE xid = pg_current_xact_id() AND offers = '{}'
    );
    RETURN NULL;
END
$$;
"""
WATCH = """
CREATE PROCEDURE portal_watch_changes(VARIADIC sources regclass[]) LANGUAGE plpgsql AS $$
DECLARE
    source regclass;
BEGIN
    FOREACH source IN ARRAY sources LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER changes_public AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION portal_note_change()', source);
    END LOOP;
END
$$;
"""
OWN = """
CALL portal_watch_changes(
    'portal_district', 'portal_postcode', 'portal_postcode_districts', 'portal_schoolholiday', 'portal_publicholiday',
    'portal_formerslug'
);
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_form_use")]

    operations = [
        migrations.CreateModel(
            name="PublicHoliday",
            fields=[("day", models.DateField(primary_key=True, serialize=False, verbose_name="Tag"))],
            options={
                "verbose_name": "Feiertag",
                "verbose_name_plural": "Feiertage",
                "ordering": ["day"],
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL(TABLE, "DROP TABLE portal_publicchange"),
        migrations.RunSQL(NOTE, "DROP FUNCTION portal_note_change() CASCADE"),
        migrations.RunSQL(WATCH, "DROP PROCEDURE portal_watch_changes"),
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
    ]
