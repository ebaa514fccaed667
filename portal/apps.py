from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Stadt und Portal"

    def ready(self) -> None:
        """Give parts that came without German words a heading that staff understand; keep the public holidays."""
        from portal.german_names import give_german_names
        from portal.public_holidays import keep_after_migrate

        post_migrate.connect(keep_after_migrate, sender=self)
        give_german_names()
        for label, words in (("axes", _("Anmeldeversuche")), ("procrastinate", _("Aufträge im Hintergrund"))):
            apps.get_app_config(label).verbose_name = words
