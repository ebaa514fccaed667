from django.urls import path

from offers.hexmap import views

urlpatterns = [path("kette/karte/", views.hexmap, name="hexmap")]
