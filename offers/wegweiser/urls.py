from django.urls import URLPattern, path

from offers.wegweiser import views

urlpatterns: list[URLPattern] = [
    path("wegweiser/", views.wegweiser_list, name="wegweiser"),
    path("wegweiser/<slug:slug>.pdf", views.wegweiser_pdf, name="wegweiser_pdf"),
]
