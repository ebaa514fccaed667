"""A word may be the short name of the provider or of an organisation above it; staff's words are read by the process."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0038_store_rule_of_coverage")]

    operations = [
        migrations.RunSQL("DROP FUNCTION IF EXISTS search_meaning(text, text[])", migrations.RunSQL.noop),
        install_search("4d539d395abb"),
    ]
