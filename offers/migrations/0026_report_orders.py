"""Reports on paper as orders, who gets them by mail, and the nightly number of parallels."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0025_parallel_clusters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ParallelCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="Tag")),
                ("clusters", models.PositiveIntegerField(verbose_name="Gruppen mit offenen Paaren")),
                ("undecided", models.PositiveIntegerField(verbose_name="offene Paare")),
                ("found", models.PositiveIntegerField(verbose_name="neu gefundene Paare")),
            ],
            options={
                "verbose_name": "Zahl der Parallelen",
                "verbose_name_plural": "Zahlen der Parallelen",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("monat", "einmal im Monat, über den Monat davor"),
                            ("nacht", "jede Nacht, über die letzten 12 Monate"),
                            ("nie", "gar nicht"),
                        ],
                        default="monat",
                        max_length=5,
                        verbose_name="Bericht per E-Mail",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Bericht per E-Mail",
                "verbose_name_plural": "Berichte per E-Mail",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("first", models.DateField(verbose_name="von")),
                ("last", models.DateField(verbose_name="bis")),
                ("ordered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="bestellt am")),
                ("parts_done", models.PositiveSmallIntegerField(default=0, verbose_name="fertige Teile")),
                ("parts", models.PositiveSmallIntegerField(default=0, verbose_name="Teile")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField(null=True, verbose_name="fertig am")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="gescheitert am")),
                (
                    "ordered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bestellt von",
                    ),
                ),
            ],
            options={
                "verbose_name": "bestellter Bericht",
                "verbose_name_plural": "bestellte Berichte",
                "default_permissions": (),
                "indexes": [models.Index(fields=["first", "last", "-made_at"], name="reportorder_of_days")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))), name="reportorder_first_is_not_after_last"
                    )
                ],
            },
        ),
    ]
