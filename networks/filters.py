from django.utils.translation import gettext_lazy as _

from networks.enums import LEVELS
from portal.filters import KindFilter, RegisterFilter, TextFilter

STATES = [("aktiv", _("besteht")), ("beendet", _("beendet"))]


class NetworkFilter(RegisterFilter):
    """GET parameters of `/netzwerke/`."""

    q = TextFilter(label=_("Name oder Zweck"))
    stand = KindFilter(
        label=_("Stand"), method_name="in_state", choices=[("aktiv", _("besteht")), ("beendet", _("beendet"))]
    )
    ebene = KindFilter(
        label=_("Ebene"), method_name="on_level", choices=[(word, kind.label) for word, kind in LEVELS.items()]
    )
