import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0007_saved_filter"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("merge", "context", models.UUIDField(editable=False, null=True)),
        migrations.AddField("merge", "stayed", models.JSONField(default=list)),
        migrations.AddField(
            "merge", "undone_at", models.DateTimeField(null=True, verbose_name="rückgängig gemacht am")
        ),
        migrations.AddField(
            "merge",
            "undone_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="rückgängig gemacht von",
            ),
        ),
    ]
