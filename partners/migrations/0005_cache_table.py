"""The table of the shared cache: limits and used codes hold for all processes of the web server."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_people_and_invitations")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE partners_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX partners_cache_expires ON partners_cache (expires);
            """,
            "DROP TABLE partners_cache",
        )
    ]
