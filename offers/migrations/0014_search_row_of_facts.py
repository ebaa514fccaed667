"""A search row with everything that filters and sorting ask; its triggers now stand in `offers/search/sql/`."""

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0013_freshness"),
        ("partners", "0003_scrub_confidential_history"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="providername",
            name="offer_search",
        ),
        migrations.DeleteModel(
            name="ProviderName",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="formatwords",
            name="search",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="formatwords",
            name="search_drop",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="offer",
            name="search_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="offer",
            name="search_drop",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="offer",
            name="search",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="offertopic",
            name="search_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="offertopic",
            name="search_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="topic",
            name="search",
        ),
        migrations.AddField(
            model_name="searchrow",
            name="access",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="added_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="ages",
            field=django.contrib.postgres.fields.ranges.IntegerRangeField(null=True),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="audiences",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="dates",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="dates_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="districts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="features",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="flags",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="format",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="last_day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="latitudes",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="longitudes",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="published",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="slots",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="stamp",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="title_key",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="topics",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
