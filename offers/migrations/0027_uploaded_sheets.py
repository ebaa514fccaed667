"""Tables that partners upload, kept for some days."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0026_report_orders"),
        ("partners", "0006_roles_for_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadedSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("submission_id", models.UUIDField()),
                ("name", models.CharField(max_length=120, verbose_name="Name der Datei")),
                ("content", models.BinaryField(default=b"")),
                ("rows", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="hochgeladen am")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="geprüft am")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="gesendet am")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="Organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "hochgeladene Tabelle",
                "verbose_name_plural": "hochgeladene Tabellen",
                "ordering": ["-created_at", "-pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "submission_id"), name="uploadedsheet_stored_once")
                ],
            },
        ),
    ]
