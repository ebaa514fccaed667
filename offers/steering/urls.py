from django.urls import URLPattern, path

from offers.steering import figure_views, lifecycle_views, network_views, report_views, views

urlpatterns: list[URLPattern] = [
    path("steuerung/", views.overview, name="steering"),
    path("steuerung/abdeckung/", views.coverage, name="coverage"),
    path("steuerung/abdeckung/regel/", views.coverage_rule, name="coverage_rule"),
    path("steuerung/abdeckung/tabelle.<slug:kind>", views.coverage_file, name="coverage_file"),
    path("steuerung/abdeckung/zelle/<slug:district>/<slug:column>/", views.coverage_cell, name="coverage_cell"),
    path("steuerung/lebenszyklus/", lifecycle_views.lifecycle, name="lifecycle"),
    path("steuerung/lebenszyklus/<slug:slug>/", lifecycle_views.lifecycle_offer, name="lifecycle_offer"),
    path("steuerung/frische/", lifecycle_views.freshness, name="freshness"),
    path("steuerung/nachfrage/", lifecycle_views.demand, name="demand"),
    path("steuerung/bericht/", report_views.report, name="report"),
    path("steuerung/bericht/auftrag/", report_views.order, name="order_report"),
    path("steuerung/bericht/auftrag/<uuid:key>/", report_views.report_order, name="report_order"),
    path("steuerung/bericht/auftrag/<uuid:key>.pdf", report_views.report_paper, name="report_paper"),
    path("steuerung/bericht/post/", report_views.report_mail, name="report_mail"),
    path("steuerung/bericht/<slug:name>.<slug:kind>", report_views.report_table, name="report_table"),
    path("steuerung/netzwerke/", network_views.networks, name="steering_networks"),
    path("steuerung/karte/", figure_views.coverage_map, name="coverage_map"),
    path("steuerung/karte/umrisse/", figure_views.outlines, name="outlines"),
    path("steuerung/bevoelkerung/", figure_views.population, name="population"),
]
