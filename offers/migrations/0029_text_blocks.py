"""Words the Büro often writes to senders, as a start, and who keeps them: both roles."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

STARTERS = [
    (
        "Tage und Uhrzeiten fehlen",
        "Bitte schreiben Sie noch, an welchen Tagen und zu welcher Uhrzeit das Angebot stattfindet. "
        "So sehen Familien, ob es für sie passt.",
    ),
    (
        "Ort fehlt oder ist unklar",
        "Bitte schreiben Sie noch Straße, Hausnummer und Postleitzahl, und wie man den Eingang findet. "
        "Ist die Adresse geheim? Dann schreiben Sie uns das bitte. Wir zeigen sie dann nicht.",
    ),
    (
        "Für welches Alter?",
        "Bitte schreiben Sie noch, für welches Alter das Angebot ist. Familien suchen zuerst nach dem Alter.",
    ),
    (
        "Kosten sind unklar",
        "Bitte schreiben Sie noch, was das Angebot kostet und ob es Ermäßigung gibt. "
        "Ist es kostenlos? Dann wählen Sie bitte „kostenlos“.",
    ),
    (
        "Kein Kontakt",
        "Bitte nennen Sie noch eine Telefonnummer oder eine E-Mail-Adresse für Fragen. "
        "Am besten ist eine Stelle, kein Name einer Person.",
    ),
    (
        "Text bitte einfacher",
        "Bitte schreiben Sie den Text etwas einfacher: kurze Sätze, keine Abkürzungen, keine Fachwörter. "
        "Viele Familien lernen noch Deutsch.",
    ),
    (
        "Einzelner Termin, kein Angebot",
        "Das Portal zeigt Angebote, die es regelmäßig oder dauerhaft gibt. Einen einzelnen Termin können wir nicht "
        "aufnehmen. Gibt es das Angebot öfter? Dann schreiben Sie uns bitte, wann.",
    ),
    (
        "Steht schon im Portal",
        "Dieses Angebot steht schon im Portal. Möchten Sie es ändern? Dann öffnen Sie bitte den Eintrag und schlagen "
        "die Änderung dort vor.",
    ),
    (
        "Ähnliches Angebot in der Nähe",
        "Ganz in der Nähe gibt es schon ein ähnliches Angebot. Bitte sprechen Sie sich ab und schreiben Sie uns, wie "
        "beide zusammenpassen. Wir helfen gern dabei.",
    ),
    (
        "Internetseite geht nicht",
        "Die Internetseite lässt sich nicht öffnen. Bitte prüfen Sie die Adresse und schicken Sie uns die richtige.",
    ),
]


def write_starters(apps: Apps, schema_editor: Any) -> None:
    blocks = apps.get_model("offers", "TextBlock").objects
    for number, (title, text) in enumerate(STARTERS, start=1):
        blocks.get_or_create(title=title, defaults={"text": text, "position": number * 10})


def remove_starters(apps: Apps, schema_editor: Any) -> None:
    """Only those nobody has changed."""
    for title, text in STARTERS:
        apps.get_model("offers", "TextBlock").objects.filter(title=title, text=text).delete()


def let_the_roles_keep_them(apps: Apps, schema_editor: Any) -> None:
    """Permissions normally appear after all migrations; the roles need them now."""
    config = apps.get_app_config("offers")
    config.models_module = True  # a migration's apps have none, and create_permissions would skip them
    create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="offers", content_type__model="textblock"
    )
    for role in apps.get_model("auth", "Group").objects.filter(name__in=["Redaktion", "Leitung"]):
        role.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("offers", "0028_the_desk"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunPython(write_starters, remove_starters),
        migrations.RunPython(let_the_roles_keep_them, migrations.RunPython.noop),
    ]
