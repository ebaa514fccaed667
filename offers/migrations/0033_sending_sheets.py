"""Sending a table is a job: when it was asked for, and what was answered before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0032_parallel_clusters"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadedsheet",
            name="answers",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="uploadedsheet",
            name="ordered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="zu senden seit"),
        ),
    ]
