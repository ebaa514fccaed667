"""The rule of coverage is stored from the start, so that each later day knows by which rule it was judged."""

from typing import Any

from django.db import migrations


def store_rule(apps: Any, schema_editor: Any) -> None:
    apps.get_model("offers", "CoverageRule").objects.get_or_create(only=True)


class Migration(migrations.Migration):
    dependencies = [("offers", "0037_wide_decisions")]

    operations = [migrations.RunPython(store_rule, migrations.RunPython.noop)]
