"""The two roles of the Büro: Redaktion keeps the register and decides proposals, Leitung may do everything."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

OUR_APPS = ["portal", "partners", "networks", "offers"]
REGISTER = [
    "portal.district",
    "portal.postcode",
    "portal.schoolholiday",
    "partners.partner",
    "partners.place",
    "partners.contact",
    "networks.network",
    "networks.membership",
    "networks.meeting",
    "offers.topic",
    "offers.lifephase",
    "offers.offer",
    "offers.schedule",
    "offers.funding",
]
INBOX = ["offers.proposal", "offers.errorreport"]
PARTS_OF_AN_OFFER = ["offers.schedule", "offers.funding"]  # without them a wrong time could not be taken out
ACCOUNTS = ["auth.user", "auth.group"]

EDITORS = [
    *(f"{model}:{verb}" for model in REGISTER for verb in ("view", "add", "change")),
    *(f"{model}:{verb}" for model in INBOX for verb in ("view", "change")),
    *(f"{model}:delete" for model in PARTS_OF_AN_OFFER),
    "offers.parallel:view",
    "offers.proposal:decide",
]
LEADS = [
    *EDITORS,
    *(f"{model}:delete" for model in [*REGISTER, *INBOX]),
    *(f"{model}:{verb}" for model in ACCOUNTS for verb in ("view", "add", "change", "delete")),
    "portal.packentry:view",
    "portal.formerslug:view",
]
ROLES = {"Redaktion": EDITORS, "Leitung": LEADS}


def make_roles(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    for label in [*OUR_APPS, "auth"]:
        config = apps.get_app_config(label)
        config.models_module = True  # a migration's apps have none, and create_permissions would skip them
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
        config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, names in ROLES.items():
        role, _created = group.objects.get_or_create(name=name)
        for entry in names:
            label, verb = entry.split(":")
            app, model = label.split(".")
            role.permissions.add(permission.objects.get(content_type__app_label=app, codename=f"{verb}_{model}"))


def remove_roles(apps: Apps, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0004_ask_for_new_version"),
        ("partners", "0003_scrub_confidential_history"),
        ("networks", "0001_initial"),
        ("portal", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
