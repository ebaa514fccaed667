from django.urls import URLPattern, path

from offers.parallels import views

urlpatterns: list[URLPattern] = [
    path("steuerung/parallelen/", views.parallels, name="parallels"),
    path("steuerung/parallelen/entscheidungen/", views.decisions, name="parallel_decisions"),
]
