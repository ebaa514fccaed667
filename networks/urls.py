from django.urls import URLPattern, path

from networks import views

app_name = "networks"
urlpatterns: list[URLPattern] = [
    path("", views.network_list, name="list"),
    # Addresses with a fixed word stand above the slug, so that no network can take them.
    path("dokument/<uuid:key>/", views.document, name="document"),
    path("kalender/<slug:slug>.ics", views.partner_calendar, name="partner_calendar"),
    path("<slug:slug>/termine.ics", views.network_calendar, name="calendar"),
    path("<slug:slug>/", views.network_detail, name="detail"),
]
