"""Pairs of offers that do nearly the same, what was decided about them, and who of the Büro decides."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

ROLES = ["Redaktion", "Leitung"]
NAMES = ["view_parallelpair", "view_pairdecision", "add_pairdecision"]


def let_the_roles_decide(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("offers")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="offers", codename__in=NAMES
    )
    for role in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        role.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0019_steering_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ComparedOffer",
            fields=[
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="offers.offer",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=32)),
            ],
            options={
                "verbose_name": "verglichenes Angebot",
                "verbose_name_plural": "verglichene Angebote",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PairDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("ergaenzt", "ergänzen sich"),
                            ("kooperiert", "arbeiten zusammen"),
                            ("ersetzt", "eines ersetzt das andere"),
                            ("trotzdem", "beide werden gebraucht, weil …"),
                            ("verschieden", "sind gar nicht parallel"),
                        ],
                        max_length=12,
                        verbose_name="Entscheidung",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="Begründung")),
                ("fingerprint", models.CharField(editable=False, max_length=32)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entschieden am")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entschieden von",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                        verbose_name="Angebot",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        help_text="Der Partner hat es beim Einreichen gesagt.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="offers.proposal",
                        verbose_name="aus dem Vorschlag",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                        verbose_name="ähnliches Angebot",
                    ),
                ),
            ],
            options={
                "verbose_name": "Entscheidung zu einer Parallele",
                "verbose_name_plural": "Entscheidungen zu Parallelen",
                "ordering": ["-decided_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PairDecisionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("ergaenzt", "ergänzen sich"),
                            ("kooperiert", "arbeiten zusammen"),
                            ("ersetzt", "eines ersetzt das andere"),
                            ("trotzdem", "beide werden gebraucht, weil …"),
                            ("verschieden", "sind gar nicht parallel"),
                        ],
                        max_length=12,
                        verbose_name="Entscheidung",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="Begründung")),
                ("fingerprint", models.CharField(editable=False, max_length=32)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entschieden am")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entschieden von",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offers.offer",
                        verbose_name="Angebot",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="offers.pairdecision",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Der Partner hat es beim Einreichen gesagt.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offers.proposal",
                        verbose_name="aus dem Vorschlag",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offers.offer",
                        verbose_name="ähnliches Angebot",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ParallelPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.FloatField(verbose_name="Ähnlichkeit")),
                ("shared", models.JSONField(default=dict, verbose_name="Gemeinsamkeiten")),
                ("fingerprint", models.CharField(editable=False, max_length=32)),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gefunden am")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                        verbose_name="Angebot",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                        verbose_name="ähnliches Angebot",
                    ),
                ),
            ],
            options={
                "verbose_name": "Parallele",
                "verbose_name_plural": "Parallelen",
            },
        ),
        migrations.AddIndex(
            model_name="pairdecision",
            index=models.Index(fields=["first", "second", "fingerprint"], name="pairdecision_of_pair"),
        ),
        migrations.AddConstraint(
            model_name="pairdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="pairdecision_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="pairdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "trotzdem"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="pairdecision_anyway_needs_reason",
                violation_error_message="Bitte schreiben Sie, warum beide gebraucht werden.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pairdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "offers_pairdecisionevent" ("answer", "decided_at", "decided_by_id", "fingerprint", "first_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposal_id", "reason", "second_id") VALUES (NEW."answer", NEW."decided_at", NEW."decided_by_id", NEW."fingerprint", NEW."first_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposal_id", NEW."reason", NEW."second_id"); RETURN NULL;',
                    hash="7c9dd699059bcdd0efdebd503299a67ade49624f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_036f4",
                    table="offers_pairdecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pairdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "offers_pairdecisionevent" ("answer", "decided_at", "decided_by_id", "fingerprint", "first_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposal_id", "reason", "second_id") VALUES (NEW."answer", NEW."decided_at", NEW."decided_by_id", NEW."fingerprint", NEW."first_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposal_id", NEW."reason", NEW."second_id"); RETURN NULL;',
                    hash="f7cd57082a8577e70b4f4e3b77c7d2741c89b805",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a4765",
                    table="offers_pairdecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pairdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "offers_pairdecisionevent" ("answer", "decided_at", "decided_by_id", "fingerprint", "first_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposal_id", "reason", "second_id") VALUES (OLD."answer", OLD."decided_at", OLD."decided_by_id", OLD."fingerprint", OLD."first_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposal_id", OLD."reason", OLD."second_id"); RETURN NULL;',
                    hash="a6587c8150533698e4d992d7bf073c5d137f340a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_bcf6d",
                    table="offers_pairdecision",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="parallelpair",
            index=models.Index(
                models.OrderBy(models.F("score"), descending=True), models.F("id"), name="parallelpair_most_alike"
            ),
        ),
        migrations.AddConstraint(
            model_name="parallelpair",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="parallelpair_once"),
        ),
        migrations.AddConstraint(
            model_name="parallelpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="parallelpair_in_order"
            ),
        ),
        migrations.RunPython(let_the_roles_decide, migrations.RunPython.noop),
    ]
