from django.urls import path

from offers.submission import views

urlpatterns = [
    path("angebote/einreichen/", views.submit, name="submit"),
    path("angebote/einreichen/danke/<slug:reference>/", views.submit_done, name="submit_done"),
    path("angebote/einreichen/bestaetigen/<slug:token>/", views.submit_confirm, name="submit_confirm"),
    path("angebote/<slug:slug>/fehler-melden/", views.report, name="report_error"),
]
