"""The topics on a network's admin page: they lie on a higher floor than networks, so the page gets them here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from networks.admin import NetworkAdmin
from networks.models import Network
from offers.models import Topic
from portal.admin_bases import RecordedTable


class NetworkTopics(RecordedTable):
    model = Topic.networks.through
    autocomplete_fields = ["topic"]
    verbose_name = _("Thema")
    verbose_name_plural = _("Themen")


class NetworkWithTopicsAdmin(NetworkAdmin):
    inlines = [NetworkTopics, *NetworkAdmin.inlines]


admin.site.unregister(Network)
admin.site.register(Network, NetworkWithTopicsAdmin)
