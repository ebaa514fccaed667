"""/mein-bereich/<Organisation>/netzwerke/."""

from django.urls import URLPattern, path

from networks.desk import views

app_name = "desk"
AT = "<slug:partner>/netzwerke/"
urlpatterns: list[URLPattern] = [
    path(AT, views.networks, name="networks"),
    path(AT + "<slug:slug>/", views.network, name="network"),
    path(AT + "<slug:slug>/angaben/", views.details, name="details"),
    path(AT + "<slug:slug>/sitzung/", views.new_meeting, name="new_meeting"),
    path(AT + "<slug:slug>/sitzung/<int:pk>/", views.meeting, name="meeting"),
    path(AT + "<slug:slug>/beschluss/<int:pk>/erledigt/", views.decision_done, name="decision_done"),
    path(AT + "<slug:slug>/selbstueberpruefung/", views.review, name="review"),
]
