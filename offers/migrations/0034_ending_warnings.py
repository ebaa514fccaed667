import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0033_sending_sheets"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndingWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_on", models.DateField(verbose_name="endet am")),
                ("months", models.PositiveSmallIntegerField(verbose_name="Monate vorher")),
                (
                    "warned_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gewarnt am"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="offers.offer",
                        verbose_name="Angebot",
                    ),
                ),
            ],
            options={
                "verbose_name": "Warnung vor einem Ende",
                "verbose_name_plural": "Warnungen vor einem Ende",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="endingwarning",
            constraint=models.UniqueConstraint(fields=("offer", "ends_on", "months"), name="endingwarning_once"),
        ),
        migrations.AlterField(
            model_name="coveragerule",
            name="local_enough",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="So viele müssen eigens für das Gebiet da sein. Weniger heißen „dünn“. 0: Stadtweite genügen.",
                verbose_name="Davon eigens für das Gebiet",
            ),
        ),
        migrations.AlterField(
            model_name="coverageruleevent",
            name="local_enough",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="So viele müssen eigens für das Gebiet da sein. Weniger heißen „dünn“. 0: Stadtweite genügen.",
                verbose_name="Davon eigens für das Gebiet",
            ),
        ),
    ]
