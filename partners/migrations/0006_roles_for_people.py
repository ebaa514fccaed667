"""Redaktion and Leitung see who works for whom, invite an organisation's first person and decide claims."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = [
    *(f"{verb}_{model}" for model in ("affiliation", "invitation") for verb in ("view", "add", "change")),
    "view_claim",
    "decide_claim",
]
ROLES = ("Redaktion", "Leitung")


def give_rights(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("partners")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    rights = permission.objects.filter(content_type__app_label="partners", codename__in=RIGHTS)
    for name in ROLES:
        role, _created = group.objects.get_or_create(name=name)
        role.permissions.add(*rights)


def take_rights(apps: Apps, schema_editor: Any) -> None:
    permission = apps.get_model("auth", "Permission")
    rights = permission.objects.filter(content_type__app_label="partners", codename__in=RIGHTS)
    for role in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        role.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_cache_table"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give_rights, take_rights)]
