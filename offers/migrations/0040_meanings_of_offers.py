"""What offers mean, as bits, so that they are compared by more than common words."""

import django.db.models.deletion
from django.db import migrations, models

import offers.parallels.models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0039_names_of_providers"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferMeaning",
            fields=[
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="offers.offer",
                    ),
                ),
                ("said", models.CharField(max_length=32)),
                ("bits", offers.parallels.models.BitsField()),
            ],
            options={
                "verbose_name": "Bedeutung eines Angebots",
                "verbose_name_plural": "Bedeutungen von Angeboten",
                "default_permissions": (),
            },
        ),
    ]
