"""Which words count, and who may edit the lists."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# Numbers, single letters and whatever is too long to be a word need no place in the list of words.
WORD_COUNTS = """
CREATE FUNCTION search_word_counts(word text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT length(word) BETWEEN 3 AND 60 AND word !~ '[0-9]'
$$
"""
ROLES = ["Redaktion", "Leitung"]
MODELS = ["searchsynonym", "formatwords"]


def let_the_roles_edit(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("offers")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    names = [f"{verb}_{model}" for model in MODELS for verb in ("view", "add", "change", "delete")]
    wanted = permission.objects.filter(content_type__app_label="offers", codename__in=names)
    for role in group.objects.filter(name__in=ROLES):
        role.permissions.add(*wanted)


class Migration(migrations.Migration):
    dependencies = [("offers", "0009_search_words"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(WORD_COUNTS, "DROP FUNCTION search_word_counts(text)"),
        migrations.RunPython(let_the_roles_edit, migrations.RunPython.noop),
    ]
