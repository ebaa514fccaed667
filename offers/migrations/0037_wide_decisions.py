from django.db import migrations, models


class Migration(migrations.Migration):
    """A decision may hold for all life phases and transitions of an area."""

    dependencies = [
        ("offers", "0036_search_marks"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="coveragedecision", name="coveragedecision_phase_or_transition"),
        migrations.AddConstraint(
            model_name="coveragedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("phase", None), ("transition", ""), _connector="OR"),
                name="coveragedecision_not_phase_and_transition",
            ),
        ),
    ]
