from django.utils.translation import gettext_lazy as _

from portal.filters import KindFilter, RegisterFilter, TextFilter

STATES = [("aktiv", _("besteht")), ("beendet", _("beendet"))]


class NetworkFilter(RegisterFilter):
    """GET parameters of `/netzwerke/`."""

    q = TextFilter(label=_("Name oder Zweck"))
    stand = KindFilter(
        label=_("Stand"), method_name="in_state", choices=[("aktiv", _("besteht")), ("beendet", _("beendet"))]
    )
