from django.db import migrations


class Migration(migrations.Migration):
    """ "Who did what" asks for one person's requests, newest first; the table belongs to pghistory, the question to us."""

    dependencies = [
        ("portal", "0008_merge_undo"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX context_of_person ON pghistory_context ((metadata -> 'user'), created_at DESC, id)",
            "DROP INDEX context_of_person",
        ),
    ]
