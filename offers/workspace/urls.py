"""/mein-bereich/<Organisation>/angebote/ and the way from a submission to an account."""

from django.urls import URLPattern, path

from offers.workspace import claims, following_views, views

app_name = "workspace"
AT = "<slug:partner>/angebote/"
urlpatterns: list[URLPattern] = [
    path("konto/<slug:token>/", claims.claim_account, name="claim"),
    path(AT, views.offers, name="offers"),
    path(AT + "<slug:slug>/", views.offer_detail, name="offer"),
    path(AT + "<slug:slug>/stimmt/", views.confirm_offer, name="confirm"),
    path(AT + "<slug:slug>/aendern/", views.edit_offer, name="edit"),
    path(AT + "<slug:slug>/aendern/verwerfen/", views.drop_changes, name="drop"),
    path(AT + "<slug:slug>/beenden/", views.end_offer, name="end"),
    path(AT + "<slug:slug>/kopieren/", views.copy_offer, name="copy"),
    path(AT + "<slug:slug>/vorlage/", following_views.template, name="template"),
    path("<slug:partner>/hinweise/<uuid:key>/uebernehmen/", views.adopt_report, name="adopt"),
    path("<slug:partner>/vorgaenge/<slug:reference>/", views.proposal_detail, name="proposal"),
    path("<slug:partner>/vorgaenge/<slug:reference>/zuruecknehmen/", views.withdraw_proposal, name="withdraw"),
    path("<slug:partner>/vorgaenge/<slug:reference>/ueberarbeiten/", views.rework_proposal, name="rework"),
]
