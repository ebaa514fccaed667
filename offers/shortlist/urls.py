from django.urls import URLPattern, path

from offers.shortlist import views

urlpatterns: list[URLPattern] = [
    path("merkliste/", views.shortlist, name="shortlist"),
    path("merkliste/merken/", views.keep, name="shortlist_keep"),
    path("merkliste/vergleich/", views.compare, name="shortlist_compare"),
    path("merkliste/angebote.pdf", views.shortlist_pdf, name="shortlist_pdf"),
    path("merkliste/angebote-gross.pdf", views.shortlist_large_pdf, name="shortlist_large_pdf"),
    path("merkliste/qr.svg", views.shortlist_qr, name="shortlist_qr"),
    path("merkliste/termine.ics", views.shortlist_calendar, name="shortlist_calendar"),
    path("angebote/<slug:slug>/angebot.pdf", views.offer_pdf, name="offer_pdf"),
    path("angebote/<slug:slug>/angebot-gross.pdf", views.offer_large_pdf, name="offer_large_pdf"),
    path("angebote/<slug:slug>/qr.svg", views.offer_qr, name="offer_qr"),
    path("angebote/<slug:slug>/termine.ics", views.offer_calendar, name="offer_calendar"),
]
