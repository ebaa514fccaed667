"""Django's admin with our own site; apart from apps.py, where Django would take it for the portal's own."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
