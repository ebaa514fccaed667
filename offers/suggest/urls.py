from django.urls import path

from offers.suggest import views

# Stands above the offers' addresses, whose slugs may not be "vorschlaege".
urlpatterns = [path("angebote/vorschlaege/", views.suggest, name="suggest")]
