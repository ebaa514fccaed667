from django.urls import URLPattern, path

from offers.steering import figure_views, views

urlpatterns: list[URLPattern] = [
    path("steuerung/", views.overview, name="steering"),
    path("steuerung/abdeckung/", views.coverage, name="coverage"),
    path("steuerung/abdeckung/regel/", views.coverage_rule, name="coverage_rule"),
    path("steuerung/abdeckung/zelle/<slug:district>/<slug:column>/", views.coverage_cell, name="coverage_cell"),
    path("steuerung/bevoelkerung/", figure_views.population, name="population"),
]
