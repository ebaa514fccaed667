"""Pairs that hang together have one number, so that the overview need not look for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0024_topic_networks"),
    ]

    operations = [
        migrations.AddField(
            model_name="parallelpair",
            name="cluster",
            field=models.BigIntegerField(db_index=True, editable=False, null=True),
        ),
    ]
