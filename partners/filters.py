from django.utils.translation import gettext_lazy as _

from partners.enums import PartnerKind
from portal.filters import KindFilter, RegisterFilter, TextFilter


class PartnerFilter(RegisterFilter):
    """GET parameters of `/partner/`."""

    q = TextFilter(label=_("Name des Partners"))
    art = KindFilter(label=_("Art"), choices=PartnerKind.choices, method_name="of_kind")
