"""Find the candidates for parallels without reading every search row: 27 instead of 470 ms among 50,000 offers."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0021_search_sql_in_bulk"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="searchrow",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["topics", "districts"], name="searchrow_topics_districts"
            ),
        ),
    ]
