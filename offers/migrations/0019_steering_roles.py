"""The Leitung steers: it sees the pages under /steuerung/ and keeps their rules, decisions and figures."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

KEPT = ["coveragerule", "coveragedecision", "population", "socialindex", "districtoutline"]
NAMES = [
    "steer_coveragerule",
    *(f"{verb}_{model}" for model in KEPT for verb in ("view", "add", "change", "delete")),
    *(f"view_{model}" for model in ("searchcount", "searchterm")),
]


def give_to_lead(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the role needs them now."""
    config = apps.get_app_config("offers")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="offers", codename__in=NAMES
    )
    for role in apps.get_model("auth", "Group").objects.filter(name="Leitung"):
        role.permissions.add(*permissions)


def take_back(apps: Apps, schema_editor: Any) -> None:
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="offers", codename__in=NAMES
    )
    for role in apps.get_model("auth", "Group").objects.filter(name="Leitung"):
        role.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("offers", "0018_steering"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(give_to_lead, take_back)]
