from django.urls import path

from offers.chain import views

# Stands below the chain's fixed words (kind, karte), so that no Sozialraum can take them.
urlpatterns = [
    path("kette/", views.chain, name="chain"),
    path("kette/uebergang/<slug:slug>/", views.transition, name="chain_transition"),
    path("kette/<slug:slug>/", views.chain_area, name="chain_area"),
]
