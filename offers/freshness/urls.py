from django.urls import path

from offers.freshness import views

urlpatterns = [
    path("angebote/pruefen/stimmt/<str:token>/", views.confirm, name="review_confirm"),
    path("angebote/pruefen/aendern/<str:token>/", views.change, name="review_change"),
    path("angebote/pruefen/beendet/<str:token>/", views.end, name="review_end"),
]
