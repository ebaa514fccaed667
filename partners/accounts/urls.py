"""/mein-bereich/: the frame. What an organisation does with its offers stands in offers/workspace/."""

from django.urls import URLPattern, path

from partners.accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("e-mails/", views.mails, name="mails"),
    path("einladung/<str:token>/", views.invitation, name="invitation"),
    path("<slug:partner>/team/", views.team, name="team"),
    path("<slug:partner>/team/einladen/", views.invite_colleague, name="invite"),
    path("<slug:partner>/team/einladungen/<uuid:key>/zuruecknehmen/", views.withdraw, name="withdraw"),
    path("<slug:partner>/team/<uuid:key>/", views.colleague, name="colleague"),
    path("<slug:partner>/team/<uuid:key>/beenden/", views.end, name="end"),
]
