"""Meetings with who came and what was decided, papers, the yearly look at oneself, and what is public."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0002_touch_by_clock"),
        ("partners", "0006_roles_for_people"),
        ("portal", "0004_public_changes"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="Personen")),
            ],
            options={
                "verbose_name": "Teilnahme",
                "verbose_name_plural": "Teilnahmen",
            },
        ),
        migrations.CreateModel(
            name="AttendanceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="Personen")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500, verbose_name="Beschluss")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="bis")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="erledigt am")),
                (
                    "chased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="nachgefragt am"),
                ),
            ],
            options={
                "verbose_name": "Beschluss",
                "verbose_name_plural": "Beschlüsse",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DecisionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("text", models.CharField(max_length=500, verbose_name="Beschluss")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="bis")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="erledigt am")),
                (
                    "chased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="nachgefragt am"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NetworkDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="öffentliche Kennung"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="geändert am"),
                ),
                ("title", models.CharField(max_length=160, verbose_name="Titel")),
                ("content", models.BinaryField(verbose_name="Datei")),
                ("size", models.PositiveIntegerField(editable=False, verbose_name="Größe in Bytes")),
                ("is_public", models.BooleanField(default=False, verbose_name="öffentlich")),
            ],
            options={
                "verbose_name": "Dokument",
                "verbose_name_plural": "Dokumente",
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NetworkDocumentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="öffentliche Kennung")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="geändert am"),
                ),
                ("title", models.CharField(max_length=160, verbose_name="Titel")),
                ("size", models.PositiveIntegerField(editable=False, verbose_name="Größe in Bytes")),
                ("is_public", models.BooleanField(default=False, verbose_name="öffentlich")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SelfReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="Jahr",
                    ),
                ),
                (
                    "continuation",
                    models.CharField(
                        choices=[
                            ("ja", "ja, so wie sie ist"),
                            ("anders", "ja, aber mit anderem Auftrag"),
                            ("zusammen", "zusammen mit einer anderen Gruppe"),
                            ("nein", "nein, sie kann enden"),
                        ],
                        max_length=12,
                        verbose_name="Wird die Gruppe noch gebraucht?",
                    ),
                ),
                ("mandate", models.TextField(blank=True, verbose_name="Stimmt der Auftrag noch?")),
                ("missing", models.TextField(blank=True, verbose_name="Wer fehlt in der Gruppe?")),
                ("achieved", models.TextField(blank=True, verbose_name="Was wurde beschlossen und getan?")),
                ("answered_on", models.DateField(auto_now_add=True, verbose_name="beantwortet am")),
            ],
            options={
                "verbose_name": "Selbstüberprüfung",
                "verbose_name_plural": "Selbstüberprüfungen",
                "ordering": ["-year", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SelfReviewEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="Jahr",
                    ),
                ),
                (
                    "continuation",
                    models.CharField(
                        choices=[
                            ("ja", "ja, so wie sie ist"),
                            ("anders", "ja, aber mit anderem Auftrag"),
                            ("zusammen", "zusammen mit einer anderen Gruppe"),
                            ("nein", "nein, sie kann enden"),
                        ],
                        max_length=12,
                        verbose_name="Wird die Gruppe noch gebraucht?",
                    ),
                ),
                ("mandate", models.TextField(blank=True, verbose_name="Stimmt der Auftrag noch?")),
                ("missing", models.TextField(blank=True, verbose_name="Wer fehlt in der Gruppe?")),
                ("achieved", models.TextField(blank=True, verbose_name="Was wurde beschlossen und getan?")),
                ("answered_on", models.DateField(auto_now_add=True, verbose_name="beantwortet am")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="meeting",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="meeting",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="meeting",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="network",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="network",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="network",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="meeting",
            name="agenda",
            field=models.TextField(blank=True, verbose_name="Tagesordnung"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="ends_at",
            field=models.TimeField(blank=True, null=True, verbose_name="bis"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="invited_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="eingeladen am"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="is_public",
            field=models.BooleanField(
                default=False,
                help_text="Dann stehen Tag, Uhrzeit, Thema und Ort im Kalender für alle.",
                verbose_name="öffentlich",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="place",
            field=models.CharField(blank=True, max_length=200, verbose_name="Ort"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="reminded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erinnert am"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="starts_at",
            field=models.TimeField(blank=True, null=True, verbose_name="von"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="geändert am"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="agenda",
            field=models.TextField(blank=True, verbose_name="Tagesordnung"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="ends_at",
            field=models.TimeField(blank=True, null=True, verbose_name="bis"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="invited_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="eingeladen am"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="is_public",
            field=models.BooleanField(
                default=False,
                help_text="Dann stehen Tag, Uhrzeit, Thema und Ort im Kalender für alle.",
                verbose_name="öffentlich",
            ),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="place",
            field=models.CharField(blank=True, max_length=200, verbose_name="Ort"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="reminded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erinnert am"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="starts_at",
            field=models.TimeField(blank=True, null=True, verbose_name="von"),
        ),
        migrations.AddField(
            model_name="meetingevent",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="geändert am"),
        ),
        migrations.AddField(
            model_name="membership",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Leer: die Adresse der Organisation. Wird nicht gezeigt.",
                max_length=254,
                verbose_name="E-Mail für Einladungen",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="function",
            field=models.CharField(
                blank=True,
                help_text="Zum Beispiel „Oberbürgermeister“. Kein Personenname.",
                max_length=120,
                verbose_name="Funktion",
            ),
        ),
        migrations.AddField(
            model_name="membershipevent",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Leer: die Adresse der Organisation. Wird nicht gezeigt.",
                max_length=254,
                verbose_name="E-Mail für Einladungen",
            ),
        ),
        migrations.AddField(
            model_name="membershipevent",
            name="function",
            field=models.CharField(
                blank=True,
                help_text="Zum Beispiel „Oberbürgermeister“. Kein Personenname.",
                max_length=120,
                verbose_name="Funktion",
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Dorthin gehen Erinnerungen. Wird nicht gezeigt.",
                max_length=254,
                verbose_name="E-Mail der Geschäftsführung",
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="is_public",
            field=models.BooleanField(
                default=True,
                help_text="Nur dann stehen Seite, Termine und Dokumente im Verzeichnis.",
                verbose_name="öffentlich",
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="mandate",
            field=models.TextField(
                blank=True,
                help_text="Von wem die Gruppe ihren Auftrag hat und was sie entscheiden darf.",
                verbose_name="Auftrag",
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="meeting_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="Dauer einer Sitzung in Minuten"
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="meetings_per_year",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Sitzungen im Jahr"),
        ),
        migrations.AddField(
            model_name="networkevent",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Dorthin gehen Erinnerungen. Wird nicht gezeigt.",
                max_length=254,
                verbose_name="E-Mail der Geschäftsführung",
            ),
        ),
        migrations.AddField(
            model_name="networkevent",
            name="is_public",
            field=models.BooleanField(
                default=True,
                help_text="Nur dann stehen Seite, Termine und Dokumente im Verzeichnis.",
                verbose_name="öffentlich",
            ),
        ),
        migrations.AddField(
            model_name="networkevent",
            name="mandate",
            field=models.TextField(
                blank=True,
                help_text="Von wem die Gruppe ihren Auftrag hat und was sie entscheiden darf.",
                verbose_name="Auftrag",
            ),
        ),
        migrations.AddField(
            model_name="networkevent",
            name="meeting_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="Dauer einer Sitzung in Minuten"
            ),
        ),
        migrations.AddField(
            model_name="networkevent",
            name="meetings_per_year",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Sitzungen im Jahr"),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="note",
            field=models.TextField(blank=True, verbose_name="Protokoll"),
        ),
        migrations.AlterField(
            model_name="meetingevent",
            name="note",
            field=models.TextField(blank=True, verbose_name="Protokoll"),
        ),
        migrations.AlterField(
            model_name="network",
            name="rhythm",
            field=models.CharField(
                blank=True, help_text="In Worten: „viermal im Jahr“.", max_length=120, verbose_name="Turnus"
            ),
        ),
        migrations.AlterField(
            model_name="networkevent",
            name="rhythm",
            field=models.CharField(
                blank=True, help_text="In Worten: „viermal im Jahr“.", max_length=120, verbose_name="Turnus"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_meetingevent" ("agenda", "ends_at", "held_on", "id", "invited_at", "is_public", "network_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "reminded_at", "starts_at", "title", "updated_at") VALUES (NEW."agenda", NEW."ends_at", NEW."held_on", NEW."id", NEW."invited_at", NEW."is_public", NEW."network_id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."reminded_at", NEW."starts_at", NEW."title", NEW."updated_at"); RETURN NULL;',
                    hash="024227cc5b87961e816f7456bd4044aaf681feb2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1c64e",
                    table="networks_meeting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_meetingevent" ("agenda", "ends_at", "held_on", "id", "invited_at", "is_public", "network_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "reminded_at", "starts_at", "title", "updated_at") VALUES (NEW."agenda", NEW."ends_at", NEW."held_on", NEW."id", NEW."invited_at", NEW."is_public", NEW."network_id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."reminded_at", NEW."starts_at", NEW."title", NEW."updated_at"); RETURN NULL;',
                    hash="7815f6a474ed8a65d1f668740f23c4b54f11e2e4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_36397",
                    table="networks_meeting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meeting",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_meetingevent" ("agenda", "ends_at", "held_on", "id", "invited_at", "is_public", "network_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "reminded_at", "starts_at", "title", "updated_at") VALUES (OLD."agenda", OLD."ends_at", OLD."held_on", OLD."id", OLD."invited_at", OLD."is_public", OLD."network_id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."reminded_at", OLD."starts_at", OLD."title", OLD."updated_at"); RETURN NULL;',
                    hash="2996819af48b3a1a3d4eb1a1c9fe70da142637ac",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fdf3b",
                    table="networks_meeting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_membershipevent" ("email", "function", "id", "network_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since_year", "source", "source_year", "until_year") VALUES (NEW."email", NEW."function", NEW."id", NEW."network_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."since_year", NEW."source", NEW."source_year", NEW."until_year"); RETURN NULL;',
                    hash="299ada69e35e24b92ce1f15c6a3fc2ac6213172a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3ce41",
                    table="networks_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_membershipevent" ("email", "function", "id", "network_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since_year", "source", "source_year", "until_year") VALUES (NEW."email", NEW."function", NEW."id", NEW."network_id", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."since_year", NEW."source", NEW."source_year", NEW."until_year"); RETURN NULL;',
                    hash="6d8d223c7391ff808da7f26c103b0d38f33cde1b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b347c",
                    table="networks_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_membershipevent" ("email", "function", "id", "network_id", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since_year", "source", "source_year", "until_year") VALUES (OLD."email", OLD."function", OLD."id", OLD."network_id", OLD."partner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."since_year", OLD."source", OLD."source_year", OLD."until_year"); RETURN NULL;',
                    hash="99ec2557201f826aea152714d695a6b11f07c0f3",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_af4ac",
                    table="networks_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="network",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_networkevent" ("ages", "confirmed_on", "coordinator_id", "created_at", "description", "email", "ended_year", "for_families", "founded_year", "id", "is_public", "mandate", "meeting_minutes", "meetings_per_year", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "purpose", "rhythm", "slug", "source", "source_year", "updated_at") VALUES (NEW."ages", NEW."confirmed_on", NEW."coordinator_id", NEW."created_at", NEW."description", NEW."email", NEW."ended_year", NEW."for_families", NEW."founded_year", NEW."id", NEW."is_public", NEW."mandate", NEW."meeting_minutes", NEW."meetings_per_year", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."purpose", NEW."rhythm", NEW."slug", NEW."source", NEW."source_year", NEW."updated_at"); RETURN NULL;',
                    hash="74a58718de27202c1cd40eecfd41e11b7dbe1ac6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_18ce1",
                    table="networks_network",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="network",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_networkevent" ("ages", "confirmed_on", "coordinator_id", "created_at", "description", "email", "ended_year", "for_families", "founded_year", "id", "is_public", "mandate", "meeting_minutes", "meetings_per_year", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "purpose", "rhythm", "slug", "source", "source_year", "updated_at") VALUES (NEW."ages", NEW."confirmed_on", NEW."coordinator_id", NEW."created_at", NEW."description", NEW."email", NEW."ended_year", NEW."for_families", NEW."founded_year", NEW."id", NEW."is_public", NEW."mandate", NEW."meeting_minutes", NEW."meetings_per_year", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."purpose", NEW."rhythm", NEW."slug", NEW."source", NEW."source_year", NEW."updated_at"); RETURN NULL;',
                    hash="186beb7604bb13b5e6731ff2f02e94209a45c632",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d086d",
                    table="networks_network",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="network",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_networkevent" ("ages", "confirmed_on", "coordinator_id", "created_at", "description", "email", "ended_year", "for_families", "founded_year", "id", "is_public", "mandate", "meeting_minutes", "meetings_per_year", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "purpose", "rhythm", "slug", "source", "source_year", "updated_at") VALUES (OLD."ages", OLD."confirmed_on", OLD."coordinator_id", OLD."created_at", OLD."description", OLD."email", OLD."ended_year", OLD."for_families", OLD."founded_year", OLD."id", OLD."is_public", OLD."mandate", OLD."meeting_minutes", OLD."meetings_per_year", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_id", OLD."purpose", OLD."rhythm", OLD."slug", OLD."source", OLD."source_year", OLD."updated_at"); RETURN NULL;',
                    hash="47f691e03e1087d6acdbd2b68a8fc320d3d0e40a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a2393",
                    table="networks_network",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None),
                    models.Q(("ends_at__gt", models.F("starts_at")), ("starts_at__isnull", False)),
                    _connector="OR",
                ),
                name="meeting_ends_after_it_starts",
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attendances",
                to="networks.meeting",
                verbose_name="Sitzung",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attendances",
                to="partners.partner",
                verbose_name="Organisation",
            ),
        ),
        migrations.AddField(
            model_name="attendanceevent",
            name="meeting",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="networks.meeting",
                verbose_name="Sitzung",
            ),
        ),
        migrations.AddField(
            model_name="attendanceevent",
            name="partner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="partners.partner",
                verbose_name="Organisation",
            ),
        ),
        migrations.AddField(
            model_name="attendanceevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="attendanceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="networks.attendance",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="networks.meeting",
                verbose_name="Sitzung",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
                verbose_name="zuständig",
            ),
        ),
        migrations.AddField(
            model_name="decisionevent",
            name="meeting",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="networks.meeting",
                verbose_name="Sitzung",
            ),
        ),
        migrations.AddField(
            model_name="decisionevent",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="partners.partner",
                verbose_name="zuständig",
            ),
        ),
        migrations.AddField(
            model_name="decisionevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="decisionevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="networks.decision",
            ),
        ),
        migrations.AddField(
            model_name="networkdocument",
            name="network",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="documents",
                to="networks.network",
                verbose_name="Netzwerk",
            ),
        ),
        migrations.AddField(
            model_name="networkdocumentevent",
            name="network",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="networks.network",
                verbose_name="Netzwerk",
            ),
        ),
        migrations.AddField(
            model_name="networkdocumentevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="networkdocumentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="networks.networkdocument",
            ),
        ),
        migrations.AddField(
            model_name="selfreview",
            name="merge_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="networks.network",
                verbose_name="Mit welcher Gruppe könnten Sie sich zusammentun?",
            ),
        ),
        migrations.AddField(
            model_name="selfreview",
            name="network",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reviews",
                to="networks.network",
                verbose_name="Netzwerk",
            ),
        ),
        migrations.AddField(
            model_name="selfreviewevent",
            name="merge_with",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="networks.network",
                verbose_name="Mit welcher Gruppe könnten Sie sich zusammentun?",
            ),
        ),
        migrations.AddField(
            model_name="selfreviewevent",
            name="network",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="networks.network",
                verbose_name="Netzwerk",
            ),
        ),
        migrations.AddField(
            model_name="selfreviewevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="selfreviewevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="networks.selfreview",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("meeting", "partner"), name="attendance_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_attendanceevent" ("id", "meeting_id", "partner_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."meeting_id", NEW."partner_id", NEW."people", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="3d33c72f259ed856394c95605764f1957f852c4c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_16517",
                    table="networks_attendance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_attendanceevent" ("id", "meeting_id", "partner_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."meeting_id", NEW."partner_id", NEW."people", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="384ef6b7dab7661387d309c23298b38ee2379ca1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d2e11",
                    table="networks_attendance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_attendanceevent" ("id", "meeting_id", "partner_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."meeting_id", OLD."partner_id", OLD."people", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="df6d93b421b74bee11cba4d5d031f5f5c142cabc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_07f42",
                    table="networks_attendance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_decisionevent" ("chased_at", "done_on", "due_on", "id", "meeting_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."chased_at", NEW."done_on", NEW."due_on", NEW."id", NEW."meeting_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."text"); RETURN NULL;',
                    hash="0cced93c3b4b8d83ae7a4cc446ca069bc029b545",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f8ee6",
                    table="networks_decision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_decisionevent" ("chased_at", "done_on", "due_on", "id", "meeting_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."chased_at", NEW."done_on", NEW."due_on", NEW."id", NEW."meeting_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;',
                    hash="0fa0b1b073689b72321b5817ae75ca9057aa8cea",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_47b49",
                    table="networks_decision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_decisionevent" ("chased_at", "done_on", "due_on", "id", "meeting_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."chased_at", OLD."done_on", OLD."due_on", OLD."id", OLD."meeting_id", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;',
                    hash="4a64b7ce27fa79b691839ee03b2841fd88d75987",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ab1ff",
                    table="networks_decision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="networkdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="touch",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            NEW.updated_at = OLD.updated_at; \n            IF NEW IS DISTINCT FROM OLD THEN\n                NEW.updated_at = clock_timestamp(); \n            END IF;\n            RETURN NEW;\n        ",
                    hash="1f5709be5d7095dcd7e59d85ed59be35b54bf3bf",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_4872f",
                    table="networks_networkdocument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="networkdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_networkdocumentevent" ("created_at", "id", "is_public", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "size", "title", "updated_at") VALUES (NEW."created_at", NEW."id", NEW."is_public", NEW."network_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."size", NEW."title", NEW."updated_at"); RETURN NULL;',
                    hash="3d7dc8b0600023d500aa73760098e798dad64731",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8c062",
                    table="networks_networkdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="networkdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_public" IS DISTINCT FROM (NEW."is_public") OR OLD."network_id" IS DISTINCT FROM (NEW."network_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "networks_networkdocumentevent" ("created_at", "id", "is_public", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "size", "title", "updated_at") VALUES (NEW."created_at", NEW."id", NEW."is_public", NEW."network_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."size", NEW."title", NEW."updated_at"); RETURN NULL;',
                    hash="b44711164c173cde8c72152e5ae5f51f819be28c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b6183",
                    table="networks_networkdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="networkdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_networkdocumentevent" ("created_at", "id", "is_public", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "size", "title", "updated_at") VALUES (OLD."created_at", OLD."id", OLD."is_public", OLD."network_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_id", OLD."size", OLD."title", OLD."updated_at"); RETURN NULL;',
                    hash="85424725cc030e0ce58e25c1ff05afad7d0eb30c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ca054",
                    table="networks_networkdocument",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreview",
            constraint=models.UniqueConstraint(
                fields=("network", "year"),
                name="selfreview_once_a_year",
                violation_error_message="Für dieses Jahr gibt es schon eine Selbstüberprüfung.",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merge_with", None), models.Q(("merge_with", models.F("network")), _negated=True), _connector="OR"
                ),
                name="selfreview_merges_with_another",
                violation_error_message="Eine Gruppe kann sich nicht mit sich selbst zusammentun.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selfreview",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_selfreviewevent" ("achieved", "answered_on", "continuation", "id", "mandate", "merge_with_id", "missing", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") VALUES (NEW."achieved", NEW."answered_on", NEW."continuation", NEW."id", NEW."mandate", NEW."merge_with_id", NEW."missing", NEW."network_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."year"); RETURN NULL;',
                    hash="8e948ec601ec58bc7be62effa1dffb2d6b60ee51",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0b4f6",
                    table="networks_selfreview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selfreview",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "networks_selfreviewevent" ("achieved", "answered_on", "continuation", "id", "mandate", "merge_with_id", "missing", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") VALUES (NEW."achieved", NEW."answered_on", NEW."continuation", NEW."id", NEW."mandate", NEW."merge_with_id", NEW."missing", NEW."network_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."year"); RETURN NULL;',
                    hash="eb75901ce6be4441c85805bb5572db9a19c36fbe",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6a00c",
                    table="networks_selfreview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selfreview",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "networks_selfreviewevent" ("achieved", "answered_on", "continuation", "id", "mandate", "merge_with_id", "missing", "network_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") VALUES (OLD."achieved", OLD."answered_on", OLD."continuation", OLD."id", OLD."mandate", OLD."merge_with_id", OLD."missing", OLD."network_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."year"); RETURN NULL;',
                    hash="3c20353dfbb43021f350ffafea6b4c1ad44b622c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_49aea",
                    table="networks_selfreview",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL("CALL portal_watch_changes('networks_networkdocument')", migrations.RunSQL.noop),
    ]
