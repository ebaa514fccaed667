"""/mein-bereich/<Organisation>/tabelle/"""

from django.urls import URLPattern, path

from offers.sheets import views

app_name = "sheets"
AT = "<slug:partner>/tabelle/"
urlpatterns: list[URLPattern] = [
    path(AT, views.sheets, name="sheets"),
    path(AT + "angebote.<slug:kind>", views.download, name="download"),
    path(AT + "<uuid:key>/", views.sheet, name="sheet"),
    path(AT + "<uuid:key>/verwerfen/", views.drop, name="drop"),
]
