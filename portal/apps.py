from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Stadt und Portal"

    def ready(self) -> None:
        """Give parts that came without German words a heading that staff understand."""
        for label, words in (("axes", _("Anmeldeversuche")), ("procrastinate", _("Aufträge im Hintergrund"))):
            apps.get_app_config(label).verbose_name = words
