"""What networks care about, by topic; the Büro's roles keep what networks have had since: meetings, papers, reviews."""

from typing import Any

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

MODELS = ["attendance", "decision", "networkdocument", "selfreview"]


def let_the_roles_keep_them(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("networks")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    groups, permissions = apps.get_model("auth", "Group").objects, apps.get_model("auth", "Permission").objects
    for role, verbs in (("Redaktion", ("view", "add", "change")), ("Leitung", ("view", "add", "change", "delete"))):
        names = [f"{verb}_{model}" for model in MODELS for verb in verbs]
        if role == "Redaktion":
            names.append("delete_attendance")  # a wrong count could not be taken out otherwise
        found = permissions.filter(content_type__app_label="networks", codename__in=names)
        for group in groups.filter(name=role):
            group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0003_meetings_and_papers"),
        ("offers", "0023_change_drafts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="networks",
            field=models.ManyToManyField(
                blank=True,
                related_name="topics",
                to="networks.network",
                verbose_name="Netzwerke, die sich darum kümmern",
            ),
        ),
        migrations.CreateModel(
            name="TopicNetworkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "network",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="networks.network",
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
                    "topic",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offers.topic",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TopicNetwork",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("offers.topic_networks",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="topicnetwork",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "offers_topicnetworkevent" ("id", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "topic_id") VALUES (NEW."id", NEW."network_id", _pgh_attach_context(), NOW(), \'insert\', NEW."topic_id"); RETURN NULL;',
                    hash="c26b51dcacf5d75b3f957c5b4961910534f4b41b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6ce6d",
                    table="offers_topic_networks",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="topicnetwork",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "offers_topicnetworkevent" ("id", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "topic_id") VALUES (NEW."id", NEW."network_id", _pgh_attach_context(), NOW(), \'update\', NEW."topic_id"); RETURN NULL;',
                    hash="5d520fc4466032ba031040fd4edd66c521a07515",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_567aa",
                    table="offers_topic_networks",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="topicnetwork",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "offers_topicnetworkevent" ("id", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "topic_id") VALUES (OLD."id", OLD."network_id", _pgh_attach_context(), NOW(), \'delete\', OLD."topic_id"); RETURN NULL;',
                    hash="5be72ff1531d0310f3bb126649c6ad395bb45bac",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e3a42",
                    table="offers_topic_networks",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL("CALL portal_watch_changes('offers_topic_networks')", migrations.RunSQL.noop),
        migrations.RunPython(let_the_roles_keep_them, migrations.RunPython.noop),
    ]
