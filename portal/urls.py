"""All addresses. Upper floors are included by string, so this floor imports none of them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("konto/", include("partners.accounts.door_urls")),
    path("mein-bereich/", include("partners.accounts.urls")),
    path("mein-bereich/", include("offers.workspace.urls")),
    path("mein-bereich/", include("offers.sheets.urls")),
    path("mein-bereich/", include("networks.desk.urls")),
    path("netzwerke/", include("networks.urls")),
    path("partner/", include("partners.urls")),
    path("", include("offers.urls")),
    path("", include("portal.site_urls")),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"
